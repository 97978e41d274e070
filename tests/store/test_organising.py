"""What organisers do is noted for good, and channels are told of it."""

import asyncio
from datetime import timedelta

import pytest

from bot.document import reply
from bot.document import text as line
from bot.messages import Announce, Audit, Effect, Forget, User
from bot.record import packed
from bot.store.sql import SqlStore
from bot.storing import Audited, Bulletin, BulletinClaim, Memo, Posted
from tests.store.talk import ADA, LEASE, NOW, lease
from tests.store.test_versions import NEWS, version
from tests.summit import NETWORK, StandingClock

pytestmark = pytest.mark.every_database

HELLO = reply(line("Lunch is served."))
UNTIL = NOW + timedelta(hours=6)
CHANNELS = ["#summit", "#hallway"]


def says(channel: str, text: str, network: str = NETWORK) -> Bulletin:
    return Bulletin(network, channel, packed(reply(line(text))), UNTIL)


async def bulletins(
    store: SqlStore,
    at: timedelta = timedelta(),
    channels: list[str] = CHANNELS,
    network: str = NETWORK,
) -> list[BulletinClaim]:
    """In order of their channels."""
    claims = await store.claim_bulletins(network, channels, lease(at))
    return sorted(claims, key=lambda claim: claim.bulletin.channel)


# The log.


async def test_the_log_names_who_did_what_and_when_the_latest_first(
    store: SqlStore, clock: StandingClock
) -> None:
    assert await store.audited(9) == []
    await store.apply(ADA, [Audit("moved [42] to Marina")], None)
    clock.advance(timedelta(minutes=1))
    await store.apply(User("another", "U1"), [Audit("cancelled [42]")], None)
    found = await store.audited(9)
    assert found == [
        Audited(NOW + timedelta(minutes=1), User("another", "U1"), "cancelled [42]"),
        Audited(NOW, ADA, "moved [42] to Marina"),
    ]
    assert [each.user.name for each in found] == ["", "Ada"]
    assert await store.audited(1) == found[:1]


async def test_what_somebody_did_stays_in_the_log_when_they_are_forgotten(store: SqlStore) -> None:
    await store.apply(ADA, [Audit("moved [42]")], None)
    await store.apply(ADA, [Forget()], None)
    assert await store.audited(9) == [Audited(NOW, ADA, "moved [42]")]
    assert (await store.heads()).acts == 1


async def test_the_channels_of_organisers_are_told_who_did_what(store: SqlStore) -> None:
    channels = ((NETWORK, "#ops"), (NETWORK, "#board"), ("another", "C01"))
    await store.apply(ADA, [Audit("moved [42]", channels)], None)
    nameless = User(NETWORK, "account:bob")
    await store.apply(nameless, [Audit("cancelled [42]", channels[:1])], None)
    assert [claim.bulletin for claim in await bulletins(store)] == [
        says("#board", "Ada: moved [42]"),
        says("#ops", "Ada: moved [42]"),
        says("#ops", "account:bob: cancelled [42]"),
    ]
    [elsewhere] = await bulletins(store, network="another")
    assert elsewhere.bulletin == says("C01", "Ada: moved [42]", "another")


# Announcements.


async def announce(store: SqlStore, *networks: str, memo: Memo | None = None) -> bool:
    effects: list[Effect] = [Announce(HELLO, networks), Audit("announced lunch")]
    return await store.apply(ADA, effects, memo)


async def test_an_announcement_goes_to_each_channel_of_its_networks(store: SqlStore) -> None:
    await announce(store, NETWORK, "another")
    first, second = await bulletins(store)
    assert [each.bulletin for each in (first, second)] == [
        says("#hallway", "Lunch is served."),
        says("#summit", "Lunch is served."),
    ]
    assert first.message != second.message
    assert (first.again, first.until) == (False, NOW + LEASE)
    [elsewhere] = await bulletins(store, channels=["C01"], network="another")
    assert elsewhere.bulletin == says("C01", "Lunch is served.", "another")
    assert await bulletins(store, network="third") == []


async def test_a_channel_that_is_named_twice_is_told_once(store: SqlStore) -> None:
    await announce(store, NETWORK)
    assert len(await bulletins(store, channels=["#summit", "#summit"])) == 1


async def test_an_announcement_that_is_delivered_again_is_made_once(store: SqlStore) -> None:
    memo = Memo("event 1", "Announced.")
    assert await announce(store, NETWORK, memo=memo)
    assert not await announce(store, NETWORK, memo=memo)
    assert len(await bulletins(store)) == 2
    assert len(await store.audited(9)) == 1


async def test_after_a_crash_each_channel_is_told_again_under_its_id(
    store: SqlStore, another_store: SqlStore
) -> None:
    await announce(store, NETWORK)
    first, second = await bulletins(store)
    await store.settle([Posted(first.message)])
    # A channel that was named since has nothing of what was for the others.
    [again] = await bulletins(another_store, LEASE, [*CHANNELS, "#new"])
    assert (again.message, again.again) == (second.message, True)


async def test_what_is_for_all_channels_of_none_is_done(store: SqlStore) -> None:
    await announce(store, NETWORK)
    assert await bulletins(store, channels=[]) == []
    assert await bulletins(store, LEASE) == []


async def test_of_those_who_speak_on_a_network_one_tells_each_channel(
    store: SqlStore, another_store: SqlStore
) -> None:
    for _ in range(5):
        await announce(store, NETWORK)
        claims = await asyncio.gather(*(bulletins(each) for each in (store, another_store) * 2))
        told = sorted(each.bulletin.channel for some in claims for each in some)
        assert told == ["#hallway", "#summit"]


async def test_what_is_for_one_channel_stays_so(store: SqlStore) -> None:
    await store.publish(version(1), [NEWS])
    assert [claim.bulletin for claim in await bulletins(store)] == [NEWS]


async def test_after_six_hours_an_announcement_is_made_to_nobody(store: SqlStore) -> None:
    await announce(store, NETWORK, "another")
    assert await bulletins(store, timedelta(hours=6)) == []
    assert len(await bulletins(store, timedelta(hours=6, seconds=-1))) == 2
