"""Versions of the schedule, and what channels are told of them: each in one transaction."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.opening import looked_into
from bot.store.sql import SqlStore
from bot.storing import Bulletin, Posted, PutOff
from bot.versions import Head, Heads, Version
from tests.store.talk import LEASE, NOW, lease
from tests.summit import NETWORK, StandingClock

pytestmark = pytest.mark.every_database

LATER = NOW + timedelta(hours=1)
NEWS = Bulletin(NETWORK, "#ops", '[["t","News"]]', LATER)
ELSEWHERE = replace(NEWS, network="another")


def version(number: int, document: str = "", event: str = "Summit", why: str = "") -> Version:
    head = Head(number, NOW, NOW, f"digest {document or number}", f'"{number}"', None, why)
    return Version(head, event, document or f"document {number}")


async def test_a_new_database_holds_no_version(store: SqlStore, database: str) -> None:
    assert await store.heads() == Heads()
    assert (await store.version(), await store.version(held=True)) == (None, None)
    assert looked_into(database, whole=True).version is None


async def test_each_version_takes_the_place_of_the_one_before(
    store: SqlStore, database: str
) -> None:
    for number in (1, 2):
        assert await store.publish(version(number))
        assert await store.heads() == Heads(version(number).head)
        assert await store.version() == version(number)
    found = looked_into(database, whole=True)
    assert (found.version, found.heads) == (version(2), Heads(version(2).head))
    assert looked_into(database).version is None


async def test_the_event_is_called_as_in_the_version_that_counts(store: SqlStore) -> None:
    await store.publish(version(1))
    await store.hold_back(version(2, event="Another"))
    assert await store.read("event", "name") == "Summit"
    await store.publish(version(2, event="Another"))
    assert await store.read("event", "name") == "Another"


@pytest.mark.parametrize("number", [1, 3])
async def test_what_does_not_follow_on_the_one_that_counts_is_left(
    store: SqlStore, number: int
) -> None:
    await store.publish(version(1))
    await store.hold_back(version(2, "held"))
    assert not await store.publish(version(number, "late"), [NEWS])
    assert not await store.hold_back(version(number, "late"), [NEWS])
    assert await store.heads() == Heads(version(1).head, version(2, "held").head)
    assert await store.claim_bulletins(NETWORK, [], lease()) == []


@pytest.mark.parametrize("number", [1, 2])
async def test_of_two_who_publish_at_once_one_does(
    store: SqlStore, another_store: SqlStore, number: int
) -> None:
    if number == 2:
        await store.publish(version(1))
    stores = {"a": store, "b": another_store}
    publishing = (each.publish(version(number, name), [NEWS]) for name, each in stores.items())
    done = await asyncio.gather(*publishing)
    assert sorted(done) == [False, True]
    winner = "ab"[done.index(True)]
    assert await store.version() == version(number, winner)
    assert len(await store.claim_bulletins(NETWORK, [], lease())) == 1


async def test_what_is_held_back_waits_until_something_counts_or_the_source_is_as_before(
    store: SqlStore,
) -> None:
    await store.publish(version(1))
    for document in ("a", "b"):
        assert await store.hold_back(version(2, document, why="removes much"))
        assert await store.version(held=True) == version(2, document, why="removes much")
        assert await store.version() == version(1)
    await store.confirm(version(1).head)
    assert await store.version(held=True) is None
    await store.hold_back(version(2, "c"))
    await store.publish(version(2, "c"))
    assert await store.version(held=True) is None


async def test_what_is_confirmed_has_other_marks_and_the_same_document(store: SqlStore) -> None:
    await store.publish(version(1))
    head = replace(version(1).head, seen=LATER, digest="d", etag=None, modified="m")
    await store.confirm(head)
    assert await store.version() == replace(version(1), head=head)
    # Somebody has published another one meanwhile.
    await store.publish(version(2))
    await store.hold_back(version(3))
    await store.confirm(head)
    assert await store.heads() == Heads(version(2).head, version(3).head)


# Bulletins.


async def test_a_bulletin_is_claimed_once_by_its_network(
    store: SqlStore, another_store: SqlStore
) -> None:
    await store.publish(version(1), [NEWS, ELSEWHERE])
    [claim] = await store.claim_bulletins(NETWORK, [], lease())
    [other] = await store.claim_bulletins("another", [], lease())
    assert (claim.bulletin, claim.again, claim.failures) == (NEWS, False, 0)
    assert other.bulletin == ELSEWHERE
    assert await another_store.claim_bulletins(NETWORK, [], lease()) == []
    await store.settle([Posted(claim.message)])
    assert await store.claim_bulletins(NETWORK, [], lease(2 * LEASE)) == []


async def test_after_a_crash_it_is_claimed_again_under_its_id(
    store: SqlStore, another_store: SqlStore
) -> None:
    await store.publish(version(1), [NEWS])
    [claim] = await store.claim_bulletins(NETWORK, [], lease())
    [again] = await another_store.claim_bulletins(NETWORK, [], lease(LEASE))
    assert (again.message, again.again, again.failures) == (claim.message, True, 1)
    # Whoever was held up does not free what another one has now.
    late = PutOff(claim.message, NOW, claimed_until=claim.until)
    await store.settle([late])
    assert await store.claim_bulletins(NETWORK, [], lease(LEASE)) == []


async def test_what_was_put_off_waits(store: SqlStore) -> None:
    await store.publish(version(1), [NEWS])
    [claim] = await store.claim_bulletins(NETWORK, [], lease())
    until = NOW + timedelta(minutes=5)
    await store.settle([PutOff(claim.message, until, claimed_until=claim.until)])
    assert await store.claim_bulletins(NETWORK, [], lease(timedelta(minutes=4))) == []
    assert len(await store.claim_bulletins(NETWORK, [], lease(timedelta(minutes=5)))) == 1


async def test_a_network_that_is_taken_over_goes_on_at_once(store: SqlStore) -> None:
    await store.publish(version(1), [NEWS])
    await store.claim_bulletins(NETWORK, [], lease())
    await store.take_over("another")
    assert await store.claim_bulletins(NETWORK, [], lease()) == []
    await store.take_over(NETWORK)
    [claim] = await store.claim_bulletins(NETWORK, [], lease())
    assert claim.again


async def test_old_news_is_told_to_nobody_and_forgotten(
    store: SqlStore, clock: StandingClock
) -> None:
    await store.publish(version(1), [NEWS])
    clock.moment = LATER
    assert await store.claim_bulletins(NETWORK, [], lease(timedelta(hours=1))) == []
    fresh = replace(NEWS, until=LATER + timedelta(hours=1))
    await store.publish(version(2), [fresh])
    clock.moment = NOW
    assert [c.bulletin for c in await store.claim_bulletins(NETWORK, [], lease())] == [fresh]
