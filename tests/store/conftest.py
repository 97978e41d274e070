"""Stores on one database."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from bot.store.sql import SqlStore
from tests.store.talk import NOW
from tests.summit import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(NOW)


@pytest.fixture
async def store(database: str, clock: StandingClock) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, clock)
    yield store
    await store.close()


@pytest.fixture
async def another_store(database: str, clock: StandingClock) -> AsyncIterator[SqlStore]:
    """As of another process on the same database."""
    store = SqlStore(database, clock)
    yield store
    await store.close()


@pytest.fixture
def other(database: str) -> Iterator[psycopg.Connection]:
    """Another program that uses the same database on PostgreSQL."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()
