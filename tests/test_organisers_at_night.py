"""What organisers change at night is told in the morning, whatever else they do until then."""

import pytest

from tests.summit import Summit

DRIVE = "[90] Tue 3:00pm–3:25pm · Config drive improvements · Ballroom · Scott Moser · changed live"


@pytest.mark.parametrize("meanwhile", ["status", "announce 60 Bring laptops.", "cancel 60"])
async def test_a_move_is_told_in_the_morning(summit: Summit, meanwhile: str) -> None:
    summit.network.organisers = ["ada"]
    summit.go("Monday 22:30")
    await summit.say("bob", "bookmark 90")
    await summit.say("ada", "move 90 Ballroom")
    await summit.say("ada", meanwhile)
    assert await summit.notices() == []
    summit.go("Tuesday 8:00")
    assert await summit.notices() == [
        ["Moved from Seacliff AB to Ballroom:", DRIVE, "Remove: ‘unbookmark 90’"]
    ]
