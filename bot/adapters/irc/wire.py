"""One connection to a server: lines out, and what is heard as events, until it is closed."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from irc.client import Event
from irc.client_aio import AioConnection, AioReactor
from irc.connection import AioFactory
from jaraco.stream.buffer import LenientDecodingLineBuffer

_log = structlog.get_logger(__name__)

LONGEST_LINE = 16 * 1024
"""Bytes; a server sends 8,191 of tags and 512 of message at most (IRCv3 message-tags)."""

_CONNECTING = 20.0
"""Seconds for the connection, TLS included."""
_GOODBYE = 5.0
"""Seconds in which the last words may still go out."""
_LAST_WORD = 1.0
"""Seconds for the server to hang up after a goodbye."""
_CROWDED, _CALM = 2_000, 200
"""Events that wait: reading stops, and goes on."""
_HARMFUL = str.maketrans("", "", "\0\r\n")
# The library's parser takes the reason of a QUIT for granted.
_BARE_QUIT = re.compile(r"(?:@[^ ]* +)?(?::[^ ]* +)?QUIT *", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the server said. `type` is the command in lower case or the numeric's three digits, or
    `pubmsg`, `pubnotice`, `privnotice`, `ctcp`, `ctcpreply`, `action` as the library tells messages
    apart; `source` is a mask or a server; tags without a value have an empty one."""

    type: str
    source: str
    target: str
    arguments: tuple[str, ...]
    tags: Mapping[str, str]

    @property
    def nick(self) -> str:
        """Whose message it is."""
        return self.source.partition("!")[0]


class ConnectionLost(Exception):
    """The connection has ended; the message says what is known of why."""


class Wire:
    """Owns a connection. `tls` is its ssl object, None where it is plain."""

    def __init__(
        self, connection: "_Connection", events: "asyncio.Queue[Heard | None]", port: int
    ) -> None:
        self.port = port
        # A connection over TLS that has been closed cannot be asked any more.
        self.tls: Any = connection.transport.get_extra_info("ssl_object")
        self._connection = connection
        self._events = events
        self._paused = False
        self._outgoing = bytearray()

    @classmethod
    async def open(cls, host: str, port: int, tls: ssl.SSLContext | None) -> "Wire":
        """Connect. Raises OSError (of which TLS errors are a kind) and TimeoutError."""
        loop, events = asyncio.get_running_loop(), asyncio.Queue[Heard | None]()
        reactor = AioReactor(loop=loop)
        reactor.handlers.clear()  # PONG goes through the same queue as everything else

        def hear(_connection: object, event: Event) -> None:
            if event.type == "disconnect":
                events.put_nowait(None)
            elif event.type != "all_raw_messages":
                events.put_nowait(_heard(event))

        reactor.add_global_handler("all_events", hear)
        connection = _Connection(reactor)
        # An address that does not answer must not use up the time: the next one is tried at once.
        options: dict[str, Any] = {"happy_eyeballs_delay": 0.25}
        if tls is not None:
            options |= {"ssl": tls, "server_hostname": host}
        try:
            async with asyncio.timeout(_CONNECTING):
                await connection.connect(host, port, "*", connect_factory=AioFactory(**options))
        except UnicodeError:
            raise OSError("no host can be called so") from None
        return cls(connection, events, port)

    def write(self, line: str) -> None:
        """Send one line; what would make it two is left out."""
        if not self._outgoing:
            # Lines that are said together travel together: one by one they would each wait for
            # the receipt of the one before, in the server's own connection to the reader.
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing += line.translate(_HARMFUL).encode(errors="replace") + b"\r\n"

    def _flush(self) -> None:
        if self._connection.connected and not self._connection.transport.is_closing():
            self._connection.transport.write(bytes(self._outgoing))
        self._outgoing.clear()

    async def __aiter__(self) -> AsyncIterator[Heard]:
        """All that is heard, until the connection ends."""
        while (heard := await self.next()) is not None:
            yield heard

    async def next(self) -> Heard | None:
        """What is heard next; None when the connection has ended."""
        waiting = self._events.qsize()
        if waiting > _CROWDED and not self._paused:
            self._connection.transport.pause_reading()
            self._paused = True
        elif self._paused and waiting < _CALM:
            self._connection.transport.resume_reading()
            self._paused = False
        heard = await self._events.get()
        if heard is None:
            self._events.put_nowait(None)  # whoever asks again learns the same
        return heard

    async def close(self, farewell: str = "") -> None:
        """Say goodbye, if anything is to be said, and hang up."""
        if farewell:
            self.write(f"QUIT :{farewell}")
        self._flush()
        if farewell:
            # A connection that is closed while something unread has come in is reset, and what was
            # said last is lost; so the server hangs up first.
            with suppress(TimeoutError):
                async with asyncio.timeout(_LAST_WORD):
                    while await self.next() is not None:
                        pass
        transport = self._connection.transport
        over = transport.is_closing()
        self._connection.disconnect()
        if over:
            return
        # What is in the buffer goes out; a server that takes nothing more does not keep it open.
        asyncio.get_running_loop().call_later(_GOODBYE, transport.abort)


def _heard(event: Event) -> Heard:
    kind = getattr(event.type, "code", event.type)
    tags = {tag["key"]: tag["value"] or "" for tag in event.tags or ()}
    return Heard(kind, event.source or "", event.target or "", tuple(event.arguments), tags)


class _Unread:
    """In place of what the library makes of 005: one odd word would cost it the whole line."""

    def load(self, arguments: list[str]) -> None:
        pass


class _Connection(AioConnection):  # type: ignore[misc]  # the library has no types
    """The library's connection, which loses one line where that would end it, and leaves logging
    on and goodbyes to us: capabilities come before them."""

    buffer_class = LenientDecodingLineBuffer
    buffer: Any

    def __init__(self, reactor: AioReactor) -> None:
        super().__init__(reactor)
        self.features = _Unread()
        self._overlong = False

    def process_data(self, new_data: bytes) -> None:
        if self._overlong:
            _, end, new_data = new_data.partition(b"\n")
            if not end:
                return
            self._overlong = False
        self.buffer.feed(new_data)
        for line in self.buffer:
            if line.strip():
                self._take(line)
        if len(self.buffer) > LONGEST_LINE:
            self.buffer = self.buffer_class()
            self._overlong = True
            _log.warning("a line without an end is left out")

    def _take(self, line: str) -> None:
        try:
            line = line.lstrip()
            self._process_line(f"{line} :" if _BARE_QUIT.fullmatch(line) else line)
        except Exception:
            # One line must not end the connection. What it says may be private: it is not logged.
            _log.debug("a line that cannot be read is left out", length=len(line))

    def nick(self, newnick: str) -> None:
        pass

    def user(self, username: str, realname: str) -> None:
        pass

    def quit(self, message: str = "") -> None:
        pass
