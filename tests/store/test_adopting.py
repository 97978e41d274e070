"""Two users who turn out to be one, like a guest who logs in to an account."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from bot.messages import (
    Bookmark,
    ChangePreferences,
    Effect,
    Forget,
    Meet,
    Preferences,
    Profile,
    SendTest,
    User,
)
from bot.store.sql import SqlStore
from bot.storing import Freed, Memo, PutOff, Told
from tests.store.talk import (
    ADA,
    BOB,
    FOREIGN,
    LEASE,
    MARK,
    NOW,
    PANEL,
    TALK,
    claim,
    waits_for_a_lock,
    wish,
)
from tests.summit import NETWORK

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ACCOUNT = User(NETWORK, "account", "Ada")
PREFERENCES = Preferences(10, ZoneInfo("Europe/Berlin"), 24, plain=True, named=True)
TALK_MARK = Bookmark(2, TALK.facts, 5)


async def known(store: SqlStore, user: User) -> Profile:
    return await store.load(user, bookmarks=True)


@on_every_database
async def test_who_is_new_takes_everything(store: SqlStore) -> None:
    wishes: list[Effect] = [
        wish(),
        wish(TALK, 20, own=True),
        ChangePreferences(PREFERENCES, 10),
        Meet(),
    ]
    await store.apply(ADA, wishes, Memo("event 1", "said"))
    everything = await known(store, ADA)
    await store.apply(BOB, [wish()], None)
    await store.apply(FOREIGN, [wish()], None)
    await store.adopt(ADA, ACCOUNT)
    assert await known(store, ACCOUNT) == everything
    assert everything.preferences == PREFERENCES
    assert await known(store, ADA) == Profile()
    for other in (BOB, FOREIGN):
        assert await known(store, other) == Profile(bookmarks=(MARK,))
    assert await store.recall(ACCOUNT, "event 1") == "said"
    assert await store.recall(ADA, "event 1") is None


@on_every_database
async def test_who_takes_over_is_called_by_their_own_name(store: SqlStore) -> None:
    await store.apply(User(NETWORK, "guest", "Guest"), [wish()], None)
    await store.adopt(User(NETWORK, "guest"), ACCOUNT)
    (claimed,) = await claim(store)
    assert (claimed.user, claimed.user.name) == (ACCOUNT, "Ada")


@on_every_database
async def test_preferences_follow_who_is_new(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    await store.adopt(ADA, ACCOUNT)
    await store.apply(ACCOUNT, [ChangePreferences(Preferences(30), 30)], None)
    assert (await known(store, ACCOUNT)).bookmarks == (replace(MARK, before=30),)


@on_every_database
async def test_who_has_bookmarks_takes_those_they_lack(store: SqlStore) -> None:
    await store.apply(ADA, [wish(before=20, own=True), wish(TALK), Meet()], None)
    await store.apply(ACCOUNT, [wish()], None)
    await store.adopt(ADA, ACCOUNT)
    assert await known(store, ACCOUNT) == Profile(known=True, bookmarks=(MARK, TALK_MARK))
    assert await known(store, ADA) == Profile()


@on_every_database
async def test_who_has_preferences_keeps_them_and_the_minutes_that_were_promised(
    store: SqlStore,
) -> None:
    await store.apply(ADA, [wish(), ChangePreferences(PREFERENCES, 10)], None)
    own = Preferences(15)
    await store.apply(ACCOUNT, [wish(TALK), ChangePreferences(own, 15)], None)
    await store.adopt(ADA, ACCOUNT)
    promised = replace(MARK, before=10, own_before=True)
    following = replace(TALK_MARK, before=15)
    assert await known(store, ACCOUNT) == Profile(preferences=own, bookmarks=(promised, following))


@on_every_database
async def test_bookmarks_go_on_following_where_the_minutes_are_the_same(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    await store.apply(ACCOUNT, [Meet()], None)
    await store.adopt(ADA, ACCOUNT)
    assert await known(store, ACCOUNT) == Profile(known=True, bookmarks=(MARK,))


@on_every_database
async def test_what_was_told_is_not_told_again(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (told,) = await claim(store)
    await store.settle([Told(told.message, {1: PANEL.facts}, {1}, NOW)])
    await store.adopt(ADA, ACCOUNT)
    assert await claim(store, LEASE) == []


@on_every_database
@pytest.mark.parametrize("has_a_row", [False, True])
async def test_what_is_under_way_stays_under_way_and_settles(
    store: SqlStore, has_a_row: bool
) -> None:
    await store.apply(ADA, [wish(), wish(TALK)], None)
    if has_a_row:
        await store.apply(ACCOUNT, [Meet()], None)
    (under_way,) = await claim(store)
    await store.adopt(ADA, ACCOUNT)
    assert await claim(store) == []
    facts = {1: PANEL.facts, 2: TALK.facts}
    await store.settle([Told(under_way.message, facts, {1, 2}, NOW)])
    assert await claim(store, LEASE) == []
    reminded = [mark.reminded for mark in (await known(store, ACCOUNT)).bookmarks]
    assert reminded == [PANEL.slot.start] * 2


@on_every_database
async def test_what_is_in_doubt_goes_again_under_its_id(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), wish(TALK)], None)
    (lost,) = await claim(store)
    await store.adopt(ADA, ACCOUNT)
    (again,) = await claim(store, LEASE)
    assert (again.message, again.user, again.again) == (lost.message, ACCOUNT, True)
    assert [claimed.bookmark.session_id for claimed in again.items] == [1, 2]


@on_every_database
async def test_what_waits_for_the_one_is_freed_for_the_other(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    (refused,) = await claim(store)
    later = NOW + timedelta(minutes=1)
    await store.settle([PutOff(refused.message, later, "nobody is there", refused.until)])
    await store.adopt(ADA, ACCOUNT)
    await store.settle([Freed(refused.message, NOW, later)])
    (freed,) = await claim(store)
    assert (freed.message, freed.user, freed.failures) == (refused.message, ACCOUNT, 1)


@on_every_database
async def test_two_messages_that_are_under_way_stay_two(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), wish(TALK)], None)
    await store.apply(ACCOUNT, [wish()], None)
    claims = await claim(store)
    assert {claimed.user for claimed in claims} == {ADA, ACCOUNT}
    await store.adopt(ADA, ACCOUNT)
    assert await claim(store) == []
    facts = {1: PANEL.facts, 2: TALK.facts}
    told = [
        Told(claimed.message, {n: facts[n] for n in said}, set(said), NOW)
        for claimed in claims
        for said in [[item.bookmark.session_id for item in claimed.items]]
    ]
    await store.settle(told)
    assert await claim(store, LEASE) == []


@on_every_database
@pytest.mark.parametrize("has_a_row", [False, True])
@pytest.mark.parametrize("under_way", [False, True])
async def test_a_test_notice_comes_once(store: SqlStore, has_a_row: bool, under_way: bool) -> None:
    await store.apply(ADA, [SendTest()], None)
    if has_a_row:
        await store.apply(ACCOUNT, [Meet()], None)
    before = await claim(store) if under_way else []
    await store.adopt(ADA, ACCOUNT)
    after = await claim(store)
    (test,) = before + after
    assert test.user == (ADA if under_way else ACCOUNT)
    await store.settle([Told(test.message, {}, set(), NOW)])
    assert await claim(store, LEASE) == []


@on_every_database
async def test_a_test_notice_of_their_own_is_the_one_that_comes(store: SqlStore) -> None:
    await store.apply(ADA, [SendTest()], None)
    await store.apply(ACCOUNT, [SendTest()], None)
    own = [claimed.message for claimed in await claim(store) if claimed.user == ACCOUNT]
    await store.adopt(ADA, ACCOUNT)
    assert [claimed.message for claimed in await claim(store, LEASE)] == own


@on_every_database
async def test_what_was_kept_goes_along_and_their_own_stays(store: SqlStore) -> None:
    for owner, key, value in (
        (f"{NETWORK}/ada", "mask", "ada!*@*"),
        (f"{NETWORK}/ada", "history", "bookmark 1"),
        (f"{NETWORK}/account", "mask", "account"),
        (f"{NETWORK}/adam", "mask", "adam!*@*"),
        ("another/ada", "mask", "another"),
        (NETWORK, "mask", "none"),
    ):
        await store.keep(owner, key, value)
    await store.adopt(ADA, ACCOUNT)
    assert await store.read_all("", "mask") == {
        f"{NETWORK}/account": "account",
        f"{NETWORK}/adam": "adam!*@*",
        "another/ada": "another",
        NETWORK: "none",
    }
    assert await store.read_all("", "history") == {f"{NETWORK}/account": "bookmark 1"}


@on_every_database
async def test_who_is_forgotten_afterwards_is_forgotten_whole(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), Meet()], Memo("event 1", "said"))
    await store.keep(f"{NETWORK}/ada", "mask", "ada!*@*")
    await store.adopt(ADA, ACCOUNT)
    await store.apply(ACCOUNT, [Forget()], None)
    assert await known(store, ACCOUNT) == Profile()
    assert await store.recall(ACCOUNT, "event 1") is None
    assert await store.read_all("", "mask") == {}


@on_every_database
async def test_nobody_is_made_of_somebody_unknown(store: SqlStore) -> None:
    await store.adopt(ADA, ACCOUNT)
    await store.apply(ACCOUNT, [wish()], None)
    await store.adopt(ADA, ACCOUNT)
    assert await known(store, ACCOUNT) == Profile(bookmarks=(MARK,))


@on_every_database
async def test_who_turns_out_to_be_themselves_loses_nothing(store: SqlStore) -> None:
    await store.apply(ADA, [wish(), Meet()], None)
    await store.keep(f"{NETWORK}/ada", "mask", "ada!*@*")
    await store.adopt(ADA, ADA)
    assert await known(store, ADA) == Profile(known=True, bookmarks=(MARK,))
    assert await store.read(f"{NETWORK}/ada", "mask") == "ada!*@*"


@on_every_database
async def test_the_one_who_was_adopted_may_begin_anew(store: SqlStore) -> None:
    await store.apply(ADA, [wish()], None)
    await store.adopt(ADA, ACCOUNT)
    await store.apply(ADA, [wish(TALK)], None)
    assert await known(store, ADA) == Profile(bookmarks=(TALK_MARK,))
    assert await known(store, ACCOUNT) == Profile(bookmarks=(MARK,))


@on_every_database
async def test_users_of_two_networks_are_two(store: SqlStore) -> None:
    await store.apply(FOREIGN, [wish()], None)
    with pytest.raises(AssertionError):
        await store.adopt(FOREIGN, ADA)
    assert await known(store, FOREIGN) == Profile(bookmarks=(MARK,))


@on_postgresql
async def test_people_are_locked_in_their_order(store: SqlStore, other: psycopg.Connection) -> None:
    await store.apply(ACCOUNT, [wish()], None)
    await store.apply(ADA, [wish(TALK)], None)
    other.execute("SELECT FROM users WHERE ident = 'account' FOR UPDATE")
    adopting = asyncio.create_task(store.adopt(ADA, ACCOUNT))
    await waits_for_a_lock(other)
    other.execute("SELECT FROM users JOIN bookmarks ON user_id = id FOR UPDATE NOWAIT")
    other.commit()
    await adopting
    assert await known(store, ACCOUNT) == Profile(bookmarks=(MARK, TALK_MARK))


@on_postgresql
async def test_processes_that_do_it_at_once_do_it_once(
    store: SqlStore, another_store: SqlStore
) -> None:
    for number in range(20):
        guest, account = User(NETWORK, f"guest {number}"), User(NETWORK, f"account {number}")
        await store.apply(guest, [wish()], None)
        await asyncio.gather(
            store.adopt(guest, account),
            another_store.adopt(guest, account),
            another_store.apply(account, [wish(TALK)], None),
        )
        assert await known(store, account) == Profile(bookmarks=(MARK, TALK_MARK))
        assert await known(store, guest) == Profile()
