"""What arrives, and when: conversations with a courier, a database and a network that fails."""

import asyncio
from datetime import time, timedelta
from itertools import pairwise

import pytest

from bot.messages import User
from bot.patience import Patience
from bot.ports import Traits, TryLater, Unreachable
from bot.rules import QuietHours, Rules
from tests.courier_talk import BUTTONS, LEASE, MOVED, REMOVE, RYU, ends, keys, once, reminder, ryu
from tests.summit import Summit, changed

pytestmark = pytest.mark.every_database


async def test_a_reminder_comes_five_minutes_before_once(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:54")
    assert await summit.notices() == []
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    summit.wait(1)
    assert await summit.notices() == []


async def test_a_restart_loses_and_repeats_nothing(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.restart()
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    await summit.restart()
    summit.wait(LEASE)
    assert await summit.notices() == []


async def test_a_late_bookmark_is_reminded_of_at_once_with_the_true_minutes(
    summit: Summit,
) -> None:
    summit.go("Monday 10:58")
    said = await summit.say("ada", "bookmark 12")
    assert said == [
        "Bookmarked. It starts in 2 minutes: the reminder comes at once.",
        ryu("Mon 11:00am–11:25am"),
    ]
    assert await summit.notices("ada") == [reminder(2)]


@pytest.mark.parametrize("at", ["Monday 11:00", "Monday 11:10", "Monday 12:00"])
async def test_no_reminder_comes_after_the_start(summit: Summit, at: str) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go(at)
    assert await summit.notices() == []


async def test_what_was_claimed_before_the_start_is_not_sent_after_it(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:59")
    await summit.courier.tick()
    summit.go("Monday 11:00")
    await summit.courier.finish()
    assert await summit.notices() == []


async def test_own_minutes_go_before_the_usual_ones(summit: Summit) -> None:
    await summit.say("ada", "remind 12 20")
    await summit.say("ada", "settings before 10")
    summit.go("Monday 10:40")
    assert await summit.notices() == [reminder(20)]


async def test_the_setting_holds_for_bookmarks_that_were_there_before(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "settings before 10")
    summit.go("Monday 10:50")
    assert await summit.notices() == [reminder(10)]


async def test_a_moved_session_is_told_and_reminded_of_again(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    summit.change(12, at="Monday 15:00")
    assert await summit.notices() == [
        ["Moved from Monday 11:00am to Monday 3:00pm:", ryu("Mon 3:00pm–3:25pm"), REMOVE]
    ]
    assert await summit.notices() == []
    summit.go("Monday 14:55")
    shown = ryu("3:00pm–3:25pm")
    assert await summit.notices() == [["Starts in 5 minutes:", shown, BUTTONS]]


async def test_a_move_into_its_own_window_is_one_message(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, at="Monday 9:23", room="Marina")
    moved = "Moved from Monday 11:00am, Bayview B to Monday 9:23am, Marina, starts in 3 minutes:"
    assert await summit.notices() == [[moved, ryu("Mon 9:23am–9:48am", room="Marina"), REMOVE]]
    summit.wait(1)
    assert await summit.notices() == []


async def test_a_move_is_told_to_those_who_muted_reminders(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "remind off")
    summit.change(12, room="Marina")
    assert await summit.notices() == [[MOVED, ryu("Mon 11:00am–11:25am", room="Marina"), REMOVE]]
    summit.go("Monday 10:55")
    assert await summit.notices() == []


async def test_a_change_while_nobody_was_running_is_told_at_the_start(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.store.close()
    summit.change(12, room="Marina")
    await summit.restart()
    assert await summit.notices() == [[MOVED, ryu("Mon 11:00am–11:25am", room="Marina"), REMOVE]]


async def test_a_cancelled_session_is_told_and_told_again_when_it_returns(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, cancelled=True)
    lost = ryu("Mon 11:00am–11:25am", " · CANCELLED")
    assert await summit.notices() == [["Cancelled, it will not take place:", lost, REMOVE]]
    summit.change(12)
    assert await summit.notices() == [
        ["Back on the programme, starts in 1 hour 40 minutes:", ryu("Mon 11:00am–11:25am"), REMOVE]
    ]
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]


async def test_no_reminder_of_a_cancelled_session(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, cancelled=True)
    await summit.tick()
    summit.go("Monday 10:55")
    await summit.tick()
    assert len(summit.network.taken) == 1


async def test_all_that_is_owed_to_somebody_is_one_message(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "bookmark 13")
    await summit.say("bob", "bookmark 13")
    summit.go("Monday 10:55")
    marina = "[13] 11:00am–11:25am · Shared filesystems in nova · Marina · Andrew Bogott"
    assert await summit.notices("ada") == [["Starts in 5 minutes:", RYU, marina]]
    assert [user.id for user, _, _ in summit.network.taken] == ["ada", "bob"]


async def test_an_unreachable_user_is_noted_and_delays_nobody(summit: Summit) -> None:
    for name in ("ada", "bob"):
        await summit.say(name, "bookmark 12")
    once(summit, Unreachable("the direct chat is closed"), "ada")
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    assert (await summit.say("ada", "bookmarks"))[1] == (
        ryu("Mon 11:00am–11:25am")
        + " · reminder at 10:55am (the last message did not reach you: the direct chat is closed)"
    )
    summit.wait(0.9)
    assert await summit.notices() == []
    summit.wait(0.1)
    assert await summit.notices("ada") == [reminder(4)]
    assert (await summit.say("ada", "bookmarks"))[1] == (
        ryu("Mon 11:00am–11:25am") + " · you have been reminded"
    )


async def test_a_busy_network_is_asked_again_when_it_said(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    once(summit, TryLater(timedelta(seconds=30)))
    summit.go("Monday 10:55")
    assert await summit.notices() == []
    summit.wait(29 / 60)
    assert await summit.notices() == []
    summit.wait(1 / 60)
    assert await summit.notices() == [reminder(4)]


async def test_whoever_alone_cannot_be_written_to_yet_holds_up_nobody(summit: Summit) -> None:
    summit.network.traits = Traits(in_flight=2)
    names = ["ada", "bob", "cyd", "dan", "eve"]
    for name in names:
        await summit.say(name, "bookmark 12")

    async def hook(user: User, _key: str) -> None:
        if user.id != names[-1]:
            raise TryLater(timedelta(minutes=1), personal=True)

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.tick()
    assert len(summit.network.taken) == 1


async def test_a_network_that_names_no_delay_is_asked_less_and_less_often(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    refusals = list[float]()

    async def hook(_user: User, _key: str) -> None:
        refusals.append(summit.clock.now().timestamp())
        raise TryLater

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    for _ in range(120):
        await summit.tick()
        summit.wait(0.5 / 60)
    waits = [later - earlier for earlier, later in pairwise(refusals)]
    # Twice as long each time up to half a minute, less up to a half of it by chance.
    longest = [2, 4, 8, 16, 30]
    assert all(0.5 * most <= wait <= most + 0.5 for wait, most in zip(waits, longest, strict=False))
    assert len(waits) >= 3
    summit.network.before_taking = None
    summit.wait(0.5)
    assert len(await summit.notices()) == 1


async def test_what_an_adapter_did_not_foresee_costs_one_message_a_lease(
    summit: Summit, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("ada", "bob"):
        await summit.say(name, "bookmark 12")
    once(summit, ValueError("odd"), "ada")
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    assert "'reason': 'error', 'event': 'not delivered'" in caplog.text
    assert "'error': 'ValueError'" in caplog.text
    summit.wait(LEASE)
    assert await summit.notices("ada") == [reminder(5)]


async def test_an_adapter_that_hangs_is_given_up(summit: Summit) -> None:
    summit.patience = Patience(sending=timedelta(milliseconds=10))
    await summit.restart()
    for name in ("ada", "bob"):
        await summit.say(name, "bookmark 12")

    async def hook(user: User, _key: str) -> None:
        if user.id == "ada":
            await asyncio.Event().wait()

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    summit.network.before_taking = None
    summit.wait(LEASE)
    assert await summit.notices("ada") == [reminder(5)]


async def test_no_more_is_under_way_than_the_network_allows(summit: Summit) -> None:
    summit.network.traits = Traits(in_flight=2)
    names = ["ada", "bob", "cyd", "dan", "eve"]
    for name in names:
        await summit.say(name, f"bookmark {12 if name in ('dan', 'eve') else 17}")
        await summit.say(name, "settings before 60")
    doors = {name: asyncio.Event() for name in names}
    waiting = list[str]()

    async def hook(user: User, _key: str) -> None:
        waiting.append(user.id)
        await doors[user.id].wait()

    summit.network.before_taking = hook
    summit.go("Monday 10:40")
    await summit.courier.tick()
    await summit.courier.tick()
    await asyncio.sleep(0)
    assert sorted(waiting) == ["dan", "eve"], "the soonest start goes first"
    doors["dan"].set()
    while len(summit.network.taken) < 1 or len(waiting) < 3:
        await summit.courier.tick()
        await asyncio.sleep(0)
    assert len(waiting) == 3, "one place was free"
    for door in doors.values():
        door.set()
    await summit.courier.finish()
    await summit.tick()
    assert sorted(user.id for user, _, _ in summit.network.taken) == names


async def test_trials_and_messages_in_doubt_take_places_too(summit: Summit) -> None:
    summit.network.traits = Traits(in_flight=1)
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "bookmark 13")
    ends(summit, accepted=False)
    summit.change(12, room="Marina")
    await summit.tick()
    await summit.restart()
    summit.wait(LEASE)
    summit.change(13, room="Ballroom")
    await summit.say("ada", "remind test")
    under_way = 0

    async def hook(_user: User, _key: str) -> None:
        nonlocal under_way
        under_way += 1
        await asyncio.sleep(0.01)
        assert under_way == 1
        under_way -= 1

    summit.network.before_taking = hook
    await summit.tick()
    assert len(summit.network.taken) == 3


async def test_a_test_reminder_comes_once(summit: Summit) -> None:
    await summit.say("ada", "settings before 7")
    await summit.say("ada", "remind test")
    assert await summit.notices() == [
        [
            "This is a test reminder: it has arrived.",
            "Real ones come 7 minutes before a session that you bookmarked.",
        ]
    ]
    assert await summit.notices() == []


async def test_a_test_reminder_that_fails_is_sent_again_under_its_id(summit: Summit) -> None:
    await summit.say("ada", "remind test")
    ends(summit, accepted=True)
    assert await summit.notices() == [["(was taken)"]]
    summit.wait(LEASE)
    assert len(await summit.notices()) == 1
    first, second = keys(summit)
    assert first == second
    assert summit.network.in_doubt == [first]


async def test_a_session_that_vanished_owes_nothing_until_it_returns(summit: Summit) -> None:
    everything = summit.schedule.sessions
    await summit.say("ada", "bookmark 12")
    summit.publish(session for session in everything if session.id != 12)
    summit.go("Monday 10:55")
    assert await summit.notices() == []
    summit.publish(everything)
    assert await summit.notices() == [reminder(5)]


async def test_a_session_that_returns_as_another_is_told(summit: Summit) -> None:
    everything = summit.schedule.sessions
    await summit.say("ada", "bookmark 12")
    summit.publish(session for session in everything if session.id != 12)
    assert await summit.notices() == []
    summit.publish(
        changed(session, summit.schedule, room="Marina") if session.id == 12 else session
        for session in everything
    )
    assert await summit.notices() == [[MOVED, ryu("Mon 11:00am–11:25am", room="Marina"), REMOVE]]


async def test_news_at_night_wait_until_the_morning_unless_they_are_soon(summit: Summit) -> None:
    summit.rules = Rules(greets=False, quiet=QuietHours(time(22), time(8)))
    await summit.restart()
    await summit.say("ada", "bookmark 4")
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 6:00")
    summit.change(12, room="Marina")
    assert await summit.notices() == []
    summit.go("Monday 7:59")
    assert await summit.notices() == []
    summit.change(4, room="Marina")
    assert [text[0] for text in await summit.notices()] == [
        "Moved from Bayview B to Marina, starts in 1 hour 31 minutes:"
    ]
    summit.go("Monday 8:00")
    assert [text[0] for text in await summit.notices()] == ["Moved from Bayview B to Marina:"]


async def test_one_outcome_that_the_tables_refuse_keeps_back_no_other(
    summit: Summit,
) -> None:
    for name in ("ada", "bob"):
        await summit.say(name, "bookmark 12")
    once(summit, Unreachable("no \x00 such"), "ada")
    summit.go("Monday 10:55")
    assert len(await summit.notices()) == 1
    summit.wait(1)
    assert await summit.notices("bob") == []
    assert (await summit.say("bob", "bookmarks"))[1].endswith("you have been reminded")
    assert len(summit.network.taken) == 2, "ada gets hers later"
