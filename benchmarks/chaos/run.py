"""Plays a plan: publishes, bookmarks, kills, and collects what was noted."""

import asyncio
import time
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from pathlib import Path

from benchmarks.chaos.brief import Brief, Files
from benchmarks.chaos.history import (
    Answered,
    Bookmarked,
    Closed,
    Got,
    History,
    Killed,
    Opened,
    Published,
    last_opened,
    lines,
)
from benchmarks.chaos.lives import Lives
from benchmarks.chaos.plan import Change, Kill, Plan, Wish, planned
from benchmarks.chaos.scale import NETWORKS, Scale
from bot.app import open_store
from bot.clock import SystemClock
from bot.messages import AddBookmark, User
from bot.schedule import Schedule
from bot.sources.writing import c3voc
from bot.storing import Store

_MOST_OVER = 60.0
"""Seconds after which a run that should be over is given up."""

_STARTING = 3.0
_LOOK_EVERY = 0.5

_Step = Wish | Change | Kill | str
"""What is to be done; the name of a bot if that is to start again."""


async def play(
    scale: Scale, seed: int, bots: Sequence[str], database: str, directory: Path
) -> History:
    """One run on a new database, its files in a directory. Raises TimeoutError: it hung."""
    files, plan = Files(directory), planned(scale, seed, bots)
    _publish(files, plan.schedule)
    store = await open_store(database, SystemClock(), plan.schedule)
    lives = Lives(files)
    try:
        driver = _Driver(scale, plan, files, store, lives)
        for wish in plan.wishes:
            if not wish.at:
                await driver.bookmark(wish)
        async with asyncio.timeout(scale.length + scale.rest + _MOST_OVER):
            brief = Brief(scale, seed, driver.begin(), database, plan.faults)
            files.write(brief)
            lives.start_network()
            for bot in bots:
                lives.start(bot)
            await driver.play()
            await lives.end()
    finally:
        lives.end_now()
        await store.close()
    return driver.history()


class _Driver:
    """Owns the schedule as it is published, and the notes of what it has done."""

    def __init__(self, scale: Scale, plan: Plan, files: Files, store: Store, lives: Lives) -> None:
        self._scale = scale
        self._plan = plan
        self._files = files
        self._store = store
        self._lives = lives
        self._schedule = plan.schedule
        self._born = 0.0
        self._ended = 0.0
        self._speaker_killed = float("-inf")
        self._published = [Published(0, s.id, s.facts) for s in plan.schedule.sessions]
        self._bookmarked: list[Bookmarked] = []
        self._killed: list[Killed] = []

    def begin(self) -> float:
        """Say when the run begins, by the machine's monotonic clock: when the bots have started."""
        self._born = time.monotonic() + _STARTING
        return self._born

    async def play(self) -> None:
        """All that is planned, each at its moment."""
        order, plan = count(), self._plan
        all_steps: list[Wish | Change | Kill] = [*plan.wishes, *plan.changes, *plan.kills]
        steps: list[tuple[float, int, _Step]] = [
            (step.at, next(order), step) for step in all_steps if step.at
        ]
        heapify(steps)
        ends = self._scale.length + self._scale.rest
        while self._now() < ends:
            at, _, step = steps[0] if steps else (ends, 0, "")
            await asyncio.sleep(max(0, min(at - self._now(), _LOOK_EVERY)))
            for bot in self._lives.look():
                self._lives.start(bot)
            if self._now() < at or not steps:
                continue
            heappop(steps)
            match step:
                case Wish():
                    await self.bookmark(step)
                case Change():
                    self._change(step)
                case Kill():
                    killed = self._kill(step)
                    if killed is not None:
                        heappush(steps, (self._now() + step.down, next(order), killed))
                case str():
                    self._lives.start(step)
        self._ended = self._now()

    async def bookmark(self, wish: Wish) -> None:
        """Bookmark a session as it is published now."""
        session = self._schedule.session(wish.session)
        assert session is not None
        effect = AddBookmark(session.facts, session.id, before=5, own_before=False)
        user = User(wish.network, wish.user, wish.user)
        await self._store.apply(user, (effect,), None)
        at = self._now() if wish.at else 0.0
        self._bookmarked.append(Bookmarked(at, wish.network, wish.user, session.id, session.facts))

    def history(self) -> History:
        """All that was noted, also by the network."""
        noted = list(lines(self._files.log))
        return History(
            published=self._published,
            bookmarked=self._bookmarked,
            ended=self._ended,
            got=[line for line in noted if isinstance(line, Got)],
            answered={line.number: line.at for line in noted if isinstance(line, Answered)},
            connections=[line for line in noted if isinstance(line, Opened | Closed)],
            killed=self._killed,
            died=self._lives.died,
        )

    def _now(self) -> float:
        return time.monotonic() - self._born

    def _change(self, change: Change) -> None:
        old, new = self._schedule, change.session
        self._schedule = Schedule(
            old.event, old.timezone, (new if s.id == new.id else s for s in old.sessions)
        )
        _publish(self._files, self._schedule)
        self._published.append(Published(self._now(), new.id, new.facts))

    def _kill(self, kill: Kill) -> str | None:
        """Kill one; the result is which, if there was one that may be."""
        alone = {network.name for network in NETWORKS if network.alone}
        speaks = last_opened(self._files.log, alone)
        recently = self._now() - self._speaker_killed < self._scale.spared
        bots = sorted(
            kill.order, key=lambda bot: kill.speaker_first and self._lives.life(bot) != speaks
        )
        for bot in bots:
            life = self._lives.life(bot)
            spared = life == speaks and recently and len(kill.order) > 1
            if life is None or spared:
                continue
            if life == speaks:
                self._speaker_killed = self._now()
            self._killed.append(Killed(self._now(), self._lives.kill(bot)))
            return bot
        return None


def _publish(files: Files, schedule: Schedule) -> None:
    """Replace the published schedule in one step, so that nobody reads half of it."""
    new = files.schedule.with_suffix(".new")
    new.write_text(c3voc.write(schedule))
    new.replace(files.schedule)
