"""A person on IRC, as raw as can be: every bot is measured with the same few lines of code."""

import asyncio
import socket
from collections.abc import Callable

Heard = Callable[[bytes], None]

_PATIENCE = 10.0


class Gone(Exception):
    """The server has closed a person's connection."""


class Client(asyncio.Protocol):
    """Owns one connection. Every line that comes is given to `heard`, which may be exchanged."""

    def __init__(self, nick: str) -> None:
        self.nick = nick
        self.heard: Heard = _ignore
        self.gone = asyncio.get_running_loop().create_future()
        self._rest = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take lines apart, and answer PING."""
        self._acknowledge()
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        for line in lines:
            if line.startswith(b"PING "):
                self.say(f"PONG {line[5:].decode()}")
            else:
                self.heard(line)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if not self.gone.done():
            self.gone.set_result(None)

    def say(self, *lines: str) -> None:
        """Send lines, in one piece."""
        assert self._transport is not None
        self._transport.write("".join(f"{line}\r\n" for line in lines).encode())

    def close(self) -> None:
        """Leave without a word."""
        assert self._transport is not None
        self._transport.abort()

    async def until(
        self, matches: Callable[[bytes], bool], *say: str, seconds: float = _PATIENCE
    ) -> bytes:
        """Say something, and wait for a line. Raises TimeoutError or Gone."""
        found = asyncio.get_running_loop().create_future()

        def hear(line: bytes) -> None:
            if not found.done() and matches(line):
                found.set_result(line)

        before, self.heard = self.heard, hear
        try:
            if say:
                self.say(*say)
            async with asyncio.timeout(seconds):
                await asyncio.wait((found, self.gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.heard = before
        if not found.done():
            raise Gone(f"The server has closed the connection of {self.nick}.")
        line: bytes = found.result()
        return line

    async def settle(self) -> None:
        """Wait until all has come that the server has for this person by now."""
        await self.until(lambda line: numeric(line) == b"PONG", "PING settled")

    async def join(self, channel: str) -> None:
        """Join a channel, and wait until that is done."""
        await self.until(lambda line: numeric(line) == b"366", f"JOIN {channel}")

    def _acknowledge(self) -> None:
        # Unless told so before each segment, the kernel waits up to 40 ms with saying that it has
        # one; the server (Nagle) waits for that with the second line of an answer that a bot has
        # sent in two pieces. It is bots that are measured, not this.
        assert self._transport is not None
        connection = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


async def connected(port: int, nick: str, *first: str) -> Client:
    """Somebody who has registered with the server at this port; `first` are lines before that."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(lambda: Client(nick), "127.0.0.1", port)
    await client.until(
        lambda line: numeric(line) in (b"376", b"422"),
        *first, f"NICK {nick}", f"USER {nick} 0 * :{nick}",
    )  # fmt: skip
    return client


def numeric(line: bytes) -> bytes:
    """The command of a line from the server, a number where it is a reply."""
    words = line.split(b" ", 2)
    return words[1] if len(words) > 1 else b""


def said_by(nick: str, line: bytes) -> bool:
    """True if a line comes from this nick."""
    return line.startswith(f":{nick}!".encode())


def _ignore(_: bytes) -> None:
    pass
