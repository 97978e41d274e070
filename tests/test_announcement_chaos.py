"""An organiser moves a session and announces something about it, while processes die at random:
each who bookmarked it is told both, once, and nobody else is."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select

from bot import app, bulletins, ticker
from bot.clock import SystemClock
from bot.document import Reply
from bot.messages import AddBookmark, Channel, Invocation, Response, User
from bot.patience import Holding, Patience
from bot.ports import Receive, Seen, Traits
from bot.publisher import Pace, Publisher
from bot.rules import Rules
from bot.store.sql import SqlStore
from bot.store.tables import bookmarks, letters
from bot.storing import StoreAway
from bot.text import lines
from bot.times import Reader
from bot.updating import Reading
from tests.adapters.bot import WholeBot
from tests.summit import DATA, NETWORK, Recorder, folsom

_PEOPLE = 200
_OTHERS = 20
_CALLS = ("apply", "apply", "claim", "settle", "settle", "")
"""With which of these a process dies, in its first life, its second, and so on."""
_MOST_MESSAGES = 30
"""In one life."""
_SOON = timedelta(milliseconds=50)
_PACE = Pace(_SOON, _SOON, _SOON, _SOON, lease=timedelta(seconds=0.3))
_PATIENCE = Patience(
    lease=timedelta(seconds=0.5), sending=timedelta(seconds=0.4), posting=timedelta(seconds=0.4),
    pause=_SOON,
)  # fmt: skip
_CHANNEL = Channel(NETWORK, "#summit")
_ADA = User(NETWORK, "ada", "Ada")
_MOVE, _SAY = "move 6 Ballroom 11:00", "announce 6 Bring laptops."
THERE = (
    "[6] Mon 11:00am–11:55am · Breakout of volume into its own service · Ballroom"
    " · Vishvananda Ishaya · changed live"
)
MOVED = (
    "Moved from Monday 9:30am, Marina to Monday 11:00am, Ballroom, starts in 1 hour 40 minutes:",
    THERE, "Remove: ‘unbookmark 6’",
)  # fmt: skip
ABOUT = ("Announcement from the organisers:", "Bring laptops.", THERE)
SAID = (
    "Announced, to 1 channel on test and to each person who bookmarked this session:",
    THERE, "Bring laptops.",
    "If no session was meant: put the text in quotation marks,"
    " like ‘announce \"3 seats are left\"’.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(bulletins, "_EVERY", timedelta())


@dataclass
class Town(Recorder):
    """A network as one process sees it, which dies at some message: before it is taken or just
    after; what is taken is the same for all."""

    traits: Traits = Traits(in_flight=20, alone=False)
    dies_at: int = -1
    taken_first: bool = False
    count: int = 0
    receive: "asyncio.Future[Receive]" = field(default_factory=asyncio.Future)
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, receive: Receive, seen: Seen) -> None:
        self.receive.set_result(receive)
        await asyncio.Event().wait()

    async def send(
        self, user: User, reply: Reply, reader: Reader, key: str, until: datetime,
        again: bool = False,
    ) -> None:  # fmt: skip
        dies = await self._dies()
        if not dies or self.taken_first:
            await super().send(user, reply, reader, key, until, again)
        if dies:
            await asyncio.Event().wait()

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        dies = await self._dies()
        if not dies or self.taken_first:
            await super().post(channel, reply, reader, key, again)
        if dies:
            await asyncio.Event().wait()

    async def _dies(self) -> bool:
        """True if this message is the last."""
        if self.dead.is_set():
            await asyncio.Event().wait()
        self.count += 1
        if self.count == self.dies_at:
            self.dead.set()
        return self.dead.is_set()


class Process(WholeBot[Town]):
    """One of those that follow the schedule and speak on the network, as `run` does."""

    async def _serve(self) -> None:
        reading = Reading(DATA, folsom().timezone)
        publisher = Publisher(reading, self.store, self.clock, str(uuid4()), _PACE)
        schedule = await publisher.first()
        await app.serve(
            schedule, self.store, self.clock, self.rules, [*self.adapters.values()],
            versions=publisher.versions(), following=publisher.following, tally=self.tally,
            stopping=self._stopping, patience=self.patience,
            holding=Holding(timedelta(seconds=1), timedelta(seconds=0.1)),
        )  # fmt: skip

    async def dies(self, call: str, random: Random, over: asyncio.Event) -> bool:
        """Before or after it calls this of the store, or of a message, whichever comes first; then
        it begins again. False if all is over before."""
        self.adapter.dies_at = self.adapter.count + random.randint(1, _MOST_MESSAGES)
        self.adapter.taken_first = random.random() < 0.5
        if random.random() < 0.5:
            self._mortal.dies_before = call
        else:
            self._mortal.dies_after = call
        await first_of(*self._deaths(), over.wait())
        if not self._is_dead():
            self.adapter.dies_at, self._mortal.dies_before, self._mortal.dies_after = -1, "", ""
            return False
        await self.kill()
        await self.start()
        return True

    async def answers(self, invocation: Invocation) -> Response | None:
        """None if it dies before anything comes back."""
        receive = await self.adapter.receive
        answering = asyncio.ensure_future(receive(invocation))
        await first_of(*self._deaths(), asyncio.wait([answering]))
        answering.cancel()
        with suppress(StoreAway, asyncio.CancelledError):
            return await answering
        return None

    def _deaths(self) -> Sequence[Coroutine[Any, Any, object]]:
        return self._mortal.died.wait(), self.adapter.dead.wait()

    def _is_dead(self) -> bool:
        return self._mortal.died.is_set() or self.adapter.dead.is_set()


async def first_of(*awaited: Coroutine[Any, Any, object]) -> None:
    """Wait for the first of these; the others are cancelled."""
    tasks = [asyncio.ensure_future(each) for each in awaited]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def everything_bookmarked(database: str, clock: SystemClock) -> None:
    """By many the session that it is about, by some another one."""
    store = SqlStore(database, clock)
    for number in range(_PEOPLE + _OTHERS):
        session = folsom().session(6 if number < _PEOPLE else 7)
        assert session is not None
        wish = AddBookmark(session.facts, session.id, 5, own_before=False)
        await store.apply(User(NETWORK, f"fan {number} of {session.id}"), [wish], None)
    await store.close()


def under_way(database: str) -> int:
    """How many messages are still to be settled."""
    claimed = select(func.count()).where(bookmarks.c.message.is_not(None)).scalar_subquery()
    written = select(func.count()).select_from(letters).scalar_subquery()
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            return int(connection.execute(select(claimed + written)).scalar_one())
    finally:
        engine.dispose()


async def answer(processes: Sequence[Process], line: str, random: Random) -> list[str]:
    """What an organiser is answered who says it to one after another, until one answers, as their
    network does."""
    chat = Channel(NETWORK, _ADA.id, private=True)
    invocation = Invocation(line, _ADA, chat, line, again=True)
    while True:
        response = await random.choice(processes).answers(invocation)
        if response is not None:
            return lines(response.reply, response.reader)
        await asyncio.sleep(0.01)


@pytest.mark.long
@pytest.mark.every_database
@pytest.mark.parametrize("seed", range(2))
async def test_each_who_bookmarked_it_is_told_once(database: str, seed: int) -> None:
    random, whole, over = Random(seed), Recorder(), asyncio.Event()

    def town() -> Town:
        return Town(
            taken=whole.taken, posted=whole.posted, in_doubt=whole.in_doubt, readers=whole.readers,
            channels=[_CHANNEL], organisers=[_ADA.id],
        )  # fmt: skip

    processes = [
        Process(
            lambda _store, _clock: [town()], database, "Monday 9:20", folsom(),
            Rules(greets=False), _PATIENCE,
        )
        for _ in range(1 if database.startswith("sqlite") else 3)
    ]  # fmt: skip

    async def dying(process: Process) -> int:
        """How often it died."""
        return sum([await process.dies(call, random, over) for call in _CALLS])

    def told() -> Counter[tuple[str, ...]]:
        """How many people were told what."""
        return Counter(text for _, text in {(user, tuple(said)) for user, said, _ in whole.taken})

    for process in processes:
        await process.start()
    await everything_bookmarked(database, SystemClock())
    deaths = [asyncio.create_task(dying(process)) for process in processes]
    async with asyncio.timeout(60):
        assert (await answer(processes, _MOVE, random))[1] == THERE
        assert await answer(processes, _SAY, random) == [*SAID]
        while told() != {MOVED: _PEOPLE, ABOUT: _PEOPLE} or not whole.posted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        over.set()
        assert any(await asyncio.gather(*deaths))
        while under_way(database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    for process in processes:
        await process.ticks()
    done = await processes[0].store.audited(10)
    for process in processes:
        await process.close()

    messages = {(user.id, tuple(said), key) for user, said, key in whole.taken}
    assert Counter((user, said) for user, said, _ in messages) == {
        (f"fan {number} of 6", said): 1 for number in range(_PEOPLE) for said in (MOVED, ABOUT)
    }, "one message each, whatever it takes to deliver it"
    [post] = {(channel, tuple(said), key) for channel, said, key in whole.posted}
    assert post[:2] == (_CHANNEL.id, ABOUT)
    times = Counter(key for _, _, key in (*whole.taken, *whole.posted))
    assert {key for key, count in times.items() if count > 1} <= {*whole.in_doubt}
    assert [(each.user, each.what) for each in done] == [
        (_ADA, "announced about [6] “Breakout of volume into its own service”: Bring laptops."),
        (_ADA, "moved [6] “Breakout of volume into its own service” from Monday 9:30am, Marina"
               " to Monday 11:00am, Ballroom"),
    ]  # fmt: skip
