"""What organisers change on top of the published schedule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.live import (
    Added,
    Cancelled,
    InRooms,
    LiveChange,
    Starts,
    Value,
    caught_up,
    contradicted,
    overlaid,
    with_added,
    without_added,
)
from bot.schedule import Edition, Live, Schedule, Session, Slot
from bot.sources.versions.identity import kept
from tests.summit import at, small_schedule

TALK = Session(1, "one", "Eels", Slot(at(16, 9), at(16, 10), ("Marina",)))
OTHER = Session(2, "two", "Frogs", Slot(at(16, 11), None, ()))
PUBLISHED = small_schedule(TALK, OTHER)
NEW = Added("Newts", Slot(at(16, 12), at(16, 12, 25), ("Marina",)))
MADE = Session(3, "live:3", "Newts", NEW.slot, live=Live.ADDED)


def live(*values: Value, of: int = 1) -> tuple[LiveChange, ...]:
    return tuple(LiveChange(of, value) for value in values)


def one(schedule: Schedule, id: int = 1) -> Session:
    session = schedule.session(id)
    assert session is not None
    return session


def test_without_live_changes_the_programme_is_what_is_published() -> None:
    programme = overlaid(PUBLISHED, (), Edition(3, 4))
    assert (programme.sessions, programme.edition) == (PUBLISHED.sessions, (3, 4))


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ([Starts(at(17, 9))], {"slot": Slot(at(17, 9), at(17, 10), ("Marina",))}),
        ([InRooms(("Pond", "Lake"))], {"slot": replace(TALK.slot, rooms=("Pond", "Lake"))}),
        (
            [InRooms(("Pond",)), Starts(at(16, 10))],
            {"slot": Slot(at(16, 10), at(16, 11), ("Pond",))},
        ),
        ([Cancelled(True)], {"cancelled": True}),
        ([Starts(at(16, 10)), Cancelled(True)],
         {"slot": Slot(at(16, 10), at(16, 11), ("Marina",)), "cancelled": True}),
    ],
)  # fmt: skip
def test_a_session_is_as_it_was_changed_and_marked(
    values: list[Value], changed: dict[str, object]
) -> None:
    programme = overlaid(PUBLISHED, live(*values))
    assert programme.sessions == tuple(
        sorted(
            (replace(TALK, live=Live.CHANGED, **changed), OTHER),  # type: ignore[arg-type]
            key=lambda session: session.slot.start,
        )
    )


def test_what_is_the_same_anyway_is_not_marked() -> None:
    same = live(Starts(TALK.slot.start), InRooms(("Marina",)), Cancelled(False))
    assert overlaid(PUBLISHED, same).sessions == PUBLISHED.sessions


def test_a_session_without_an_end_moves_without_one() -> None:
    moved = one(overlaid(PUBLISHED, live(Starts(at(16, 12)), of=2)), 2)
    assert moved.slot == Slot(at(16, 12), None, ())


def test_a_session_that_is_no_longer_published_can_be_restored() -> None:
    gone = small_schedule(replace(TALK, cancelled=True, removed=True), OTHER)
    assert one(overlaid(gone, live(Cancelled(False)))) == replace(TALK, live=Live.CHANGED)
    assert one(overlaid(gone, live(Cancelled(True)))).removed


def test_what_was_added_is_there_and_can_be_changed() -> None:
    assert one(overlaid(PUBLISHED, live(NEW, of=3)), 3) == MADE
    moved = overlaid(PUBLISHED, live(NEW, InRooms(("Pond",)), Cancelled(True), of=3))
    slot = replace(NEW.slot, rooms=("Pond",))
    assert one(moved, 3) == replace(MADE, slot=slot, cancelled=True)
    assert "Pond" in moved.rooms


def test_the_published_schedule_catches_up_part_by_part() -> None:
    changes = live(Starts(at(16, 10)), InRooms(("Pond",)), Cancelled(True))
    later = replace(TALK, slot=Slot(at(16, 10), at(16, 11), ("Marina",)))
    assert caught_up(small_schedule(later), changes) == changes[:1]
    there = replace(later, slot=replace(later.slot, rooms=("Pond",)), cancelled=True)
    assert caught_up(small_schedule(there), changes) == changes
    assert caught_up(PUBLISHED, changes) == ()
    assert caught_up(PUBLISHED, live(NEW, of=3)) == ()
    assert caught_up(small_schedule(TALK, replace(MADE, live=None)), live(NEW, of=3)) == live(
        NEW, of=3
    )


def test_a_published_schedule_that_says_something_else_again_contradicts() -> None:
    changes = live(Starts(at(16, 10)), InRooms(("Pond",)))
    noon = replace(TALK, slot=Slot(at(16, 12), at(16, 13), ("Marina",)))
    assert contradicted(PUBLISHED, small_schedule(noon), changes) == changes[:1]
    assert contradicted(PUBLISHED, PUBLISHED, changes) == ()
    caught = replace(TALK, slot=Slot(at(16, 10), at(16, 11), ("Pond",)))
    assert contradicted(PUBLISHED, small_schedule(caught), changes) == ()


def test_what_is_left_out_says_nothing_about_a_live_cancellation() -> None:
    gone = small_schedule(replace(TALK, cancelled=True, removed=True), OTHER)
    for cancelled in (True, False):
        assert caught_up(gone, live(Cancelled(cancelled))) == ()
    assert caught_up(small_schedule(replace(TALK, cancelled=True)), live(Cancelled(True))) != ()


def test_a_session_that_was_added_and_moved_is_contradicted_when_it_is_published() -> None:
    changes = live(NEW, InRooms(("Pond",)), of=3)
    new = small_schedule(TALK, OTHER, replace(MADE, live=None))
    assert contradicted(PUBLISHED, new, changes) == changes[1:]


def imported(*sessions: Session, on: tuple[LiveChange, ...]) -> Schedule:
    """The next version of what is published, from a source that gives numbers of its own."""
    numbered = (replace(s, id=n) for n, s in enumerate(sessions, start=1))
    return without_added(kept(with_added(PUBLISHED, on), small_schedule(*numbered)), on)


def test_what_was_added_is_not_published_by_an_import() -> None:
    on = live(NEW, of=3)
    new = imported(TALK, OTHER, on=on)
    assert new.sessions == PUBLISHED.sessions
    assert one(overlaid(new, on), 3) == MADE


def test_a_published_session_takes_the_number_of_the_one_that_was_added() -> None:
    on = live(NEW, of=3)
    published = Session(0, "newts", "Newts", NEW.slot, leads=("Ada",))
    new = imported(published, TALK, OTHER, on=on)
    assert one(new, 3) == replace(published, id=3)
    assert caught_up(new, on) == on
    assert one(overlaid(new, ()), 3).live is None


def test_new_sessions_get_numbers_above_those_that_were_added() -> None:
    on = live(NEW, of=3)
    toads = Session(0, "toads", "Toads", Slot(at(17, 9), at(17, 10), ("Pond",)))
    new = imported(TALK, OTHER, toads, on=on)
    assert {session.id for session in new.sessions} == {1, 2, 4}


def test_a_session_that_was_moved_live_is_known_again_by_what_is_published() -> None:
    on = live(Starts(TALK.slot.start + timedelta(hours=5)), InRooms(("Pond",)))
    new = imported(replace(TALK, guid="another"), OTHER, on=on)
    assert one(new).title == "Eels"
    assert one(overlaid(new, on)).slot.start == at(16, 14)
