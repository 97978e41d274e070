"""Apps for tests of the double, which do no more and no less than they are told."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.servers.slack import SlackServer
from tests.servers.slack.state import App

SECONDS = 20.0
"""Seconds in which what has to come does come."""
_EVENTS = [
    "app_home_opened", "app_mention", "app_uninstalled", "message.channels", "message.groups",
    "message.im", "tokens_revoked", "user_change",
]  # fmt: skip
_SCOPES = [
    "app_mentions:read", "channels:history", "chat:write", "commands", "groups:history",
    "im:history", "im:write", "users:read",
]  # fmt: skip


def manifest(url: str | None = None) -> dict[str, Any]:
    """Of an app that wants everything: over HTTP at this URL, or over Socket Mode."""
    there = {} if url is None else {"request_url": f"{url}/slack/events"}
    return {
        "display_information": {"name": "Summit"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "summit"},
            "shortcuts": [
                {"name": "Bookmark", "type": "message", "callback_id": "bookmark_it",
                 "description": "Bookmark a session"},
                {"name": "Agenda", "type": "global", "callback_id": "agenda",
                 "description": "My agenda"},
            ],
            "slash_commands": [
                {"command": "/summit", "description": "Ask", "should_escape": False}
                | ({} if url is None else {"url": f"{url}/slack/commands"}),
            ],
        },
        "oauth_config": {"scopes": {"bot": _SCOPES}},
        "settings": {
            "event_subscriptions": {"bot_events": _EVENTS, **there},
            "interactivity": {"is_enabled": True, **there},
            "socket_mode_enabled": url is None,
        },
    }  # fmt: skip


class Line:
    """One websocket of an app; `frames` are all objects that came, in order. Only pings are
    answered by themselves, unless it is `deaf`."""

    def __init__(self, ws: ClientWebSocketResponse, deaf: bool) -> None:
        self.frames: list[dict[str, Any]] = []
        self.pongs = 0
        self.ended: int | None = None
        self._ws = ws
        self._deaf = deaf
        self._taken = 0
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._listen())
        self.answering: asyncio.Task[None] | None = None

    async def _listen(self) -> None:
        while True:
            message = await self._ws.receive()
            match message.type:
                case WSMsgType.TEXT:
                    self.frames.append(json.loads(message.data))
                case WSMsgType.PING if not self._deaf:
                    await self._ws.pong(message.data)
                case WSMsgType.PONG:
                    self.pongs += 1
                case WSMsgType.CLOSE | WSMsgType.CLOSED | WSMsgType.CLOSING | WSMsgType.ERROR:
                    self.ended = self._ws.close_code
                    break
            async with self._news:
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def _until(self, look: Callable[[], bool], within: float = SECONDS) -> None:
        async with asyncio.timeout(None if within == math.inf else within), self._news:
            await self._news.wait_for(look)

    async def hears(self, count: int = 1, within: float = SECONDS) -> list[dict[str, Any]]:
        """The next frames that were not returned yet."""
        await self._until(lambda: len(self.frames) >= self._taken + count, within)
        found = self.frames[self._taken : self._taken + count]
        self._taken += count
        return found

    async def next(self, within: float = SECONDS) -> dict[str, Any]:
        [found] = await self.hears(within=within)
        return found

    async def ends(self) -> int | None:
        """The code with which the connection was closed: 1006 without a word."""
        await self._until(lambda: self.ended is not None)
        return self.ended

    async def pings(self) -> None:
        """Raises TimeoutError if no pong comes within half a second."""
        before = self.pongs
        await self._ws.ping(b"there?")
        async with asyncio.timeout(0.5), self._news:
            await self._news.wait_for(lambda: self.pongs > before)

    async def says(self, what: object) -> None:
        await self._ws.send_str(what if isinstance(what, str) else json.dumps(what))

    async def acknowledges(self, envelope: Mapping[str, Any], payload: object = None) -> None:
        more = {} if payload is None else {"payload": payload}
        await self.says({"envelope_id": envelope["envelope_id"], **more})

    async def close(self) -> None:
        self._task.cancel()
        if self.answering is not None:
            self.answering.cancel()
        await self._ws.close()


class SocketApp:
    """An app that opens websockets; they are closed at the end of the block."""

    def __init__(self, server: SlackServer, app: App, session: ClientSession) -> None:
        self.server = server
        self.app = app
        self._session = session
        self.lines: list[Line] = []

    async def dials(self, ticket: str | None = None, deaf: bool = False) -> Line:
        """A new connection, of which nothing has been heard."""
        ticket = ticket or self.server.slack.issue_ticket(self.app)
        url = f"{self.server.url}/link/?ticket={ticket}&app_id={self.app.id}"
        ws = await self._session.ws_connect(url, autoping=False)
        line = Line(ws, deaf)
        self.lines.append(line)
        return line

    async def answers(self, how: Callable[[dict[str, Any]], object]) -> list[dict[str, Any]]:
        """Acknowledge everything from now on, with what `how` makes of an envelope; the envelopes,
        to which those that come are added."""
        line = await self.opens()
        heard: list[dict[str, Any]] = []

        async def listen() -> None:
            while True:
                envelope = await line.next(math.inf)
                heard.append(envelope)
                await line.acknowledges(envelope, how(envelope))

        line.answering = asyncio.create_task(listen())
        return heard

    async def opens(self) -> Line:
        """One that has been said hello to."""
        line = await self.dials()
        assert (await line.next())["type"] == "hello"
        return line


@asynccontextmanager
async def socket_app(server: SlackServer, app: App) -> AsyncIterator[SocketApp]:
    async with ClientSession() as session:
        there = SocketApp(server, app, session)
        try:
            yield there
        finally:
            for line in there.lines:
                await line.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """A request to an app: the path, the headers by small letters, and the body."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answers = Callable[[Heard], Awaitable[web.StreamResponse]]


@dataclass
class WebApp:
    """An app that listens at `url`. It answers challenges, unless it is `rude`, as they are or
    with what `challenge` returns, and all else with 200 or what `answer` returns. `heard` is all
    else."""

    url: str = ""
    rude: bool = False
    answer: Answers | None = None
    challenge: Answers | None = None
    heard: list[Heard] = field(default_factory=list)
    challenges: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard = Heard(request.path, headers, await request.read())
        if b'"url_verification"' in heard.body:
            self.challenges += 1
            if self.challenge is not None:
                return await self.challenge(heard)
            if self.rude:
                return web.Response(text="welcome")
            return web.Response(text=heard.json["challenge"])
        self.heard.append(heard)
        async with self._news:
            self._news.notify_all()
        return web.Response() if self.answer is None else await self.answer(heard)

    async def hears(self, count: int = 1) -> list[Heard]:
        """Waits until there are so many requests; all that came."""
        async with asyncio.timeout(SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.heard) >= count)
        return self.heard


@asynccontextmanager
async def web_app(answer: Answers | None = None, rude: bool = False) -> AsyncIterator[WebApp]:
    there = WebApp(answer=answer, rude=rude)
    routes = web.Application()
    routes.router.add_route("*", "/{path:.*}", there.handle)
    async with TestServer(routes, host="127.0.0.1") as listening:
        there.url = str(listening.make_url("")).rstrip("/")
        yield there
