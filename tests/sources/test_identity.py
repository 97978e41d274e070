"""The ids that a schedule keeps when it is imported again."""

from dataclasses import replace
from datetime import time

import pytest

from bot.schedule import Person, Room, Schedule, Session, Slot
from bot.sources.identity import kept
from tests.sources.pages import ZONE, entry, imported, local

FROGS, NEWTS, TOADS = (entry(title=title) for title in ("Frogs", "Newts", "Toads"))
LATER = "Friday May 3, 2013 11:00am - 11:40am"


def ids(*pages: str) -> list[tuple[int, str]]:
    """The ids and titles of pages imported one after another, in the order of the last."""
    schedule = imported(pages[0]).schedule
    last = schedule
    for page in pages[1:]:
        last = imported(page).schedule
        schedule = kept(schedule, last)
    order = {session.guid: session.id for session in last.sessions}
    return [(s.id, s.title) for s in sorted(schedule.sessions, key=lambda s: order[s.guid])]


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
        # Which is which nobody can tell.
        (entry(place="Loft") + FROGS, entry(place="Weir") + entry(place="Brook"),
         [(3, "Frogs"), (4, "Frogs")]),
    ],
)  # fmt: skip
def test_session_keeps_its_id_and_new_ones_get_new_numbers(
    old: str, new: str, expected: list[tuple[int, str]]
) -> None:
    assert ids(old, new) == expected


def test_a_repeated_guid_is_told_apart_by_the_start() -> None:
    day = [Session(n, "g", f"Day {n}", Slot(local(n, 9), None, ())) for n in (1, 2, 3)]
    renumbered = [replace(s, id=4 - s.id, title="Daily") for s in day]
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
