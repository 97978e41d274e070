"""What became of messages: tests, refused outcomes, and what a process that is no more has left."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.exc import DataError

from bot.messages import SendTest
from bot.store import opening
from bot.store.sql import SqlStore
from bot.storing import PutOff, StoreAway, Told
from tests.store.talk import (
    ADA,
    BOB,
    FOREIGN,
    LEASE,
    MARK,
    NOW,
    PANEL,
    claim,
    lease,
    waits_for_a_lock,
    wish,
)
from tests.summit import NETWORK, StandingClock

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@on_every_database
async def test_a_test_to_somebody_who_cannot_be_written_to_is_not_tried_again(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [SendTest()], None)
    (test,) = await claim(store)
    await store.settle([PutOff(test.message, NOW, "nobody is there")])
    assert await claim(store, LEASE) == []


@on_every_database
async def test_a_test_that_was_not_taken_is_tried_again(store: SqlStore) -> None:
    await store.apply(ADA, [SendTest()], None)
    (test,) = await claim(store)
    await store.settle([PutOff(test.message, NOW + timedelta(seconds=5))])
    assert await claim(store, timedelta(seconds=4)) == []
    (again,) = await claim(store, timedelta(seconds=5))
    assert again.message == test.message


@on_postgresql
async def test_an_outcome_that_the_tables_refuse_leaves_all_as_it_was(store: SqlStore) -> None:
    for user in (ADA, BOB):
        await store.apply(user, [wish()], None)
    first, second = await claim(store)
    bad = PutOff(second.message, NOW, "no \0 such")
    with pytest.raises(DataError):
        await store.settle([Told(first.message, {1: PANEL.facts}, {1}, NOW), bad])
    with pytest.raises(DataError):
        await store.settle([bad])
    for claimed in (first, second):
        (mark,) = (await store.load(claimed.user, bookmarks=True)).bookmarks
        assert (mark.reminded, mark.message, mark.failure) == (None, claimed.message, None)


# Taking over.


@on_every_database
async def test_who_takes_a_network_over_has_what_was_under_way_there(store: SqlStore) -> None:
    for user in (ADA, FOREIGN):
        await store.apply(user, [wish()], None)
    await store.apply(BOB, [SendTest()], None)
    starts = [("#summit", PANEL.slot.start), ("#hallway", PANEL.slot.start)]
    for network in (NETWORK, FOREIGN.network):
        await claim(store, network=network)
        await store.claim_posts(network, starts, lease())
    assert await claim(store) == []
    await store.take_over(NETWORK)
    claims = await claim(store)
    assert {claim.user: claim.again for claim in claims} == {ADA: True, BOB: True}
    posts = await store.claim_posts(NETWORK, starts, lease())
    assert [post.again for post in posts] == [True, True]
    assert await claim(store, network=FOREIGN.network) == []
    assert await store.claim_posts(FOREIGN.network, starts, lease()) == []


@on_postgresql
async def test_taking_over_does_not_wait_for_people_to_whom_nothing_is_under_way(
    store: SqlStore, other: psycopg.Connection
) -> None:
    await store.apply(BOB, [wish()], None)
    (told,) = await claim(store)
    await store.settle([Told(told.message, {1: PANEL.facts}, {1}, NOW)])
    await store.apply(ADA, [wish()], None)
    await claim(store)
    other.execute("SELECT FROM users WHERE ident = 'bob' FOR UPDATE")
    async with asyncio.timeout(3):
        await store.take_over(NETWORK)
    assert [claim.user for claim in await claim(store)] == [ADA]


@on_postgresql
async def test_taking_over_locks_people_in_their_order(
    store: SqlStore, other: psycopg.Connection
) -> None:
    await store.apply(ADA, [SendTest()], None)
    await store.apply(BOB, [wish()], None)
    assert len(await claim(store)) == 2
    other.execute("SELECT FROM users WHERE ident = 'ada' FOR UPDATE")
    taking = asyncio.create_task(store.take_over(NETWORK))
    await waits_for_a_lock(other)
    other.execute("SELECT FROM users JOIN bookmarks ON user_id = id FOR UPDATE NOWAIT")
    other.commit()
    await taking
    assert len(await claim(store)) == 2


# A server that does not answer.


@on_postgresql
async def test_a_server_that_does_not_answer_is_away(
    database: str, clock: StandingClock, other: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_LONGEST_STATEMENT", 50)
    store = SqlStore(database, clock)
    await store.apply(ADA, [wish()], None)
    other.execute("LOCK TABLE bookmarks")
    async with asyncio.timeout(4):
        for asked in (store.load(ADA, bookmarks=True), store.apply(BOB, [wish()], None)):
            with pytest.raises(StoreAway) as away:
                await asked
            assert str(away.value) == (
                "The database cannot be used now (canceling statement due to statement timeout)."
            )
    other.rollback()
    assert (await store.load(ADA, bookmarks=True)).bookmarks == (MARK,)
    await store.close()


@on_postgresql
async def test_what_the_url_says_of_a_session_holds(database: str, clock: StandingClock) -> None:
    store = SqlStore(f"{database}&options=-c%20statement_timeout=7000", clock)
    with store._engine.connect() as connection:
        shown = connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
    await store.close()
    assert shown == "7s"
