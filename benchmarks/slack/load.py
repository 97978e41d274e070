"""Commands one after another, then many at once: how long acknowledgements take, and how many
come."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.process import memory, running
from benchmarks.slack.bots import Contestant
from benchmarks.slack.place import Place

PEOPLE = 50
"""Who ask one after another."""

ONE_BY_ONE = 1_000
IN_FLIGHT = 64
AT_ONCE = 3_000
"""Commands in a round of those at once."""

ROUNDS = 5

_WARM_UP = 200
_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a bot's commands: in each round seconds to each acknowledgement, one by one, and
    acknowledgements a second when many are asked for at once; the processor time (seconds) that one
    of those took; and the memory after that, in bytes."""

    one_by_one: Sequence[Sequence[float]]
    rates: Sequence[float]
    work: float
    memory: int

    @property
    def middle(self) -> Sequence[float]:
        """The round whose 99th percentile is neither the quickest nor the slowest."""
        return sorted(self.one_by_one, key=p99)[len(self.one_by_one) // 2]

    @property
    def rate(self) -> float:
        """Acknowledgements a second in the round that is neither the quickest nor the slowest."""
        return median(self.rates)


def p99(seconds: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(seconds)[len(seconds) * 99 // 100]


async def loaded(place: Place, bots: Sequence[Contestant]) -> list[Answered]:
    """Start the bots, and ask them for all that they can do: in turn, for what else the machine
    does meanwhile is to concern all of them. Raises Failed."""
    for bot in bots:
        # The very first start makes the database, and what it needs for that stays in memory.
        async with running(bot.bot):
            await place.order("opened", bot.app)
        await place.order("closed", bot.app)
    async with AsyncExitStack() as stack:
        started = []
        for bot in bots:
            process = await stack.enter_async_context(running(bot.bot))
            await place.order("opened", bot.app)
            started.append(_Started(place, bot, process))
        asked = [(bot.app, bot.line, bot.answer) for bot in bots]
        await place.order("one by one", asked, _WARM_UP, PEOPLE)
        for each in started:
            await each.at_once()
        durations = [
            await place.order("one by one", asked, ONE_BY_ONE, PEOPLE) for _ in range(ROUNDS)
        ]
        at_once = [[await each.at_once() for each in started] for _ in range(ROUNDS)]
        return [
            Answered(
                [each[bot.app] for each in durations],
                [AT_ONCE / seconds for seconds, _ in rounds],
                median(work for _, work in rounds) / AT_ONCE,
                memory(one.process),
            )
            for bot, one, rounds in zip(bots, started, zip(*at_once, strict=True), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Started:
    """A bot that runs."""

    place: Place
    bot: Contestant
    process: asyncio.subprocess.Process

    async def at_once(self) -> tuple[float, float]:
        """Seconds until all of one round are acknowledged, and those that the processor worked for
        the bot meanwhile."""
        bot, before = self.bot, self._work()
        seconds: float = await self.place.order(
            "at once", bot.app, bot.line, bot.answer, AT_ONCE, IN_FLIGHT
        )
        return seconds, self._work() - before

    def _work(self) -> float:
        # proc(5): after the name, which may hold anything, utime and stime are the 12th and 13th.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _CLOCK
