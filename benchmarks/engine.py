"""How fast the engine answers about a large event, and how fast `ask` starts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from time import perf_counter
from typing import cast

from benchmarks import cold_start, made_up
from benchmarks.report import AtLeast, Below, Figure, Report, percentiles
from bot.engine import Engine
from bot.messages import Channel, Invocation, Profile, User
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Store

CALLS = 5_000
_SEED = 2012
_USER = User("benchmark", "ada")
_HERE = Channel("benchmark", "ada", private=True)

ABOUT = (
    f"{made_up.SESSIONS:,} made-up sessions in {made_up.ROOMS} rooms on {made_up.DAYS} days,"
    f" {made_up.PEOPLE:,} people; the engine alone, in one thread, garbage collection on.",
    f"Each question {CALLS:,} times, at random moments while something is on; no typo twice.",
    *cold_start.ABOUT,
)


@dataclass
class _Moved:
    """A clock that shows what it was last set to."""

    moment: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        return self.moment

    def wall(self) -> datetime:
        return self.moment


class _Desk:
    """An engine with a known user in front of it, and a stopwatch."""

    def __init__(self, schedule: Schedule, random: Random) -> None:
        self._schedule = schedule
        self._random = random
        self._clock = _Moved(schedule.sessions[0].slot.start)
        # No question here is about the user: whatever would be asked of this store, fails.
        store = cast(Store, object())
        self._engine = Engine(schedule, store, self._clock, Rules(greets=False))
        self._engine.introduce(_USER, Profile(known=True))

    async def ask(self, line: str) -> float:
        """How long the answer takes, in seconds."""
        self._clock.moment = made_up.moment(self._random, self._schedule)
        invocation = Invocation(None, _USER, _HERE, line)
        begun = perf_counter()
        response = await self._engine.respond(invocation)
        taken = perf_counter() - begun
        assert response.command == line.split()[0], line
        return taken

    async def ask_each(self, line: Callable[[], str]) -> list[float]:
        """How long each of many answers takes."""
        return [await self.ask(line()) for _ in range(CALLS)]


def measure() -> Report:
    """All figures of the engine."""
    return Report(ABOUT, (*cold_start.measure(), *asyncio.run(_answers())))


async def _answers() -> list[Figure]:
    random = Random(_SEED)
    schedule = made_up.schedule(random)
    desk = _Desk(schedule, random)
    rooms, people = list(schedule.rooms), list(schedule.people)
    asked: set[str] = set()

    def misspelt(command: str, words: Callable[[], str]) -> str:
        while (line := f"{command} {made_up.misspelt(random, words())}") in asked:
            pass
        asked.add(line)
        return line

    def topic() -> str:
        words = random.choice(schedule.sessions).title.lower().split()
        return " ".join(random.sample(words, random.choice((1, 2))))

    def name() -> str:
        return random.choice(people)

    title = schedule.sessions[0].title
    first = [
        Figure(f"first {line.split()[0]}, which makes an index", 1000 * await desk.ask(line), "ms")
        for line in ("now", f"next {rooms[0]}", f"lead {people[0]}", f"find {title}")
    ]
    now = await desk.ask_each(lambda: "now")
    following = await desk.ask_each(lambda: f"next {random.choice(rooms)}")
    leads = await desk.ask_each(lambda: misspelt("lead", name))
    found = await desk.ask_each(lambda: misspelt("find", topic))
    return [
        *first,
        *percentiles("now", now, Below(0.2)),
        Figure("now, answers a second", CALLS / sum(now), "/s", AtLeast(10_000)),
        *percentiles("next <room>", following, Below(0.2)),
        *percentiles("lead <name with a typo>", leads, Below(5)),
        *percentiles("find <words with a typo>", found, Below(5)),
    ]
