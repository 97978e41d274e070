"""One websocket of an app: what Slack says on it, and what it hears."""

import asyncio
import contextlib
import json
import socket as sockets
import struct
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.slack.apps import App
from tests.servers.slack.delivering import Delivering, Json

HOST = "applink-double-1"
_NOW = struct.pack("ii", 1, 0)


class Socket:
    """Open until it is closed by either side; `number` counts the sockets of the app from 1.

    `envelopes` are all that were sent on it, `leaving` is True once it was asked to go: then no
    more are. What the app says is given to `hears`.
    """

    def __init__(
        self, app: App, number: int, request: web.Request, ws: web.WebSocketResponse,
        delivering: Delivering, hears: Callable[["Socket", str], None],
    ) -> None:  # fmt: skip
        self.app = app
        self.number = number
        self.leaving = False
        self.closed = False
        self.envelopes: list[Json] = []
        self._request = request
        self._ws = ws
        self._delivering = delivering
        self._hears = hears
        self._muted = False
        self._ponged = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, frame: Json) -> None:
        """Raises ConnectionError if the app is known to be gone."""
        if self.closed:
            raise ConnectionResetError
        await self._ws.send_str(json.dumps(frame))

    async def serve(self) -> None:
        """Hear the app, until it or Slack closes the socket."""
        pings = asyncio.create_task(self._ping())
        try:
            async for message in self._ws:
                if not self._muted:
                    await self._hear(message.type, message.data)
        finally:
            self.closed = True
            for task in (pings, *self._tasks):
                task.cancel()

    async def _hear(self, kind: WSMsgType, data: Any) -> None:
        match kind:
            case WSMsgType.TEXT:
                self._hears(self, data)
            case WSMsgType.PING:
                with contextlib.suppress(ConnectionError):
                    await self._ws.pong(data)
            case WSMsgType.PONG:
                self._ponged.set()

    async def _ping(self) -> None:
        """Drop an app that does not answer."""
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.sleep(self._delivering.ping)
                if self._muted:
                    continue
                self._ponged.clear()
                await self._ws.ping(f"Ping from {HOST}".encode())
                try:
                    async with asyncio.timeout(self._delivering.pong_within):
                        await self._ponged.wait()
                except TimeoutError:
                    self.abort()

    # What Slack does with it; https://docs.slack.dev/apis/events-api/using-socket-mode/#disconnect

    async def warn(self) -> None:
        """The socket will be refreshed, after the seconds of `Delivering.warning`."""
        await self._disconnect("warning")
        self._later(self._delivering.warning, self.refresh)

    async def refresh(self) -> None:
        """Nothing more comes on this socket, and it is closed in a moment."""
        await self.end("refresh_requested")

    async def end(self, reason: str) -> None:
        """Say why, send nothing more, and close the socket in a moment."""
        self.leaving = True
        await self._disconnect(reason)
        self._later(self._delivering.grace, self.close)

    async def close(self) -> None:
        """At once, with a close frame."""
        self.leaving = True
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1):
                await self._ws.close()

    async def _disconnect(self, reason: str) -> None:
        with contextlib.suppress(ConnectionError):
            await self.send(disconnect(reason))

    def _later(self, seconds: float, what: Callable[[], Any]) -> None:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            await what()

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What goes wrong.

    def abort(self) -> None:
        """End the TCP connection with a reset."""
        self.closed = True
        transport = self._request.transport
        if transport is not None:
            raw: sockets.socket = transport.get_extra_info("socket")
            raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _NOW)
            transport.abort()

    def mute(self, muted: bool = True) -> None:
        """Answer no pings, hear no acknowledgements, send no pings: as a network that swallows all
        that the app says. What Slack sends still goes out."""
        self._muted = muted


def hello(app: App, connections: int) -> Json:
    """https://docs.slack.dev/apis/events-api/using-socket-mode/#connect"""
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {"host": HOST, "build_number": 54, "approximate_connection_time": 18060},
        "connection_info": {"app_id": app.id},
    }


def disconnect(reason: str) -> Json:
    """https://docs.slack.dev/apis/events-api/using-socket-mode/#disconnect"""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
