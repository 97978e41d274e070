"""A connection in simulated time, for tests of the outbox: what goes out on it, and when."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.adapters.irc.sending.outbox import Form, Outbox, Recipient
from bot.adapters.irc.sending.receipts import Receipts
from bot.pacer import Pacer
from tests.summit import at

SOON, LATER = at(16, 9), at(16, 10)


class Line:
    """An outbox and what it has written, each line with its second; PINGs are answered if
    `ponging`, a second later."""

    def __init__(
        self, rate: float = 8, burst: int = 1, *, longest: int = 512, ponging: bool = True
    ) -> None:
        self.receipts = Receipts(str.lower)
        self.outbox = Outbox(self._write, Pacer(rate, burst), self.receipts, longest)
        self.ponging = ponging
        self.timed: list[tuple[float, str]] = []
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    def _write(self, line: str) -> None:
        self.timed.append((round(self._loop.time() - self._began, 1), line))
        if self.ponging and line.startswith("PING :"):
            self._loop.call_later(1, self.receipts.ponged, line.removeprefix("PING :"))

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.timed]

    def tell(
        self, *nicks: str, text: str = "hi", most: int | None = 4
    ) -> list["asyncio.Task[None]"]:
        form = to(text, most)
        return [self.begin(self.outbox.tell(always(nick), form, SOON)) for nick in nicks]

    def begin(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        return asyncio.create_task(work)


def always(target: str) -> Recipient:
    """Somebody whose nick stays the same."""
    return lambda: target


def just(*lines: str) -> Callable[[str], list[str]]:
    """These lines, whoever gets them."""
    return lambda _: list(lines)


class Renaming:
    """Somebody whose nick may change, or who goes."""

    def __init__(self, nick: str) -> None:
        self.nick: str | None = nick

    def __call__(self) -> str | None:
        return self.nick


def to(text: str, most: int | None = 4) -> Form:
    return Form(lambda nicks: f"PRIVMSG {','.join(nicks)} :{text}", most)
