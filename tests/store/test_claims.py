"""What is claimed, by whom, in what order, and what becomes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import Bookmark, SendTest, User
from bot.notices import Moved, Reminder
from bot.store.sql import SqlStore
from bot.storing import Claim, Claimed, Post, PutOff, Told
from tests.store.talk import (
    ADA,
    BOB,
    LEASE,
    MARK,
    MOVED,
    NOW,
    PANEL,
    TALK,
    candidates,
    claim,
    judge_of,
    lease,
    wish,
)
from tests.summit import NETWORK

pytestmark = pytest.mark.every_database


async def test_a_claim_holds_until_its_lease_ends(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), wish(TALK)], None)
    (first,) = await claim(store)
    assert first.user == ADA
    assert [claimed.notice for claimed in first.items] == [Reminder(PANEL), Reminder(TALK)]
    assert await claim(store, LEASE - timedelta(seconds=1)) == []
    (again,) = await claim(store, LEASE)
    assert again.message == first.message


async def test_what_was_claimed_before_may_have_arrived(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    await store.apply(BOB, [SendTest()], None)
    for at, again in ((timedelta(), False), (LEASE, True), (2 * LEASE, True)):
        claims = await claim(store, at)
        assert {one.user: one.again for one in claims} == {ADA: again, BOB: again}


async def test_a_test_that_somebody_asks_for_again_is_another_one(store: SqlStore) -> None:
    for _ in range(2):
        await store.apply(ADA, [SendTest()], None)
        (one,) = await claim(store)
        assert not one.again


async def test_what_was_posted_before_may_have_arrived(store: SqlStore) -> None:
    start = PANEL.slot.start

    async def posts(at: timedelta) -> list[Post]:
        return await store.claim_posts(NETWORK, [("#summit", start)], lease(at))

    (first,) = await posts(timedelta())
    assert (first.again, first.failures) == (False, 0)
    assert await posts(LEASE / 2) == []
    await store.settle([PutOff(first.message, NOW + LEASE)])
    (second,) = await posts(LEASE)
    assert second == replace(first, until=NOW + 2 * LEASE, failures=1, again=True)
    (third,) = await posts(2 * LEASE)
    assert third == replace(second, until=NOW + 3 * LEASE)
    (elsewhere,) = await store.claim_posts(NETWORK, [("#hallway", start)], lease(2 * LEASE))
    assert not elsewhere.again


async def test_a_claim_is_for_one_network(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    assert await claim(store, network="another") == []
    assert len(await claim(store)) == 1


async def test_what_is_settled_is_told(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    await store.settle([Told(first.message, {1: PANEL.facts}, {1}, NOW)])
    assert await claim(store, LEASE) == []
    (mark,) = (await store.load(ADA, bookmarks=True)).bookmarks
    assert mark == replace(MARK, reminded=PANEL.slot.start)


async def test_what_is_not_ours_any_more_is_not_settled(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    changed = await store.claim(NETWORK, candidates(MOVED), judge_of(MOVED), lease(LEASE), 10)
    assert [claim.items[0].notice for claim in changed] == [Moved(MOVED, PANEL.facts)]
    await store.settle([Told(first.message, {1: PANEL.facts}, {1}, NOW)])
    (mark,) = (await store.load(ADA, bookmarks=True)).bookmarks
    assert (mark.reminded, mark.message) == (None, changed[0].message)


async def test_what_is_released_is_claimed_again_then_under_its_id(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    await store.settle([PutOff(first.message, NOW + timedelta(seconds=5), "nobody is there")])
    assert await claim(store, timedelta(seconds=4)) == []
    (again,) = await claim(store, timedelta(seconds=5))
    assert again.message == first.message
    assert again.items[0].bookmark.failure == "nobody is there"
    await store.settle([Told(again.message, {1: PANEL.facts}, {1}, NOW)])
    assert (await store.load(ADA, bookmarks=True)).bookmarks[0].failure is None


async def test_no_more_is_claimed_than_may_be_under_way(store: SqlStore) -> None:
    for user in (ADA, BOB):
        await store.apply(user, [wish()], None)
    first = await claim(store, most=1)
    second = await claim(store, most=1)
    assert len(first) == len(second) == 1
    assert {claim.user for claim in first + second} == {ADA, BOB}


async def test_two_stores_on_one_database_never_hand_out_the_same(
    store: SqlStore, another_store: SqlStore
) -> None:
    stores = [store, another_store]
    users = [User(NETWORK, f"user {number}") for number in range(40)]
    for user in users:
        await stores[0].apply(user, [wish(), wish(TALK)], None)
    handed = list[Claim]()
    while True:
        claims = await asyncio.gather(*(claim(store, most=3) for store in stores * 2))
        if not any(claims):
            break
        handed += [each for some in claims for each in some]
    assert sorted(each.user.id for each in handed) == sorted(user.id for user in users)
    assert all(len(each.items) == 2 for each in handed)


async def test_who_was_put_off_goes_after_who_was_not(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    await store.settle([PutOff(first.message, NOW, "nobody is there")])
    await store.apply(BOB, [wish(TALK)], None)
    assert [claim.user for claim in await claim(store, most=1)] == [BOB]
    assert [claim.user for claim in await claim(store, most=1)] == [ADA]


async def test_news_to_who_was_put_off_go_after_news_to_who_was_not(store: SqlStore) -> None:
    judge, moved = judge_of(MOVED), candidates(MOVED)
    for user in (ADA, BOB):
        await store.apply(user, [wish()], None)
    first, second = await store.claim(NETWORK, moved, judge, lease(), 10)
    await store.settle([PutOff(claimed.message, NOW) for claimed in (first, first, second)])
    for user in (second.user, first.user):
        claims = await store.claim(NETWORK, moved, judge, lease(), 1)
        assert [claim.user for claim in claims] == [user]


async def test_who_was_put_off_for_the_next_start_goes_before_a_later_one(store: SqlStore) -> None:
    later = replace(TALK, slot=replace(TALK.slot, start=TALK.slot.start + timedelta(seconds=1)))
    both, judge = replace(candidates(), starting=(PANEL, later)), judge_of(PANEL, later)
    await store.apply(ADA, [wish()], None)
    (first,) = await claim(store)
    await store.settle([PutOff(first.message, NOW, "nobody is there")])
    await store.apply(BOB, [wish(later)], None)
    (next_one,) = await store.claim(NETWORK, both, judge, lease(), 1)
    assert next_one.user == ADA


async def test_doubts_that_are_over_take_no_places(store: SqlStore) -> None:
    people = [User(NETWORK, f"user {number}") for number in range(5)]
    for user in people:
        await store.apply(user, [wish()], None)
    await store.claim(NETWORK, candidates(MOVED), judge_of(MOVED), lease(), 10)
    await store.apply(ADA, [wish(TALK)], None)
    only_talk = replace(candidates(), starting=(TALK,))

    def judge(bookmark: Bookmark) -> Claimed | None:
        return judge_of(TALK)(bookmark) if bookmark.session_id == TALK.id else None

    (found,) = await store.claim(NETWORK, only_talk, judge, lease(LEASE), 2)
    assert found.user == ADA
    for user in people:
        (mark,) = (await store.load(user, bookmarks=True)).bookmarks
        assert mark.message is None


async def test_who_is_owed_more_than_one_message_takes_no_more_places_than_there_are(
    store: SqlStore,
) -> None:
    moved, judge = candidates(MOVED), judge_of(MOVED, TALK)
    await store.apply(ADA, [wish()], None)
    (doubt,) = await store.claim(NETWORK, moved, judge, lease(), 1)
    await store.apply(ADA, [wish(TALK)], None)
    for session_id in (TALK.id, MOVED.id):
        (found,) = await store.claim(NETWORK, moved, judge, lease(LEASE), 1)
        assert [each.bookmark.session_id for each in found.items] == [session_id]
    assert found.message == doubt.message


async def test_no_more_doubts_are_judged_than_there_are_places(store: SqlStore) -> None:
    for number in range(20):
        await store.apply(User(NETWORK, f"user {number}"), [wish()], None)
    moved = judge_of(MOVED)
    await store.claim(NETWORK, candidates(MOVED), moved, lease(), 20)
    judged = list[Bookmark]()

    def judge(bookmark: Bookmark) -> Claimed | None:
        judged.append(bookmark)
        return moved(bookmark)

    assert len(await store.claim(NETWORK, candidates(MOVED), judge, lease(LEASE), 2)) == 2
    assert len(judged) <= 4, "two people, as a doubt and as what they are owed"
