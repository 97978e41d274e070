"""One TCP connection: bytes in, lines out to whoever reads them, no faster than allowed."""

import asyncio
import hashlib
import re
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable

from tests.servers.strict_irc.limits import Pace
from tests.servers.strict_irc.rules import Rules

_LONGEST = 8191 + 510  # [LINEBUF_SIZE] what comes after that, until the end of the line, is lost
_GOODBYE = 2.0  # seconds that a client has to leave after the last word
_ENDS = re.compile(rb"[\r\n]+")


class Link(asyncio.Protocol):
    """Owns a transport, and the lines that wait to be read.

    `arrived` is told each line when it comes in, `filled` that there are new ones, `read` each line
    when the pace lets it through, `flooded` that too many wait (ircd/packet.c, `read_packet`),
    `lost` that the connection is gone.
    """

    def __init__(self, rules: Rules, opened: Callable[["Link"], None]) -> None:
        self.pace = Pace(rules)
        self.muted = False
        self.silent = 0  # seconds
        self.address = ""
        self.arrived: Callable[[bytes], None] = _ignore
        self.read: Callable[[bytes], None] = _ignore
        self.filled: Callable[[], None] = _nothing
        self.flooded: Callable[[], None] = _nothing
        self.lost: Callable[[], None] = _nothing
        self.gone = asyncio.Event()
        self._most = rules.queue
        self._opened = opened
        self._waiting: deque[bytes] = deque()
        self._partial = b""
        self._transport: asyncio.Transport | None = None
        self._closing = False
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # Somebody who has left already has no name any more.
        self.address = str((transport.get_extra_info("peername") or ["gone"])[0])
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        if self.muted or self._closing:
            return
        # Either of CR and LF ends a line, as for Solanum: a stray one begins another command.
        *lines, partial = _ENDS.split(self._partial + data)
        self._partial = partial[:_LONGEST]
        for line in lines:
            if line:
                self.arrived(line[:_LONGEST])
                self._waiting.append(line[:_LONGEST])
        self.filled()
        self.drain()
        if self._most is not None and len(self._waiting) + bool(self._partial) > self._most:
            self.flooded()

    def drain(self) -> None:
        """Read what may be read now."""
        self.pace.begin()
        while self._waiting and self.open and not self.muted and self.pace.may_read():
            self.read(self._waiting.popleft())
            self.pace.count()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self.gone.set()
        self.lost()

    @property
    def open(self) -> bool:
        transport = self._transport
        return transport is not None and not (self._closing or transport.is_closing())

    @property
    def fingerprint(self) -> str | None:
        """The SHA-256 of the client's certificate."""
        assert self._transport is not None
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls else None
        return hashlib.sha256(certificate).hexdigest() if certificate else None

    def write(self, data: bytes) -> None:
        if self.open and not self.muted:
            assert self._transport is not None
            self._transport.write(data)

    def close(self) -> None:
        """After what was written has gone out. The client should read it: a socket that is closed
        while something unread has come in is reset, and what it said last is lost."""
        if not self.open:
            return
        assert self._transport is not None
        self._closing = True
        self._waiting.clear()
        if self._transport.can_write_eof():
            self._transport.write_eof()
            self._patience = asyncio.get_running_loop().call_later(_GOODBYE, self.abort)
        else:
            self._transport.close()

    def abort(self) -> None:
        """Without a word: the other side sees a reset."""
        if self._transport is None:
            return
        self._waiting.clear()
        plain: socket.socket = self._transport.get_extra_info("socket")
        if not self._transport.is_closing():
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()


def _ignore(line: bytes) -> None:
    pass


def _nothing() -> None:
    pass
