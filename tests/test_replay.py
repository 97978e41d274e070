"""A replay that starts before what was told: it is told again, and nothing else is."""

import pytest

from tests.courier_talk import ends, keys, reminder
from tests.summit import NETWORK, Summit

pytestmark = pytest.mark.every_database


async def test_a_replay_forgets_what_was_told_later_and_nothing_else(summit: Summit) -> None:
    await summit.say("ada", "bookmark 4")
    await summit.say("ada", "bookmark 12")
    for at in ("Monday 9:25", "Monday 10:55"):
        summit.go(at)
        assert len(await summit.notices()) == 1
    replay = summit.clock.moment
    summit.go("Monday 9:26")
    await summit.store.rewind(NETWORK, summit.clock.moment)
    assert await summit.notices() == []
    summit.clock.moment = replay
    assert await summit.notices() == [reminder(5)]


async def test_a_replay_reminds_again_of_what_was_in_doubt(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    ends(summit, accepted=True)
    await summit.tick()
    await summit.restart()
    await summit.store.rewind(NETWORK, summit.clock.moment)
    await summit.tick()
    first, second = keys(summit)
    assert first != second, "a network that drops repeats would drop the reminder"


async def test_a_replay_forgets_a_snooze_of_what_it_reminds_of_again(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    await summit.say("ada", "snooze 12")
    await summit.store.rewind(NETWORK, summit.clock.moment)
    assert await summit.notices() == [reminder(5)]


async def test_a_replay_forgets_a_snooze_that_is_to_come(summit: Summit) -> None:
    await summit.say("ada", "bookmark 6")
    summit.go("Monday 9:24")
    await summit.say("ada", "snooze 6")
    summit.go("Monday 9:22")
    await summit.store.rewind(NETWORK, summit.clock.moment)
    summit.go("Monday 9:25")
    assert len(await summit.notices()) == 1


async def test_a_replay_on_one_network_is_no_news_on_another(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]
    await summit.store.rewind("elsewhere", summit.clock.moment)
    assert await summit.notices() == []
