"""What is new in a schedule, as people and programs are told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.schedule import Session
from bot.sources.versions.comparison import Change, Changes, compared, summary, written
from bot.sources.versions.identity import kept
from bot.text import lines
from bot.times import Reader
from tests.sources.pages import ZONE, local
from tests.sources.sketches import schedule, session

FROGS = session(1, "Frogs", local(3, 9), "Pond", "Ada")
NEWTS = session(2, "Newts", local(3, 10), "Weir", "Bob")
LATER = replace(FROGS.slot, start=local(4, 11), end=local(4, 11, 40))


def changes(old: Iterable[Session], new: Iterable[Session]) -> Changes:
    return compared(schedule(old), schedule(new))


def changed(**fields: object) -> Changes:
    """What is new if this is new of the frogs."""
    return changes([FROGS, NEWTS], [replace(FROGS, **fields), NEWTS])  # type: ignore[arg-type]  # any field


def to(**fields: object) -> Change:
    return Change(FROGS, replace(FROGS, **fields))  # type: ignore[arg-type]  # any field


CASES: list[tuple[dict[str, object], str, list[str]]] = [
    ({}, "", []),
    ({"guid": "another"}, "", []),
    ({"slot": LATER}, "moved", ["time"]),
    ({"slot": replace(FROGS.slot, rooms=("Weir",))}, "moved", ["room"]),
    ({"slot": replace(LATER, rooms=())}, "moved", ["time", "room"]),
    ({"slot": replace(FROGS.slot, end=None)}, "ended", ["end"]),
    ({"slot": replace(LATER, end=local(5, 12))}, "moved", ["time"]),
    ({"title": "Toads"}, "renamed", ["title"]),
    ({"leads": ("Ada", "Bob")}, "led", ["people"]),
    ({"abstract": "Green."}, "told", ["text"]),
    ({"description": "Green."}, "told", ["text"]),
    ({"links": ("https://frogs.example",)}, "told", ["text"]),
    ({"cancelled": True}, "cancelled", ["cancelled"]),
    # Where it would have been is no news any more.
    ({"cancelled": True, "slot": LATER, "title": "Toads"}, "cancelled", ["cancelled"]),
]


@pytest.mark.parametrize(("fields", "listed", "news"), CASES)
def test_each_change_stands_in_its_list(
    fields: dict[str, object], listed: str, news: list[str]
) -> None:
    found = changed(**fields)
    expected = {listed: (to(**fields),)} if listed else {}
    assert found == Changes(**expected)  # type: ignore[arg-type]  # lists of changes alone
    assert bool(found) is bool(listed)
    assert found.of(to(**fields)) == news


def test_a_change_of_everything_stands_in_every_list() -> None:
    change = to(slot=replace(LATER, rooms=("Weir",)), title="Toads", leads=(), abstract="Green.")
    found = changes([FROGS], [change.after])
    only = (change,)
    assert found == Changes(moved=only, renamed=only, led=only, told=only)
    assert found.of(change) == ["time", "room", "title", "people", "text"]
    assert found.otherwise == only


def test_the_order_of_people_and_links_is_no_news() -> None:
    frogs = replace(FROGS, leads=("Ada", "Bob"), links=("a", "b"))
    assert not changes([frogs], [replace(frogs, leads=("Bob", "Ada"), links=("b", "a"))])


def test_what_is_removed_is_not_cancelled_and_what_comes_back_is_restored() -> None:
    old = schedule([FROGS, NEWTS])
    without = kept(old, schedule([NEWTS]))
    assert compared(old, without) == Changes(removed=(FROGS,))
    assert compared(old, schedule([NEWTS])) == Changes(removed=(FROGS,))
    removed = replace(FROGS, cancelled=True, removed=True)
    assert compared(without, kept(without, schedule([NEWTS]))) == Changes()
    back = kept(without, schedule([NEWTS, replace(FROGS, id=7, slot=LATER)]))
    change = (Change(removed, replace(FROGS, slot=LATER)),)
    assert compared(without, back) == Changes(restored=change, moved=change)


def test_what_was_cancelled_may_go_and_nobody_has_to_know() -> None:
    cancelled = replace(FROGS, cancelled=True)
    assert not changes([cancelled, NEWTS], [NEWTS])
    assert not compared(schedule([cancelled]), kept(schedule([cancelled]), schedule([])))
    back = (Change(cancelled, FROGS),)
    assert changes([cancelled], [FROGS]) == Changes(restored=back)


def test_the_summary_counts_what_people_have_to_know() -> None:
    assert summary(Changes()) == "nothing is new"
    assert summary(changed(slot=LATER)) == "1 moved"
    every = Changes(
        added=(NEWTS,), removed=(NEWTS, NEWTS), cancelled=(to(),), restored=(to(),), moved=(to(),),
        renamed=(to(),), led=(to(),), ended=(to(),), told=(to(),),
    )  # fmt: skip
    assert summary(every) == (
        "1 added, 2 removed, 1 cancelled, 1 restored, 1 moved, 1 renamed, 1 led by others"
    )
    assert summary(Changes(ended=(to(),), told=(to(), to()))) == (
        "1 with another end, 2 with another text"
    )


def said(changes: Changes, most: int | None = None) -> list[str]:
    return lines(written(changes, most), Reader(ZONE))


def test_people_read_what_was_before() -> None:
    toads = session(3, "Toads", local(4, 9), "")
    eels = session(4, "Eels", local(3, 14), "Loft", "Ada")
    old = [FROGS, NEWTS, eels, replace(toads, id=5, title="Snails", cancelled=True)]
    new = [
        replace(FROGS, slot=replace(LATER, rooms=("Loft",)), title="Tree frogs"),
        replace(NEWTS, cancelled=True),
        toads,
        replace(toads, id=5, title="Snails", leads=("Cy",), description="Slow."),
    ]
    assert said(changes(old, new)) == [
        "Added (1):",
        "[3] Sat 9:00am–9:40am · Toads",
        "Removed (1):",
        "[4] Fri 2:00pm–2:40pm · Eels · Loft · Ada",
        "Cancelled (1):",
        "[2] Fri 10:00am–10:40am · Newts · Weir · Bob · CANCELLED",
        "Back on the programme (1):",
        "[5] Sat 9:00am–9:40am · Snails · Cy",
        "Moved (1):",
        "[1] Sat 11:00am–11:40am · Tree frogs · Loft · Ada · was Friday 9:00am, Pond",
        "Renamed (1):",
        "[1] Sat 11:00am–11:40am · Tree frogs · Loft · Ada · was called “Frogs”",
        "Led by others (1):",
        "[5] Sat 9:00am–9:40am · Snails · Cy · was led by nobody",
        "Another text (1):",
        "[5] Sat 9:00am–9:40am · Snails · Cy",
    ]


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"slot": LATER}, "[1] Sat 11:00am–11:40am · Frogs · Pond · Ada · was Friday 9:00am"),
        ({"slot": replace(FROGS.slot, rooms=())}, "[1] Fri 9:00am–9:40am · Frogs · Ada · was Pond"),
        ({"slot": replace(FROGS.slot, end=None)},
         "[1] Fri 9:00am · Frogs · Pond · Ada · was to end at 9:40am"),
        ({"leads": ("Bob", "Cy")},
         "[1] Fri 9:00am–9:40am · Frogs · Pond · Bob, Cy · was led by Ada"),
    ],
)  # fmt: skip
def test_the_note_says_only_what_changed(fields: dict[str, object], note: str) -> None:
    assert said(changed(**fields))[1] == note


def test_where_there_was_nothing_it_says_so() -> None:
    bare = replace(FROGS, slot=replace(FROGS.slot, rooms=(), end=None))
    assert said(changes([bare], [FROGS])) == [
        "Moved (1):",
        "[1] Fri 9:00am–9:40am · Frogs · Pond · Ada · was no room",
        "Another end (1):",
        "[1] Fri 9:00am–9:40am · Frogs · Pond · Ada · had no end",
    ]
    assert said(Changes()) == ["Nothing is new."]


def test_a_long_list_is_cut_and_says_how_much_more_there_is() -> None:
    added = [session(n, f"Talk {n}", local(3, 9) + timedelta(hours=n)) for n in (1, 2, 3)]
    assert said(changes([], added), most=2) == [
        "Added (3):",
        "[1] Fri 10:00am–10:40am · Talk 1 · Pond",
        "[2] Fri 11:00am–11:40am · Talk 2 · Pond",
        "and 1 more.",
    ]
    assert "and 0 more." not in said(changes([], added), most=3)


def test_the_order_of_rooms_is_no_news() -> None:
    one = session(1)
    both = [replace(one, slot=replace(one.slot, rooms=r)) for r in (("A", "B"), ("B", "A"))]
    assert compared(schedule(both[:1]), schedule(both[1:])) == Changes()


@pytest.mark.timeout(20)
def test_a_large_programme_that_is_cancelled_is_told_in_reasonable_time() -> None:
    old = [replace(FROGS, id=number) for number in range(20_000)]
    changes = compared(schedule(old), schedule(replace(one, cancelled=True) for one in old))

    assert [changes.of(change) for change in changes.cancelled] == [["cancelled"]] * 20_000
