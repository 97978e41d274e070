"""The bot's account, and somebody who meets it, on a real homeserver."""

from collections.abc import AsyncIterator

import pytest

from bot.store.sql import SqlStore
from tests.adapters.matrix.rooms.staying import Stay, staying
from tests.servers.accounts import Account
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse
from tests.summit import StandingClock, at


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, StandingClock(at(16, 9)))
    yield store
    await store.close()


@pytest.fixture
async def account(synapse: Synapse) -> Account:
    """The bot's."""
    return await synapse.accounts.register("Bot")


@pytest.fixture
async def bot(synapse: Synapse, account: Account, store: SqlStore) -> AsyncIterator[Stay]:
    async with staying(synapse, account, store) as bot:
        yield bot


@pytest.fixture
async def ada(synapse: Synapse) -> AsyncIterator[Person]:
    async with person(synapse, "Ada") as ada:
        yield ada
