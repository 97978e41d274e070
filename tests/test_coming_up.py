"""What channels hear about what comes up, and when."""

from datetime import timedelta

import pytest

from bot.messages import Channel
from bot.ports import TryLater, Unreachable
from bot.poster import Poster
from tests.summit import NETWORK, Summit

pytestmark = pytest.mark.every_database

LINES = [
    "Starts in 5 minutes:",
    "[12] 11:00am–11:25am · Ryu Network Operating System · Bayview B · Kazutaka Morita",
    "[13] 11:00am–11:25am · Shared filesystems in nova · Marina · Andrew Bogott",
    "[11] 11:00am–11:25am · Folsom release schedule · Seacliff AB · Thierry Carrez",
]
SOME = (12, 13, 11)


@pytest.fixture
def poster(summit: Summit) -> Poster:
    summit.publish([s for s in summit.schedule.sessions if s.id in SOME])
    summit.network.channels = (Channel(NETWORK, "#summit"), Channel(NETWORK, "#hallway"))
    return restarted(summit)


def restarted(summit: Summit) -> Poster:
    return Poster(summit.network, summit.schedule, summit.store, summit.clock, summit.rules)


async def heard(summit: Summit, poster: Poster) -> dict[str, list[str]]:
    """What each channel hears at this tick."""
    summit.network.posted.clear()
    await poster.tick()
    said = {channel: text for channel, text, _ in summit.network.posted}
    assert len(said) == len(summit.network.posted), "a channel hears the same twice"
    return said


async def test_each_channel_hears_each_start_once_five_minutes_before(
    summit: Summit, poster: Poster
) -> None:
    summit.go("Monday 10:54")
    assert await heard(summit, poster) == {}
    summit.go("Monday 10:55")
    assert await heard(summit, poster) == {"#summit": LINES, "#hallway": LINES}
    assert await heard(summit, poster) == {}
    summit.wait(1)
    assert await heard(summit, restarted(summit)) == {}


async def test_nothing_is_posted_after_the_start(summit: Summit, poster: Poster) -> None:
    summit.go("Monday 11:00")
    assert await heard(summit, poster) == {}


async def test_a_network_without_channels_hears_nothing(summit: Summit, poster: Poster) -> None:
    summit.network.channels = ()
    summit.go("Monday 10:55")
    assert await heard(summit, poster) == {}


@pytest.mark.parametrize(
    "trouble", [TryLater(timedelta(seconds=2)), Unreachable("it was archived"), ValueError("odd")]
)
async def test_a_channel_that_fails_delays_no_other_and_is_tried_again(
    summit: Summit, poster: Poster, trouble: Exception
) -> None:
    async def hook(channel: Channel, _key: str) -> None:
        if channel.id == "#summit":
            raise trouble

    summit.network.before_posting = hook
    summit.go("Monday 10:55")
    assert await heard(summit, poster) == {"#hallway": LINES}
    assert summit.network.in_doubt == []
    summit.network.before_posting = None
    summit.clock.advance(timedelta(seconds=2))
    assert await heard(summit, poster) == {"#summit": LINES}
    assert summit.network.in_doubt == [key for _, _, key in summit.network.posted]


async def test_after_a_crash_it_goes_again_under_its_id(summit: Summit, poster: Poster) -> None:
    keys = list[str]()

    class Lost(BaseException):
        pass

    async def hook(_channel: Channel, key: str) -> None:
        keys.append(key)
        if len(keys) == 1:
            raise Lost

    summit.network.before_posting = hook
    summit.go("Monday 10:55")
    with pytest.raises(Lost):
        await poster.tick()
    assert await heard(summit, restarted(summit)) == {}, "another process may still be at it"
    summit.clock.advance(timedelta(seconds=20))
    assert len(await heard(summit, restarted(summit))) == 2
    assert keys[0] in keys[1:]
    assert sorted(summit.network.in_doubt) == sorted(set(keys)), "both had been claimed"


async def test_two_processes_post_once(summit: Summit, poster: Poster) -> None:
    summit.go("Monday 10:55")
    assert len(await heard(summit, poster)) == 2
    assert await heard(summit, restarted(summit)) == {}


async def test_what_is_cancelled_is_left_out(summit: Summit, poster: Poster) -> None:
    summit.change(12, cancelled=True)
    poster.replace(summit.schedule)
    summit.go("Monday 10:55")
    assert (await heard(summit, poster))["#summit"] == [LINES[0], *LINES[2:]]


async def test_a_replay_posts_again(summit: Summit, poster: Poster) -> None:
    summit.go("Monday 10:55")
    assert len(await heard(summit, poster)) == 2
    await summit.store.rewind(NETWORK, summit.clock.moment)
    assert len(await heard(summit, restarted(summit))) == 2
