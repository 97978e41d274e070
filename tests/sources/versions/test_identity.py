"""The ids that a schedule keeps when it is imported again."""

import json
from dataclasses import replace
from datetime import time

import pytest

from bot.schedule import Person, Room, Schedule, Session, Slot
from bot.sources import read
from bot.sources.versions.identity import kept, published, succeeding
from bot.sources.writing import c3voc
from tests.sources.pages import ZONE, entry, imported, local
from tests.sources.sketches import numbered, schedule, session, sketch

FROGS, NEWTS, TOADS = (entry(title=title) for title in ("Frogs", "Newts", "Toads"))
LATER = "Friday May 3, 2013 11:00am - 11:40am"


def ids(*pages: str) -> list[tuple[int, str]]:
    """The ids and titles of pages imported one after another, in the order of the last."""
    result = imported(pages[0]).schedule
    last = result
    for page in pages[1:]:
        last = imported(page).schedule
        result = kept(result, last)
    order = {session.guid: session.id for session in last.sessions}
    there = published(result).sessions
    return [(s.id, s.title) for s in sorted(there, key=lambda s: order[s.guid])]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (FROGS + NEWTS, FROGS + NEWTS, [(1, "Frogs"), (2, "Newts")]),
        (FROGS + NEWTS, NEWTS + FROGS, [(2, "Newts"), (1, "Frogs")]),
        (FROGS + NEWTS, TOADS + FROGS + NEWTS, [(3, "Toads"), (1, "Frogs"), (2, "Newts")]),
        (FROGS + NEWTS + TOADS, FROGS + TOADS, [(1, "Frogs"), (3, "Toads")]),
        # Another room, another time, both: the title tells.
        (FROGS + NEWTS, TOADS + entry(place="Brook"), [(3, "Toads"), (1, "Frogs")]),
        (FROGS + NEWTS, TOADS + entry(full=LATER), [(3, "Toads"), (1, "Frogs")]),
        (FROGS, TOADS + entry(full=LATER, place="Brook"), [(2, "Toads"), (1, "Frogs")]),
        # Of two with one title the one that stays is known by its start, then the other is alone.
        (FROGS + entry(full=LATER), entry(place="Brook") + entry(full=LATER.replace("3,", "4,")),
         [(1, "Frogs"), (2, "Frogs")]),
        # Which is which nobody can tell, but each of them is still there.
        (entry(place="Loft") + FROGS, entry(place="Weir") + entry(place="Brook"),
         [(2, "Frogs"), (1, "Frogs")]),
    ],
)  # fmt: skip
def test_session_keeps_its_id_and_new_ones_get_new_numbers(
    old: str, new: str, expected: list[tuple[int, str]]
) -> None:
    assert ids(old, new) == expected


def test_a_repeated_guid_is_told_apart_by_the_start() -> None:
    day = [Session(n, "g", f"Day {n}", Slot(local(n, 9), None, ())) for n in (1, 2, 3)]
    renumbered = [replace(s, id=4 - s.id, title="Assembly") for s in day]
    merged = kept(Schedule("E", ZONE, day), Schedule("E", ZONE, renumbered))

    assert [session.id for session in merged.sessions] == [1, 2, 3]


def test_all_but_the_ids_is_the_new_schedule() -> None:
    old = Schedule("Old", ZONE, [Session(9, "a", "Frogs", Slot(local(3, 9), None, ("Loft",)))])
    session = Session(1, "a", "Toads", Slot(local(3, 10), None, ("Pond",)), ("Ada",))
    new = Schedule(
        "New", ZONE, [session], rooms=[Room("Pond", "1 Mill Road")], people=[Person("Ada", ("a",))],
        day_change=time(6), version="7", venue="The Mill",
    )  # fmt: skip
    result = kept(old, new)

    assert result.sessions == (replace(session, id=9),)
    assert (result.event, result.rooms, result.people) == (new.event, new.rooms, new.people)
    assert (result.day_change, result.version, result.venue) == (time(6), "7", "The Mill")


def test_what_vanished_is_kept_as_cancelled_in_its_last_slot() -> None:
    gone = session(1, "Frogs", local(3, 9), "", "Ada", "Bob")
    gone = replace(gone, slot=replace(gone.slot, rooms=("Loft", "Pond")))
    stays = session(2, "Newts", local(3, 10), "Pond", "Bob")
    old = Schedule(
        "E", ZONE, [gone, stays], rooms=[Room("Loft", "Old Road"), Room("Pond", "Old Road")],
        people=[Person("Ada", ("ada",)), Person("Bob", ("old",))],
    )  # fmt: skip
    new = Schedule(
        "E", ZONE, [replace(stays, id=1)], rooms=[Room("Pond", "New Road")],
        people=[Person("Bob", ("new",))],
    )  # fmt: skip
    result = kept(old, new)

    assert result.sessions == (replace(gone, cancelled=True, removed=True), stays)
    assert list(result.rooms.values()) == [Room("Pond", "New Road"), Room("Loft", "Old Road")]
    assert list(result.people.values()) == [Person("Bob", ("new",)), Person("Ada", ("ada",))]
    there = published(result)
    assert (there.sessions, there.rooms, there.people) == (
        (stays,),
        {"Pond": Room("Pond", "New Road")},
        {"Bob": Person("Bob", ("new",))},
    )


def test_what_comes_back_is_the_same_session_and_no_id_is_used_again() -> None:
    frogs, newts, toads = session(1, "Frogs"), session(2, "Newts"), session(3, "Toads")
    first = schedule([frogs, newts])
    without = kept(first, schedule(numbered([frogs, toads])))
    assert sketch(without) == [(1, "Frogs", ""), (2, "Newts", "removed"), (3, "Toads", "")]
    again = kept(without, schedule(numbered([frogs, replace(newts, title="newts!"), toads])))
    assert sketch(again) == [(1, "Frogs", ""), (2, "newts!", ""), (3, "Toads", "")]
    emptier = kept(again, schedule(numbered([frogs])))
    eels = kept(emptier, schedule(numbered([frogs, session(1, "Eels", local(4, 9))])))
    assert sketch(eels) == [
        (1, "Frogs", ""), (2, "newts!", "removed"), (3, "Toads", "removed"), (4, "Eels", ""),
    ]  # fmt: skip


def test_what_comes_back_elsewhere_is_the_same_session() -> None:
    gone = kept(schedule([session(1), session(2, "Newts")]), schedule([session(1)]))
    back = kept(gone, schedule([session(5), session(6, "Newts", local(5, 12), "Weir")]))
    assert [s.id for s in back.sessions] == [1, 2]


def test_ids_begin_above_the_highest_that_was_ever_given_out() -> None:
    new = schedule([session(7, "Newts"), session(2, "Toads"), session(9)])
    result = kept(schedule([session(4)]), new, highest=20)
    assert sketch(result) == [(4, "Frogs", ""), (21, "Toads", ""), (22, "Newts", "")]


def test_another_event_begins_anew() -> None:
    old = schedule([session(1), session(2, "Newts", local(4, 9))])
    other = schedule([session(1, "Opening", local(20, 9), "Hall")])
    assert succeeding(old, other) is other
    assert sketch(succeeding(old, schedule([session(1, "Newts")]))) == [
        (1, "Frogs", "removed"), (2, "Newts", ""),
    ]  # fmt: skip


def test_a_removed_session_is_written_down_and_read_again() -> None:
    gone = kept(schedule([session(1), session(2, "Newts")]), schedule([session(1, "Newts")]))
    again = read(c3voc.write(gone).encode()).schedule
    assert sketch(again) == sketch(gone) == [(1, "Frogs", "removed"), (2, "Newts", "")]
    assert sketch(kept(again, schedule([session(1), session(2, "Newts")]))) == [
        (1, "Frogs", ""), (2, "Newts", ""),
    ]  # fmt: skip
    document = json.loads(c3voc.write(gone))
    conference = document["schedule"]["conference"]
    (day,) = conference["days"]
    assert [e["title"] for e in day["rooms"]["Pond"]] == ["Cancelled: Frogs", "Newts"]
    assert conference["meta"]["summit-bot"]["removed"] == [1]


def test_the_same_schedule_again_changes_nothing_though_much_in_it_is_alike() -> None:
    twins = [session(1), session(2), replace(session(3), cancelled=True, removed=True), session(4)]
    for order in (twins, twins[::-1]):
        old = schedule(order)
        assert kept(old, old).sessions == old.sessions
