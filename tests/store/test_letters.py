"""What is written to all who bookmarked a session: claimed once by their network, until told."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import create_engine, event, text

from bot.document import Reply, reply
from bot.document import text as line
from bot.messages import (
    Announce,
    Audit,
    ChangePreferences,
    Forget,
    Meet,
    Mute,
    Preferences,
    SendTest,
    User,
)
from bot.record import packed
from bot.store.sql import SqlStore
from bot.storing import Candidates, Claim, Freed, Letter, Memo, PutOff, Told
from tests.store.talk import (
    ADA,
    BOB,
    FOREIGN,
    LEASE,
    NOW,
    TALK,
    claim,
    judge_of,
    lease,
    waits_for_a_lock,
    wish,
)
from tests.summit import NETWORK, StandingClock

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

CHIEF, ACCOUNT = User("another", "chief", "Chief"), User(NETWORK, "account", "Ada")
DAY = timedelta(days=1)
BRING = reply(line("Bring a laptop."))
LETTER = Letter(packed(BRING), NOW + DAY)


async def announce(store: SqlStore, said: Reply = BRING, memo: Memo | None = None) -> bool:
    return await store.apply(CHIEF, [Announce(said, (), 1), Audit("said so")], memo)


async def letters(
    store: SqlStore, at: timedelta = timedelta(), most: int = 10, network: str = NETWORK
) -> list[Claim]:
    """Claims when no reminder is due."""
    return await store.claim(network, Candidates([], [], NOW), judge_of(), lease(at), most)


async def bookmarked(store: SqlStore, *users: User) -> None:
    for user in users:
        await store.apply(user, [wish()], None)


def of(claims: Sequence[Claim]) -> dict[str, bool]:
    """Whom they are for, and whether they may have arrived before."""
    return {each.user.id: each.again for each in claims}


@on_every_database
async def test_all_who_bookmarked_the_session_are_written_to_by_their_network(
    store: SqlStore,
) -> None:
    await bookmarked(store, ADA, BOB, FOREIGN)
    preferences = Preferences(10, ZoneInfo("Europe/Berlin"), 24)
    await store.apply(ADA, [ChangePreferences(preferences, 10)], None)
    await store.apply(BOB, [Mute((1,), True)], None)
    await store.apply(User(NETWORK, "cyd"), [wish(TALK)], None)
    assert await announce(store)
    ada, bob = sorted(await letters(store), key=lambda claim: claim.user.id)
    [foreign] = await letters(store, network="another")
    assert len({ada.message, bob.message, foreign.message}) == 3
    until = NOW + LEASE
    assert ada == Claim(ada.message, ADA, preferences, (), until, letter=LETTER)
    assert bob == Claim(bob.message, BOB, Preferences(), (), until, letter=LETTER)
    assert foreign == Claim(foreign.message, FOREIGN, Preferences(), (), until, letter=LETTER)
    assert [each.user.name for each in (ada, bob, foreign)] == ["Ada", "Bob", "Ada"]


@on_every_database
async def test_an_announcement_about_no_session_is_written_to_nobody(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await store.apply(CHIEF, [Announce(BRING, (NETWORK,)), Audit("said so")], None)
    assert await letters(store) == []


@on_every_database
async def test_an_announcement_that_is_delivered_again_is_written_once(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    assert await announce(store, memo=Memo("event 1", "Said."))
    assert not await announce(store, memo=Memo("event 1", "Said."))
    assert of(await letters(store)) == {"ada": False}


@on_every_database
async def test_each_announcement_is_a_letter_of_its_own(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    await announce(store, reply(line("And a mug.")))
    first, second = await letters(store)
    assert first.message != second.message
    assert first.letter != second.letter


@on_every_database
async def test_a_letter_is_claimed_once_and_gone_when_it_is_told(
    store: SqlStore, another_store: SqlStore
) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    [letter] = await letters(store)
    assert await letters(another_store, LEASE - timedelta(seconds=1)) == []
    await store.settle([Told(letter.message, {}, set(), NOW)])
    assert await letters(another_store, LEASE) == []


@on_every_database
async def test_after_a_crash_it_goes_again_under_its_id(
    store: SqlStore, another_store: SqlStore
) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    [letter] = await letters(store)
    for times in (1, 2):
        [again] = await letters(another_store, times * LEASE)
        assert again == replace(letter, again=True, until=letter.until + times * LEASE)


@on_every_database
async def test_processes_never_hand_out_the_same_letter(
    store: SqlStore, another_store: SqlStore
) -> None:
    users = [User(NETWORK, f"user {number}") for number in range(40)]
    await bookmarked(store, *users)
    await announce(store)
    handed = list[Claim]()
    while True:
        both = (store, another_store)
        claims = await asyncio.gather(*(letters(each, most=3) for each in both * 2))
        if not any(claims):
            break
        handed += [each for some in claims for each in some]
    assert sorted(each.user.id for each in handed) == sorted(user.id for user in users)


@on_every_database
async def test_a_letter_goes_after_tests_and_reminders_and_no_more_than_may_be_under_way(
    store: SqlStore,
) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    await store.apply(BOB, [SendTest()], None)
    assert [len(one.items) for one in await claim(store, most=2)] == [0, 1]
    kinds = [(len(one.items), one.letter is not None) for one in await claim(store, most=2)]
    assert kinds == [(1, False), (0, True)]
    assert [one.letter for one in await claim(store, most=2)] == [LETTER]


@on_every_database
async def test_what_was_put_off_waits_and_says_how_often(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    [letter] = await letters(store)
    for times in (1, 2):
        until = letter.until + timedelta(minutes=5)
        await store.settle([PutOff(letter.message, until, "nobody is there", letter.until)])
        assert await letters(store, until - NOW - timedelta(minutes=1)) == []
        [letter] = await letters(store, until - NOW)
        assert (letter.user, letter.again, letter.failures) == (ADA, True, times)


@on_every_database
async def test_who_was_put_off_keeps_nobody_waiting(store: SqlStore) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    [first] = await letters(store, most=1)
    await store.settle([PutOff(first.message, NOW, "nobody is there", first.until)])
    [second] = await letters(store, most=1)
    assert second.user != first.user
    [again] = await letters(store, most=1)
    assert (again.message, again.again, again.failures) == (first.message, True, 1)


@on_every_database
async def test_whoever_was_held_up_does_not_free_what_another_one_has(
    store: SqlStore, another_store: SqlStore
) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    [letter] = await letters(store)
    await letters(another_store, LEASE)
    await store.settle([PutOff(letter.message, NOW, claimed_until=letter.until)])
    assert await letters(store, LEASE) == []


@on_every_database
async def test_a_letter_to_somebody_who_is_seen_goes_at_once(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    [letter] = await letters(store)
    later = NOW + timedelta(minutes=5)
    await store.settle([PutOff(letter.message, later, "nobody is there", letter.until)])
    await store.settle([Freed(letter.message, NOW, put_off_to=later + LEASE)])
    assert await letters(store) == [], "that was another time that it was put off"
    await store.settle([Freed(letter.message, NOW, put_off_to=later)])
    assert of(await letters(store)) == {"ada": True}


@on_every_database
async def test_a_network_that_is_taken_over_goes_on_at_once(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    await letters(store)
    await store.take_over("another")
    assert await letters(store) == []
    await store.take_over(NETWORK)
    assert of(await letters(store)) == {"ada": True}


# What is of no use any more.


def count(database: str) -> int:
    engine = create_engine(database)
    with engine.connect() as connection:
        found: int = connection.execute(text("SELECT count(*) FROM letters")).scalar_one()
    engine.dispose()
    return found


@on_every_database
async def test_after_a_day_it_is_told_to_nobody(store: SqlStore, database: str) -> None:
    await bookmarked(store, ADA, BOB, FOREIGN)
    await announce(store)
    assert len(await letters(store, DAY - timedelta(seconds=1), most=1)) == 1
    assert await letters(store, DAY) == []
    assert count(database) == 1, "of another network"


@on_every_database
async def test_what_is_over_stands_in_nobodys_way(store: SqlStore, clock: StandingClock) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    clock.moment = NOW + timedelta(hours=1)
    await announce(store, reply(line("And a mug.")))
    found = await letters(store, DAY, most=3)
    assert of(found) == {"ada": False, "bob": False}
    assert {each.letter for each in found} == {
        Letter(packed(reply(line("And a mug."))), NOW + timedelta(hours=25))
    }


@on_every_database
async def test_what_is_over_is_forgotten_when_something_new_is_written(
    store: SqlStore, clock: StandingClock, database: str
) -> None:
    await bookmarked(store, ADA, FOREIGN)
    await announce(store)
    assert count(database) == 2
    clock.moment = NOW + DAY
    await announce(store)
    assert count(database) == 2


# Who is forgotten, or turns out to be another.


@on_every_database
async def test_who_is_forgotten_is_not_written_to(store: SqlStore, database: str) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    claims = await letters(store, most=1)
    for user in (ADA, BOB):
        await store.apply(user, [Forget()], None)
    assert count(database) == 0
    await store.settle([Told(claims[0].message, {}, set(), NOW)])
    assert await letters(store, LEASE) == []


@on_every_database
@pytest.mark.parametrize("has_a_row", [False, True])
@pytest.mark.parametrize("in_doubt", [False, True])
async def test_a_letter_goes_to_the_account_that_its_guest_turns_out_to_have(
    store: SqlStore, has_a_row: bool, in_doubt: bool
) -> None:
    await bookmarked(store, ADA)
    if has_a_row:
        await store.apply(ACCOUNT, [Meet()], None)
    await announce(store)
    before = await letters(store) if in_doubt else []
    await store.adopt(ADA, ACCOUNT)
    [letter] = await letters(store, LEASE)
    assert (letter.user, letter.again, letter.letter) == (ACCOUNT, in_doubt, LETTER)
    assert [each.message for each in before] in ([], [letter.message])
    await store.settle([Told(letter.message, {}, set(), NOW)])
    assert await letters(store, 2 * LEASE) == []


@on_every_database
async def test_what_both_were_written_is_told_once(store: SqlStore) -> None:
    await bookmarked(store, ADA)
    await announce(store, reply(line("Only to Ada.")))
    await bookmarked(store, ACCOUNT)
    await announce(store)
    await store.adopt(ADA, ACCOUNT)
    said = [letter.letter.reply for letter in await letters(store) if letter.letter]
    assert sorted(said) == sorted([packed(reply(line("Only to Ada."))), packed(BRING)])


# How it is done.


@on_every_database
async def test_one_statement_writes_to_everybody_and_claims_look_at_no_more_than_they_take(
    store: SqlStore,
) -> None:
    await bookmarked(store, ADA, BOB, FOREIGN)
    statements = list[str]()

    @event.listens_for(store._engine, "before_cursor_execute")
    def sent(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "letters" in statement:
            statements.append(statement)

    await announce(store)
    assert [statement.split()[0] for statement in statements] == ["DELETE", "INSERT"]
    statements.clear()
    assert await letters(store, network="nowhere") == []
    assert [statement.split()[0] for statement in statements] == ["SELECT"]
    with store._engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            explain, found = "EXPLAIN", "Index Scan using letters_waiting"
        else:
            explain, found = "EXPLAIN QUERY PLAN", "SEARCH letters USING INDEX letters_waiting"
        query = (
            f"{explain} SELECT * FROM letters WHERE network = 'test' AND lease_until <= 1"
            " ORDER BY lease_until LIMIT 20"
        )
        plan = "\n".join(str(row[-1]) for row in connection.execute(text(query)))
    assert found in plan
    assert "SORT" not in plan.upper()
    assert "TEMP B-TREE" not in plan


@on_postgresql
@pytest.mark.parametrize("chief_is_first", [False, True])
async def test_people_are_locked_in_their_order(
    store: SqlStore, other: psycopg.Connection, chief_is_first: bool
) -> None:
    """Who announces too: somebody may adopt both at this moment."""
    first, second = (CHIEF, ADA) if chief_is_first else (ADA, CHIEF)
    for user in (first, second):
        await store.apply(user, [Meet()], None)
    await bookmarked(store, ADA)
    row = "SELECT FROM users WHERE ident = %s FOR UPDATE"
    other.execute(row, [first.id])
    announcing = asyncio.create_task(announce(store))
    await waits_for_a_lock(other)
    other.execute(f"{row} NOWAIT", [second.id])
    other.commit()
    assert await announcing
    assert of(await letters(store)) == {"ada": False}


@on_postgresql
async def test_who_is_forgotten_at_this_moment_is_left_out(
    store: SqlStore, other: psycopg.Connection
) -> None:
    await bookmarked(store, ADA, BOB)
    other.execute("DELETE FROM users WHERE ident = 'ada'")
    announcing = asyncio.create_task(announce(store))
    await waits_for_a_lock(other)
    other.commit()
    assert await announcing
    assert of(await letters(store)) == {"bob": False}


@on_postgresql
async def test_letters_that_another_one_has_locked_keep_nobody_waiting(
    store: SqlStore, other: psycopg.Connection, clock: StandingClock
) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    ada = "SELECT FROM letters JOIN users ON user_id = id WHERE ident = 'ada'"
    other.execute(f"{ada} FOR UPDATE OF letters")
    assert of(await letters(store)) == {"bob": False}
    clock.moment = NOW + DAY
    assert await announce(store)
    assert await letters(store, network="another") == []


@on_postgresql
async def test_writing_to_people_does_not_wait_for_those_who_are_being_told_something(
    store: SqlStore, other: psycopg.Connection
) -> None:
    await bookmarked(store, ADA)
    other.execute("SELECT FROM users WHERE ident = 'ada' FOR NO KEY UPDATE")
    assert await announce(store)


@on_postgresql
async def test_settling_locks_the_people_first(store: SqlStore, other: psycopg.Connection) -> None:
    await bookmarked(store, ADA, BOB)
    await announce(store)
    claims = await letters(store)
    other.execute("SELECT FROM users WHERE ident = 'ada' FOR UPDATE")
    settling = asyncio.create_task(
        store.settle([Told(each.message, {}, set(), NOW) for each in claims])
    )
    await waits_for_a_lock(other)
    other.execute("SELECT FROM letters FOR UPDATE NOWAIT")
    other.commit()
    await settling
    assert await letters(store, LEASE) == []


@on_postgresql
async def test_taking_over_locks_the_people_first(
    store: SqlStore, other: psycopg.Connection
) -> None:
    await bookmarked(store, ADA)
    await announce(store)
    await letters(store)
    other.execute("SELECT FROM users WHERE ident = 'ada' FOR UPDATE")
    taking = asyncio.create_task(store.take_over(NETWORK))
    await waits_for_a_lock(other)
    other.execute("SELECT FROM letters FOR UPDATE NOWAIT")
    other.commit()
    await taking
