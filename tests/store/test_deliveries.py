"""What a network delivers again until it has arrived: one at a time deals with it, once."""

import asyncio
from collections import Counter
from datetime import timedelta

import psycopg
import pytest

from bot.scratch import Scratch
from bot.store.sql import SqlStore
from bot.storing import Delivery, Store
from tests.store.talk import waits_for_a_lock
from tests.summit import NETWORK, StandingClock

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ONE, OTHER = "message T01 C07 1334593200.000100", "event Ev01"
LEASE = timedelta(seconds=30)
MOMENT = timedelta(milliseconds=1)
NEW, UNDER_WAY, IN_DOUBT, DONE = Delivery


@pytest.fixture(params=["database", "scratch"])
def keeper(request: pytest.FixtureRequest, store: SqlStore) -> Store:
    """Whatever deliveries are taken in to."""
    return store if request.param == "database" else Scratch()


async def take_in(
    store: Store, delivery: str = ONE, network: str = NETWORK, lease: timedelta = LEASE
) -> Delivery:
    return await store.take_in(network, delivery, lease)


async def take_in_for_no_time(store: Store) -> Delivery:
    """As by somebody who dies at once, and whose lease is over then."""
    return await take_in(store, lease=timedelta())


@on_every_database
async def test_what_is_delivered_is_new_once_then_under_way_and_done_at_last(
    keeper: Store,
) -> None:
    assert await take_in(keeper) == NEW
    assert await take_in(keeper) == UNDER_WAY
    await keeper.dealt_with(NETWORK, ONE)
    assert await take_in(keeper) == DONE
    assert await take_in(keeper) == DONE


@on_every_database
async def test_deliveries_are_told_apart_by_name_and_network(keeper: Store) -> None:
    assert await take_in(keeper) == NEW
    assert await take_in(keeper, OTHER) == NEW
    assert await take_in(keeper, network="another") == NEW
    await keeper.dealt_with(NETWORK, OTHER)
    await keeper.let_go_of("another", ONE)
    assert await take_in(keeper) == UNDER_WAY
    assert await take_in(keeper, OTHER) == DONE
    assert await take_in(keeper, network="another") == NEW


@on_every_database
async def test_what_somebody_did_not_finish_in_time_is_in_doubt(keeper: Store) -> None:
    assert await take_in_for_no_time(keeper) == NEW
    assert await take_in_for_no_time(keeper) == IN_DOUBT
    assert await take_in(keeper) == IN_DOUBT
    assert await take_in(keeper) == UNDER_WAY
    await keeper.dealt_with(NETWORK, ONE)
    assert await take_in(keeper) == DONE


@on_every_database
async def test_what_is_finished_late_is_done(keeper: Store) -> None:
    assert await take_in_for_no_time(keeper) == NEW
    assert await take_in(keeper) == IN_DOUBT
    await keeper.dealt_with(NETWORK, ONE)
    await keeper.dealt_with(NETWORK, ONE)
    assert await take_in(keeper) == DONE


@on_every_database
async def test_what_was_let_go_of_is_new(keeper: Store) -> None:
    assert await take_in(keeper) == NEW
    await keeper.let_go_of(NETWORK, ONE)
    assert await take_in(keeper) == NEW
    assert await take_in(keeper) == UNDER_WAY


@on_every_database
async def test_what_was_in_doubt_is_not_new_when_it_is_let_go_of(keeper: Store) -> None:
    """Who had it first may have answered."""
    assert await take_in_for_no_time(keeper) == NEW
    assert await take_in(keeper) == IN_DOUBT
    await keeper.let_go_of(NETWORK, ONE)
    assert await take_in(keeper) == UNDER_WAY


@on_every_database
async def test_what_is_done_cannot_be_let_go_of(keeper: Store) -> None:
    assert await take_in(keeper) == NEW
    await keeper.dealt_with(NETWORK, ONE)
    await keeper.let_go_of(NETWORK, ONE)
    await keeper.let_go_of(NETWORK, "never heard of")
    assert await take_in(keeper) == DONE


@on_every_database
async def test_what_is_done_after_somebody_let_go_of_it_is_done(keeper: Store) -> None:
    assert await take_in(keeper) == NEW
    await keeper.let_go_of(NETWORK, ONE)
    await keeper.dealt_with(NETWORK, ONE)
    assert await take_in(keeper) == DONE


async def test_what_a_scratch_took_in_is_forgotten_when_it_is_closed() -> None:
    scratch = Scratch()
    assert await take_in_for_no_time(scratch) == NEW
    assert await take_in_for_no_time(scratch) == IN_DOUBT
    await scratch.close()
    assert await take_in(scratch) == NEW
    await scratch.let_go_of(NETWORK, ONE)
    assert await take_in(scratch) == NEW


@on_every_database
async def test_a_lease_lasts_as_long_as_it_was_given(store: SqlStore, clock: StandingClock) -> None:
    for known in (NEW, IN_DOUBT, IN_DOUBT):
        assert await take_in(store) == known
        clock.advance(LEASE - MOMENT)
        assert await take_in(store) == UNDER_WAY
        clock.advance(MOMENT)


@on_every_database
async def test_a_delivery_in_doubt_that_was_let_go_of_is_in_doubt_when_its_lease_ends(
    store: SqlStore, clock: StandingClock
) -> None:
    assert await take_in(store) == NEW
    clock.advance(LEASE)
    assert await take_in(store) == IN_DOUBT
    await store.let_go_of(NETWORK, ONE)
    clock.advance(LEASE)
    assert await take_in(store) == IN_DOUBT


@on_every_database
async def test_a_delivery_is_remembered_for_two_days(
    store: SqlStore, another_store: SqlStore, clock: StandingClock
) -> None:
    assert await take_in(store) == NEW
    await store.dealt_with(NETWORK, ONE)
    clock.advance(timedelta(days=2))
    assert await take_in(another_store) == DONE
    clock.advance(MOMENT)
    assert await take_in(another_store) == NEW


@on_every_database
async def test_of_many_at_the_same_moment_exactly_one_has_what_is_new(
    store: SqlStore, another_store: SqlStore
) -> None:
    for number in range(5):
        delivery = f"event Ev{number}"
        found = await asyncio.gather(
            *(take_in(one, delivery) for _ in range(4) for one in (store, another_store))
        )
        assert Counter(found) == {NEW: 1, UNDER_WAY: 7}


@on_every_database
async def test_of_many_at_the_same_moment_exactly_one_has_what_is_in_doubt(
    store: SqlStore, another_store: SqlStore, clock: StandingClock
) -> None:
    assert await take_in(store) == NEW
    for _ in range(5):
        clock.advance(LEASE)
        found = await asyncio.gather(
            *(take_in(one) for _ in range(4) for one in (store, another_store))
        )
        assert Counter(found) == {IN_DOUBT: 1, UNDER_WAY: 7}


@on_postgresql
@pytest.mark.parametrize("commits", [True, False])
async def test_who_comes_while_another_takes_it_in_waits_for_what_becomes_of_that(
    store: SqlStore, other: psycopg.Connection, commits: bool
) -> None:
    other.execute(
        "INSERT INTO deliveries VALUES (%s, %s, 9999999999999, false, false, 9999999999999)",
        [NETWORK, ONE],
    )
    taking = asyncio.create_task(take_in(store))
    await waits_for_a_lock(other)
    if commits:
        other.commit()
    else:
        other.rollback()
    assert await taking == (UNDER_WAY if commits else NEW)


@on_postgresql
@pytest.mark.parametrize("commits", [True, False])
async def test_who_comes_while_another_renews_it_waits_for_what_becomes_of_that(
    store: SqlStore, other: psycopg.Connection, commits: bool
) -> None:
    assert await take_in_for_no_time(store) == NEW
    other.execute("UPDATE deliveries SET lease_until = 9999999999999, in_doubt = true")
    taking = asyncio.create_task(take_in(store))
    await waits_for_a_lock(other)
    if commits:
        other.commit()
    else:
        other.rollback()
    assert await taking == (UNDER_WAY if commits else IN_DOUBT)


@on_postgresql
async def test_what_is_let_go_of_while_another_finds_it_in_doubt_is_new(
    store: SqlStore, other: psycopg.Connection
) -> None:
    assert await take_in_for_no_time(store) == NEW
    other.execute("DELETE FROM deliveries")
    taking = asyncio.create_task(take_in(store))
    await waits_for_a_lock(other)
    other.commit()
    assert await taking == NEW
