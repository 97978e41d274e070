"""What Slack delivers twice, or to two processes, is dealt with once; and what was left in the
middle is taken up again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.slack.hearing.acknowledging import Answered
from bot.adapters.slack.hearing.heard import Heard, Person, Said, Uninstalled
from bot.adapters.slack.hearing.once import NothingSaid, Once
from bot.clock import ReplayClock
from bot.ports import TryLater
from bot.scratch import Scratch
from bot.store.sql import SqlStore
from bot.storing import Delivery, Store, StoreAway
from bot.turns import Turns
from tests.adapters.slack.hearing.ears import (
    ACKNOWLEDGED,
    AGAIN,
    SETTINGS,
    Ears,
    Gate,
    ears,
    lines,
    nothing,
)
from tests.adapters.slack.hearing.payloads import (
    ADA,
    BOT,
    DM,
    TEAM,
    TS,
    Payload,
    event,
    home_opened,
    mention,
    message,
    user_change,
)
from tests.servers.away import read_only

DELIVERY = f"message {TEAM} {DM} {TS}"
LEASE = timedelta(minutes=1)


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, ReplayClock(datetime(2012, 4, 16, tzinfo=UTC), 1))
    yield store
    await store.close()


@pytest.fixture
async def bot(store: SqlStore) -> AsyncIterator[Ears]:
    async with ears(store) as bot:
        yield bot


def said(text: str = "next", *, again: bool = False) -> Said:
    return Said(Person(TEAM, ADA), DM, TS, text, direct=True, again=again)


async def test_what_comes_again_takes_effect_once(bot: Ears) -> None:
    assert await bot.takes(event(message())) == ACKNOWLEDGED
    assert await bot.takes(event(message())) == ACKNOWLEDGED
    gone = event({"type": "app_uninstalled"}, "Ev2")
    assert await bot.takes(gone) == ACKNOWLEDGED
    assert await bot.takes(gone) == ACKNOWLEDGED
    assert await bot.takes({**gone, "event_id": "Ev3"}) == ACKNOWLEDGED
    assert [type(heard) for heard in bot.heard] == [Said, Uninstalled, Uninstalled]


async def test_a_mention_in_the_chat_with_the_bot_is_one_message(bot: Ears) -> None:
    text = f"<@{BOT}> next"
    payloads = [event(mention(text, channel=DM), "Ev1"), event(message(text), "Ev2")]
    assert await asyncio.gather(*map(bot.takes, payloads)) == [ACKNOWLEDGED] * 2
    assert bot.heard == [said()]


async def test_the_same_while_the_first_is_under_way_waits_for_it(bot: Ears) -> None:
    gate = Gate()
    bot.answer = gate.passes
    first = asyncio.create_task(bot.takes(event(message())))
    await gate.reached()
    second = asyncio.create_task(bot.takes(event(message())))
    await asyncio.sleep(0)
    assert not second.done()
    gate.opened.set()
    assert list(await asyncio.gather(first, second)) == [ACKNOWLEDGED] * 2
    assert bot.heard == [said()]


async def test_the_same_does_not_wait_longer_than_slack_does(store: Store) -> None:
    async with ears(store, within=0.02) as bot:
        gate = Gate()
        bot.answer = gate.passes
        assert await bot.takes(event(message())) == AGAIN
        assert await bot.takes(event(message())) == AGAIN
        gate.opened.set()
        while await bot.takes(event(message())) == AGAIN:
            pass
        assert bot.heard == [said()]


async def test_what_fails_for_both_comes_again_for_both(bot: Ears) -> None:
    gate = Gate()

    async def fails(_heard: Heard) -> Answered | None:
        await gate.passes()
        raise NothingSaid

    bot.answer = fails
    first = asyncio.create_task(bot.takes(event(message())))
    await gate.reached()
    second = asyncio.create_task(bot.takes(event(message())))
    await asyncio.sleep(0)
    gate.opened.set()
    assert list(await asyncio.gather(first, second)) == [AGAIN] * 2
    assert bot.heard == [said()]


@pytest.mark.every_database
async def test_of_two_replicas_one_answers(database: str) -> None:
    clock = ReplayClock(datetime(2012, 4, 16, tzinfo=UTC), 1)
    first, second = SqlStore(database, clock), SqlStore(database, clock)
    try:
        async with ears(first) as one, ears(second) as other:
            gate = Gate()
            one.answer = other.answer = gate.passes
            taken = [asyncio.create_task(bot.takes(event(message()))) for bot in (one, other)]
            await gate.reached()
            done, (answering,) = await asyncio.wait(
                taken, timeout=20, return_when=asyncio.FIRST_COMPLETED
            )
            # The other one is not done with it: Slack has to come again.
            assert [task.result() for task in done] == [AGAIN]
            gate.opened.set()
            assert await answering == ACKNOWLEDGED
            assert one.heard + other.heard == [said()]
            assert await one.takes(event(message())) == ACKNOWLEDGED
            assert await other.takes(event(message())) == ACKNOWLEDGED
            assert one.heard + other.heard == [said()]
    finally:
        await first.close()
        await second.close()


@pytest.mark.every_database
async def test_what_somebody_left_in_the_middle_is_said_again(database: str) -> None:
    store = SqlStore(database, ReplayClock(datetime(2012, 4, 16, tzinfo=UTC), 1))
    try:
        async with ears(store) as bot:
            await store.take_in(SETTINGS.name, DELIVERY, LEASE)
            assert await bot.takes(event(message())) == AGAIN
            assert bot.heard == []
            another = f"message {TEAM} {DM} 2.5"
            await store.take_in(SETTINGS.name, another, timedelta())
            assert await bot.takes(event(message(ts="2.5"))) == ACKNOWLEDGED
            assert bot.heard == [
                Said(Person(TEAM, ADA), DM, "2.5", "next", direct=True, again=True)
            ]
    finally:
        await store.close()


def raises(problem: Exception) -> Callable[[Heard], Awaitable[Answered | None]]:
    async def answer(_heard: Heard) -> Answered | None:
        raise problem

    return answer


@pytest.mark.parametrize("problem", [NothingSaid(), TryLater(), StoreAway("The database is away.")])
async def test_what_failed_before_anything_was_said_is_new_the_next_time(
    bot: Ears, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bot.answer = raises(problem)
    assert await bot.takes(event(message())) == AGAIN
    assert lines(caplog) == [
        {"event": "not answered yet", "key": DELIVERY, "error": type(problem).__name__}
    ]
    bot.answer = raises(RuntimeError())
    await bot.takes(event(message()))
    assert bot.heard == [said(), said()]


async def test_whether_something_was_said_before_a_failure_is_in_doubt_for_a_while(
    bot: Ears, store: SqlStore
) -> None:
    bot.answer = raises(RuntimeError())
    assert await bot.takes(event(message())) == AGAIN
    assert await bot.takes(event(message())) == AGAIN
    assert bot.heard == [said()]
    assert await store.take_in(SETTINGS.name, DELIVERY, LEASE) is Delivery.UNDER_WAY


async def test_the_next_try_after_the_lease_looks_for_the_answer_of_the_first(
    store: SqlStore,
) -> None:
    once = Once(store, "slack", Turns("slack").take, lease=timedelta())
    tries = list[bool]()

    async def work(again: bool) -> None:
        tries.append(again)
        if not again:
            raise RuntimeError

    assert not await once.take(DELIVERY, ADA, work, 20)
    assert await once.take(DELIVERY, ADA, work, 20)
    assert await once.take(DELIVERY, ADA, work, 20)
    assert tries == [False, True]


async def test_what_takes_longer_than_it_may_is_given_up(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    once = Once(store, "slack", Turns("slack").take, longest=timedelta(milliseconds=10))

    async def work(_again: bool) -> None:
        await asyncio.Event().wait()

    assert not await once.take(DELIVERY, ADA, work, 20)
    assert await store.take_in("slack", DELIVERY, LEASE) is Delivery.UNDER_WAY
    assert lines(caplog) == [{"event": "not answered", "key": DELIVERY, "error": "TimeoutError"}]


# While the database is away.


class Flaky(Scratch):
    """A database that is `away` now and then, for all or for what is to be kept."""

    away = False
    keeps = True

    async def take_in(self, network: str, delivery: str, lease: timedelta) -> Delivery:
        if self.away:
            raise StoreAway("The database is away.")
        return await super().take_in(network, delivery, lease)

    async def dealt_with(self, network: str, delivery: str) -> None:
        if self.away or not self.keeps:
            raise StoreAway("The database is away.")
        await super().dealt_with(network, delivery)

    async def let_go_of(self, network: str, delivery: str) -> None:
        if self.away or not self.keeps:
            raise StoreAway("The database is away.")
        await super().let_go_of(network, delivery)


@pytest.fixture
async def flaky() -> AsyncIterator[tuple[Ears, Flaky]]:
    store = Flaky()
    async with ears(store) as bot:
        yield bot, store


AWAY = {"event": "the database is away: dealt with all the same", "key": DELIVERY}


async def test_a_database_that_only_can_be_read_keeps_nobody_from_being_answered(
    bot: Ears, store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    with read_only(store):
        assert await bot.takes(event(message())) == ACKNOWLEDGED
    assert bot.heard == [said()]
    assert [line["event"] for line in lines(caplog)] == [AWAY["event"]]


async def test_what_comes_again_while_the_database_is_away_is_answered_once(
    flaky: tuple[Ears, Flaky], caplog: pytest.LogCaptureFixture
) -> None:
    bot, store = flaky
    store.away = True
    for _ in range(2):
        assert await bot.takes(event(message())) == ACKNOWLEDGED
    store.away = False
    assert await bot.takes(event(message())) == ACKNOWLEDGED
    assert bot.heard == [said()]
    assert lines(caplog) == [{**AWAY, "reason": "The database is away."}]


async def test_what_failed_while_the_database_is_away_comes_again(
    flaky: tuple[Ears, Flaky],
) -> None:
    bot, store = flaky
    store.away = True
    bot.answer = raises(NothingSaid())
    assert await bot.takes(event(message())) == AGAIN
    bot.answer = raises(RuntimeError())
    assert await bot.takes(event(message())) == AGAIN
    assert await bot.takes(event(message())) == AGAIN
    store.away = False
    bot.answer = nothing
    assert await bot.takes(event(message())) == ACKNOWLEDGED
    # Whether the second try has said something is in doubt, for all that come after it.
    assert bot.heard == [said(), said(), said(again=True), said(again=True)]


async def test_a_database_that_goes_before_a_delivery_is_done_has_nobody_answered_twice(
    flaky: tuple[Ears, Flaky], caplog: pytest.LogCaptureFixture
) -> None:
    bot, store = flaky
    store.keeps = False
    for _ in range(2):
        assert await bot.takes(event(message())) == ACKNOWLEDGED
    assert bot.heard == [said()]
    assert lines(caplog) == [
        {"event": "what has become of a delivery could not be kept", "key": DELIVERY,
         "reason": "The database is away."}
    ]  # fmt: skip


class Unasked(Scratch):
    """A database that must not be told of deliveries."""

    async def take_in(self, network: str, delivery: str, lease: timedelta) -> Delivery:
        raise AssertionError(delivery)

    async def dealt_with(self, network: str, delivery: str) -> None:
        raise AssertionError(delivery)

    async def let_go_of(self, network: str, delivery: str) -> None:
        raise AssertionError(delivery)


@pytest.mark.parametrize("payload", [event(home_opened()), event(user_change())])
async def test_of_what_may_happen_twice_the_database_is_not_told(payload: Payload) -> None:
    async with ears(Unasked()) as bot:
        assert await bot.takes(payload) == ACKNOWLEDGED
        bot.answer = raises(StoreAway("The database is away."))
        assert await bot.takes(payload) == AGAIN
        assert len(bot.heard) == 2


async def test_nothing_is_kept_of_what_is_over() -> None:
    once = Once(Scratch(), "slack", Turns("slack").take)

    async def work(_again: bool) -> None:
        pass

    for number in range(3):
        assert await once.take(str(number), ADA, work, 20)
    await asyncio.sleep(0)
    assert once._under_way == {}
