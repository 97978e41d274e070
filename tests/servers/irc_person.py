"""A person on IRC, for tests: a raw client of their own, which any IRC server understands."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from tests.servers.strict_irc.wire import fold

PATIENCE = 30.0
"""Seconds in which what has to come does come, on a machine that is busy too."""
_PIECE = 400
_NOT_JOINED = ("403", "405", "437", "471", "473", "474", "475", "477", "479", "480")


class Refused(Exception):
    """The server did not let the person in; the message is what it said."""


class Person:
    """Connects in an `async with`, and says QUIT at its end.

    `lines` are all lines that came, without their ends. `hears` and `heard_from` pass over what
    came for the registration and what an earlier one of them has returned, and nothing else: the
    order in which a test asks does not matter. `caps` are asked for where the server offers them;
    `self.caps` are those it granted.
    """

    def __init__(
        self, host: str, port: int, nick: str, tls: ssl.SSLContext | None = None,
        password: str | None = None, caps: Sequence[str] = (),
        sasl: tuple[str, str] | None = None, user: str | None = None, within: float = PATIENCE,
        answers_pings: bool = True,
    ) -> None:  # fmt: skip
        self.nick = nick
        self.lines: list[str] = []
        self.caps: set[str] = set()
        self._host, self._port, self._tls = host, port, tls
        self._password, self._sasl = password, sasl
        self._wanted = {*caps, *(["sasl"] if sasl else [])}
        self._user = user or nick
        self._within = within
        self._answers_pings = answers_pings
        self._fresh: list[str] = []
        self._arrival = asyncio.Condition()
        self._pings = 0
        self.gone = False

    async def __aenter__(self) -> Self:
        # A server that has fallen silent does not say goodbye, as TLS wants.
        goodbye = 1.0 if self._tls is not None else None
        self._reader, self._writer = await asyncio.open_connection(
            self._host, self._port, limit=2**20, ssl=self._tls, ssl_shutdown_timeout=goodbye
        )
        self._listening = asyncio.create_task(self._listen())
        try:
            await self._register()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.send("QUIT :bye")
        await self._leave()

    async def _leave(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):  # the server was first
            await self._writer.wait_closed()
        await self._listening

    async def _register(self) -> None:
        if self._wanted:
            self.send("CAP LS 302")
        if self._password is not None:
            self.send(f"PASS {self._password}")
        self.send(f"NICK {self.nick}")
        self.send(f"USER {self._user} 0 * :{self.nick} of the tests")
        if self._wanted:
            await self._negotiate()
        welcome = await self._answer(("001", "432", "433", "437", "464", "465"))
        if _command(welcome) != "001":
            raise Refused(welcome)
        await self._answer(("376", "422"))
        self.nick = _parts(welcome)[2].split(" ")[1]
        self._fresh.clear()

    async def _negotiate(self) -> None:
        offered: set[str] = set()
        more = True
        while more:
            line = await self._answer((" LS ",))
            words = line.partition(" LS ")[2]
            more = words.startswith("* :")
            offered |= {word.partition("=")[0] for word in words.partition(":")[2].split()}
        wanted = sorted(self._wanted & offered)
        if wanted:
            self.send(f"CAP REQ :{' '.join(wanted)}")
            answer = await self._answer((" ACK ", " NAK "))
            if " ACK " in answer:
                self.caps = set(wanted)
        if self._sasl is not None:
            await self._log_in(*self._sasl)
        self.send("CAP END")

    async def _log_in(self, account: str, password: str) -> None:
        if "sasl" not in self.caps:
            raise Refused("the server has no SASL")
        self.send("AUTHENTICATE PLAIN")
        answer = await self._answer(("AUTHENTICATE", "904", "906", "908"))
        if _command(answer) != "AUTHENTICATE":
            raise Refused(answer)
        text = base64.b64encode(f"\0{account}\0{password}".encode()).decode()
        for start in range(0, len(text), _PIECE):
            self.send(f"AUTHENTICATE {text[start : start + _PIECE]}")
        if len(text) % _PIECE == 0:
            self.send("AUTHENTICATE +")
        answer = await self._answer(("903", "904", "905", "906"))
        if _command(answer) != "903":
            raise Refused(answer)

    async def _answer(self, signs: Sequence[str]) -> str:
        """A line with one of these commands, or with one of the texts that begin with a space."""

        def fits(line: str) -> bool:
            return any(
                sign in line if sign.startswith(" ") else _command(line) == sign
                for sign in ("ERROR", *signs)
            )

        answer = await self.hears(fits, within=self._within)
        if _command(answer) == "ERROR":
            raise Refused(answer)
        return answer

    async def _listen(self) -> None:
        """Until the connection ends, however."""
        # A reset, or a line of a megabyte.
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            while raw := await self._reader.readline():
                line = raw.rstrip(b"\r\n").decode("utf-8", "replace")
                self.lines.append(line)
                self._fresh.append(line)
                if _command(line) == "PING" and self._answers_pings:
                    self.send(f"PONG {line.partition('PING ')[2]}")
                async with self._arrival:
                    self._arrival.notify_all()
        self.gone = True
        async with self._arrival:
            self._arrival.notify_all()

    def send(self, line: str) -> None:
        """Any line, as it is."""
        if not self._writer.is_closing():
            self._writer.write(line.encode("utf-8", "surrogateescape") + b"\r\n")

    def say(self, target: str, text: str) -> None:
        self.send(f"PRIVMSG {target} :{text}")

    async def join(self, channel: str, key: str = "") -> None:
        """Raises Refused if the server does not let the person in."""

        def fits(line: str) -> bool:
            about = fold(_parts(line)[2]).split(" ")[2:3] == [fold(channel)]
            return about and _command(line) in ("366", *_NOT_JOINED)

        # What an earlier attempt has brought is no answer to this one.
        self._fresh = [line for line in self._fresh if not fits(line)]
        self.send(f"JOIN {channel} {key}".rstrip())
        answer = await self.hears(fits)
        if _command(answer) != "366":
            raise Refused(answer)

    async def hears(self, what: str | Callable[[str], bool], within: float = PATIENCE) -> str:
        """The first line not yet returned that contains the text, or that the function is true
        for. Raises AssertionError with all that was heard if it does not come in time."""
        fits = what if callable(what) else (lambda line: what in line)
        [line] = await self._take(fits, 1, within, repr(what) if isinstance(what, str) else "it")
        return line

    async def heard_from(self, nick: str, count: int, within: float = PATIENCE) -> list[str]:
        """The texts of the next messages, PRIVMSG or NOTICE, of somebody."""

        def fits(line: str) -> bool:
            source, command, _ = _parts(line)
            by = source.partition("!")[0].casefold() == nick.casefold()
            return by and command in ("PRIVMSG", "NOTICE")

        lines = await self._take(fits, count, within, f"{count} messages of {nick}")
        return [_parts(line)[2].partition(" :")[2] for line in lines]

    async def _take(
        self, fits: Callable[[str], bool], count: int, within: float, what: str
    ) -> list[str]:
        found: list[str] = []
        looked_at = 0

        def enough() -> bool:
            nonlocal looked_at
            found.extend(line for line in self._fresh[looked_at:] if fits(line))
            looked_at = len(self._fresh)
            return len(found) >= count or self.gone

        # If it is too late, that is said below, with what did come.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._arrival:
                await self._arrival.wait_for(enough)
        if len(found) < count:
            heard = "\n  ".join(self.lines)
            end = " before the connection ended" if self.gone else f" in {within} s"
            raise AssertionError(f"{self.nick} did not hear {what}{end}:\n  {heard}")
        for line in found[:count]:
            self._fresh.remove(line)
        return found[:count]

    async def is_up_to_date(self) -> None:
        """Whatever the server had to say until now has been heard."""
        self._pings += 1
        token = f"now-{self._pings}"
        self.send(f"PING {token}")
        await self.hears(lambda line: _command(line) == "PONG" and token in line)

    async def is_disconnected(self, within: float = PATIENCE) -> None:
        """Waits until the server has ended the connection."""
        async with asyncio.timeout(within), self._arrival:
            await self._arrival.wait_for(lambda: self.gone)


def _parts(line: str) -> tuple[str, str, str]:
    """Source, command, and the rest with a space before it; the tags are left out."""
    if line.startswith("@"):
        line = line.partition(" ")[2]
    source = ""
    if line.startswith(":"):
        source, _, line = line[1:].partition(" ")
    command, _, rest = line.partition(" ")
    return source, command, f" {rest}"


def _command(line: str) -> str:
    return _parts(line)[1]
