"""Who is who: accounts, guests who change their mask, and what is known of them after a restart."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.people.identity import MASK, NICK, Guests, Identity
from bot.adapters.irc.people.roster import Person
from bot.messages import DropBookmark, Forget, Meet, Profile, User
from bot.store.sql import SqlStore
from tests.servers.away import read_only
from tests.store.talk import NOW, PANEL, wish
from tests.summit import NETWORK, StandingClock

ADA, COUNTESS = "ada!a@home", "countess!a@home"
FOLD = Isupport().fold
on_every_database = pytest.mark.every_database


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(database, StandingClock(NOW))
    yield store
    await store.close()


async def started(store: SqlStore, *seen: str) -> Identity:
    """As after a start of the bot, on a connection where these masks are seen."""
    identity = Identity(NETWORK, store)
    await identity.load()
    sees(identity, *seen)
    return identity


def sees(identity: Identity, *masks: str) -> None:
    """These masks are seen from now on, and no others."""
    people = {mask.partition("!")[0]: Person(mask.partition("!")[0], mask) for mask in masks}
    identity.connects(FOLD, people.get)


async def comes(identity: Identity, *masks: str) -> list[str]:
    """They are seen from now on; the result is who they are."""
    sees(identity, *masks)
    for mask in masks:
        if (coming := identity.comes_back(mask)) is not None:
            await coming
    return ids(identity, *masks)


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
    identity = await started(store, COUNTESS)
    await identity.takes_along(ADA, COUNTESS)
    assert ids(identity, COUNTESS, ADA) == [ADA, f"{ADA} 2"]
    assert identity.nick_of(identity.user(COUNTESS, None)) == "countess"
    await identity.takes_along(COUNTESS, ADA)
    assert ids(identity, ADA, COUNTESS) == [ADA, COUNTESS]


async def test_who_follows_under_an_old_mask_may_change_it_too(store: SqlStore) -> None:
    identity = await started(store, COUNTESS, "bob!a@home")
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
    identity = await started(store, COUNTESS, ADA)
    ada = await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    second = await bookmarks(store, identity, ADA)
    sees(identity)
    assert ids(identity, COUNTESS, ADA) == [ada.id, second.id]
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


@on_every_database
async def test_who_left_under_another_nick_comes_back_under_the_first(store: SqlStore) -> None:
    first = await started(store)
    ada = await bookmarks(store, first, ADA)
    await first.takes_along(ADA, "ada|away!a@home")
    for identity in (first, await started(store)):
        assert ids(identity, ADA, "ada|away!a@home") == [ADA, ADA]
        assert identity.nick_of(ada) == "ada|away"
        assert await comes(identity, ADA) == [ADA]
        assert identity.nick_of(ada) == "ada"
        assert ids(identity, "ada|away!a@home") == ["ada|away!a@home"]
        assert await kept(store) == {MASK: {}, NICK: {f"{NETWORK}/{ADA}": "ada"}}


async def test_who_comes_back_under_the_last_nick_is_the_same_too(store: SqlStore) -> None:
    identity = await started(store)
    await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    assert await comes(identity, COUNTESS) == [ADA]
    assert await comes(identity, COUNTESS, ADA) == [ADA, f"{ADA} 2"]
    assert ids(identity, COUNTESS) == [ADA]


async def test_a_mask_that_is_not_known_yet_may_be_the_guests(store: SqlStore) -> None:
    identity = await started(store)
    await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    identity.connects(FOLD, {"countess": Person("countess")}.get)
    assert ids(identity, ADA) == [f"{ADA} 2"]
    identity.connects(FOLD, {"countess": Person("countess", "countess!b@elsewhere")}.get)
    assert ids(identity, ADA) == [ADA]


async def test_between_connections_nobody_is_seen(store: SqlStore) -> None:
    identity = await started(store)
    await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    sees(identity, COUNTESS)
    assert ids(identity, ADA) == [f"{ADA} 2"]
    identity.disconnects()
    assert ids(identity, ADA) == [ADA]


async def test_who_was_only_kept_from_the_first_nick_takes_it_back(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    sees(identity, ADA)
    await identity.takes_along("ada_!a@home", ADA)
    assert ids(identity, ADA, "ada_!a@home") == [ADA, "ada_!a@home"]
    assert identity.nick_of(ada) == "ada"
    assert await kept(store) == {MASK: {}, NICK: {f"{NETWORK}/{ADA}": "ada"}}


async def test_what_was_known_before_is_not_when_it_is_read_again(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    await store.apply(ada, [DropBookmark(PANEL.id), Forget()], None)
    await identity.load()
    assert not identity.is_stored(ada)
    assert not identity.is_taken_for(identity.user("ada!b@elsewhere", None))


async def test_of_strangers_who_are_gone_nothing_is_known_in_the_end(store: SqlStore) -> None:
    identity = await started(store)
    ada = await bookmarks(store, identity, ADA)
    await identity.takes_along(ADA, COUNTESS)
    seen = [f"new{n}!u@h" for n in range(10)]
    sees(identity, *seen)
    for number in range(3_000):
        await identity.takes_along(f"old{number}!u@h", f"new{number}!u@h")
    assert len(identity._guests) < 1_100
    assert ids(identity, COUNTESS, *seen, "new10!u@h", "new2999!u@h") == [
        ada.id, *(f"old{n}!u@h" for n in range(10)), "new10!u@h", "old2999!u@h",
    ]  # fmt: skip


masks = st.sampled_from([f"{nick}!u@h" for nick in "abcd"])


@given(st.lists(st.tuples(masks, st.none() | masks), max_size=30))
def test_however_masks_change_nobody_is_two_people(changes: list[tuple[str, str | None]]) -> None:
    here: dict[str, str] = {}
    guests = Guests({}, here.__contains__)
    for before, after in changes:
        if after is None:
            here.pop(before, None)  # they have left
            continue
        if before == after or after in here:
            continue  # two cannot have one mask at a time
        if before not in here:
            guests.comes_back(before)
            here[before] = guests.id_of(before)
        # Others see the new mask when they hear of it.
        here[after] = here.pop(before)
        assert guests.takes_along(before, after) == here[after]
        assert len(set(here.values())) == len(here)
        for mask, id in here.items():
            assert guests.id_of(mask) == id
            assert guests.mask_of(id) == mask
