"""Which processes may speak on a network: one alone, or several that know how many they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.sql import SqlStore
from tests.servers.postgres import empty
from tests.summit import NETWORK, StandingClock

LEASE = timedelta(seconds=25)
MOMENT = timedelta(milliseconds=1)

Open = Callable[[], SqlStore]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2012, 4, 16, 16, 20, tzinfo=UTC))


@pytest.fixture
async def another(postgresql: str, clock: StandingClock) -> AsyncIterator[Open]:
    """Opens a store on the same PostgreSQL, as another process would."""
    empty(postgresql)
    stores = list[SqlStore]()

    def open_one() -> SqlStore:
        stores.append(SqlStore(postgresql, clock))
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
def store(another: Open) -> SqlStore:
    return another()


async def alone(store: SqlStore, process: str, network: str = NETWORK) -> int:
    return await store.hold(network, process, LEASE, alone=True)


async def together(store: SqlStore, process: str) -> int:
    return await store.hold(NETWORK, process, LEASE, alone=False)


async def test_a_network_for_one_is_held_by_the_first(store: SqlStore, another: Open) -> None:
    assert await alone(store, "first") == 1
    assert await alone(another(), "second") == 0
    assert await alone(another(), "second", "another network") == 1


async def test_who_renews_in_time_keeps_the_network(store: SqlStore, clock: StandingClock) -> None:
    for _ in range(3):
        assert await alone(store, "first") == 1
        clock.advance(LEASE - MOMENT)
        assert await alone(store, "second") == 0


async def test_a_network_is_free_when_the_lease_ends(store: SqlStore, clock: StandingClock) -> None:
    assert await alone(store, "first") == 1
    clock.advance(LEASE)
    assert await alone(store, "second") == 1
    assert await alone(store, "first") == 0


async def test_who_lets_go_frees_all_networks_at_once_and_takes_nobody_along(
    store: SqlStore,
) -> None:
    for network, process in (("irc", "first"), ("matrix", "first"), ("slack", "second")):
        assert await alone(store, process, network) == 1
    await store.let_go("first")
    assert [await alone(store, "third", network) for network in ("irc", "matrix", "slack")] == [
        1,
        1,
        0,
    ]


async def test_a_network_for_many_counts_those_who_are_alive(
    store: SqlStore, clock: StandingClock
) -> None:
    assert await together(store, "first") == 1
    clock.advance(LEASE / 2)
    assert await together(store, "second") == 2
    assert await together(store, "third") == 3
    assert await together(store, "second") == 3
    clock.advance(LEASE / 2)
    assert await together(store, "second") == 2, "the first has not said that it is alive"
    await store.let_go("third")
    assert await together(store, "second") == 1


@pytest.mark.parametrize("before", [None, "a process that is no more"])
async def test_of_many_that_want_it_at_the_same_moment_exactly_one_has_it(
    another: Open, clock: StandingClock, before: str | None
) -> None:
    stores = [another() for _ in range(8)]
    if before is not None:
        assert await alone(stores[0], before) == 1
        clock.advance(LEASE)
    for round in range(5):
        held = await asyncio.gather(
            *(
                alone(store, str(number), f"{NETWORK} {round}")
                for number, store in enumerate(stores)
            )
        )
        assert sorted(held) == [0] * 7 + [1]


async def test_many_that_come_at_the_same_moment_are_all_counted(another: Open) -> None:
    stores = [another() for _ in range(8)]
    counts = await asyncio.gather(
        *(together(store, str(number)) for number, store in enumerate(stores))
    )
    assert sorted(counts) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_in_sqlite_the_one_process_that_may_run_has_every_network(
    tmp_path: Path, clock: StandingClock
) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'summit.db'}", clock)
    assert await alone(store, "first") == 1
    assert await together(store, "first") == 1
    await store.let_go("first")
    await store.close()
