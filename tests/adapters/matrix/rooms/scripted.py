"""A homeserver that answers what a test has written down, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from bot.adapters.matrix.homeserver import Homeserver

_API = "/_matrix/client/v3/"
Answer = tuple[int, Mapping[str, Any]]
Script = Mapping[str, list[Answer]]
LIMITED: Answer = (429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Slow", "retry_after_ms": 20})
DONE: Answer = (200, {})
FORBIDDEN: Answer = (403, {"errcode": "M_FORBIDDEN", "error": "No"})
TROUBLE: Answer = (502, {"errcode": "M_UNKNOWN", "error": "Another server does not answer"})


class Scripted:
    """`script` has the answers to each request, by method and path below the API, one after the
    other; the last one stays. `asked` are the requests with their queries, `written` the bodies of
    those that replace something. While it is `silent`, it answers none."""

    def __init__(self, script: Script) -> None:
        self.asked: list[str] = []
        self.written: list[Any] = []
        self.silent = False
        self._arrived = asyncio.Event()
        self._script = {request: list(answers) for request, answers in script.items()}

    async def request(self) -> None:
        """Returns when it has been asked something."""
        await asyncio.wait_for(self._arrived.wait(), 10)

    async def answer(self, request: web.Request) -> web.Response:
        asked = unquote(f"{request.method} {request.raw_path.removeprefix(_API)}")
        self.asked.append(asked)
        if request.method == "PUT":
            self.written.append(await request.json())
        self._arrived.set()
        if self.silent:
            await asyncio.Event().wait()
        answers = self._script.get(asked.partition("?")[0], [FORBIDDEN])
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        return web.json_response(dict(body), status=status)


@asynccontextmanager
async def scripted(
    script: Script,
) -> AsyncIterator[tuple[Homeserver, Scripted]]:
    """Somebody who asks it, and the server, until the end of the block."""
    server = Scripted(script)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    homeserver = Homeserver(f"http://{host}:{port}")
    try:
        yield homeserver, server
    finally:
        await homeserver.close()
        await runner.cleanup()
