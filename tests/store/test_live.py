"""What organisers change on top of the published schedule: kept, replaced, withdrawn, settled; and
never overlooked by whoever publishes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from bot.live import Added, Cancelled, InRooms, LiveChange, Starts, Value
from bot.messages import Audit, ChangeLive, Effect, Meet, Profile, User, Withdraw
from bot.schedule import Slot
from bot.store import live
from bot.store.sql import SqlStore
from bot.storing import Memo
from bot.versions import Heads
from tests.store.talk import ADA, BOB, NOW, lease, waits_for_a_lock, wish
from tests.store.test_versions import NEWS, version
from tests.summit import NETWORK

on_every_database = pytest.mark.every_database
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

LATER = NOW + timedelta(minutes=40)
CLINIC = Added("Clinic", Slot(NOW, LATER, ("Marina",)))
DONE = Audit("did something")
MOVED, CANCELLED = LiveChange(42, Starts(LATER)), LiveChange(42, Cancelled(True))
"""Of a session that is published."""
VALUES: dict[str, Value] = {
    "added": CLINIC,
    "added without an end or a room": Added("“Žluťoučký” – 会議", Slot(NOW, None, ())),
    "another start": Starts(LATER),
    "another room": InRooms(("Seacliff C", "Seacliff D")),
    "no room": InRooms(()),
    "cancelled": Cancelled(True),
    "restored": Cancelled(False),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_comes_back_as_it_was(value: Value) -> None:
    assert live.read(live.part_of(value), live.written(value)) == value


async def change(store: SqlStore, *changes: LiveChange, user: User = ADA) -> bool:
    effects = [ChangeLive(each) for each in changes]
    return await store.apply(user, [*effects, DONE], None)


@pytest.fixture
async def published(store: SqlStore) -> SqlStore:
    """A store with a version whose sessions are numbered up to 99."""
    await store.publish(replace(version(1), highest=99))
    return store


@on_every_database
async def test_nothing_is_changed_live_before_somebody_does(store: SqlStore) -> None:
    assert await store.live() == ()
    assert await store.heads() == Heads()


@on_every_database
async def test_changes_are_kept_in_their_order(published: SqlStore) -> None:
    in_order = [LiveChange(43, VALUES["no room"]), MOVED, CANCELLED, LiveChange(100, CLINIC)]
    assert await change(published, *in_order[:2])
    assert await change(published, *in_order[2:])
    assert await published.live() == tuple(in_order)


@on_every_database
async def test_a_change_takes_the_place_of_the_one_of_its_sort(published: SqlStore) -> None:
    other, again = LiveChange(43, Starts(LATER)), LiveChange(42, Starts(NOW))
    await change(published, MOVED, CANCELLED, other)
    await change(published, again)
    assert await published.live() == (CANCELLED, other, again)


@on_every_database
async def test_what_is_withdrawn_goes_and_what_was_added_stays(published: SqlStore) -> None:
    added, moved = LiveChange(100, CLINIC), LiveChange(100, Starts(LATER))
    await change(published, added, moved, MOVED, CANCELLED)
    for session_id in (42, 100, 7):
        assert await published.apply(ADA, [Withdraw(session_id), DONE], None)
    assert await published.live() == (added,)


@on_every_database
async def test_whoever_follows_sees_that_something_was_done_and_the_highest_number(
    published: SqlStore, another_store: SqlStore
) -> None:
    seen = [await another_store.heads()]
    done: list[list[Effect]] = [
        [ChangeLive(MOVED), DONE],
        [ChangeLive(LiveChange(100, CLINIC)), DONE],
        [Withdraw(42), DONE],
        [Meet()],
    ]
    for effects in done:
        await published.apply(ADA, effects, None)
        seen.append(await another_store.heads())
    head = version(1).head
    assert seen == [
        Heads(head, acts=0, highest=99),
        Heads(head, acts=1, highest=99),
        Heads(head, acts=2, highest=100),
        Heads(head, acts=3, highest=100),
        Heads(head, acts=3, highest=100),
    ]


@on_every_database
@pytest.mark.parametrize("effect", [ChangeLive(MOVED), Withdraw(42)], ids=["change", "withdraw"])
async def test_what_nobody_would_follow_is_a_mistake_of_the_program(
    published: SqlStore, effect: Effect
) -> None:
    """Whoever follows looks at what is changed live when the log says that something was done."""
    await change(published, CANCELLED)
    before = await published.heads()
    with pytest.raises(AssertionError):
        await published.apply(ADA, [wish(), effect], None)
    assert (await published.heads(), await published.live()) == (before, (CANCELLED,))
    assert await published.load(ADA, bookmarks=True) == Profile()


@on_every_database
async def test_what_is_done_before_anything_is_published_is_seen(store: SqlStore) -> None:
    await change(store, LiveChange(1, CLINIC))
    assert await store.heads() == Heads(acts=1, highest=1)


# Numbers.


@on_every_database
@pytest.mark.parametrize(
    ("number", "is_new"), [(42, False), (99, False), (120, False), (121, True)]
)
@pytest.mark.parametrize("counts", [99, 120])
async def test_a_session_is_added_under_a_number_that_nobody_had(
    store: SqlStore, counts: int, number: int, is_new: bool
) -> None:
    """Neither in the version that counts nor in the one that is held back."""
    await store.publish(replace(version(1), highest=counts))
    await store.hold_back(replace(version(2), highest=219 - counts))
    assert await change(store, LiveChange(number, CLINIC)) is is_new
    assert len(await store.live()) == is_new


@on_every_database
@pytest.mark.parametrize(("number", "is_new"), [(100, False), (120, False), (121, True)])
async def test_a_number_that_was_given_live_is_not_given_again(
    published: SqlStore, number: int, is_new: bool
) -> None:
    await change(published, LiveChange(120, CLINIC))
    before = await published.heads()
    assert await change(published, LiveChange(number, CLINIC)) is is_new
    assert (await published.heads() == before) is not is_new


@on_every_database
async def test_under_a_number_that_is_taken_nothing_takes_effect(published: SqlStore) -> None:
    added = LiveChange(99, CLINIC)
    effects: list[Effect] = [
        wish(),
        ChangeLive(MOVED),
        ChangeLive(added),
        Audit("said so", (("irc", "#ops"),)),
    ]
    assert not await published.apply(ADA, effects, Memo("event 1", "Added."))
    assert await published.live() == ()
    assert await published.audited(9) == []
    assert await published.claim_bulletins("irc", [], lease()) == []
    assert await published.recall(ADA, "event 1") is None
    assert await published.load(ADA, bookmarks=True) == Profile()
    # The same line with the next number is another try.
    effects[2] = ChangeLive(replace(added, session_id=100))
    assert await published.apply(ADA, effects, Memo("event 1", "Added."))


@on_every_database
async def test_an_invocation_that_comes_again_changes_nothing(published: SqlStore) -> None:
    memo = Memo("event 1", "Done.")
    effects: list[Effect] = [ChangeLive(MOVED), Audit("moved [42]", (("irc", "#ops"),))]
    assert await published.apply(ADA, effects, memo)
    await published.apply(BOB, [Withdraw(42), Audit("withdrew [42]")], None)
    before = await published.heads()
    assert not await published.apply(ADA, effects, memo)
    assert (await published.heads(), await published.live()) == (before, ())
    assert [each.what for each in await published.audited(9)] == ["withdrew [42]", "moved [42]"]
    assert len(await published.claim_bulletins("irc", [], lease())) == 1


@on_every_database
async def test_of_two_who_add_at_once_one_does(
    published: SqlStore, another_store: SqlStore
) -> None:
    for number in range(100, 110):
        done = await asyncio.gather(
            change(published, LiveChange(number, CLINIC)),
            change(another_store, LiveChange(number, replace(CLINIC, title="Other")), user=BOB),
        )
        assert sorted(done) == [False, True]
    assert [each.session_id for each in await published.live()] == list(range(100, 110))


# Publishing.


@on_every_database
async def test_a_version_that_overlooks_what_was_done_does_not_count(published: SqlStore) -> None:
    await change(published, MOVED)
    before = await published.heads()
    for acts_then in (0, 2):
        assert not await published.publish(version(2), [NEWS], acts=acts_then, settled=[MOVED])
        assert not await published.hold_back(version(2), [NEWS], acts=acts_then)
    assert (await published.heads(), await published.live()) == (before, (MOVED,))
    assert await published.claim_bulletins(NETWORK, [], lease()) == []
    assert await published.hold_back(version(2), acts=1)
    assert await published.publish(version(2), [NEWS], acts=1)
    assert await published.live() == (MOVED,)


@on_every_database
async def test_what_is_settled_goes_with_the_version_that_says_the_same(
    published: SqlStore,
) -> None:
    added, moved = LiveChange(100, CLINIC), LiveChange(100, Starts(LATER))
    await change(published, MOVED, CANCELLED, added, moved)
    assert await published.publish(
        replace(version(2), highest=100), acts=1, settled=[CANCELLED, added]
    )
    assert await published.live() == (MOVED, moved)
    assert await published.heads() == Heads(version(2).head, acts=1, highest=100)


@on_every_database
async def test_what_does_not_follow_on_the_one_that_counts_settles_nothing(
    published: SqlStore,
) -> None:
    await change(published, MOVED)
    assert not await published.publish(version(3), acts=1, settled=[MOVED])
    assert await published.live() == (MOVED,)


@on_postgresql
@pytest.mark.parametrize("holds_back", [False, True])
async def test_whoever_publishes_waits_for_who_adds_and_then_sees_it(
    published: SqlStore, another_store: SqlStore, other: psycopg.Connection, holds_back: bool
) -> None:
    # The version needs what the other one holds; who adds has all it needs but that.
    other.execute("LOCK TABLE audit IN SHARE MODE")
    adding = asyncio.create_task(change(published, LiveChange(100, CLINIC)))
    await waits_for_a_lock(other)
    new = replace(version(2), highest=100)
    does = another_store.hold_back if holds_back else another_store.publish
    publishing = asyncio.create_task(does(new, acts=0))
    await waits_for_a_lock(other, many=2)
    other.rollback()
    assert (await adding, await publishing) == (True, False)
    assert await published.heads() == Heads(version(1).head, acts=1, highest=100)


@on_postgresql
@pytest.mark.parametrize("is_first", [False, True])
async def test_whoever_adds_waits_for_who_publishes_and_then_sees_it(
    store: SqlStore, another_store: SqlStore, other: psycopg.Connection, is_first: bool
) -> None:
    if not is_first:
        await store.publish(version(1))
    other.execute("LOCK TABLE kept IN SHARE MODE")
    new = replace(version(1 if is_first else 2), highest=100)
    publishing = asyncio.create_task(store.publish(new, acts=0))
    await waits_for_a_lock(other)
    adding = asyncio.create_task(change(another_store, LiveChange(100, CLINIC)))
    await waits_for_a_lock(other, many=2)
    other.rollback()
    assert (await publishing, await adding) == (True, False)
    assert await store.heads() == Heads(new.head, acts=0, highest=100)


@on_postgresql
async def test_what_is_done_later_is_seen_later(
    published: SqlStore, another_store: SqlStore, other: psycopg.Connection
) -> None:
    """Also if it changes nothing live: otherwise a follower who has seen its number would not look
    again when the one before comes to light."""
    other.execute("LOCK TABLE live IN SHARE MODE")
    first = asyncio.create_task(change(published, MOVED))
    await waits_for_a_lock(other)
    second = asyncio.create_task(another_store.apply(BOB, [DONE], None))
    await waits_for_a_lock(other, many=2)
    other.rollback()
    assert (await first, await second) == (True, True)
    assert [each.user for each in await published.audited(2)] == [BOB, ADA]
