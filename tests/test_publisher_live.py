"""What organisers change live holds over new versions of the published schedule."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.accepting import accept
from bot.live import Added, Cancelled, InRooms, LiveChange, Starts, Value
from bot.messages import Audit, ChangeLive, Effect, User, Withdraw
from bot.record import unpacked
from bot.schedule import Live, Session, Slot
from bot.setup import Setup
from bot.storing import Lease, Memo
from bot.text import lines
from bot.times import Reader
from tests.publishing import (
    TALKS,
    Clock,
    Process,
    document,
    is_held,
    moved,
    process,
    rewrite,
    talk,
)
from tests.summit import at

ADA = User("irc", "account:ada", "ada")
NEWTS = Added("Newts", Slot(at(16, 19), at(16, 20), ("Pond",)))

pytestmark = pytest.mark.every_database

Start = Callable[..., Process]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.json"
    path.write_bytes(document(*TALKS))
    return path


@pytest.fixture
async def made(database: str, file: Path) -> AsyncIterator[Start]:
    """Makes processes that follow the file, and ends them."""
    processes = list[Process]()

    def make(**more: Any) -> Process:
        name = f"p{len(processes)}"
        processes.append(process(file, database, name=name, **more))
        return processes[-1]

    yield make
    for each in processes:
        await each.end()


async def change(bot: Process, *values: Value, of: int = 1) -> bool:
    effects = [ChangeLive(LiveChange(of, value)) for value in values]
    return await bot.store.apply(ADA, [*effects, Audit("changed")], None)


async def holds(bot: Process, *sessions: Session) -> None:
    """Wait until the programme is this one."""
    wanted = tuple(sorted(sessions, key=lambda s: (s.slot.start, s.slot.rooms, s.id)))
    while bot.schedule.sessions != wanted:
        await bot.versions.reaches(len(bot.versions) + 1)


async def posted(bot: Process) -> list[list[str]]:
    """What the channel of organisers is to be told."""
    wall = Clock().wall()
    lease = Lease(wall, wall + timedelta(minutes=1))
    said = [
        unpacked(claim.bulletin.reply, bot.schedule)
        for claim in await bot.store.claim_bulletins("irc", [], lease)
    ]
    return [lines(reply, Reader(bot.schedule.timezone, hours=12)) for reply in said if reply]


async def number_is(bot: Process, number: int) -> None:
    """Wait until so many versions have been published."""
    async with asyncio.timeout(30):
        while (await bot.store.heads()).number != number:  # noqa: ASYNC110
            await asyncio.sleep(0)


def as_moved(session: Session, hours: int = 1) -> Session:
    return replace(moved(session, hours), live=Live.CHANGED)


async def test_a_live_change_is_followed_by_all_processes(made: Start) -> None:
    first, second = made(), made()
    await first.start()
    await second.start()
    await change(first, Starts(at(16, 11)))
    for bot in (first, second):
        await holds(bot, as_moved(TALKS[0]), *TALKS[1:])
    third = made()
    assert (await third.start()).sessions == first.schedule.sessions


async def test_it_holds_over_imports_that_say_nothing_about_it(made: Start, file: Path) -> None:
    bot = made()
    await bot.start()
    await change(bot, Starts(at(16, 11)), InRooms(("Pond",)))
    new = talk(9, 18)
    rewrite(file, document(*TALKS, new))
    changed = as_moved(TALKS[0])
    there = replace(changed, slot=replace(changed.slot, rooms=("Pond",)))
    await holds(bot, there, *TALKS[1:], new)


async def test_it_is_over_when_the_published_schedule_says_the_same(
    made: Start, file: Path
) -> None:
    bot = made()
    await bot.start()
    await change(bot, Starts(at(16, 11)))
    await holds(bot, as_moved(TALKS[0]), *TALKS[1:])
    rewrite(file, document(moved(TALKS[0]), *TALKS[1:]))
    await holds(bot, moved(TALKS[0]), *TALKS[1:])
    assert await bot.store.live() == ()
    # What is published later holds again.
    rewrite(file, document(moved(TALKS[0], 2), *TALKS[1:]))
    await holds(bot, moved(TALKS[0], 2), *TALKS[1:])


async def test_it_stays_when_the_published_schedule_says_something_else(
    made: Start, file: Path
) -> None:
    bot = made(channels=[("irc", "#ops")])
    await bot.start()
    await change(bot, Starts(at(16, 11)))
    elsewhere = replace(moved(TALKS[0], 3), slot=replace(moved(TALKS[0], 3).slot, rooms=("Pond",)))
    rewrite(file, document(elsewhere, *TALKS[1:]))
    slot = replace(moved(TALKS[0]).slot, rooms=("Pond",))
    await holds(bot, replace(TALKS[0], slot=slot, live=Live.CHANGED), *TALKS[1:])
    assert await posted(bot) == [
        ["The schedule has changed: 1 moved.", "Moved (1):",
         "[1] Mon 11:00–12:00 · Talk 1 · Pond · changed live · was Marina",
         "The published schedule says something else now, but what was changed live holds: [1]."],
    ]  # fmt: skip
    # Also where nobody is told anything else.
    rewrite(file, document(moved(elsewhere), *TALKS[1:]))
    await number_is(bot, 3)
    assert await posted(bot) == [
        ["The published schedule says something else now, but what was changed live holds: [1]."],
    ]


async def test_what_was_changed_back_is_over_with_the_next_version(made: Start, file: Path) -> None:
    bot = made()
    await bot.start()
    await change(bot, Cancelled(True))
    await change(bot, Cancelled(False))
    rewrite(file, document(replace(TALKS[0], cancelled=True), *TALKS[1:]))
    await holds(bot, replace(TALKS[0], cancelled=True), *TALKS[1:])
    assert await bot.store.live() == ()


async def test_withdrawn_it_is_as_published(made: Start) -> None:
    bot = made()
    await bot.start()
    await change(bot, Cancelled(True))
    await holds(bot, replace(TALKS[0], cancelled=True, live=Live.CHANGED), *TALKS[1:])
    await bot.store.apply(ADA, [Withdraw(1), Audit("withdrawn")], None)
    await holds(bot, *TALKS)


async def test_what_was_added_stays_until_it_is_published(made: Start, file: Path) -> None:
    bot = made()
    await bot.start()
    assert await change(bot, NEWTS, of=9)
    newts = Session(9, "live:9", "Newts", NEWTS.slot, live=Live.ADDED)
    await holds(bot, *TALKS, newts)
    another = talk(9, 20)  # as the source counts
    rewrite(file, document(*TALKS, another))
    await holds(bot, *TALKS, newts, replace(another, id=10))
    published = Session(10, "guid newts", "Newts", NEWTS.slot, ("Ada",))
    rewrite(file, document(*TALKS, another, published))
    await holds(bot, *TALKS, replace(another, id=10), replace(published, id=9))


async def test_an_addition_to_what_is_cancelled_again_says_nothing_about_what_is_published(
    made: Start, file: Path
) -> None:
    bot = made()
    await bot.start()
    await change(bot, NEWTS, Cancelled(True), of=9)
    published = Session(9, "guid newts", "Newts", NEWTS.slot)
    rewrite(file, document(*TALKS, published))
    await holds(bot, *TALKS, published)
    assert await bot.store.live() == ()


async def test_what_was_added_before_the_first_version_keeps_its_number(made: Start) -> None:
    bot = made()
    assert await change(bot, NEWTS, of=8)
    newts = Session(8, "live:8", "Newts", NEWTS.slot, live=Live.ADDED)
    await bot.start()
    await holds(bot, *TALKS[:-1], replace(TALKS[-1], id=9), newts)


async def test_what_is_accepted_may_hold_what_was_added_meanwhile(
    made: Start, file: Path, database: str
) -> None:
    bot = made()
    await bot.start()
    published = Session(9, "guid newts", "Newts", NEWTS.slot, ("Ada",))
    rewrite(file, document(*TALKS[4:], published))
    await is_held(bot.store)
    assert await change(bot, NEWTS, of=10)
    await change(bot, Starts(at(16, 20)), of=5)
    said: list[str] = []
    setup = Setup(file, database=database, changes_in=[("irc", "#ops")])
    await accept(setup, said.append)
    gone = [replace(each, cancelled=True, removed=True) for each in TALKS[:4]]
    changed = replace(TALKS[4], slot=Slot(at(16, 20), at(16, 21), ("Marina",)), live=Live.CHANGED)
    await holds(bot, *gone, changed, *TALKS[5:], replace(published, id=10))
    assert (said[0], said[-3:]) == ("Removed (4):", [
        "Led by others (1):",
        "[10] Mon 7:00pm–8:00pm · Newts · Pond · Ada · was led by nobody",
        "Accepted: 4 removed, 1 led by others. What runs on this database follows within seconds.",
    ])  # fmt: skip
    assert [one.what for one in await bot.store.audited(1)] == [
        "accepted an update of the schedule: 4 removed, 1 led by others"
    ]


async def test_an_import_and_a_new_session_never_share_a_number(made: Start, file: Path) -> None:
    bot = made()
    await bot.start()
    new = talk(9, 18)
    rewrite(file, document(*TALKS, new))
    await holds(bot, *TALKS, new)
    assert not await change(bot, NEWTS, of=9)
    assert (await bot.store.live(), (await bot.store.heads()).highest) == ((), 9)
    assert await change(bot, NEWTS, of=10)
    assert (await bot.store.heads()).highest == 10


async def test_what_was_changed_between_reading_and_publishing_is_not_overlooked(
    made: Start, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = made()
    await bot.start()
    publish, first = bot.store.publish, True

    async def late(*given: Any, **more: Any) -> bool:
        nonlocal first
        if first:
            first = False
            await change(bot, NEWTS, of=9)
        return await publish(*given, **more)

    monkeypatch.setattr(bot.store, "publish", late)
    new = talk(9, 18)
    rewrite(file, document(*TALKS, new))
    newts = Session(9, "live:9", "Newts", NEWTS.slot, live=Live.ADDED)
    await holds(bot, *TALKS, newts, replace(new, id=10))


async def test_a_command_that_comes_again_changes_nothing_more(made: Start) -> None:
    bot = made()
    await bot.start()
    effects: list[Effect] = [ChangeLive(LiveChange(9, NEWTS)), Audit("added")]
    assert await bot.store.apply(ADA, effects, Memo("1", "{}"))
    assert not await bot.store.apply(ADA, effects, Memo("1", "{}"))
    assert [one.what for one in await bot.store.audited(10)] == ["added"]
