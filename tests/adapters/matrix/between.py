"""What stands between the bot and its homeserver: passes on what is asked, except what a test
wants to be otherwise."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web


@dataclass(frozen=True, slots=True)
class Says:
    """What is answered in place of the homeserver: JSON, or a page."""

    status: int
    answer: Mapping[str, Any] | str


class Between:
    """A server on 127.0.0.1 in front of another one.

    `asked` are the requests so far, as method and path, with their `bodies`; those in `signed` told
    a token. `instead` is what is answered to one, and before that, `first`, once each. `cut` is the
    number of the request (from 0) whose connection ends: before it gets there, or `late`, before
    its answer comes back."""

    def __init__(self, beyond: str, session: ClientSession) -> None:
        self._beyond = beyond
        self._session = session
        self.url = ""
        self.asked: list[str] = []
        self.bodies: list[Any] = []
        self.signed = set[str]()
        self.instead: dict[str, Says] = {}
        self.first: dict[str, list[Says]] = {}
        self.cut: int | None = None
        self.late = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = f"{request.method} {request.path}"
        cut = self.cut == len(self.asked)
        content = await request.read()
        self.asked.append(name)
        self.bodies.append(json.loads(content or "null"))
        if "Authorization" in request.headers:
            self.signed.add(name)
        if cut and not self.late:
            return _ended(request)
        first = self.first.get(name)
        if (says := first.pop(0) if first else self.instead.get(name)) is not None:
            if isinstance(says.answer, str):
                return web.Response(status=says.status, text=says.answer, content_type="text/html")
            return web.json_response(dict(says.answer), status=says.status)
        kept = ("Authorization", "Content-Type")
        headers = {key: request.headers[key] for key in kept if key in request.headers}
        async with self._session.request(
            request.method, f"{self._beyond}{request.raw_path}",
            data=content, headers=headers,
        ) as response:  # fmt: skip
            body = await response.read()
        if cut:
            return _ended(request)
        return web.Response(status=response.status, body=body, content_type=response.content_type)


def _ended(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def between(beyond: str = "") -> AsyncIterator[Between]:
    """One until the end of the block."""
    application = web.Application()
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    async with ClientSession() as session:
        server = Between(beyond, session)
        application.router.add_route("*", "/{path:.*}", server.answer)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield server
        finally:
            await runner.cleanup()
