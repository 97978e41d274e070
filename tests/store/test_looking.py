"""What is seen of a database by whoever changes nothing in it."""

import pytest

from bot.clock import SystemClock
from bot.store.opening import looked_into
from bot.store.sql import SqlStore


@pytest.mark.every_database
async def test_what_adapters_keep_for_themselves_is_seen_and_nothing_of_people(
    database: str,
) -> None:
    store = SqlStore(database, SystemClock())
    await store.keep("event", "name", "Summit")
    await store.keep("slack:T01", "installation", "sealed")
    await store.keep("slack/T01/U07", "timezone", "Europe/Berlin")
    await store.close()
    found = looked_into(database)
    assert (found.event, found.kept) == ("Summit", {("slack:T01", "installation"): "sealed"})
    assert "sealed" not in repr(found)
