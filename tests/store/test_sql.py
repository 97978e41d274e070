"""What the store keeps of each effect, what it forgets, and what it refuses to open."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.document import reply
from bot.messages import (
    Announce,
    Bookmark,
    ChangePreferences,
    DropBookmark,
    Effect,
    Forget,
    Meet,
    Mute,
    Preferences,
    Profile,
    SendTest,
    Snooze,
    User,
)
from bot.schedule import Slot
from bot.store.opening import StoreFailed
from bot.store.rows import facts_from, facts_key, facts_text
from bot.store.sql import SqlStore
from bot.store.tables import metadata
from bot.storing import Memo
from tests.store.talk import ADA, BOB, FOREIGN, MARK, MOVED, NOW, PANEL, TALK, wish
from tests.summit import NETWORK, StandingClock

pytestmark = pytest.mark.every_database

ALL_PREFERENCES = Preferences(10, ZoneInfo("Europe/Berlin"), 24, plain=True, named=True)

EFFECTS: dict[str, tuple[list[Effect], Profile]] = {
    "a greeting": ([Meet()], Profile(known=True)),
    "a bookmark": ([wish()], Profile(bookmarks=(MARK,))),
    "a bookmark with minutes": (
        [wish(before=20, own=True)],
        Profile(bookmarks=(replace(MARK, before=20, own_before=True),))),
    "a bookmark made again": (
        [wish(), Mute((1,), True), wish(MOVED, before=20, own=True)],
        Profile(bookmarks=(Bookmark(1, MOVED.facts, 20, own_before=True),))),
    "a dropped bookmark": (
        [wish(), wish(TALK), DropBookmark(1)], Profile(bookmarks=(Bookmark(2, TALK.facts, 5),))),
    "a dropped bookmark that there was not": ([DropBookmark(1)], Profile()),
    "reminders off": (
        [wish(), wish(TALK), Mute((1,), True)],
        Profile(bookmarks=(replace(MARK, muted=True), Bookmark(2, TALK.facts, 5)))),
    "reminders on": (
        [wish(), Mute((1,), True), Mute((1, 2), False)], Profile(bookmarks=(MARK,))),
    "a snooze": (
        [wish(), Mute((1,), True), Snooze(1, NOW)],
        Profile(bookmarks=(replace(MARK, snoozed_until=NOW),))),
    "preferences": (
        [ChangePreferences(ALL_PREFERENCES, 10)], Profile(preferences=ALL_PREFERENCES)),
    "preferences that are taken back": (
        [ChangePreferences(ALL_PREFERENCES, 10), ChangePreferences(Preferences(), 5)], Profile()),
    "preferences for bookmarks without minutes of their own": (
        [wish(), wish(TALK, 20, own=True), ChangePreferences(Preferences(before=10), 10)],
        Profile(
            preferences=Preferences(before=10),
            bookmarks=(replace(MARK, before=10), Bookmark(2, TALK.facts, 20, own_before=True)))),
    "nothing after forgetting": (
        [wish(), Meet(), ChangePreferences(Preferences(10), 10), Forget()], Profile()),
}  # fmt: skip


@pytest.mark.parametrize("case", EFFECTS)
async def test_an_effect_leaves(store: SqlStore, case: str) -> None:
    effects, profile = EFFECTS[case]
    await store.apply(BOB, [Meet(), wish(TALK)], None)
    await store.apply(FOREIGN, [wish(TALK)], None)
    await store.apply(ADA, effects, None)
    assert await store.load(ADA, bookmarks=True) == profile
    assert await store.load(ADA, bookmarks=False) == replace(profile, bookmarks=())
    assert await store.load(BOB, bookmarks=True) == Profile(True, Preferences(), (Bookmark(
        2, TALK.facts, 5),))  # fmt: skip
    assert await store.load(FOREIGN, bookmarks=True) == Profile(
        bookmarks=(Bookmark(2, TALK.facts, 5),)
    )


async def test_effects_are_one_transaction(store: SqlStore) -> None:
    broken = replace(wish(TALK), before=None)  # type: ignore[arg-type]  # refused by the table
    with pytest.raises(IntegrityError):
        await store.apply(ADA, [wish(), broken], Memo("event 1", "said"))
    assert await store.load(ADA, bookmarks=True) == Profile()
    assert await store.recall(ADA, "event 1") is None


def rows(database: str) -> dict[str, int]:
    engine = create_engine(database)
    with engine.connect() as connection:
        counts = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in metadata.tables
        }
    engine.dispose()
    return counts


async def test_forgetting_leaves_no_row_of_the_user_and_all_of_others(
    store: SqlStore, database: str
) -> None:
    async def settle_in(user: User) -> None:
        await store.apply(
            user,
            [wish(), wish(TALK), Meet(), SendTest(), ChangePreferences(Preferences(10), 10)],
            Memo(f"event of {user.network} {user.id}", "said"),
        )
        await store.keep(f"{user.network}/{user.id}", "history", "bookmark 1")
        # Written to those who bookmarked a session that nobody else has.
        own = replace(PANEL, id=10 + len(known))
        known.append(user)
        letter = Announce(reply(), (), own.id)
        await store.apply(user, [wish(own), letter], None)

    known = list[User]()
    await settle_in(BOB)
    await settle_in(FOREIGN)
    await store.keep(NETWORK, "position", "7")
    alone = rows(database)
    await settle_in(ADA)
    more = {table for table, count in rows(database).items() if count > alone[table]}
    about_nobody = {"holders", "posts", "deliveries", "versions", "bulletins", "live", "audit"}
    assert more == set(metadata.tables) - about_nobody
    await store.apply(ADA, [Forget()], None)
    assert rows(database) == alone
    assert await store.read(f"{NETWORK}/bob", "history") == "bookmark 1"


async def test_forgetting_again_leaves_no_row_of_the_user_either(
    store: SqlStore, database: str
) -> None:
    memo = Memo("event 1", "forgotten")
    await store.apply(ADA, [Forget()], memo)
    for _ in range(2):
        assert {table for table, count in rows(database).items() if count} == {"invocations"}
        assert not await store.apply(ADA, [Forget()], memo)


# Opening.


async def test_a_database_is_found_as_it_was_left(database: str, clock: StandingClock) -> None:
    first = SqlStore(database, clock)
    await first.apply(ADA, [wish()], None)
    await first.close()
    second = SqlStore(database, clock)
    assert (await second.load(ADA, bookmarks=True)).bookmarks == (MARK,)
    await second.close()


@pytest.mark.parametrize("url", ["nonsense", "", "mysterious://host/db"])
def test_a_url_that_is_none_is_refused_in_a_sentence(url: str, clock: StandingClock) -> None:
    with pytest.raises(StoreFailed) as refusal:
        SqlStore(url, clock)
    assert (
        str(refusal.value) == f"{url!r} is no database URL; one looks like sqlite:///summit-bot.db"
    )


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true"]
)
def test_a_database_that_would_keep_nothing_is_refused(url: str, clock: StandingClock) -> None:
    with pytest.raises(StoreFailed) as refusal:
        SqlStore(url, clock)
    assert str(refusal.value) == (
        f"The database {url} would keep nothing: name a file, like sqlite:///summit-bot.db"
    )


@pytest.mark.parametrize("url", ["postgres://ada:secret@host/db", "sqlite://ada:secret@host:x/db"])
def test_a_password_is_not_shown(url: str, clock: StandingClock) -> None:
    with pytest.raises(StoreFailed) as refusal:
        SqlStore(url, clock)
    assert str(refusal.value) == (
        f"{url.replace('secret', '***')!r} is no database URL;"
        " one looks like sqlite:///summit-bot.db"
    )


def test_a_missing_driver_is_named(clock: StandingClock) -> None:
    with pytest.raises(StoreFailed) as refusal:
        SqlStore("mysql+pymysql://ada:secret@host/db", clock)
    assert str(refusal.value) == (
        "The database mysql+pymysql://ada:***@host/db needs a driver that is not installed:"
        " pymysql."
    )


def test_a_place_that_is_none_is_refused_in_a_sentence(
    tmp_path: Path, clock: StandingClock
) -> None:
    url = f"sqlite:///{tmp_path / 'missing' / 'summit.db'}"
    with pytest.raises(StoreFailed) as refusal:
        SqlStore(url, clock)
    assert str(refusal.value) == (
        f"The database {url} cannot be opened (unable to open database file):"
        " check that it may be written."
    )


def test_a_file_that_is_no_database_is_refused_in_a_sentence(
    tmp_path: Path, clock: StandingClock
) -> None:
    file = tmp_path / "summit.db"
    file.write_text("Once upon a time there was a conference. " * 100)
    with pytest.raises(StoreFailed) as refusal:
        SqlStore(f"sqlite:///{file}", clock)
    assert str(refusal.value) == (
        f"The database sqlite:///{file} cannot be opened (file is not a database):"
        " name another file."
    )


# Values and columns.


@pytest.mark.parametrize(
    "facts",
    [
        PANEL.facts,
        replace(PANEL.facts, cancelled=True),
        replace(PANEL.facts, slot=Slot(NOW, None, ())),
        replace(PANEL.facts, title="“Žluťoučký” – 会議", slot=Slot(NOW, NOW, ("A", "B"))),
    ],
)
def test_facts_come_back_as_they_were(facts: object) -> None:
    assert facts_from(facts_text(facts)) == facts


def test_keys_are_equal_where_nobody_needs_to_be_told() -> None:
    facts = [
        session.facts
        for session in (
            PANEL,
            MOVED,
            replace(PANEL, title="Talk"),
            replace(PANEL, cancelled=True),
            replace(MOVED, cancelled=True),
            replace(PANEL, slot=replace(PANEL.slot, end=None)),
            replace(PANEL, slot=replace(PANEL.slot, rooms=("Seacliff D",))),
        )
    ]
    for one in facts:
        for other in facts:
            assert (facts_key(one) == facts_key(other)) == one.says_the_same_as(other)
