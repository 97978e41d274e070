"""That an invocation takes effect once, and whose it is; and how a correction is remembered."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from bot.messages import DropBookmark, Forget, Meet, Profile, User
from bot.store.sql import SqlStore
from bot.storing import Memo
from tests.store.talk import ADA, BOB, FOREIGN, MARK, TALK, waits_for_a_lock, wish
from tests.summit import NETWORK, StandingClock

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ACCOUNT = User(NETWORK, "account", "Ada")


async def sessions(store: SqlStore, user: User) -> list[int]:
    """What somebody has bookmarked."""
    profile = await store.load(user, bookmarks=True)
    return [bookmark.session_id for bookmark in profile.bookmarks]


@on_every_database
async def test_the_same_invocation_takes_effect_once(store: SqlStore) -> None:
    assert await store.apply(ADA, [wish()], Memo("event 1", "first"))
    assert not await store.apply(ADA, [DropBookmark(1)], Memo("event 1", "second"))
    assert await store.recall(ADA, "event 1") == "first"
    assert (await store.load(ADA, bookmarks=True)).bookmarks == (MARK,)


@on_every_database
async def test_an_invocation_is_remembered_for_two_days(
    store: SqlStore, clock: StandingClock
) -> None:
    await store.apply(ADA, [Meet()], Memo("event 1", "first"))
    clock.advance(timedelta(days=2))
    await store.apply(ADA, [Meet()], Memo("event 2", "second"))
    assert await store.recall(ADA, "event 1") == "first"
    clock.advance(timedelta(seconds=1))
    await store.apply(ADA, [Meet()], Memo("event 3", "third"))
    assert await store.recall(ADA, "event 1") is None


@on_every_database
async def test_nobody_is_told_what_somebody_else_was_answered(store: SqlStore) -> None:
    await store.apply(BOB, [Meet()], None)
    await store.apply(FOREIGN, [Meet()], None)
    await store.apply(ADA, [Meet()], Memo("event 1", "said"))
    for other in (BOB, FOREIGN, User(NETWORK, "nobody")):
        assert await store.recall(other, "event 1") is None


@on_every_database
async def test_what_has_taken_effect_for_somebody_else_changes_nothing_for_anybody(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "said"))
    assert not await store.apply(BOB, [wish()], Memo("event 1", "said to Bob"))
    assert await store.load(BOB, bookmarks=True) == Profile()
    assert await store.recall(ADA, "event 1") == "said"
    assert await store.apply(FOREIGN, [wish()], Memo("event 1", "on another network"))
    assert await store.recall(ADA, "event 1") == "said"


@on_every_database
async def test_forgetting_is_remembered_as_nobodys_and_leaves_no_row_when_it_comes_again(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "said"))
    assert await store.apply(ADA, [Forget()], Memo("event 2", "forgotten"))
    assert await store.recall(ADA, "event 1") is None
    assert await store.recall(ADA, "event 2") == "forgotten"
    assert not await store.apply(ADA, [wish(), Meet()], Memo("event 2", "again"))
    assert await store.load(ADA, bookmarks=True) == Profile()


# Corrections.


@on_every_database
async def test_the_record_of_a_correction_takes_the_place_of_what_it_corrects(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "first"))
    correction = Memo("event 2", "second", "event 1", "first")
    assert await store.apply(ADA, [DropBookmark(1), wish(TALK)], correction)
    assert await store.recall(ADA, "event 1") == "second"
    assert await store.recall(ADA, "event 2") == "second"
    assert await sessions(store, ADA) == [2]
    assert not await store.apply(ADA, [wish()], Memo("event 1", "first"))
    assert not await store.apply(ADA, [wish()], correction)
    assert await sessions(store, ADA) == [2]


@on_every_database
async def test_a_correction_of_what_had_no_record_leaves_one(store: SqlStore) -> None:
    assert await store.apply(ADA, [wish()], Memo("event 2", "second", "event 1"))
    assert await store.recall(ADA, "event 1") == "second"
    assert not await store.apply(ADA, [wish(TALK)], Memo("event 1", "first"))
    assert await sessions(store, ADA) == [1]


@on_every_database
async def test_earlier_wordings_are_recorded_with_a_later_one(store: SqlStore) -> None:
    await store.apply(ADA, [Meet()], Memo("event 3", "third"))
    earlier = ["event 2", "event 3"]
    await store.apply(ADA, [wish()], Memo("event 4", "fourth", "event 1", earlier=earlier))
    for event, record in (("1", "fourth"), ("2", "fourth"), ("3", "third"), ("4", "fourth")):
        assert await store.recall(ADA, f"event {event}") == record


@on_every_database
async def test_a_correction_that_knows_another_record_than_the_last_changes_nothing(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "first"))
    for former in (None, "another"):
        memo = Memo("event 2", "second", "event 1", former, ("event 0",))
        assert not await store.apply(ADA, [DropBookmark(1)], memo)
    assert not await store.apply(BOB, [wish()], Memo("event 2", "second", "event 1", "first"))
    assert await store.recall(ADA, "event 1") == "first"
    for event in ("event 0", "event 2"):
        assert await store.recall(ADA, event) is None
    assert await sessions(store, ADA) == [1]
    assert await store.load(BOB, bookmarks=True) == Profile()


@on_every_database
async def test_what_somebody_else_said_cannot_be_corrected(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "first"))
    assert await store.apply(BOB, [wish(TALK)], Memo("event 2", "second", "event 1"))
    assert await store.recall(ADA, "event 1") == "first"
    assert await store.recall(BOB, "event 1") is None
    assert await store.recall(BOB, "event 2") == "second"
    assert (await sessions(store, ADA), await sessions(store, BOB)) == ([1], [2])


@on_every_database
async def test_what_belongs_to_nobody_cannot_be_corrected(store: SqlStore) -> None:
    await store.apply(ADA, [Forget()], Memo("event 1", "forgotten"))
    for number, user in enumerate((ADA, BOB), start=2):
        memo = Memo(f"event {number}", "bookmarked", "event 1", "forgotten")
        assert await store.apply(user, [wish()], memo)
        assert await store.recall(user, f"event {number}") == "bookmarked"
        assert await sessions(store, user) == [1]
    assert await store.recall(ADA, "event 1") == "forgotten"


@on_every_database
async def test_a_correction_into_forgetting_leaves_nothing_of_the_user(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "bookmarked"))
    memo = Memo("event 2", "forgotten", "event 1", "bookmarked", ("event 0",))
    assert await store.apply(ADA, [Forget()], memo)
    for event in ("event 0", "event 1", "event 2"):
        assert await store.recall(ADA, event) == "forgotten"
    assert not await store.apply(ADA, [wish()], Memo("event 1", "bookmarked"))
    assert await store.load(ADA, bookmarks=True) == Profile()


@on_every_database
async def test_what_was_corrected_is_remembered_for_two_days_from_then(
    store: SqlStore, clock: StandingClock
) -> None:
    await store.apply(ADA, [Meet()], Memo("event 1", "first"))
    clock.advance(timedelta(days=1))
    await store.apply(ADA, [Meet()], Memo("event 2", "second", "event 1", "first"))
    clock.advance(timedelta(days=2))
    await store.apply(ADA, [Meet()], Memo("event 3", "third"))
    assert await store.recall(ADA, "event 1") == "second"


@on_every_database
async def test_a_correction_of_what_is_about_to_be_dropped_finds_it(
    store: SqlStore, clock: StandingClock
) -> None:
    await store.apply(ADA, [Meet()], Memo("event 1", "first"))
    clock.advance(timedelta(days=3))
    assert await store.apply(ADA, [Meet()], Memo("event 2", "second", "event 1", "first"))
    assert await store.recall(ADA, "event 1") == "second"


@on_every_database
async def test_who_logged_in_corrects_what_they_said_before(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "first"))
    await store.adopt(ADA, ACCOUNT)
    correction = Memo("event 2", "second", "event 1", "first")
    assert await store.apply(ACCOUNT, [DropBookmark(1)], correction)
    assert await store.recall(ACCOUNT, "event 1") == "second"
    assert await sessions(store, ACCOUNT) == []


@on_postgresql
async def test_of_two_processes_that_correct_one_message_the_second_knows_of_the_first(
    store: SqlStore, another_store: SqlStore, other: psycopg.Connection
) -> None:
    await store.apply(ADA, [wish()], Memo("event 1", "first"))
    other.execute("SELECT FROM users WHERE ident = 'ada' FOR NO KEY UPDATE")
    waiting = []
    for number, one in enumerate((store, another_store), start=2):
        memo = Memo(f"event {number}", f"record {number}", "event 1", "first")
        waiting.append(asyncio.create_task(one.apply(ADA, [DropBookmark(1)], memo)))
    await waits_for_a_lock(other)
    other.rollback()
    assert sorted(await asyncio.gather(*waiting)) == [False, True]
    (record,) = {await store.recall(ADA, "event 1")}
    recorded = [await store.recall(ADA, f"event {number}") for number in (2, 3)]
    assert sorted(recorded, key=str) == sorted([None, record], key=str)
