"""Networks that cannot carry all in time, nights, and what is not sent any more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import User
from bot.ports import Traits, TryLater, Unreachable
from tests.courier_talk import BUTTONS, LEASE, RYU, ends, keys, once, reminder
from tests.summit import Summit

pytestmark = pytest.mark.every_database

NAMES = [f"user {number}" for number in range(12)]


async def a_slow_network(summit: Summit, *, seconds_each: float) -> None:
    """All have bookmarked 12; a message takes so long, of real time that is the programme's."""
    for name in NAMES:
        await summit.say(name, "bookmark 12")
    # Four fifths of the pace are counted on.
    summit.network.traits = Traits(in_flight=1, rate=1 / (0.8 * seconds_each))


def after_each_message(summit: Summit, seconds: float) -> None:
    async def hook(_user: User, _key: str) -> None:
        summit.clock.advance(timedelta(seconds=seconds))

    summit.network.before_taking = hook


async def test_a_wave_that_does_not_fit_starts_early_and_names_the_time_of_day(
    summit: Summit,
) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.go("Monday 10:47")
    assert await summit.notices() == []
    summit.go("Monday 10:48")
    first = await summit.notices(NAMES[0])
    assert first == [["Starts at 11:00am:", RYU, BUTTONS]]


async def test_an_early_wave_ends_in_time_and_says_minutes_where_they_are_true(
    summit: Summit,
) -> None:
    await a_slow_network(summit, seconds_each=60)
    after_each_message(summit, 60)
    for minute in range(47, 60):
        summit.go(f"Monday 10:{minute}")
        await summit.tick()
    told = [text[0] for _, text, _ in summit.network.taken]
    assert len(told) == len(NAMES)
    assert told[0] == "Starts at 11:00am:"
    assert told[-1] == "Starts in 1 minute:"


async def test_a_wave_begins_half_an_hour_early_at_most(
    summit: Summit, caplog: pytest.LogCaptureFixture
) -> None:
    await a_slow_network(summit, seconds_each=600)
    summit.go("Monday 10:20")
    assert await summit.notices() == []
    assert "More reminders than the network can carry before the start" in caplog.text
    caplog.clear()
    summit.go("Monday 10:25")
    assert len(await summit.notices()) == len(NAMES)
    assert "More reminders" not in caplog.text, "once is enough"


async def test_a_snooze_ends_before_an_early_wave_begins(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.go("Monday 10:30")
    await summit.say(NAMES[0], "snooze 12 22")
    summit.go("Monday 10:50")
    assert await summit.notices(NAMES[0]) == []
    summit.go("Monday 10:52")
    assert await summit.notices(NAMES[0]) == [["Starts at 11:00am:", RYU, BUTTONS]]


async def test_the_pace_is_one_of_real_time(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.clock.speed = 2
    summit.go("Monday 10:36")
    assert len(await summit.notices()) == len(NAMES)


async def test_what_goes_out_at_once_needs_no_time(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.network.traits = replace(summit.network.traits, burst=2)
    summit.go("Monday 10:49")
    assert await summit.notices() == []
    summit.go("Monday 10:50")
    assert len(await summit.notices()) == len(NAMES)


async def test_a_network_that_allows_more_by_now_is_taken_at_its_word(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.go("Monday 10:47")
    assert await summit.notices() == []
    summit.network.traits = replace(summit.network.traits, burst=len(NAMES))
    for minutes in (0.5, 6.5):
        summit.wait(minutes)
        assert await summit.notices() == []
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)] * len(NAMES)


async def test_a_network_without_a_pace_by_now_needs_no_early_waves(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=60)
    summit.go("Monday 10:47")
    assert await summit.notices() == []
    summit.network.traits = Traits(in_flight=1)
    for minutes in (0.5, 6.5):
        summit.wait(minutes)
        assert await summit.notices() == []


async def test_a_network_that_allows_less_by_now_is_given_more_time(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=1)
    summit.go("Monday 10:40")
    assert await summit.notices() == []
    summit.network.traits = replace(summit.network.traits, rate=1 / 48)
    summit.go("Monday 10:48")
    assert len(await summit.notices()) == len(NAMES)


async def test_a_network_that_takes_more_at_a_time_by_now_gets_more(summit: Summit) -> None:
    await a_slow_network(summit, seconds_each=1)
    under_way = most = 0

    async def hook(_user: User, _key: str) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        summit.network.traits = replace(summit.network.traits, in_flight=4)

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    assert len(await summit.notices()) == len(NAMES)
    assert most == 4


async def test_what_could_not_be_sent_before_the_start_is_counted_once(
    summit: Summit, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("ada", "bob", "cyd"):
        await summit.say(name, "bookmark 12")
    await summit.say("cyd", "remind off")
    summit.go("Monday 10:54")
    assert await summit.notices() == []
    summit.go("Monday 11:00")
    assert await summit.notices() == []
    await summit.say("eve", "bookmark 12")
    assert await dropped_in_the_end(summit) == 2
    assert "Reminders could not be sent before the start." in caplog.text
    assert "'reminders': 2" in caplog.text
    assert await dropped_in_the_end(summit) == 2


async def test_what_is_too_late_when_its_turn_comes_is_counted_once(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("bob", "bookmark 12")
    summit.network.traits = Traits(in_flight=2)
    summit.go("Monday 10:59")
    after_each_message(summit, 60)
    assert await summit.notices() == [reminder(1)]
    assert await dropped_in_the_end(summit) == 1


@pytest.mark.parametrize("trouble", [TryLater(timedelta(minutes=10)), Unreachable("it is closed")])
async def test_what_was_put_off_beyond_the_start_is_counted(
    summit: Summit, trouble: Exception
) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:59")
    summit.clock.advance(timedelta(seconds=30))
    once(summit, trouble)
    await summit.tick()
    summit.go("Monday 11:00")
    assert await dropped_in_the_end(summit) == 1


async def test_what_is_under_way_at_the_start_is_not_counted(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:59")

    async def hook(_user: User, _key: str) -> None:
        summit.go("Monday 11:00")
        await summit.courier.tick()

    summit.network.before_taking = hook
    assert await summit.notices() == [reminder(1)]
    assert await dropped_in_the_end(summit) == 0


async def dropped_in_the_end(summit: Summit) -> int:
    """How many, when all that was under way has been settled."""
    await summit.tick()
    summit.wait(LEASE)
    await summit.tick()
    return dropped(summit)


def dropped(summit: Summit) -> int:
    value = summit.tally.registry.get_sample_value(
        "summit_bot_messages_dropped_total", {"network": "test"}
    )
    return int(value or 0)


async def test_news_of_the_night_waits_for_the_morning(summit: Summit) -> None:
    await summit.say("ada", "bookmark 90")
    summit.go("Monday 22:00")
    summit.change(90, room="Marina")
    for waiting in ("Monday 22:00", "Tuesday 3:00", "Tuesday 7:59"):
        summit.go(waiting)
        assert await summit.notices() == []
    summit.go("Tuesday 8:00")
    assert await summit.notices() == [
        [
            "Moved from Seacliff AB to Marina:",
            "[90] Tue 3:00pm–3:25pm · Config drive improvements · Marina · Scott Moser",
            "Remove: ‘unbookmark 90’",
        ]
    ]


async def test_news_about_what_is_soon_comes_at_night_too(summit: Summit) -> None:
    await summit.say("ada", "bookmark 56")
    summit.go("Tuesday 6:00")
    summit.change(56, room="Marina")
    summit.go("Tuesday 7:00")
    assert await summit.notices() == []
    summit.go("Tuesday 7:01")
    (news,) = await summit.notices()
    assert news[0] == "Moved from Bayview B to Marina, starts in 1 hour 59 minutes:"


async def test_news_that_what_was_soon_is_later_comes_at_night_too(summit: Summit) -> None:
    await summit.say("ada", "bookmark 56")
    summit.go("Tuesday 7:30")
    summit.change(56, at="Tuesday 15:00")
    (news,) = await summit.notices()
    assert news[0] == "Moved from Tuesday 9:00am to Tuesday 3:00pm:"


async def test_news_of_the_night_that_is_taken_back_is_no_news(summit: Summit) -> None:
    await summit.say("ada", "bookmark 90")
    was = summit.schedule.sessions
    summit.go("Monday 23:00")
    summit.change(90, room="Nowhere")
    assert await summit.notices() == []
    summit.publish(was)
    summit.go("Tuesday 8:00")
    assert await summit.notices() == []


async def test_reminders_come_at_night_too(summit: Summit) -> None:
    await summit.say("ada", "bookmark 56")
    summit.change(56, at="Tuesday 3:00")
    assert len(await summit.notices()) == 1
    summit.go("Tuesday 2:55")
    (shown,) = await summit.notices()
    assert shown[0] == "Starts in 5 minutes:"


async def test_a_move_in_doubt_does_not_wait_for_the_morning(summit: Summit) -> None:
    await summit.say("ada", "bookmark 90")
    summit.go("Monday 21:59")
    summit.change(90, room="Marina")
    ends(summit, accepted=True)
    await summit.tick()
    await summit.restart()
    summit.go("Monday 22:30")
    await summit.tick()
    first, second = keys(summit)
    assert first == second
