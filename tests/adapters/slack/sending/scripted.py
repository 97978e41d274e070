"""A place that answers the Web API as a test wants it: what no well-behaved Slack would say, and
when it says it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

TS = "1334592000.000100"


@dataclass(frozen=True, slots=True)
class Says:
    """An answer: JSON, or a page of this type."""

    answer: Mapping[str, Any] | list[Any] | str
    status: int = 200
    after: str | None = None
    kind: str = "text/html"
    location: str | None = None


class Cut:
    """The connection ends without an answer."""


class Silent:
    """There is no answer."""


def no(code: str, **more: object) -> Says:
    """How Slack says no."""
    return Says({"ok": False, "error": code, **more})


def limited(seconds: int) -> Says:
    """How Slack says that it was too much."""
    return Says({"ok": False, "error": "ratelimited"}, 429, str(seconds))


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, and at what time of the loop it came."""

    method: str
    arguments: Mapping[str, Any]
    token: str | None
    at: float


class Scripted:
    """Answers each method with what it is to say `first`, each once, then `always`, and else that
    it is well. `messages` are what conversations have. While `waits` is not set nobody gets an
    answer."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.first: dict[str, list[Says | Cut | Silent]] = {}
        self.always: dict[str, Says | Cut | Silent] = {}
        self.messages: Sequence[Mapping[str, Any]] = ()
        self.waits: asyncio.Event | None = None
        self._changed = asyncio.Condition()

    def methods(self) -> list[str]:
        """What was called, in order."""
        return [asked.method for asked in self.asked]

    async def until_asked(self, times: int) -> None:
        """Wait until there were so many calls."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: len(self.asked) >= times)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "application/json":
            arguments = await request.json()
        else:
            arguments = {**request.query, **await request.post()}
        method = request.path.removeprefix("/api/")
        at = asyncio.get_running_loop().time()
        self.asked.append(Asked(method, arguments, request.headers.get("Authorization"), at))
        async with self._changed:
            self._changed.notify_all()
        if self.waits is not None:
            await self.waits.wait()
        first = self.first.get(method)
        match first.pop(0) if first else self.always.get(method):
            case None:
                return web.json_response({"ok": True, **self._usual(method, arguments)})
            case Says(str() as page, status, _, kind, location):
                headers = {"Location": location} if location is not None else {}
                return web.Response(text=page, status=status, content_type=kind, headers=headers)
            case Says(answer, status, after):
                headers = {"Retry-After": after} if after is not None else {}
                body = json.dumps(answer)
                return web.Response(
                    text=body, status=status, headers=headers, content_type="application/json"
                )
            case Cut():
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case Silent():
                await asyncio.Event().wait()
                raise AssertionError

    def _usual(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        match method:
            case "chat.postMessage":
                return {"ts": TS, "channel": arguments["channel"].replace("U", "D")}
            case "conversations.open":
                return {"channel": {"id": arguments["users"].replace("U", "D")}}
            case "conversations.history" | "conversations.replies":
                return {"messages": list(self.messages)}
            case _:
                return {}


@asynccontextmanager
async def scripted() -> AsyncIterator[Scripted]:
    """One until the end of the block."""
    server = Scripted()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
