"""What stands between somebody and their homeserver, and has messages to devices in its hands, in
which the keys of encrypted rooms travel."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

_MAIL = "/sendToDevice/"
_SECONDS = 10.0


class Post:
    """A server on 127.0.0.1 in front of another one. It passes on everything; messages to devices
    when they are `delivered`, if it `holds` them, and never, if it `refuses` them."""

    def __init__(self, beyond: str, session: ClientSession) -> None:
        self._beyond = beyond
        self._session = session
        self.url = ""
        self.holds = False
        self.refuses = False
        self._refused = asyncio.Event()
        self._gate: asyncio.Event | None = None
        self._came = asyncio.Event()
        self._held: list[tuple[str, bytes, dict[str, str]]] = []

    async def refused(self) -> None:
        """Wait until one was."""
        async with asyncio.timeout(_SECONDS):
            await self._refused.wait()

    def delay(self) -> None:
        """Answer whoever sends one when it is allowed on."""
        self._gate = asyncio.Event()

    async def came(self) -> None:
        """Wait until one came that is delayed."""
        async with asyncio.timeout(_SECONDS):
            await self._came.wait()

    def go_on(self) -> None:
        """Delay none any more."""
        assert self._gate is not None
        self._gate.set()
        self._gate = None

    async def deliver(self) -> None:
        """Pass on what was held, and hold nothing any more."""
        self.holds = False
        for path, content, headers in self._held:
            async with self._session.put(path, data=content, headers=headers):
                pass
        self._held.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        url = f"{self._beyond}{request.raw_path}"
        kept = ("Authorization", "Content-Type")
        headers = {key: request.headers[key] for key in kept if key in request.headers}
        if _MAIL in request.path and self.refuses:
            self._refused.set()
            return web.json_response({"errcode": "M_UNKNOWN"}, status=502)
        if _MAIL in request.path and self._gate is not None:
            self._came.set()
            await self._gate.wait()
        if _MAIL in request.path and self.holds:
            self._held.append((url, content, headers))
            return web.json_response({})
        async with self._session.request(
            request.method, url, data=content, headers=headers
        ) as response:
            body = await response.read()
        return web.Response(status=response.status, body=body, content_type="application/json")


@asynccontextmanager
async def post(beyond: str) -> AsyncIterator[Post]:
    """One until the end of the block."""
    application = web.Application()
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    async with ClientSession() as session:
        server = Post(beyond, session)
        application.router.add_route("*", "/{path:.*}", server.answer)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield server
        finally:
            await runner.cleanup()
