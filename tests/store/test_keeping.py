"""What adapters keep, one by one and all under a prefix."""

import pytest
from sqlalchemy import text

from bot.scratch import Scratch
from bot.store.sql import SqlStore
from bot.storing import Store
from tests.summit import NETWORK

on_every_database = pytest.mark.every_database


@pytest.fixture(params=["database", "scratch"])
def keeper(request: pytest.FixtureRequest, store: SqlStore) -> Store:
    """Whatever an adapter keeps things in."""
    return store if request.param == "database" else Scratch()


@on_every_database
async def test_what_adapters_keep_is_replaced(keeper: Store) -> None:
    assert await keeper.read(NETWORK, "position") is None
    await keeper.keep(NETWORK, "position", "7")
    await keeper.keep(NETWORK, "position", "8")
    assert await keeper.read(NETWORK, "position") == "8"
    assert await keeper.read("another", "position") is None


@on_every_database
async def test_what_is_not_kept_any_more_is_gone_and_the_rest_stays(keeper: Store) -> None:
    await keeper.keep(NETWORK, "position", "7")
    await keeper.keep(NETWORK, "policy", "tls")
    await keeper.keep("another", "position", "9")
    await keeper.keep(NETWORK, "position", None)
    await keeper.keep(NETWORK, "never kept", None)
    assert await keeper.read(NETWORK, "position") is None
    assert await keeper.read(NETWORK, "policy") == "tls"
    assert await keeper.read("another", "position") == "9"


OWNERS = (
    "irc/", "irc/Ada", "irc/ada", "irc/~ada@host", "irc/会議", "irc/%", "irc", "irc.", "irc0",
    "IRC/ada", "irc%/ada", "irc_/ada", "ircx/ada", "irc\\/ada", "other/irc/ada", "i%", "i_c/ada",
)  # fmt: skip
ALL_UNDER = {
    "irc/": {"irc/", "irc/Ada", "irc/ada", "irc/~ada@host", "irc/会議", "irc/%"},
    "irc/ada": {"irc/ada"},
    "irc/A": {"irc/Ada"},
    "irc%/": {"irc%/ada"},
    "irc_/": {"irc_/ada"},
    "i%": {"i%"},
    "irc\\": {"irc\\/ada"},
    "nothing/": set[str](),
    "": set(OWNERS),
}


@on_every_database
@pytest.mark.parametrize("under", ALL_UNDER)
async def test_all_is_found_whose_owner_begins_so(keeper: Store, under: str) -> None:
    for owner in OWNERS:
        await keeper.keep(owner, "mask", f"mask of {owner}")
        await keeper.keep(owner, "history", "bookmark 1")
    await keeper.keep("irc/bob", "history", "bookmark 1")
    assert await keeper.read_all(under, "mask") == {
        owner: f"mask of {owner}" for owner in ALL_UNDER[under]
    }


@on_every_database
async def test_owners_may_be_users_with_the_longest_ids(keeper: Store) -> None:
    owner = f"{'n' * 40}/{'会' * 255}"
    await keeper.keep(owner, "mask", "ada!*@*")
    assert await keeper.read_all(f"{'n' * 40}/", "mask") == {owner: "ada!*@*"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_names_are_in_the_order_of_bytes_whatever_the_server_speaks(store: SqlStore) -> None:
    asked = text("SELECT collation_name FROM information_schema.columns"
                 " WHERE table_name = 'kept' AND column_name = 'owner'")  # fmt: skip
    with store._engine.connect() as connection:
        assert connection.execute(asked).scalars().all() == ["C"]
