"""Who is who: accounts, guests who change their mask, and what is known of them after a restart."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.identity import MASK, NICK, Guests, Identity
from bot.adapters.irc.isupport import Isupport
from bot.messages import DropBookmark, Forget, Meet, Profile, User
from bot.store.sql import SqlStore
from tests.servers.away import read_only
from tests.store.talk import NOW, PANEL, wish
from tests.summit import NETWORK, StandingClock

ADA, COUNTESS = "ada!a@home", "countess!a@home"
on_every_database = pytest.mark.every_database


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, StandingClock(NOW))
    yield store
    await store.close()


async def started(store: SqlStore) -> Identity:
    """As after a start of the bot, on a connection."""
    identity = Identity(NETWORK, store)
    await identity.load()
    identity.fold = Isupport().fold
    return identity


async def bookmarks(store: SqlStore, identity: Identity, mask: str) -> User:
    """Whoever has this mask bookmarks something."""
    user = identity.user(mask, None)
    await store.apply(user, [wish()], None)
    await identity.keeps(user)
    return user


def ids(identity: Identity, *masks: str) -> list[str]:
    return [identity.user(mask, None).id for mask in masks]


async def kept(store: SqlStore) -> dict[str, dict[str, str]]:
    return {key: dict(await store.read_all(f"{NETWORK}/", key)) for key in (MASK, NICK)}


async def test_an_account_is_the_same_user_under_any_mask(store: SqlStore) -> None:
    identity = await started(store)
    user = identity.user("x!y@z", "Ada[1]")
    assert (user.id, user.name) == ("account:ada{1}", "x")
    assert identity.user(ADA, "ADA{1}").id == user.id
    assert identity.account_of(user) == "ada{1}"
    assert identity.account_of(identity.user(ADA, None)) is None
    assert identity.user(ADA, "").id == ADA


async def test_the_nick_of_an_account_is_the_last_one_known(store: SqlStore) -> None:
    identity = await started(store)
    assert identity.nick_of(identity.user(ADA, "Lovelace")) == "lovelace"
    await identity.keeps(identity.user(ADA, "Lovelace"))
    assert identity.nick_of(identity.user("x!y@z", "Lovelace")) == "ada"
    assert (await started(store)).nick_of(identity.user(ADA, "Lovelace")) == "ada"


async def test_masks_compare_without_case_and_nicks_as_the_server_says(store: SqlStore) -> None:
    identity = await started(store)
    assert ids(identity, "Ada[x]!A@Home", "ADA{X}!a@HOME") == ["ada{x}!a@home"] * 2


async def test_who_changes_the_mask_stays_the_same_and_the_old_one_is_nobodys(
    store: SqlStore,
) -> None:
    identity = await started(store)
    await identity.takes_along(ADA, COUNTESS)
    assert ids(identity, COUNTESS, ADA) == [ADA, f"{ADA} 2"]
    assert identity.nick_of(identity.user(COUNTESS, None)) == "countess"
    await identity.takes_along(COUNTESS, ADA)
    assert ids(identity, ADA, COUNTESS) == [ADA, COUNTESS]


async def test_who_follows_under_an_old_mask_may_change_it_too(store: SqlStore) -> None:
    identity = await started(store)
    await identity.takes_along(ADA, COUNTESS)
    await identity.takes_along(ADA, "bob!a@home")
    assert ids(identity, COUNTESS, "bob!a@home", ADA) == [ADA, f"{ADA} 2", f"{ADA} 3"]


async def test_a_change_counts_before_it_is_stored(store: SqlStore) -> None:
    identity = await started(store)
    storing = identity.takes_along(ADA, COUNTESS)
    assert ids(identity, COUNTESS) == [ADA]
    await storing


@on_every_database
async def test_a_restart_keeps_who_is_who(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    second = await bookmarks(store, identity, ADA)
    again = await started(store)
    assert ids(again, COUNTESS, ADA, "bob!b@home") == [ada.id, second.id, "bob!b@home"]
    assert await kept(store) == {
        MASK: {f"{NETWORK}/{ADA}": COUNTESS, f"{NETWORK}/{ADA} 2": ADA},
        NICK: {f"{NETWORK}/{ADA}": "countess", f"{NETWORK}/{ADA} 2": "ada"},
    }


@on_every_database
async def test_who_changes_first_and_bookmarks_then_is_kept_too(store: SqlStore) -> None:
    identity = await started(store)
    await identity.takes_along(ADA, COUNTESS)
    ada = await bookmarks(store, identity, COUNTESS)
    assert ids(await started(store), COUNTESS) == [ada.id]


async def test_nothing_is_kept_of_strangers(store: SqlStore) -> None:
    identity = await started(store)
    await identity.takes_along(ADA, COUNTESS)
    assert await kept(store) == {MASK: {}, NICK: {}}


async def test_who_is_only_known_is_kept_as_well(store: SqlStore) -> None:
    identity = await started(store)
    await store.apply(identity.user(ADA, None), [Meet()], None)
    await identity.takes_along(ADA, COUNTESS)
    assert ids(await started(store), COUNTESS) == [ADA]


async def test_of_two_changes_at_once_the_last_is_kept(store: SqlStore) -> None:
    identity = await started(store)
    await bookmarks(store, identity, ADA)
    changes = [identity.takes_along(ADA, COUNTESS), identity.takes_along(COUNTESS, "eve!a@home")]
    await asyncio.gather(*reversed(changes))
    assert ids(await started(store), "eve!a@home") == [ADA]


async def test_where_two_were_last_seen_with_one_mask_it_is_neithers_after_a_restart(
    store: SqlStore,
) -> None:
    identity = await started(store)
    for before in (ADA, "bob!b@home"):
        await bookmarks(store, identity, before)
        await identity.takes_along(before, "web!w@gate")
    assert ids(identity, "web!w@gate") == ["bob!b@home"]
    assert ids(await started(store), "web!w@gate") == ["web!w@gate"]


@on_every_database
async def test_somebody_else_with_the_nick_is_taken_for_the_first(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, "Ada[x]!a@home")
    for known in (identity, await started(store)):
        other = known.user("ada{X}!b@elsewhere", None)
        assert known.is_taken_for(other)
        assert not known.is_taken_for(ada)
        assert not known.is_taken_for(known.user("bob!b@elsewhere", None))


async def test_nobody_is_taken_for_who_has_another_nick_by_now(store: SqlStore) -> None:
    identity = await started(store)
    await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    for known in (identity, await started(store)):
        assert not known.is_taken_for(known.user("ada!b@elsewhere", None))
        assert known.is_taken_for(known.user("countess!b@elsewhere", None))


@on_every_database
async def test_of_whom_nothing_is_stored_any_more_nothing_is_known(store: SqlStore) -> None:
    await bookmarks(store, await started(store), "ada[x]!a@home")
    identity = await started(store)
    ada = identity.user("ada[x]!a@home", None)
    await store.apply(ada, [DropBookmark(PANEL.id), Forget()], None)
    identity.forgets(ada)
    identity.forgets(ada)
    for known in (identity, await started(store)):
        assert not known.is_taken_for(known.user("ada[x]!b@elsewhere", None))
    assert await kept(store) == {MASK: {}, NICK: {}}


@on_every_database
async def test_who_logs_in_takes_everything_along(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    await identity.logs_in(COUNTESS, "Lovelace")
    account = identity.user("x!y@z", "Lovelace")
    assert await store.load(ada, bookmarks=True) == Profile()
    assert len((await store.load(account, bookmarks=True)).bookmarks) == 1
    for known in (identity, await started(store)):
        assert known.nick_of(account) == "countess"
        assert known.is_taken_for(known.user("countess!b@elsewhere", None))


async def test_without_a_database_people_are_who_they_are_until_the_next_start(
    store: SqlStore,
) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    before = await kept(store)
    with read_only(store):
        await identity.takes_along(ADA, COUNTESS)
        await identity.keeps(identity.user("bob!b@home", None))
        await identity.logs_in(COUNTESS, "Lovelace")
    assert ids(identity, COUNTESS) == [ada.id]
    assert not identity.is_taken_for(identity.user("bob!b@elsewhere", None))
    assert await kept(store) == before


masks = st.sampled_from([f"{nick}!u@h" for nick in "abcd"])


@given(st.lists(st.tuples(masks, masks), max_size=30))
def test_however_masks_change_nobody_is_two_people(changes: list[tuple[str, str]]) -> None:
    guests = Guests({})
    here: dict[str, str] = {}
    for before, after in changes:
        if before == after or after in here:
            continue  # two cannot have one mask at a time
        who = guests.takes_along(before, after)
        assert here.pop(before, who) == who
        assert who not in here.values()
        here[after] = who
        for mask, id in here.items():
            assert guests.id_of(mask) == id
            assert guests.mask_of(id) == mask
