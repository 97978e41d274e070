"""Commands one after another, then many at once: how long the answers take, and how many come."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.irc.client import Client, connected, said_by
from benchmarks.irc.wording import ANSWER, CHANNEL
from benchmarks.process import Bot, Ended, last_words, memory, running

ONE_BY_ONE = 500
CLIENTS = 10
EACH = 100
ALL = CLIENTS * EACH

_JOINING = 60.0
_ANSWERING = 60.0
_WARM_UP = 20
_ASKED = f"PRIVMSG {CHANNEL} :!now"


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of commands: seconds to each answer, one by one; then of all those sent at once
    how many were answered, within how many seconds; and the memory after that, in bytes."""

    durations: Sequence[float]
    answers: int
    within: float
    memory: int

    @property
    def rate(self) -> float:
        """Answers a second, of those sent at once."""
        return self.answers / self.within


class Counting:
    """Counts a bot's answers among the lines of a channel. An answer has come when all its lines
    have, in whatever order those of several answers come."""

    def __init__(self, nick: str) -> None:
        self._nick = nick
        self._lines = [0] * len(ANSWER)
        self._wanted = 0
        self._done: asyncio.Future[None] | None = None

    @property
    def answers(self) -> int:
        """How many whole answers have come."""
        return min(self._lines)

    def hear(self, line: bytes) -> None:
        """Look at one line."""
        if not said_by(self._nick, line) or _TO_ALL not in line:
            return
        for index, mark in enumerate(_MARKS):
            if mark in line:
                self._lines[index] += 1
        if self._done is not None and not self._done.done() and self.answers >= self._wanted:
            self._done.set_result(None)

    def when(self, wanted: int) -> "asyncio.Future[None]":
        """Done when so many answers have come."""
        self._wanted, self._done = wanted, asyncio.get_running_loop().create_future()
        return self._done


_TO_ALL = f" {CHANNEL} :".encode()
# A bot may format what it says, but a word of each line has to be there.
_MARKS = (b"On now", b"Welcome")


async def started(bot: Bot, port: int) -> float:
    """Seconds from the start of the bot's process until somebody else sees that it has joined."""
    observer = await connected(port, "observer")
    try:
        await observer.join(CHANNEL)
        begun = time.perf_counter()
        async with running(bot) as process:
            await seen_to_join(observer, bot, process)
            return time.perf_counter() - begun
    finally:
        observer.close()


async def seen_to_join(observer: Client, bot: Bot, process: asyncio.subprocess.Process) -> None:
    """Wait until the bot joins the channel. Raises Ended."""
    joins = asyncio.ensure_future(
        observer.until(lambda line: said_by(bot.nick, line) and b" JOIN " in line, seconds=_JOINING)
    )
    ends = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait((joins, ends), return_when=asyncio.FIRST_COMPLETED)
        if not joins.done():
            raise Ended(f"{bot.name} has ended by itself; it said last: {last_words(bot)}")
        await joins
    finally:
        joins.cancel()
        ends.cancel()


async def loaded(bot: Bot, port: int) -> Answered:
    """Start the bot, and ask it for all that it can do."""
    with ExitStack() as stack:
        first = await _somebody(stack, port, 1)
        async with running(bot) as process:
            await seen_to_join(first, bot, process)
            await _one_by_one(first, bot, _WARM_UP)
            durations = await _one_by_one(first, bot, ONE_BY_ONE)
            # Only now: each would be told of every command and answer, and cost time.
            asking = [first]
            for number in range(2, CLIENTS + 1):
                asking.append(await _somebody(stack, port, number))
                await _one_by_one(asking[-1], bot, 1)
            answers, within = await _at_once(asking, bot)
            return Answered(durations, answers, within, memory(process))


async def _somebody(stack: ExitStack, port: int, number: int) -> Client:
    client = await connected(port, f"asker{number}")
    stack.callback(client.close)
    await client.join(CHANNEL)
    return client


async def _one_by_one(client: Client, bot: Bot, count: int) -> list[float]:
    await client.settle()
    counting, durations = Counting(bot.nick), list[float]()
    client.heard = counting.hear
    for number in range(1, count + 1):
        answered = counting.when(number)
        begun = time.perf_counter()
        client.say(_ASKED)
        async with asyncio.timeout(_ANSWERING):
            await answered
        durations.append(time.perf_counter() - begun)
    return durations


async def _at_once(asking: Sequence[Client], bot: Bot) -> tuple[int, float]:
    for client in asking:
        await client.settle()
    counting = Counting(bot.nick)
    asking[0].heard = counting.hear
    answered = counting.when(ALL)
    begun = time.perf_counter()
    for client in asking:
        client.say(*[_ASKED] * EACH)
    await asyncio.wait((answered,), timeout=_ANSWERING)
    return counting.answers, time.perf_counter() - begun
