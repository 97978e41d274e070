"""What channels are to be told once: posted by whoever has their network, however it goes."""

from datetime import timedelta

import pytest

from bot.document import reply, text
from bot.messages import Channel
from bot.ports import TryLater, Unreachable
from bot.poster import Poster
from bot.record import packed
from bot.storing import Bulletin
from bot.versions import Head, Version
from tests.summit import NETWORK, Summit

pytestmark = pytest.mark.every_database

NEWS = packed(reply(text("The schedule has changed: 1 moved.")))
POSTED = ("#ops", ["The schedule has changed: 1 moved."])


@pytest.fixture
async def poster(summit: Summit) -> Poster:
    now = summit.clock.moment
    news = [
        Bulletin(network, channel, NEWS, now + timedelta(hours=1))
        for network, channel in ((NETWORK, "#ops"), (NETWORK, "#hall"), ("another", "#ops"))
    ]
    await summit.store.publish(Version(Head(1, now, now, "digest"), "Summit", ""), news)
    return another(summit)


def another(summit: Summit) -> Poster:
    return Poster(summit.network, summit.schedule, summit.store, summit.clock, summit.rules)


async def heard(summit: Summit, poster: Poster, after: float = 2) -> list[tuple[str, list[str]]]:
    summit.clock.advance(timedelta(seconds=after))
    summit.network.posted.clear()
    await poster.tick()
    return sorted((channel, said) for channel, said, _ in summit.network.posted)


async def test_each_channel_of_the_network_hears_it_once(summit: Summit, poster: Poster) -> None:
    assert await heard(summit, poster) == [("#hall", POSTED[1]), POSTED]
    assert await heard(summit, poster) == []
    assert await heard(summit, another(summit), after=60) == []


@pytest.mark.parametrize(
    "trouble", [TryLater(timedelta(seconds=2)), Unreachable("it was archived"), ValueError("odd")]
)
async def test_a_channel_that_fails_delays_no_other_and_is_tried_again(
    summit: Summit, poster: Poster, trouble: Exception
) -> None:
    async def hook(channel: Channel, _key: str) -> None:
        if channel.id == "#ops":
            raise trouble

    summit.network.before_posting = hook
    assert await heard(summit, poster) == [("#hall", POSTED[1])]
    summit.network.before_posting = None
    assert await heard(summit, poster, after=3) == [POSTED]
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
    with pytest.raises(Lost):
        await poster.tick()
    assert await heard(summit, another(summit)) == [], "another process may still be at it"
    assert len(await heard(summit, another(summit), after=20)) == 2
    assert keys[0] in keys[1:]
    assert sorted(summit.network.in_doubt) == sorted(set(keys)), "both had been claimed"


async def test_what_cannot_be_read_is_dropped(summit: Summit) -> None:
    now = summit.clock.moment
    odd = Bulletin(NETWORK, "#ops", "odd", now + timedelta(hours=1))
    await summit.store.publish(Version(Head(1, now, now, "digest"), "Summit", ""), [odd])
    assert await heard(summit, another(summit)) == []
    assert await heard(summit, another(summit), after=60) == []
