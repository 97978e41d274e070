"""One process whose schedule is changed while people ask: `python -m benchmarks.renewing URL FILE`.

It follows the schedule in the file as `run` does, writes another version there, and prints what it
saw of that as JSON.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from time import perf_counter
from uuid import uuid4

from benchmarks import crowd
from bot import app
from bot.clock import StandingClock, SystemClock
from bot.document import Reply
from bot.logs import to_standard_error
from bot.messages import Channel, Invocation, User
from bot.ports import Receive, Traits
from bot.publisher import Pace, Publisher
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.sources.writing import c3voc
from bot.store.sql import SqlStore
from bot.times import Reader
from bot.updating import Reading

MOVED = 300
PEOPLE = 10_000

_LATER = timedelta(minutes=10)
_SEED = 2012
_ASK_EVERY = 0.005
_LOOK_EVERY = 0.001
_CALM = 2.0
"""Seconds of questions before the change."""


@dataclass
class Seen:
    """Real times since the new version was there, in seconds: when it was `published`, when the
    first and the last were told; how many were, of how many; how long answers took before and
    meanwhile, and for how long the event loop let nobody in."""

    published: float = 0
    first: float = 0
    last: float = 0
    told: int = 0
    owed: int = 0
    before: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    blocked: float = 0


class _Asking:
    """A network that takes everything at once, and whose people ask one thing after the other."""

    network = crowd.NETWORK
    traits = Traits(in_flight=500, alone=False)
    coming_up: Sequence[Channel] = ()
    channels: Sequence[Channel] = ()

    def __init__(self, seen: Seen, people: int) -> None:
        self._seen = seen
        self._people = people
        self.asked = asyncio.Event()
        self.began: float | None = None
        self.told = 0

    async def run(self, receive: Receive, seen: Callable[[User], None]) -> None:
        for number in count():
            user = crowd.person(number % self._people + 1)
            line = ("now", "bookmarks", "next", "find session")[number % 4]
            channel = Channel(user.network, user.id, private=True)
            begun, meanwhile = perf_counter(), self.began is not None
            await receive(Invocation(None, user, channel, line))
            taken = self._seen.answers if meanwhile else self._seen.before
            taken.append(perf_counter() - begun)
            self.asked.set()
            await asyncio.sleep(_ASK_EVERY)

    async def send(
        self, user: User, reply: Reply, reader: Reader, key: str, until: datetime,
        again: bool = False,
    ) -> None:  # fmt: skip
        assert self.began is not None, "somebody is told before anything has changed"
        self._seen.last = perf_counter() - self.began
        self._seen.first = self._seen.first or self._seen.last
        self.told += len(reply.sessions())

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        raise AssertionError("nothing is posted to channels")

    def organises(self, user: User) -> bool:
        return False

    def share(self, processes: int) -> None:
        pass


async def renew(url: str, file: Path, people: int, moved: int) -> Seen:
    """Follow the schedule in a file that gets other content meanwhile."""
    seen, clock = Seen(), _Clock(crowd.between(crowd.schedule()))
    # That a file is looked at from time to time is not what is measured.
    pace = Pace(timedelta(minutes=5), file=timedelta(milliseconds=20))
    store, process = SqlStore(url, clock), str(uuid4())
    publisher = Publisher(Reading(file), store, clock, process, pace)
    schedule = await publisher.first()
    seen.owed, changed = await asyncio.to_thread(_changed, schedule, clock.now(), moved, url)
    network, stopping = _Asking(seen, people), asyncio.Event()

    async def versions() -> AsyncIterator[Schedule]:
        async for version in publisher.versions():
            assert network.began is not None
            seen.published = perf_counter() - network.began
            yield version

    async def change() -> None:
        await network.asked.wait()
        await asyncio.sleep(_CALM)
        beside = file.with_suffix(".new")
        await asyncio.to_thread(beside.write_bytes, changed)
        network.began = perf_counter()
        await asyncio.to_thread(beside.replace, file)
        while network.told < seen.owed or not seen.answers:
            await asyncio.sleep(0.01)
            assert perf_counter() - network.began < 120, (network.told, seen.owed)
        stopping.set()

    app.keep_for_good()
    looks, changes = asyncio.create_task(_look(seen, network)), asyncio.create_task(change())
    await app.serve(
        schedule, store, clock, Rules(greets=False), [network], versions=versions(),
        process=process, stopping=stopping,
    )  # fmt: skip
    looks.cancel()
    await changes
    await store.close()
    seen.told = network.told
    return seen


class _Clock(StandingClock):
    """The programme stands; real time goes on."""

    def wall(self) -> datetime:
        return SystemClock().wall()


def _changed(schedule: Schedule, now: datetime, moved: int, url: str) -> tuple[int, bytes]:
    """How many bookmarks it concerns, and the document in which so many sessions that are still to
    come are a few minutes later."""
    from sqlalchemy import create_engine, func, select

    from bot.store.tables import bookmarks

    coming = [session for session in schedule.planned if session.slot.start > now]
    some = {session.id for session in Random(_SEED).sample(coming, moved)}
    database = create_engine(url)
    with database.connect() as connection:
        theirs = select(func.count()).where(bookmarks.c.session_id.in_(some))
        owed: int = connection.execute(theirs).scalar_one()
    database.dispose()
    sessions = [_later(one) if one.id in some else one for one in schedule.sessions]
    new = Schedule(schedule.event, schedule.timezone, sessions, day_change=schedule.day_change)
    return owed, c3voc.write(new).encode()


def _later(session: Session) -> Session:
    slot = session.slot
    end = slot.end and slot.end + _LATER
    return replace(session, slot=replace(slot, start=slot.start + _LATER, end=end))


async def _look(seen: Seen, network: _Asking) -> None:
    """See for how long the event loop lets nobody in once something has changed."""
    while True:
        begun = perf_counter()
        await asyncio.sleep(_LOOK_EVERY)
        if network.began is not None:
            seen.blocked = max(seen.blocked, perf_counter() - begun - _LOOK_EVERY)


def main(url: str, file: str, people: str, moved: str) -> None:
    """Do what the command line says."""
    to_standard_error(logging.WARNING)
    print(json.dumps(asdict(asyncio.run(renew(url, Path(file), int(people), int(moved))))))


if __name__ == "__main__":
    main(*sys.argv[1:])
