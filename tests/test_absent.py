"""Who could not be written to and is seen again: what waits for them goes out at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from bot import courier
from bot.courier import Courier
from bot.messages import User
from bot.ports import TryLater, Unreachable
from bot.setup import moment_meant
from bot.store import opening
from bot.tally import Tally
from tests.courier_talk import LEASE, during, ends, keys, once, reminder
from tests.servers.away import away
from tests.summit import NETWORK, StandingClock, Summit, folsom
from tests.supervised import Line, Process, bookmark

pytestmark = pytest.mark.every_database

ADA, BOB = User(NETWORK, "ada"), User(NETWORK, "bob")
GONE = Unreachable("nobody has that name now")


async def absent(summit: Summit, name: str = "ada") -> None:
    """The reminder of 12 could not be sent to this user, at 10:55."""
    await summit.say(name, "bookmark 12")
    once(summit, GONE, name)
    summit.go("Monday 10:55")
    assert await summit.notices(name) == []


async def test_who_is_seen_gets_what_waited_at_once(summit: Summit) -> None:
    await absent(summit)
    summit.wait(0.1)
    assert await summit.notices() == []
    summit.courier.seen(ADA)
    assert await summit.notices() == [reminder(5)]
    assert await summit.notices() == []
    assert (await summit.say("ada", "bookmarks"))[1].endswith("you have been reminded")


async def test_what_waited_is_the_same_message_in_the_words_of_now(summit: Summit) -> None:
    refused = list[str]()

    async def hook(_user: User, key: str) -> None:
        summit.network.before_taking = None
        refused.append(key)
        raise GONE

    await summit.say("ada", "bookmark 12")
    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.tick()
    summit.wait(0.7)
    summit.courier.seen(ADA)
    assert await summit.notices() == [reminder(4)]
    assert keys(summit) == refused


async def test_to_be_seen_frees_nobody_else(summit: Summit) -> None:
    await absent(summit)
    summit.courier.seen(BOB)
    summit.courier.seen(User("another", "ada"))
    summit.wait(0.9)
    assert await summit.notices() == []


async def test_what_the_network_put_off_waits_also_for_who_is_seen(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    once(summit, TryLater(timedelta(seconds=30)))
    summit.go("Monday 10:55")
    await summit.tick()
    summit.courier.seen(ADA)
    assert await summit.notices() == []


async def test_all_that_waits_for_somebody_goes_the_soonest_first(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "bookmark 20")
    summit.change(20, room="Marina")
    once(summit, GONE)
    await summit.tick()
    summit.wait(0.5)
    summit.change(12, room="Ballroom")
    once(summit, GONE)
    await summit.tick()
    assert summit.network.taken == []
    summit.courier.seen(ADA)
    first, second = await summit.notices()
    assert "[12]" in first[1]
    assert "[20]" in second[1]


async def test_who_is_seen_before_the_refusal_has_settled_waits_for_nothing(
    summit: Summit,
) -> None:
    await summit.say("ada", "bookmark 12")
    once(summit, GONE)
    summit.go("Monday 10:55")
    await summit.courier.tick()
    await asyncio.wait(summit.courier._under_way)
    assert len(summit.courier._outcomes) == 1, "the refusal is known, and has not settled"
    summit.courier.seen(ADA)
    assert await summit.notices() == [reminder(5)]


async def test_who_is_seen_while_a_message_is_being_refused_gets_it_within_two_seconds(
    summit: Summit,
) -> None:
    await summit.say("ada", "bookmark 12")
    tries = 0

    async def hook(_user: User, _key: str) -> None:
        nonlocal tries
        tries += 1
        # As an adapter that is wrong about who is there: nobody is asked without end.
        summit.courier.seen(ADA)
        raise GONE

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.tick()
    await summit.tick()
    assert tries == 1
    summit.network.before_taking = None
    summit.wait(2 / 60)
    assert await summit.notices() == [reminder(5)]


async def test_who_was_seen_during_an_earlier_message_is_absent_at_the_next(
    summit: Summit,
) -> None:
    await summit.say("ada", "bookmark 12")

    async def sees() -> None:
        summit.courier.seen(ADA)

    during(summit, sees)
    summit.change(12, room="Ballroom")
    assert len(await summit.notices()) == 1
    once(summit, GONE)
    summit.change(12, room="Marina")
    await summit.tick()
    summit.wait(0.9)
    assert await summit.notices() == []


async def test_who_was_seen_while_the_network_was_busy_is_absent_at_the_next_try(
    summit: Summit,
) -> None:
    await summit.say("ada", "bookmark 12")

    async def busy(_user: User, _key: str) -> None:
        summit.courier.seen(ADA)
        raise TryLater(timedelta(seconds=30))

    summit.network.before_taking = busy
    summit.go("Monday 10:55")
    await summit.tick()
    once(summit, GONE)
    summit.wait(0.5)
    await summit.tick()
    summit.wait(0.9)
    assert await summit.notices() == []


async def test_who_is_seen_while_somebody_else_is_refused_changes_nothing(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")

    async def hook(_user: User, _key: str) -> None:
        summit.network.before_taking = None
        summit.courier.seen(BOB)
        raise GONE

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.tick()
    summit.wait(0.9)
    assert await summit.notices() == []


async def test_to_come_back_counts_as_no_failure(summit: Summit, database: str) -> None:
    await absent(summit)
    for _ in range(3):
        summit.courier.seen(ADA)
        once(summit, GONE)
        await summit.tick()
    assert failures(database) == [4]
    summit.courier.seen(ADA)
    await summit.tick()
    assert failures(database) == [0]


async def test_who_is_seen_twice_gets_it_once(summit: Summit) -> None:
    await absent(summit)
    summit.courier.seen(ADA)
    summit.courier.seen(ADA)
    assert len(summit.courier._outcomes) == 1
    assert await summit.notices() == [reminder(5)]
    summit.courier.seen(ADA)
    assert await summit.notices() == []


async def test_who_is_seen_when_the_session_has_started_gets_nothing(summit: Summit) -> None:
    await absent(summit)
    summit.go("Monday 11:00")
    summit.courier.seen(ADA)
    assert await summit.notices() == []


async def test_who_is_seen_while_the_store_is_away_waits_for_it_alone(
    summit: Summit, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)
    await summit.restart()
    await absent(summit)
    summit.wait(0.1)
    with away(database):
        summit.courier.seen(ADA)
        assert await summit.notices() == []
    summit.wait(0.5)
    assert await summit.notices() == [reminder(4)]


async def test_a_claim_that_another_process_has_made_since_is_left_alone(summit: Summit) -> None:
    await absent(summit)
    other = Courier(
        summit.network, summit.schedule, summit.store, summit.clock, summit.rules, Tally()
    )
    summit.wait(1)
    ends(summit, accepted=True)
    await other.tick()
    await other.finish()
    assert len(summit.network.taken) == 1
    summit.courier.seen(ADA)
    await summit.tick()
    assert len(summit.network.taken) == 1, "what the other one sent last is in doubt until later"
    summit.wait(LEASE)
    await summit.tick()
    first, second = keys(summit)
    assert first == second


async def test_who_is_seen_is_freed_once_also_if_it_is_settled_twice(summit: Summit) -> None:
    await absent(summit)
    summit.courier.seen(ADA)
    freed = summit.courier._outcomes[:]
    other = Courier(
        summit.network, summit.schedule, summit.store, summit.clock, summit.rules, Tally()
    )
    await summit.store.settle(freed)
    ends(summit, accepted=True)
    await other.tick()
    await other.finish()
    await summit.tick()
    assert len(summit.network.taken) == 1, "the other one's claim ends sooner than the pause"


async def test_only_so_many_absent_people_are_remembered(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_ABSENT_REMEMBERED", 1)
    await summit.restart()
    for name in ("ada", "bob"):
        await summit.say(name, "bookmark 12")

    async def hook(_user: User, _key: str) -> None:
        raise GONE

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.tick()
    summit.network.before_taking = None
    summit.courier.seen(ADA)
    summit.courier.seen(BOB)
    assert len(await summit.notices()) == 1
    summit.wait(1)
    assert len(await summit.notices()) == 1


async def test_an_adapter_says_whom_it_sees(database: str) -> None:
    clock = StandingClock(moment_meant("Monday 10:55", folsom()))
    await bookmark(database, clock, "ada")
    line = Line()

    async def refuses_once(user: User, key: str) -> None:
        line.before_taking = line._writes
        line.happened.put_nowait("refuses")
        raise GONE

    line.before_taking = refuses_once
    process = Process("first", database, clock, line, {})
    assert [await line.next() for _ in range(2)] == ["speaks", "refuses"]
    assert line.sees is not None
    # Also while it waits for the next tick to settle.
    line.sees(ADA)
    assert (await line.next()).startswith("writes ada")
    await process.dies()
    await process.store.close()


def failures(database: str) -> list[int]:
    """How often messages were put off in a row."""
    engine = create_engine(database)
    with engine.connect() as connection:
        counts = connection.execute(text("SELECT failures FROM bookmarks")).scalars().all()
    engine.dispose()
    return list(counts)
