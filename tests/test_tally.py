"""What is counted of the messages of a network, as monitoring reads it."""

from datetime import timedelta

from bot.messages import User
from bot.ports import TryLater, Unreachable
from tests.courier_talk import LEASE, ends, once
from tests.summit import Summit


def counts(summit: Summit) -> dict[str, float]:
    """What is not 0, without the names that all have in common."""
    found = {}
    for line in summit.tally.exported().splitlines():
        name, _, value = line.rpartition(" ")
        if line.startswith("#") or "_created" in name or float(value) == 0:
            continue
        short = name.replace("summit_bot_", "").replace('network="test"', "").replace("{}", "")
        found[short.replace("messages_", "").replace("_total", "")] = float(value)
    return found


def plain(summit: Summit) -> dict[str, float]:
    return {name: value for name, value in counts(summit).items() if "lateness" not in name}


async def test_a_message_in_time(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    summit.clock.advance(timedelta(seconds=3))
    await summit.tick()
    assert plain(summit) == {"due": 1, "sent": 1}
    assert counts(summit)["lateness_seconds_sum"] == 3
    assert counts(summit)['lateness_seconds_bucket{le="5.0",}'] == 1
    assert 'lateness_seconds_bucket{le="2.0",}' not in counts(summit)


async def test_lateness_is_real_time(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.clock.speed = 60
    summit.go("Monday 10:57")
    await summit.tick()
    assert plain(summit) == {"due": 1, "sent": 1}
    assert counts(summit)["lateness_seconds_sum"] == 2


async def test_a_late_message(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:58")
    await summit.tick()
    assert plain(summit) == {"due": 1, "sent": 1, "late": 1}


async def test_a_move_has_no_lateness(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.change(12, room="Marina")
    await summit.tick()
    assert counts(summit) == {"due": 1, "sent": 1}


async def test_a_test_that_is_put_off_is_due_once_and_no_repeat(summit: Summit) -> None:
    await summit.say("ada", "remind test")
    once(summit, TryLater(timedelta()))
    await summit.tick()
    await summit.tick()
    assert plain(summit) == {"due": 1, "sent": 1, 'failed{,reason="later"}': 1}


async def test_failures_by_reason(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    for trouble in (TryLater(timedelta()), ValueError("odd"), Unreachable("the chat is closed")):
        once(summit, trouble)
        await summit.tick()
        summit.wait(LEASE)
    assert plain(summit) == {
        "due": 1, 'failed{,reason="later"}': 1, 'failed{,reason="error"}': 1,
        'failed{,reason="unreachable"}': 1,
    }  # fmt: skip


async def test_a_repeat_after_a_crash(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    ends(summit, accepted=True)
    await summit.tick()
    await summit.restart()
    await summit.tick()
    assert plain(summit) == {"sent": 1, "repeated": 1}


async def test_what_was_put_off_is_no_repeat(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    once(summit, TryLater(timedelta()))
    await summit.tick()
    summit.clock.advance(timedelta(seconds=1))
    await summit.tick()
    assert plain(summit) == {"due": 1, 'failed{,reason="later"}': 1, "sent": 1}


async def test_what_is_sent_too_late_is_not_sent(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    await summit.say("bob", "bookmark 12")

    async def hook(_user: User, _key: str) -> None:
        summit.wait(1)

    summit.network.before_taking = hook
    summit.go("Monday 10:59")
    await summit.tick()
    assert plain(summit) == {"due": 2, "sent": 1, "late": 1}
