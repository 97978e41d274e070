"""Many people at once on a slow network: nobody has to wait for those who cannot be reached."""

from datetime import timedelta

import pytest

from bot.messages import User
from bot.ports import Traits, Unreachable
from tests.summit import Summit

pytestmark = pytest.mark.every_database

GONE = [f"gone-{number}" for number in range(20)]
HERE = [f"here-{number}" for number in range(10)]


async def test_many_who_cannot_be_reached_delay_nobody(summit: Summit) -> None:
    summit.network.traits = Traits(in_flight=1)
    for name in GONE + HERE:
        await summit.say(name, "bookmark 12")

    async def takes_four_seconds(user: User, _key: str) -> None:
        summit.clock.advance(timedelta(seconds=4))
        if user.id in GONE:
            raise Unreachable("nobody is there")

    summit.network.before_taking = takes_four_seconds
    summit.go("Monday 10:55")
    begins = summit.clock.moment + timedelta(minutes=5)
    while summit.clock.moment < begins:
        await summit.tick()
        summit.clock.advance(timedelta(seconds=1))
    assert sorted(user.id for user, _, _ in summit.network.taken) == HERE
