"""Between two versions of a schedule that was really published, with every session bookmarked by
somebody: exactly the people concerned are told, once, also when the process dies meanwhile."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot import app
from bot.clock import SystemClock
from bot.document import Reply
from bot.messages import AddBookmark, User
from bot.patience import Holding, Patience
from bot.publisher import Publisher
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.sources import read
from bot.store.sql import SqlStore
from bot.times import Reader
from bot.updating import Reading
from tests.adapters.bot import WholeBot
from tests.publishing import QUICK, rewrite
from tests.summit import DATA, NETWORK, Recorder

_SHARED = DATA.parent.parent.parent / "shared" / "schedules"
_ZONE = ZoneInfo("America/New_York")
_LIVES = 3
# The programme begins in the evening of the next day.
_NOW = "2023-03-04T12:00:00-05:00"

pytestmark = pytest.mark.skipif(not _SHARED.is_dir(), reason="the published files are not there")


@cache
def published(number: int) -> bytes:
    return (_SHARED / f"sched_joco2023_v{number}.ics").read_bytes()


@cache
def version(number: int) -> Schedule:
    return read(published(number), _ZONE).schedule


@dataclass
class Deadly(Recorder):
    """A network on which the process dies, at some message: before it is taken or just after."""

    dies_at: int = -1
    taken_first: bool = False
    count: int = 0
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(
        self, user: User, reply: Reply, reader: Reader, key: str, until: datetime,
        again: bool = False,
    ) -> None:  # fmt: skip
        self.count += 1
        dies = self.count == self.dies_at
        if not dies or self.taken_first:
            await super().send(user, reply, reader, key, until, again)
        if dies:
            self.dead.set()
        if self.dead.is_set():
            await asyncio.Event().wait()


class Following(WholeBot[Deadly]):
    """A process that follows the schedule in a file."""

    file: Path

    async def _serve(self) -> None:
        publisher = Publisher(Reading(self.file, _ZONE), self.store, self.clock, "p1", QUICK)
        schedule = await publisher.first()
        await app.serve(
            schedule, self.store, self.clock, self.rules, [*self.adapters.values()],
            versions=publisher.versions(), stopping=self._stopping, patience=self.patience,
            holding=Holding(timedelta(seconds=1), timedelta(seconds=0.1)), tally=self.tally,
        )  # fmt: skip


def owner(session: Session) -> User:
    """Who has bookmarked it, and nothing else."""
    return User(NETWORK, f"fan of {session.guid}")


async def everything_bookmarked(database: str, clock: SystemClock) -> None:
    store = SqlStore(database, clock)
    current = await store.version()
    assert current is not None
    for session in read(current.document.encode()).schedule.sessions:
        wish = AddBookmark(session.facts, session.id, 5, own_before=False)
        await store.apply(owner(session), [wish], None)
    await store.close()


def concerned() -> set[str]:
    """Whose session is not what it was, by the keys of the source, which are to be trusted here."""
    old, new = ({s.guid: s for s in version(number).sessions} for number in (1, 2))
    return {
        owner(session).id
        for guid, session in old.items()
        if (now := new.get(guid)) is None or not now.facts.says_the_same_as(session.facts)
    }


@pytest.mark.long
@pytest.mark.every_database
@pytest.mark.parametrize("seed", range(2))
async def test_exactly_the_people_concerned_are_told_once(
    database: str, tmp_path: Path, seed: int
) -> None:
    random, network = Random(seed), Deadly()
    bot = Following(
        lambda _store, _clock: [network], database, _NOW, version(1), Rules(greets=False),
        Patience(lease=timedelta(seconds=0.5), sending=timedelta(seconds=0.4)),
    )  # fmt: skip
    bot.file = tmp_path / "s.ics"
    bot.file.write_bytes(published(1))
    await bot.start()
    await everything_bookmarked(database, SystemClock())
    await bot.ticks()
    assert network.taken == [], "the first version is news to nobody"
    rewrite(bot.file, published(2))
    # At some moment between the look at the file and the first message.
    await asyncio.sleep(0.2 * random.random())
    await bot.kill()
    await bot.start()
    for _ in range(_LIVES):
        network.dies_at = network.count + random.randint(1, 6)
        network.taken_first = random.random() < 0.5
        async with asyncio.timeout(60):
            await network.dead.wait()
        await bot.kill()
        network.dead.clear()
        await bot.start()
    network.dies_at = -1
    people = concerned()
    async with asyncio.timeout(60):
        while {user.id for user, _, _ in network.taken} < people:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.sleep(1)  # for what would be too much
    await bot.ticks()
    await bot.close()

    keys = Counter(user.id for user, _ in {(user, key) for user, _, key in network.taken})
    assert keys == dict.fromkeys(people, 1), "one message each, whatever it takes to deliver it"
    repeated = Counter(key for _, _, key in network.taken)
    assert {key for key, times in repeated.items() if times > 1} <= {*network.in_doubt}


async def test_what_they_are_told_is_what_has_changed(database: str, tmp_path: Path) -> None:
    network = Deadly()
    bot = Following(
        lambda _store, _clock: [network], database, _NOW, version(1), Rules(greets=False),
        Patience(),
    )  # fmt: skip
    bot.file = tmp_path / "s.ics"
    bot.file.write_bytes(published(1))
    await bot.start()
    await everything_bookmarked(database, SystemClock())
    rewrite(bot.file, published(2))
    async with asyncio.timeout(60):
        while len(network.taken) < len(concerned()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await bot.close()
    new = {session.guid: session for session in version(2).sessions}
    for user, lines, _ in network.taken:
        guid = user.id.removeprefix("fan of ")
        if guid in new:
            assert new[guid].title in lines[1]
            assert lines[0].startswith(("Moved", "Renamed", "Cancelled", "Back"))
        else:
            assert lines[0] == "Cancelled, it will not take place:"
    opens = version(1).opens
    assert opens is not None
    assert datetime.fromisoformat(_NOW) < opens, "nothing is over"
