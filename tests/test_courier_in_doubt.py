"""After a crash nobody knows what has arrived: the shortest cases of what random play found."""

import pytest

from bot.ports import Traits
from tests.courier_talk import (
    BUTTONS,
    LEASE,
    MOVED,
    REMOVE,
    RYU,
    during,
    ends,
    keys,
    reminder,
    ryu,
)
from tests.summit import Summit

pytestmark = pytest.mark.every_database


async def crash(summit: Summit, *, accepted: bool) -> None:
    """The process ends at its next message, before or after the network has it; another begins."""
    ends(summit, accepted=accepted)
    await summit.tick()
    await summit.restart()


async def test_a_message_in_doubt_goes_again_under_its_id(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    ends(summit, accepted=True)
    await summit.tick()
    summit.wait(LEASE - 0.01)
    await summit.tick()
    assert len(summit.network.taken) == 1, "the lease has not ended"
    summit.wait(0.01)
    await summit.tick()
    first, second = keys(summit)
    assert first == second
    assert summit.network.in_doubt == [first], "the network is told the second time"


async def test_the_next_process_takes_over_what_the_last_one_had_claimed(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    await crash(summit, accepted=False)
    assert await summit.notices() == [reminder(5)], "a replay cannot wait for a lease of real time"
    assert summit.network.in_doubt == keys(summit)


async def in_doubt(summit: Summit) -> None:
    """Ada's long reminder of 12 has arrived, and nobody knows."""
    await summit.say("ada", "remind 12 60")
    summit.go("Monday 10:00")
    await crash(summit, accepted=True)
    summit.wait(LEASE)


async def test_muting_does_not_forget_a_reminder_in_doubt(summit: Summit) -> None:
    await in_doubt(summit)
    await summit.say("ada", "remind off")
    await summit.tick()
    await summit.say("ada", "remind on")
    await summit.tick()
    first, second = keys(summit)
    assert first == second


async def test_fewer_minutes_do_not_forget_a_reminder_in_doubt(summit: Summit) -> None:
    await in_doubt(summit)
    await summit.say("ada", "remind 12 5")
    await summit.tick()
    summit.go("Monday 10:55")
    await summit.tick()
    first, second = keys(summit)
    assert first == second


async def test_a_snoozed_reminder_is_another_message_than_the_one_in_doubt(
    summit: Summit,
) -> None:
    await in_doubt(summit)
    await summit.say("ada", "snooze 12")
    summit.go("Monday 10:58")
    await summit.tick()
    first, second = keys(summit)
    assert first != second


async def test_a_snooze_while_the_reminder_is_under_way_counts(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    during(summit, lambda: summit.say("ada", "snooze 12"))
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    summit.go("Monday 10:58")
    assert await summit.notices() == [reminder(2)]


async def test_a_snooze_while_the_move_is_under_way_counts(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    summit.change(12, room="Marina")
    during(summit, lambda: summit.say("ada", "snooze 12"))
    assert len(await summit.notices()) == 1
    summit.go("Monday 10:58")
    shown = RYU.replace("Bayview B", "Marina")
    assert await summit.notices() == [["Starts in 2 minutes:", shown, BUTTONS]]


async def test_a_snooze_of_a_move_in_doubt_reminds_in_another_message(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    summit.change(12, room="Marina")
    await crash(summit, accepted=True)
    await summit.say("ada", "snooze 12 2")
    summit.wait(2)
    await summit.tick()
    first, second = keys(summit)
    assert first != second


async def test_a_move_in_doubt_that_becomes_the_reminder_is_another_message(
    summit: Summit,
) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:50")
    summit.change(12, room="Marina")
    await crash(summit, accepted=True)
    summit.go("Monday 10:55")
    await summit.tick()
    first, second = keys(summit)
    assert first != second, "a network that drops repeats would drop the reminder"


async def test_a_move_in_doubt_that_was_the_reminder_settles_as_it(summit: Summit) -> None:
    await summit.say("ada", "remind 12 10")
    summit.go("Monday 10:50")
    summit.change(12, room="Marina")
    await crash(summit, accepted=True)
    await summit.say("ada", "remind 12 2")
    summit.go("Monday 10:55")
    await summit.tick()
    first, second = keys(summit)
    assert first == second
    summit.go("Monday 10:58")
    await summit.tick()
    assert len(summit.network.taken) == 2, "the start has been announced"


async def test_a_bookmark_made_again_tells_the_session_as_it_is(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, room="Marina")
    said = await summit.say("ada", "remind 12 10")
    assert said[1] == ryu("Mon 11:00am–11:25am", room="Marina")
    assert await summit.notices() == []
    summit.change(12, room="Bayview B")
    assert await summit.notices() == [
        [
            "Moved from Marina to Bayview B, starts in 1 hour 40 minutes:",
            ryu("Mon 11:00am–11:25am"),
            REMOVE,
        ]
    ]


async def test_a_slot_that_somebody_may_believe_in_matters_until_its_end(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, at="Tuesday 11:00")
    await crash(summit, accepted=True)
    summit.wait(LEASE)
    summit.change(12, at="Monday 11:00")
    await crash(summit, accepted=False)
    summit.go("Monday 12:00")
    assert await summit.notices() == [
        ["(was taken)"],
        ["It is as follows:", ryu("Mon 11:00am–11:25am"), REMOVE],
    ]


async def test_a_bookmark_made_again_does_not_forget_a_reminder_in_doubt(summit: Summit) -> None:
    await in_doubt(summit)
    summit.change(12, room="Marina")
    await summit.say("ada", "remind 12 70")
    await summit.tick()
    first, second = keys(summit)
    assert first == second, "the start has been announced, the room was in the reply"


async def test_doubts_about_what_is_over_delay_nobody(summit: Summit) -> None:
    summit.network.traits = Traits(in_flight=1)
    await summit.say("ada", "bookmark 2")
    await summit.say("bob", "bookmark 12")
    summit.change(2, room="Marina")
    await crash(summit, accepted=True)
    summit.go("Monday 10:55")
    await summit.tick()
    assert [user.id for user, _, _ in summit.network.taken] == ["ada", "bob"]


@pytest.mark.parametrize("away", ["remind off 13", "snooze 13 1"])
async def test_what_a_message_in_doubt_does_not_say_again_goes_under_another_id(
    summit: Summit, away: str
) -> None:
    await summit.say("ada", "remind 12 60")
    await summit.say("ada", "remind 13 60")
    summit.go("Monday 10:00")
    await crash(summit, accepted=False)
    await summit.say("ada", away)
    summit.wait(LEASE)
    assert await summit.notices() == [["Starts in 1 hour:", RYU, BUTTONS]]
    await summit.say("ada", "remind on 13")
    summit.wait(1)
    await summit.tick()
    first, second = keys(summit)
    assert first != second, "a network that drops repeats would drop the reminder of 13"


async def test_a_move_parted_from_its_message_stays_in_doubt(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("ada", "bookmark 13")
    summit.change(12, room="Ballroom")
    summit.change(13, room="Ballroom")
    await crash(summit, accepted=False)
    summit.network.traits = Traits(in_flight=1)
    summit.change(13, room="Marina")

    async def change_back() -> None:
        summit.change(13, room="Ballroom")

    during(summit, change_back)
    await summit.tick()
    first, second = keys(summit)
    assert first != second, "a network that drops repeats would drop the move of 13"
    await summit.tick()
    assert len(summit.network.taken) == 2


async def test_a_change_back_while_the_move_is_under_way_is_told_at_once(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.tick()
    summit.wait(0.95)

    async def change_back() -> None:
        summit.wait(0.05)
        summit.change(12, room="Bayview B")
        await summit.courier.tick()

    during(summit, change_back)
    summit.change(12, room="Marina")
    moved = MOVED.replace("40", "39")
    assert [text[0] for text in await summit.notices()] == [moved]
    back = "Moved from Marina to Bayview B, starts in 1 hour 39 minutes:"
    assert [text[0] for text in await summit.notices()] == [back]
