"""The tokens of workspaces: encrypted in the database, found by workspace or organisation, gone
when the app is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.adapters.slack.workspaces.installations import Installations, Installed
from bot.adapters.slack.workspaces.sealing import Sealing, fresh_key
from bot.scratch import Scratch
from bot.store.sql import SqlStore
from bot.storing import Store, StoreAway
from tests.summit import StandingClock, at

OLD, NEW = fresh_key(), fresh_key()
FOLSOM = Installed("T01", "Folsom", "xoxb-folsom", "U0BOT", "B0BOT")
ORGANISATION = Installed("E09", "Foundation", "xoxb-all", "U9BOT", "B9BOT")


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, StandingClock(at(16, 9)))
    yield store
    await store.close()


def kept_in(store: Store, keys: str = OLD, network: str = "slack") -> Installations:
    return Installations(store, network, Sealing(keys))


def granted(token: str = "xoxb-folsom", team: str = "T01", name: str = "Folsom") -> Installation:
    return Installation(
        app_id="A01",
        team_id=team,
        team_name=name,
        bot_token=token,
        bot_id="B0BOT",
        bot_user_id="U0BOT",
        bot_scopes=["chat:write", "commands"],
        user_id="U07",
        installed_at=datetime(2012, 4, 16, 9, 20, 0, 500_000, tzinfo=UTC),
    )


def granted_to_all() -> Installation:
    return Installation(
        enterprise_id="E09",
        enterprise_name="Foundation",
        bot_token="xoxb-all",
        bot_id="B9BOT",
        bot_user_id="U9BOT",
        user_id="U07",
        is_enterprise_install=True,
    )


async def test_a_workspace_is_found_again_by_every_process(store: SqlStore) -> None:
    await kept_in(store).async_save(granted())
    again = kept_in(store)
    assert await again.find("T01", None) == FOLSOM
    assert await again.find("T01", "E09") == FOLSOM
    assert await again.find("T02", None) is None
    assert await kept_in(store, network="other").find("T01", None) is None
    assert "xoxb" not in repr(FOLSOM)


async def test_no_token_can_be_read_in_the_database(store: SqlStore) -> None:
    await kept_in(store).async_save(granted())
    [(owner, value)] = (await store.read_all("", "installation")).items()
    assert owner == "slack:T01"
    assert "xoxb" not in value
    assert "Folsom" not in value


async def test_the_token_of_one_workspace_is_worth_nothing_in_anothers_row(
    store: SqlStore,
) -> None:
    await kept_in(store).async_save(granted())
    await store.keep("slack:T02", "installation", await store.read("slack:T01", "installation"))
    again = kept_in(store)
    assert await again.find("T02", None) is None
    assert await again.all() == ([FOLSOM], ["T02"])


async def test_an_organisation_is_found_by_each_of_its_workspaces(store: SqlStore) -> None:
    await kept_in(store).async_save(granted_to_all())
    heard = kept_in(store)
    assert await heard.find("T05", None) is None, "nobody knows yet whose it is"
    assert await heard.find("T05", "E09") == ORGANISATION
    assert await heard.find("T05", None) == ORGANISATION
    assert await kept_in(store).find("T05", None) == ORGANISATION, "after a start as well"
    assert await heard.find("E09", "E09") == ORGANISATION


async def test_a_workspace_of_its_own_goes_before_its_organisation(store: SqlStore) -> None:
    installations = kept_in(store)
    await installations.async_save(granted_to_all())
    await installations.async_save(granted())
    assert await installations.find("T01", "E09") == FOLSOM
    assert await installations.all() == ([ORGANISATION, FOLSOM], [])


async def test_who_removes_the_app_leaves_no_token_behind(store: SqlStore) -> None:
    installations = kept_in(store)
    await installations.async_save(granted())
    await installations.async_save(granted_to_all())
    assert await installations.find("T01", "E09") == FOLSOM
    await installations.remove("T01")
    assert await installations.find("T01", None) is None
    assert await installations.all() == ([ORGANISATION], [])
    await installations.remove("E09")
    assert await store.read_all("", "installation") == {}


@pytest.mark.parametrize(
    ("removed", "stays"),
    [
        (datetime(2012, 4, 16, 9, 19, 59, tzinfo=UTC), True),
        # Slack tells whole seconds: it may have been later in the same one.
        (datetime(2012, 4, 16, 9, 20, 0, tzinfo=UTC), False),
        (datetime(2012, 4, 16, 9, 20, 1, tzinfo=UTC), False),
        (None, False),
    ],
)
async def test_who_removed_the_app_before_they_installed_it_again_keeps_it(
    store: SqlStore, removed: datetime | None, stays: bool
) -> None:
    installations = kept_in(store)
    await installations.async_save(granted())
    assert await installations.remove("T01", removed) is not stays
    assert await installations.find("T01", None) == (FOLSOM if stays else None)


class Counted(Scratch):
    """Counts what is read, and is `away` if it is to be."""

    reads = 0
    away = False

    async def read(self, owner: str, key: str) -> str | None:
        if self.away:
            raise StoreAway("The database is away.")
        self.reads += 1
        return await super().read(owner, key)


async def test_who_has_not_installed_it_costs_no_question_for_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Counted()
    installations = kept_in(store)
    for enterprise in (None, "E09"):
        assert await installations.find("T01", enterprise) is None
    first = store.reads
    for enterprise in (None, "E09"):
        assert await installations.find("T01", enterprise) is None
    assert store.reads == first
    await installations.async_save(granted_to_all())
    assert await installations.find("T01", "E09") == ORGANISATION, "what it knows itself it knows"
    assert await installations.find("T02", None) is None
    await kept_in(store).async_save(granted(team="T02"))
    loop = asyncio.get_running_loop()
    later = loop.time() + 60
    monkeypatch.setattr(loop, "time", lambda: later)
    assert await installations.find("T02", None) is not None


async def test_while_the_database_is_away_what_was_read_last_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Counted()
    installations = kept_in(store)
    await installations.async_save(granted())
    assert await installations.find("T01", None) == FOLSOM
    assert await installations.find("T02", None) is None
    store.away = True
    loop = asyncio.get_running_loop()
    later = loop.time() + 3_600
    monkeypatch.setattr(loop, "time", lambda: later)
    assert await installations.find("T01", None) == FOLSOM
    with pytest.raises(StoreAway):
        await installations.find("T02", None)


async def test_another_process_is_asked_for_after_a_minute(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = kept_in(store), kept_in(store)
    await here.async_save(granted())
    assert await here.find("T01", None) == FOLSOM
    await elsewhere.remove("T01")
    assert await here.find("T01", None) == FOLSOM
    loop = asyncio.get_running_loop()
    later = loop.time() + 60
    monkeypatch.setattr(loop, "time", lambda: later)
    assert await here.find("T01", None) is None


async def test_a_token_that_was_refused_is_asked_for_anew_at_once(store: SqlStore) -> None:
    here, elsewhere = kept_in(store), kept_in(store)
    await here.async_save(granted())
    assert await here.find("T01", None) == FOLSOM
    await elsewhere.async_save(granted(token="xoxb-new"))
    here.dropped("T01")
    found = await here.find("T01", None)
    assert found is not None
    assert found.token == "xoxb-new"


async def test_after_a_change_of_keys_the_old_one_can_go(store: SqlStore) -> None:
    await kept_in(store, OLD).async_save(granted())
    await kept_in(store, OLD).async_save(granted(team="T02", name="Hall"))
    both = kept_in(store, f"{NEW},{OLD}")
    await both.renew()
    only_new = kept_in(store, NEW)
    found, unreadable = await only_new.all()
    assert ([installed.place for installed in found], unreadable) == (["T01", "T02"], [])
    assert await kept_in(store, OLD).all() == ([], ["T01", "T02"])
    assert await only_new.find("T01", None) == FOLSOM


async def test_what_no_key_opens_is_left_as_it_is(store: SqlStore) -> None:
    await kept_in(store, OLD).async_save(granted())
    await kept_in(store, NEW).renew()
    assert await kept_in(store, NEW).find("T01", None) is None
    assert await kept_in(store, OLD).find("T01", None) == FOLSOM


async def test_what_belongs_to_nobody_is_not_kept(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="belongs"):
        await kept_in(store).async_save(Installation(user_id="U07"))
