"""What one person asks is done in turn; who waits for an answer waits only so long, and is told
afterwards what has become of what takes longer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from bot.turns import Work

_log = structlog.get_logger(__name__)

T = TypeVar("T")

LONGEST = timedelta(seconds=25)
"""What takes longer is ended: nobody expects it any more."""

Take = Callable[[Hashable, Work], "asyncio.Task[None] | None"]
"""Has work done in a person's turn, as `Turns.take` does."""

FAILED = "That did not work just now; try again."
INTERRUPTED = "That was interrupted: look whether it has worked before you try again."
LATE = "That takes too long just now; try again."
SOON = "One moment: the answer follows."
TOO_MUCH = "You ask faster than I can answer; wait a moment, and try again."


_let_go: ContextVar[asyncio.Event | None] = ContextVar("let_go", default=None)


@contextmanager
def lasting_until(event: asyncio.Event) -> Iterator[None]:
    """What runs in this block has a turn that ends with the event."""
    token = _let_go.set(event)
    try:
        yield
    finally:
        _let_go.reset(token)


def let_others_go() -> None:
    """All that had to be done in the person's turn is done: what still has to be said may wait for
    Slack, and what they ask next need not wait for that."""
    event = _let_go.get()
    if event is not None:
        event.set()


class NoAnswer(Exception):
    """There is no answer to what was asked: the message is a sentence for whoever asked."""


class GoesOn(Exception):
    """There is no answer yet to what was asked."""


class Turn(Generic[T]):
    """One wish of a person; it is carried out when those before it are, or let it go first, whoever
    waits for it."""

    def __init__(self, take: Take, person: Hashable, work: Callable[[], Awaitable[T]]) -> None:
        self._take = take
        self._person = person
        self._work = work
        self._begun = False
        self._outcomes = list[T | NoAnswer]()
        self._afterwards: Callable[[T | NoAnswer], Awaitable[None]] | None = None

    async def answer(
        self, within: float, afterwards: Callable[[T | NoAnswer], Awaitable[None]], *,
        network: str, key: str,
    ) -> T:  # fmt: skip
        """What the work results in, within so many seconds. Raises NoAnswer; or GoesOn, and then
        `afterwards` is told the result, or why there is none."""
        task = self._take(self._person, lambda: self._carry_out(network, key))
        if task is None:
            raise NoAnswer(TOO_MUCH)
        try:
            await asyncio.wait([task], timeout=within)
        finally:
            # It may also be that nobody waits any more.
            self._afterwards = afterwards
        if not self._outcomes:
            if task.done():
                raise NoAnswer(INTERRUPTED if self._begun else FAILED)
            _log.info("takes long, and goes on", network=network, key=key)
            raise GoesOn
        outcome = self._outcomes[0]
        if isinstance(outcome, NoAnswer):
            raise outcome
        return outcome

    async def _carry_out(self, network: str, key: str) -> None:
        self._begun = True
        outcome: T | NoAnswer
        try:
            async with asyncio.timeout(LONGEST.total_seconds()) as limit:
                outcome = await self._work()
        except Exception as problem:
            # What one person asks must not take others along.
            if limit.expired():
                _log.warning("ended: it took too long", network=network, key=key)
                outcome = NoAnswer(INTERRUPTED)
            else:
                _log.warning("not answered", network=network, key=key, exc_info=problem)
                outcome = NoAnswer(FAILED)
        self._outcomes.append(outcome)
        if self._afterwards is not None:
            await self._afterwards(outcome)
