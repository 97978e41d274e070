"""How many wait for a reminder, which sessions somebody knows otherwise, and who is not reached."""

from dataclasses import replace

import pytest

from bot.messages import Forget, Mute, User
from bot.store.sql import SqlStore
from bot.storing import PutOff, Told
from tests.store.talk import ADA, BOB, FOREIGN, LEASE, MOVED, NOW, PANEL, TALK, claim, wish
from tests.summit import NETWORK, StandingClock

pytestmark = pytest.mark.every_database


async def test_outdated_are_the_sessions_that_somebody_knows_otherwise(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), wish(TALK)], None)
    await store.apply(BOB, [wish(MOVED)], None)
    assert await store.outdated(NETWORK, [PANEL, TALK]) == {1}
    longer = replace(TALK, slot=replace(TALK.slot, end=None))
    assert await store.outdated(NETWORK, [longer]) == set()
    assert await store.outdated(NETWORK, [replace(TALK, title="Keynote")]) == {2}


async def waiting(store: SqlStore, *, under_way: bool) -> dict[int, int]:
    return dict(await store.unreminded(NETWORK, [PANEL, TALK], under_way=under_way))


async def test_who_waits_for_a_reminder_is_counted_under_way_or_not(
    store: SqlStore, clock: StandingClock
) -> None:
    await store.apply(ADA, [wish(), wish(TALK), Mute((2,), True)], None)
    await store.apply(BOB, [wish()], None)
    assert await waiting(store, under_way=False) == {1: 2, 2: 0}
    first, _ = await claim(store)
    assert await waiting(store, under_way=False) == {1: 0, 2: 0}
    assert await waiting(store, under_way=True) == {1: 2, 2: 0}
    await store.settle([PutOff(first.message, NOW + 2 * LEASE)])
    clock.advance(LEASE)
    assert await waiting(store, under_way=False) == {1: 1, 2: 0}, "one is put off for longer"
    assert await waiting(store, under_way=True) == {1: 2, 2: 0}


async def test_who_was_reminded_waits_no_more(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    await store.settle([Told(first.message, {1: PANEL.facts}, {1}, NOW)])
    assert await waiting(store, under_way=True) == {1: 0, 2: 0}


async def test_whom_the_last_message_did_not_reach_is_counted_by_network_and_reason(
    store: SqlStore,
) -> None:
    assert await store.unreached() == {}
    people = [ADA, BOB, *(User(NETWORK, name) for name in ("cyd", "dan", "eve")), FOREIGN]
    for user in people:
        await store.apply(user, [wish(), wish(TALK)], None)
    claims = {each.user: each for each in await claim(store)}
    claims |= {each.user: each for each in await claim(store, network="another")}
    for user, reason in zip(people, ("left", "left", "silent", "left", None, "left"), strict=True):
        await store.settle([PutOff(claims[user].message, NOW, reason)])
    assert await store.unreached() == {NETWORK: {"left": 3, "silent": 1}, "another": {"left": 1}}
    for user in (ADA, people[2]):
        facts = {1: PANEL.facts, 2: TALK.facts}
        await store.settle([Told(claims[user].message, facts, {1, 2}, NOW)])
    assert await store.unreached() == {NETWORK: {"left": 2}, "another": {"left": 1}}
    await store.apply(BOB, [Forget()], None)
    assert await store.unreached() == {NETWORK: {"left": 1}, "another": {"left": 1}}
