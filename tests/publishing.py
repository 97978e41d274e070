"""What tests of the published schedule share: sources, publishers of several processes, and what
they log."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.addresses import Source
from bot.clock import SystemClock
from bot.publisher import Pace, Publisher
from bot.schedule import Schedule, Session, Slot
from bot.sources.writing import c3voc
from bot.store.sql import SqlStore
from bot.storing import Store
from bot.updating import Reading
from tests.noted import Noted
from tests.summit import at, small_schedule

SOON = timedelta(milliseconds=10)
QUICK = Pace(
    refresh=SOON, file=SOON, database=SOON, after_failure=SOON, lease=timedelta(seconds=0.3)
)
NOW = at(16, 9)


class Clock:
    """The programme stands; real time goes on."""

    speed = 1.0

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def wall(self) -> datetime:
        return SystemClock().wall()


def talk(id: int, hour: int, title: str = "", day: int = 16, room: str = "Marina") -> Session:
    """One hour long."""
    slot = Slot(at(day, hour), at(day, hour + 1), (room,))
    return Session(id, f"guid {id}", title or f"Talk {id}", slot)


TALKS = [talk(id, 9 + id) for id in range(1, 9)]
"""Eight of one day, all still to come."""


def document(*sessions: Session, event: str = "Small Summit") -> bytes:
    """As it is published."""
    schedule = small_schedule(*sessions)
    schedule.event = event
    return c3voc.write(schedule).encode()


def moved(session: Session, hours: int = 1) -> Session:
    slot, by = session.slot, timedelta(hours=hours)
    return replace(session, slot=replace(slot, start=slot.start + by, end=slot.until + by))


class Log(logging.Handler):
    """What the publisher says, a line each."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = Noted[str]()

    def emit(self, record: logging.LogRecord) -> None:
        said: Any = record.msg
        self.lines.append(str(said["event"]) if isinstance(said, dict) else record.getMessage())


@dataclass
class Process:
    """A process that follows the schedule, from `start` to `end` or `dies`."""

    publisher: Publisher
    store: SqlStore
    name: str
    versions: Noted[Schedule] = field(default_factory=Noted)
    follows: "asyncio.Task[None] | None" = None

    async def start(self) -> Schedule:
        self.versions.append(await self.publisher.first())
        self.follows = asyncio.create_task(self._follow())
        return self.schedule

    async def _follow(self) -> None:
        async for version in self.publisher.versions():
            self.versions.append(version)

    @property
    def schedule(self) -> Schedule:
        return self.versions[-1]

    async def dies(self) -> None:
        if self.follows is not None:
            self.follows.cancel()
            await asyncio.gather(self.follows, return_exceptions=True)

    async def end(self) -> None:
        await self.dies()
        await self.store.let_go(self.name)
        await self.store.close()


def process(
    source: Source, database: str, *, name: str = "p1", pace: Pace = QUICK,
    channels: Sequence[tuple[str, str]] = (), clock: Clock | None = None, **reading: Any,
) -> Process:  # fmt: skip
    """A process that has not begun."""
    clock = clock or Clock()
    store = SqlStore(database, clock)
    publisher = Publisher(Reading(source, **reading), store, clock, name, pace, channels)
    return Process(publisher, store, name)


async def is_held(store: Store, *, held: bool = True) -> None:
    """Wait until something is held back, or nothing is any more."""
    async with asyncio.timeout(30):
        while ((await store.heads()).held is not None) is not held:  # noqa: ASYNC110
            await asyncio.sleep(0)


def rewrite(path: Path, content: bytes) -> None:
    """As an editor does: what was there is there until all of the new is."""
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)
