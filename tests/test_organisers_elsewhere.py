"""What organisers announce is said by every process as it is by then: one that does not know yet
what they have changed waits until it does."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.messages import Channel
from bot.poster import Poster
from tests.summit import NETWORK, Summit, folsom

FROM = "Announcement from the organisers:"
MOVED = "[60] Tue 10:00am–10:55am · Swift Quotas · Marina · Everett Toews · changed live"
DRILL = "[160] Tue 2:30pm–2:45pm · Fire drill · Ballroom · added live"

pytestmark = pytest.mark.every_database


@pytest.fixture
async def other(summit: Summit, database: str) -> AsyncIterator[Summit]:
    """A process beside the one that Ada talks to; it knows what held when it began."""
    other = Summit(database, folsom(), "Monday 9:20")
    for each in (summit, other):
        each.network.organisers = ["ada"]
        each.network.channels = [Channel(NETWORK, "#summit")]
    await other._renew()
    yield other
    await other.store.close()


async def heard(summit: Summit) -> list[list[str]]:
    """What this process posts to the channel now."""
    summit.clock.advance(timedelta(seconds=5))
    poster = Poster(
        summit.network, summit.engine.schedule, summit.store, summit.clock, summit.rules
    )
    await poster.tick()
    return [said for _, said, _ in summit.network.posted]


@pytest.mark.parametrize(
    ("line", "session"),
    [("move 60 10:00", MOVED), ('add "Fire drill" Ballroom Tuesday 14:30 15m', DRILL)],
)
async def test_a_process_waits_until_it_knows_what_it_tells(
    summit: Summit, other: Summit, line: str, session: str
) -> None:
    await summit.say("ada", line)
    number = session[1:].partition("]")[0]
    await summit.say("bob", f"bookmark {number}")
    await summit.say("ada", f"announce {number} Bring laptops.")
    assert await heard(other) == []
    assert await other.notices() == []
    await other._renew()
    assert await heard(other) == [[FROM, "Bring laptops.", session]]
    assert await other.notices() == [[FROM, "Bring laptops.", session]]


async def test_an_order_that_another_process_has_carried_out_is_answered_by_what_holds(
    summit: Summit, other: Summit
) -> None:
    answer = await summit.say("ada", "move 60 10:00", id="order")
    assert answer[:2] == [
        "Moved from Tuesday 9:00am to Tuesday 10:00am. Those who bookmarked it are told.", MOVED
    ]  # fmt: skip
    assert await other.say("ada", "move 60 10:00", id="order") == answer


async def test_what_comes_up_is_told_meanwhile(summit: Summit, other: Summit) -> None:
    await summit.say("bob", "bookmark 6")
    await summit.say("ada", "announce Bring laptops.")
    other.go("Monday 9:25")
    assert [text[0] for text in await other.notices()] == ["Starts in 5 minutes:"]
