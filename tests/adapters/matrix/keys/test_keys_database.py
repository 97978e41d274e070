"""The database of keys: its failures are told apart from nonsense that others send."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from peewee import IntegrityError

from bot.adapters.matrix.client import client_of, close_keys
from bot.adapters.matrix.folder import Folder
from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.login.login import Login
from bot.storing import StoreAway


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Any]:
    folder = Folder(tmp_path / "matrix-store")
    server = Homeserver("http://127.0.0.1:1")
    login = Login("@bot:example.org", "DEVICE", "token", fresh=True)
    client = client_of(server, login, folder, encrypts=True)
    yield client
    close_keys(client)
    await server.close()


async def test_a_disk_that_takes_nothing(client: Any) -> None:
    client.store.database.execute_sql("PRAGMA query_only = 1")
    with pytest.raises(StoreAway) as caught:
        client.olm.save_account()
    assert str(caught.value) == (
        "The database of keys cannot be used (attempt to write a readonly database)."
    )


async def test_it_is_not_opened_again_after_its_end(client: Any) -> None:
    close_keys(client)
    with pytest.raises(StoreAway):
        client.olm.save_account()


async def test_values_that_do_not_fit_are_no_failure_of_the_database(client: Any) -> None:
    with pytest.raises(IntegrityError):
        client.store.database.execute_sql("INSERT INTO accounts (user_id) VALUES (NULL)")
