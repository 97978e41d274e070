"""Socket Mode: the websockets of all apps, and which of them gets an envelope.

https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

import asyncio
import contextlib
import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.servers.slack.apps import App
from tests.servers.slack.bell import PATIENCE, Bell
from tests.servers.slack.delivering import (
    Acknowledged,
    Answer,
    Delivering,
    Failed,
    Json,
    Kind,
)
from tests.servers.slack.state import Slack
from tests.servers.slack.websocket import Socket, disconnect, hello

_TIMEOUT = Failed("operation_timeout", "timeout")
_NOBODY = Failed("dispatch_failed", "timeout")


@dataclass(eq=False, slots=True)
class _Awaited:
    """An envelope that is to be acknowledged, and on which socket it went out."""

    socket: Socket
    envelope: Json
    answer: asyncio.Future[Acknowledged]


class Sockets:
    """Each envelope goes to one open socket of its app, in turn; an app has at most ten.

    What apps get wrong without being told goes to `mistakes`.
    """

    def __init__(
        self, slack: Slack, delivering: Delivering, bell: Bell, mistakes: list[str]
    ) -> None:
        self._slack = slack
        self._delivering = delivering
        self._bell = bell
        self._mistakes = mistakes
        self._sockets: list[Socket] = []
        self._numbers: Counter[App] = Counter()
        self._turns: Counter[App] = Counter()
        self._disabled: set[App] = set()
        self._awaited: dict[str, _Awaited] = {}
        self._settled: set[str] = set()

    def open_of(self, app: App) -> list[Socket]:
        """Those that envelopes may go to, in the order of their opening."""
        return [one for one in self._sockets if one.app is app and not (one.leaving or one.closed)]

    async def opened(self, app: App, count: int = 1, within: float = PATIENCE) -> list[Socket]:
        """Waits until the app has so many."""

        def enough() -> list[Socket]:
            found = self.open_of(app)
            return found if len(found) >= count else []

        return await self._bell.until(
            enough, lambda: f"{count} sockets, of {len(self.open_of(app))}", within
        )

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """A GET of the URL that apps.connections.open gave; a ticket opens one socket."""
        app = self._slack.spend_ticket(request.query.get("ticket", ""))
        if app is None:
            raise web.HTTPNotFound(text="no such ticket, or it was used")
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        if app in self._disabled:
            return await _turned_away(ws, "link_disabled")
        if sum(1 for one in self._sockets if one.app is app) >= self._delivering.sockets:
            return await _turned_away(ws, "too_many_websockets")
        self._numbers[app] += 1
        socket = Socket(app, self._numbers[app], request, ws, self._delivering, self._hear)
        await socket.send(hello(app, len(self.open_of(app)) + 1))
        self._sockets.append(socket)
        self._bell.ring()
        try:
            await socket.serve()
        finally:
            self._sockets.remove(socket)
            self._bell.ring()
        return ws

    # Out.

    async def send(
        self, app: App, kind: Kind, payload: Json, number: int, reason: str
    ) -> tuple[str, Answer, Json | None]:
        """To which socket it went, what came back, and the envelope."""
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind.value,
            "accepts_response_payload": kind is not Kind.EVENT,
        }
        if kind is Kind.EVENT:
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        return await self.send_envelope(app, envelope)

    async def send_envelope(self, app: App, envelope: Json) -> tuple[str, Answer, Json | None]:
        """The same for an envelope that is made already."""
        while (socket := self._choose(app)) is not None:
            answer: asyncio.Future[Acknowledged] = asyncio.get_running_loop().create_future()
            name = str(envelope["envelope_id"])
            self._awaited[name] = _Awaited(socket, envelope, answer)
            self._settled.discard(name)
            try:
                await socket.send(envelope)
            except ConnectionError:
                socket.closed = True
                del self._awaited[name]
                continue
            socket.envelopes.append(envelope)
            return f"socket {socket.number}", await self._answer(name, answer), envelope
        return "nobody", _NOBODY, None

    async def _answer(self, name: str, answer: asyncio.Future[Acknowledged]) -> Answer:
        try:
            async with asyncio.timeout(self._delivering.ack_within):
                return await answer
        except TimeoutError:
            return _TIMEOUT
        finally:
            del self._awaited[name]
            self._settled.add(name)

    def _choose(self, app: App) -> Socket | None:
        found = self.open_of(app)
        if not found:
            return None
        self._turns[app] += 1
        return found[self._turns[app] % len(found)]

    # In; https://docs.slack.dev/apis/events-api/using-socket-mode/#acknowledge

    def _hear(self, socket: Socket, said: str) -> None:
        try:
            answer = json.loads(said)
            name = answer["envelope_id"]
        except (ValueError, TypeError, KeyError):
            self._mistakes.append("said what is no acknowledgement on a socket")
            return
        awaited = self._awaited.get(name)
        if awaited is None:
            # Late or twice is what happens to anybody; an id that never was is a mistake.
            if name not in self._settled:
                self._mistakes.append("acknowledged an envelope that does not exist")
            return
        if awaited.socket is not socket:
            same = awaited.socket.app is socket.app
            if not (same and self._delivering.acknowledge_anywhere):
                self._mistakes.append("acknowledged an envelope of another socket")
                return
        payload = answer.get("payload")
        if payload and not awaited.envelope["accepts_response_payload"]:
            self._mistakes.append("answered an envelope that accepts no response payload")
            payload = None
        if not awaited.answer.done():
            awaited.answer.set_result(Acknowledged(payload))

    # What happens to sockets.

    async def disable(self, app: App) -> None:
        """Socket Mode is turned off: all sockets end, and those that are opened do too."""
        self._disabled.add(app)
        for socket in self.open_of(app):
            await socket.end("link_disabled")

    def enable(self, app: App) -> None:
        self._disabled.discard(app)

    def abort(self) -> None:
        """End all connections without a word."""
        for socket in self._sockets:
            socket.abort()


async def _turned_away(ws: web.WebSocketResponse, reason: str) -> web.WebSocketResponse:
    with contextlib.suppress(ConnectionError):
        await ws.send_str(json.dumps(disconnect(reason)))
        await ws.close()
    return ws
