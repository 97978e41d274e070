"""By what a session of two versions is known to be the same, rung by rung."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.schedule import Session
from bot.sources.versions.ladder import matched
from bot.sources.versions.similarity import strangers
from tests.sources.pages import local
from tests.sources.sketches import schedule, session

LATER, TOMORROW, SUNDAY = local(3, 11), local(4, 9), local(5, 15)


def same(old: list[Session], new: list[Session]) -> dict[int, int]:
    """The ids of the new sessions, and those that they have in the old version."""
    return {id: s.id for id, s in sorted(matched(schedule(old), schedule(new)).items())}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # The key says it, whatever was renamed and moved.
        ([session(1, key="a"), session(2, "Newts", key="b")],
         [session(8, "Amphibians", SUNDAY, "Weir", key="a"), session(9, "Newts", key="b")],
         {8: 1, 9: 2}),
        # Two slots of one talk.
        ([session(1, key="a"), session(2, start=TOMORROW, key="a")],
         [session(8, start=TOMORROW, key="a"), session(9, start=SUNDAY, key="a")],
         {8: 2, 9: 1}),
        # Of two slots one is left, and it was moved: it is the nearer one.
        ([session(1, key="a"), session(2, start=TOMORROW, key="a")],
         [session(8, start=local(4, 11), key="a")],
         {8: 2}),
        # Contents of two keys swapped: people and title say so, or the title alone.
        ([session(1, "Frogs", None, "Pond", "Ada", key="a"),
          session(2, "Newts", TOMORROW, "Pond", "Bob", key="b")],
         [session(8, "Newts", None, "Pond", "Bob", key="a"),
          session(9, "Frogs", TOMORROW, "Pond", "Ada", key="b")],
         {8: 2, 9: 1}),
        ([session(1, "Frogs", key="a"), session(2, "Newts", TOMORROW, key="b")],
         [session(8, "Newts", key="a"), session(9, "Frogs", TOMORROW, key="b")],
         {8: 2, 9: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada", key="a"),
          session(2, "Newts", TOMORROW, "Pond", "Ada", key="b")],
         [session(8, "Newts", None, "Pond", "Ada", key="a"),
          session(9, "Frogs", TOMORROW, "Pond", "Ada", key="b")],
         {8: 2, 9: 1}),
        # The key stands for the slot: another talk is in it.
        ([session(1, "Frogs", None, "Pond", "Ada", key="a")],
         [session(8, "Deep sea", None, "Pond", "Bob", key="a")],
         {}),
        # Renamed, or led by somebody else: one of them alone is no other session.
        ([session(1, "Frogs", None, "Pond", "Ada", key="a")],
         [session(8, "Deep sea", None, "Pond", "Ada", key="a")],
         {8: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada", key="a")],
         [session(8, "Frogs", None, "Pond", "Bob", key="a")],
         {8: 1}),
        ([session(1, "Frogs", key="a")], [session(8, "Deep sea", key="a")], {8: 1}),
        # The keys are numbers of lines, and a line was added, or left out.
        ([session(1, "Frogs", key="1"), session(2, "Newts", LATER, key="2"),
          session(3, "Toads", TOMORROW, key="3")],
         [session(6, "Eels", SUNDAY, key="1"), session(7, "Frogs", key="2"),
          session(8, "Newts", LATER, key="3"), session(9, "Toads", TOMORROW, key="4")],
         {7: 1, 8: 2, 9: 3}),
        ([session(1, "Frogs", key="1"), session(2, "Newts", LATER, key="2"),
          session(3, "Toads", TOMORROW, key="3")],
         [session(8, "Newts", LATER, key="1"), session(9, "Toads", TOMORROW, key="2")],
         {8: 2, 9: 3}),
        # So does the key, if the title is still alike, or the people are the same.
        ([session(1, "Keynote hour", key="a")],
         [session(8, "The great keynote hour", key="a"),
          session(9, "Keynote hour", SUNDAY, key="b")],
         {8: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada", key="a")],
         [session(8, "Deep sea", LATER, "Weir", "Ada", key="a"),
          session(9, "Frogs", SUNDAY, "Pond", "Bob", key="b")],
         {8: 1}),
        # One of a series moves, one goes, one comes.
        ([session(1, "Yoga", local(3, 9), key="a"), session(2, "Yoga", local(3, 10), key="b")],
         [session(8, "Yoga", local(3, 11), key="a"), session(9, "Yoga", SUNDAY, key="c")],
         {8: 1}),
        # What the key stood for before has vanished, and it is trusted again.
        ([replace(session(1, "Frogs", key="a"), cancelled=True, removed=True),
          session(2, "Deep sea", key="a")],
         [session(8, "High mountains", SUNDAY, "Weir", key="a")],
         {8: 2}),
        # One key for everything says nothing.
        ([session(1, "Frogs", key="x"), session(2, "Newts", key="x")],
         [session(8, "Newts", key="x"), session(9, "Deep sea", SUNDAY, key="x")],
         {8: 2}),
        ([session(1, "Frogs", room="Pond", key="x"), session(2, "Newts", room="Weir", key="x")],
         [session(8, "Newts", room="Weir", key="x"), session(9, "Deep sea", room="Loft", key="x")],
         {8: 2}),
    ],
)  # fmt: skip
def test_by_its_key(old: list[Session], new: list[Session], expected: dict[int, int]) -> None:
    assert same(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Title, start and room before title and start.
        ([session(1, room="Pond"), session(2, room="Weir")],
         [session(8, room="Weir"), session(9, room="Loft")], {8: 2, 9: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada"), session(2, "Frogs", None, "Weir", "Ada")],
         [session(8, "Frogs", None, "Weir", "Ada", "Bob"),
          session(9, "Frogs", None, "Loft", "Ada")],
         {8: 2, 9: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada"), session(2, "Frogs", None, "Weir", "Ada")],
         [session(8, "Frogs", None, "Weir", "Ada", "Bob"),
          session(9, "Frogs", None, "Yard", "Ada")],
         {8: 2, 9: 1}),
        # Title and start before title and room of a day.
        ([session(1), session(2, start=LATER, room="Weir")],
         [session(8, room="Loft"), session(9, start=local(3, 14))], {8: 1, 9: 2}),
        ([session(1, "Frogs", None, "Pond", "Ada"), session(2, "Frogs", LATER, "Weir", "Ada")],
         [session(8, "Frogs", None, "Loft", "Ada", "Bob"),
          session(9, "Frogs", local(3, 14), "Pond", "Ada", "Cy")],
         {8: 1, 9: 2}),
        # On each rung first those with the very same people.
        ([session(1, "Frogs", None, "A", "Ada"), session(2, "Frogs", None, "B", "Ada", "Bob")],
         [session(8, "Frogs", None, "C", "Ada"), session(9, "Frogs", None, "D", "Ada", "Bob")],
         {8: 1, 9: 2}),
        ([session(1, "Frogs", local(3, 9), "A", "Ada"),
          session(2, "Frogs", local(3, 10), "A", "Ada", "Bob"),
          session(3, "Frogs", local(3, 14, 30), "B", "Ada")],
         [session(7, "Frogs", local(3, 14), "A", "Ada"),
          session(8, "Frogs", local(3, 15), "A", "Ada", "Bob"),
          session(9, "Frogs", local(3, 16), "B", "Ada")],
         {7: 1, 8: 2, 9: 3}),
        ([session(1, "Frogs", local(3, 9), "A", "Ada"),
          session(2, "Frogs", local(3, 10), "A", "Ada", "Bob")],
         [session(8, "Frogs", local(3, 14), "B", "Ada"),
          session(9, "Frogs", local(3, 15), "B", "Ada", "Bob")],
         {8: 1, 9: 2}),
        # Title and room of a day before the nearest start.
        ([session(1, "Frogs", local(3, 9), "Pond", "Ada"),
          session(2, "Frogs", LATER, "Weir", "Ada")],
         [session(8, "Frogs", local(3, 14), "Pond", "Ada", "Bob"),
          session(9, "Frogs", local(3, 10), "Weir", "Ada", "Cy")],
         {8: 1, 9: 2}),
        ([session(1, room="Pond"), session(2, start=LATER, room="Weir")],
         [session(8, start=local(3, 14), room="Pond"), session(9, start=local(3, 10), room="Weir")],
         {8: 1, 9: 2}),
        # The nearest start, where each has another.
        ([session(1, "Yoga", local(3, 8), "Pond"), session(2, "Yoga", local(4, 8), "Pond")],
         [session(8, "Yoga", local(4, 7), "Weir"), session(9, "Yoga", local(3, 7), "Weir")],
         {8: 2, 9: 1}),
        # A party after midnight belongs to the evening before.
        ([session(1, "Party", local(4, 0, 30)), session(2, "Party", local(5, 0, 30))],
         [session(8, "Party", local(3, 13)), session(9, "Party", local(4, 13))],
         {8: 1, 9: 2}),
        # Written in another way.
        ([session(1, "Frogs & Newts")], [session(8, "frogs, newts", LATER)], {8: 1}),
        # Renamed where it was, in all but what it is about.
        ([session(1, "Improv Workshop")], [session(8, "Improv Workshop (for beginners)")], {8: 1}),
        ([session(1, "Dinner (Red Team)")], [session(8, "Dinner Seating (Red Team)")], {8: 1}),
        ([session(1, "Wokrshop")], [session(8, "Workshop")], {8: 1}),
        ([session(1, "3 laws of robots")], [session(8, "Three laws of robots")], {8: 1}),
        ([session(1, "Possession and what it says")], [session(8, "Possession and what it means")],
         {8: 1}),
        ([session(1, "O.")], [session(8, "O. and all the others")], {}),
        ([session(1, "Signing - Ada Lovelace")], [session(8, "Signing - Grace Hopper")], {}),
        ([session(1, "Lecture, day 1")], [session(8, "Lecture, day 2")], {}),
        ([session(1, "Frogs")], [session(8, "Deep sea")], {}),
        # The likest, where several are alike.
        ([session(1, "Frogs of the pond"), session(2, "Frogs of the weir at night")],
         [session(8, "Frogs of the weir"), session(9, "Frogs of the pond and lake")],
         {8: 2, 9: 1}),
        # Renamed and moved at once.
        ([session(1, "Improv Workshop")], [session(8, "Improv Workshop (now longer)", LATER)], {}),
        ([session(1, "Improv Workshop")], [session(8, "Improv Workshop (new)", room="Weir")], {}),
        # People tell what the title does not.
        ([session(1, "Keynote", local(3, 9), "Hall", "Ada"),
          session(2, "Keynote", local(3, 14), "Hall", "Bob")],
         [session(8, "Keynote", local(3, 9), "Hall", "Bob"),
          session(9, "Keynote", local(3, 14), "Hall", "Ada")],
         {8: 2, 9: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada")],
         [session(8, "Deep sea", None, "Pond", "Ada", "Bob")], {8: 1}),
        ([session(1, "Frogs at night", None, "Pond", "Ada")],
         [session(8, "Frogs by night", None, "Pond", "Bob")], {}),
        ([session(1, "Lightning talk", None, "Pond", "Ada")],
         [session(8, "Lightning talk", SUNDAY, "Weir", "Bob")], {}),
        # Somebody else steps in.
        ([session(1, "Frogs", None, "Pond", "Ada")], [session(8, "Frogs", None, "Pond", "Bob")],
         {8: 1}),
        ([session(1, "Frogs", None, "Pond", "Ada")], [session(8, "Frogs", None, "Weir", "Bob")],
         {8: 1}),
        # A name that was completed is the same person.
        ([session(1, "Frogs", None, "Pond", "debo")],
         [session(8, "Frogs", SUNDAY, "Weir", "Debo Dutta")], {8: 1}),
        ([session(1, "Frogs", None, "Pond", "Thierry Carrez")],
         [session(8, "Frogs", SUNDAY, "Weir", "Thiery Carrez")], {8: 1}),
        ([session(1, "Frogs", None, "Pond", "Speaker 12")],
         [session(8, "Frogs", SUNDAY, "Weir", "Speaker 13")], {}),
        # The exact slot of one that had vanished, before another that was moved.
        ([replace(session(1, "Yoga", TOMORROW), cancelled=True, removed=True),
          session(2, "Yoga", local(3, 9))],
         [session(8, "Yoga", TOMORROW)], {8: 1}),
        ([replace(session(1, "Yoga"), cancelled=True, removed=True),
          session(2, "Yoga", room="Weir")],
         [session(8, "Yoga")], {8: 1}),
        # Else the one that was there.
        ([replace(session(1, "Yoga", TOMORROW), cancelled=True, removed=True),
          session(2, "Yoga", local(3, 9))],
         [session(8, "Yoga", local(4, 10), "Weir")], {8: 2}),
        # No rooms at all, and nothing in the title but signs.
        ([session(1, "🎉", None, ""), session(2, "???", None, "")],
         [session(8, "???", None, ""), session(9, "🎉", LATER, "")], {8: 2, 9: 1}),
    ],
)  # fmt: skip
def test_without_a_key(old: list[Session], new: list[Session], expected: dict[int, int]) -> None:
    assert same(old, new) == expected
    # Keys that are made anew for each export say nothing.
    anew = (
        [replace(s, guid=f"old {s.id}") for s in old],
        [replace(s, guid=f"new {s.id}") for s in new],
    )
    assert same(*anew) == expected
    # And neither does the order in which a source lists its sessions.
    assert same(old[::-1], new[::-1]) == expected


def test_with_keys_that_stay_another_key_is_another_session_of_a_series() -> None:
    moved = session(1, "Newts", key="n"), session(7, "Newts", LATER, "Weir", key="n")
    monday, thursday = session(2, "Yoga", key="a"), session(8, "Yoga", SUNDAY, key="b")
    still = session(3, "Yoga", TOMORROW, key="c"), session(9, "Yoga", TOMORROW, key="c")
    assert same([moved[0], monday, still[0]], [moved[1], thursday, still[1]]) == {7: 1, 9: 3}
    # What has a name of its own was entered again.
    again = replace(monday, title="Eels"), replace(thursday, title="Eels")
    assert same([moved[0], again[0], still[0]], [moved[1], again[1], still[1]]) == {
        7: 1,
        8: 2,
        9: 3,
    }
    # Contents that were swapped show that their keys say nothing, series or not.
    swapped = (
        [replace(monday, leads=("Ada",)), session(4, "Pilates", LATER, "Weir", "Bob", key="p")],
        [session(8, "Pilates", local(3, 9), "Pond", "Bob", key="a"),
         session(10, "Yoga", LATER, "Weir", "Ada", key="p")],
    )  # fmt: skip
    others = session(5, "Pilates", SUNDAY, key="q"), session(11, "Pilates", SUNDAY, key="q")
    assert same(
        [moved[0], still[0], others[0], *swapped[0]], [moved[1], still[1], others[1], *swapped[1]]
    ) == {7: 1, 8: 4, 9: 3, 10: 2, 11: 5}
    # Where most keys are made anew, one that happens to stay proves nothing.
    anew = [session(n, f"Toads {n}", key=f"{n}") for n in range(20, 23)]
    later = [replace(s, id=s.id + 10, guid=f"new {s.id}") for s in anew]
    assert same([moved[0], monday, still[0], *anew], [moved[1], thursday, *later]) == {
        7: 1, 8: 3, 30: 20, 31: 21, 32: 22,
    }  # fmt: skip
    # Keys that are made from the slot never stay with what is moved: they do not tell.
    fixed = moved[0], replace(moved[0], id=7)
    assert same([fixed[0], monday, still[0]], [fixed[1], thursday, still[1]]) == {7: 1, 8: 2, 9: 3}


@pytest.mark.parametrize(
    ("title", "room", "key"),
    [("Yoga", "Pond", ""), ("Yoga", "", "one for all"), ("Talk {}", "", ""), ("Talk {}", "", "{}")],
)
def test_a_large_programme_that_is_moved_as_a_whole_takes_no_longer_for_each(
    title: str, room: str, key: str
) -> None:
    old = [
        session(
            n, title.format(n), local(3, 9) + timedelta(minutes=n // 9), room, key=key.format(n)
        )
        for n in range(1, 5_001)
    ]
    new = [replace(s, slot=replace(s.slot, start=s.slot.start + timedelta(days=20))) for s in old]
    started = time.process_time()
    found = matched(schedule(old), schedule(new))
    assert len(found) == 5_000
    # It takes a fifth of a second; what looks at every pair takes half a minute.
    assert time.process_time() - started < 5


def test_a_crowd_that_is_renamed_where_it_stands_is_not_guessed_at() -> None:
    old = [session(n, f"Meeting of table {n}") for n in range(1, 2_001)]
    new = [replace(s, title=f"{s.title} or so") for s in old]
    started = time.process_time()
    assert same(old, new) == {}
    assert time.process_time() - started < 3
    assert len(same(old[:30], new[:30])) == 30


@pytest.mark.timeout(20)
def test_crowds_of_people_are_compared_in_reasonable_time() -> None:
    ours, theirs = (frozenset(f"{side} person{n}" for n in range(20_000)) for side in "ab")

    assert strangers(ours, theirs)
    assert not strangers(ours | {"ada reed"}, theirs | {"ada reed"})
    assert not strangers(frozenset({"ada"}), frozenset({"ada reed", "bob"}))
    assert not strangers(frozenset({"ada reed"}), frozenset({"ada read", "bob"}))
