"""Schedule pages of a Sched event: small pages of an invented event, read as a whole."""

from datetime import datetime

import pytest

from bot.schedule import Kind, Person, Room, Slot
from bot.sources import read
from tests.sources.pages import FULL, ZONE, entry, imported, local, only, sessions


def test_a_whole_page() -> None:
    page = """\
Pond Days: the timetable
Sign in to follow along

Friday, May 3
\N{NO-BREAK SPACE}

9:00am

Frogs
Why they sing, and to whom. (Session lead is Ada Reed)

Friday May 3, 2013 9:00am - 9:40am
Pond

9:00am

Newts

A look under the stones.

Bring boots.

Friday May 3, 2013 9:00am - 10:00am
Brook

10:30am

Tea Break
Friday May 3, 2013 10:30am - 10:45am
2nd Floor
\N{NO-BREAK SPACE}
Saturday, May 4
\N{NO-BREAK SPACE}

9:15am

Toads
Saturday May 4, 2013 9:15am - 9:40am
Pond"""

    found = imported(page)
    told = [
        (s.id, s.title, s.slot, s.leads, s.kind, s.abstract, s.description, s.links, s.cancelled)
        for s in sorted(found.schedule.sessions, key=lambda session: session.id)
    ]

    assert found.warnings == ()
    assert told == [
        (1, "Frogs", Slot(local(3, 9), local(3, 9, 40), ("Pond",)), ("Ada Reed",), Kind.SESSION,
         "", "Why they sing, and to whom.", (), False),
        (2, "Newts", Slot(local(3, 9), local(3, 10), ("Brook",)), (), Kind.SESSION,
         "", "A look under the stones. Bring boots.", (), False),
        (3, "Tea Break", Slot(local(3, 10, 30), local(3, 10, 45), ("2nd Floor",)), (), Kind.BREAK,
         "", "", (), False),
        (4, "Toads", Slot(local(4, 9, 15), local(4, 9, 40), ("Pond",)), (), Kind.SESSION,
         "", "", (), False),
    ]  # fmt: skip
    assert found.schedule.rooms == {
        "Pond": Room("Pond"),
        "Brook": Room("Brook"),
        "2nd Floor": Room("2nd Floor", floor="2nd Floor"),
    }
    assert found.schedule.people == {"Ada Reed": Person("Ada Reed")}
    assert (found.schedule.event, found.schedule.timezone) == ("Pond Days", ZONE)


def test_event_without_a_name_is_the_event() -> None:
    assert read(entry().encode(), ZONE).schedule.event == "The event"


def test_reading_the_page_again_gives_the_same_guids_and_no_two_alike() -> None:
    page = entry() + entry(place="Brook") + entry(title="Newts")
    first, again = sessions(page), sessions(page)

    assert first == again
    assert len({session.guid for session in first}) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_line_ends_and_byte_order_mark_change_nothing(end: str, mark: str) -> None:
    page = entry("They sing.", "", "Join Ada Reed.") + entry(title="Newts")

    assert sessions(mark + page.replace("\n", end)) == sessions(page)


def test_no_break_spaces_are_spaces() -> None:
    page = entry("They sing.", "Join Ada Reed.", place="Big Pond")
    odd = page.replace(" ", "\N{NO-BREAK SPACE}")

    assert sessions(odd) == sessions(page)


def test_control_characters_never_come_in() -> None:
    session = only("They\x00 sing\x07.", title="Fr\x1bogs\tagain", place="Po\x00nd")

    assert (session.title, session.description, session.slot.rooms) == (
        "Fr ogs again",
        "They sing .",
        ("Po nd",),
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("6:30pm - 8:30pm: Songs", "8:30pm - 9:30pm: Silence"),
        ("6:30pm", "Songs"),
        ("9:00am", "Doors open"),
        ("Friday is the day of songs.",),
        ("Friday, May 3",),
        ("Songs (of frogs", "and of toads))) (("),
        ("(Session lead is", "nobody"),
    ],
)
def test_description_may_look_like_a_part_of_the_grammar(lines: tuple[str, ...]) -> None:
    frogs, newts = sessions(entry(*lines) + entry("Stones.", title="Newts"))

    assert (frogs.title, frogs.description, frogs.leads) == ("Frogs", " ".join(lines), ())
    assert (newts.title, newts.description) == ("Newts", "Stones.")


@pytest.mark.parametrize(
    ("place", "room"),
    [
        ("12 Willow Street Gallery 12 Willow st, Reedham", Room(
            "12 Willow Street Gallery", "12 Willow st, Reedham")),
        ("Heron Restaurant Harbor Center, Reedham", Room(
            "Heron Restaurant", "Harbor Center, Reedham")),
        ("Maker Lounge Hilton Reedham", Room("Maker Lounge", "Hilton Reedham")),
        ("Frog Lounge Hyatt Regency", Room("Frog Lounge", "Hyatt Regency")),
        ("Long Hall 3 Mill Building, Reedham, Norfolk", Room(
            "Long Hall", "3 Mill Building, Reedham, Norfolk")),
        ("Water Works 77 Marsh Street (off Reed St. between Main & 2nd St.)", Room(
            "Water Works", "77 Marsh Street (off Reed St. between Main & 2nd St.)")),
        ("2nd Floor", Room("2nd Floor", floor="2nd Floor")),
        ("Second floor", Room("Second floor", floor="Second floor")),
        ("Room 101", Room("Room 101")),
        ("Hall 2", Room("Hall 2")),
        ("Hall 2, West", Room("Hall 2, West")),
        ("Hall B, Level 2", Room("Hall B, Level 2")),
        ("Ballroom A, West", Room("Ballroom A, West")),
        ("Room 4 and 5", Room("Room 4 and 5")),
        ("101", Room("101")),
        ("Lily Pads 3-7", Room("Lily Pads 3-7")),
        ("Heron Theater", Room("Heron Theater")),
        ("Great Hall East", Room("Great Hall East")),
    ],
)  # fmt: skip
def test_address_is_split_off_and_a_numbered_room_is_not(place: str, room: Room) -> None:
    found = imported(entry(place=place)).schedule

    assert found.rooms == {room.name: room}
    assert [session.slot.rooms for session in found.sessions] == [(room.name,)]


@pytest.mark.parametrize(
    "between", ["\n\n", "\n", "\n\nSaturday, May 4\n\n", "\nSaturday, May 4\n"]
)
def test_missing_place_costs_only_the_place(between: str) -> None:
    frogs, newts = sessions(f"9:00am\n\nFrogs\n{FULL}{between}{entry(title='Newts')}")

    assert (frogs.title, frogs.slot) == ("Frogs", Slot(local(3, 9), local(3, 9, 40), ()))
    assert (newts.title, newts.slot.rooms) == ("Newts", ("Pond",))


def test_page_may_end_with_a_full_time_line() -> None:
    (frogs,) = sessions(f"9:00am\n\nFrogs\n{FULL}")

    assert frogs.slot == Slot(local(3, 9), local(3, 9, 40), ())


@pytest.mark.parametrize(
    ("full", "start", "end"),
    [
        ("Friday May 3, 2013 12:00am - 12:30am", local(3, 0), local(3, 0, 30)),
        ("Friday May 3, 2013 12:00pm - 12:30pm", local(3, 12), local(3, 12, 30)),
        ("Friday May 3, 2013 11:00pm - 1:30am", local(3, 23), local(4, 1, 30)),
        ("Friday May 3, 2013 11:00pm - 12:00am", local(3, 23), local(4, 0)),
        ("Friday May 3, 2013 11:00pm - Saturday May 4, 2013 1:30am", local(3, 23), local(4, 1, 30)),
        ("Friday May 3, 2013 9:00am - Sunday May 5, 2013 5:00pm", local(3, 9), local(5, 17)),
        ("Friday May 3, 2013 9:00am - 9:40am PDT", local(3, 9), local(3, 9, 40)),
        ("Friday May 3, 2013 9:00am – 9:40am", local(3, 9), local(3, 9, 40)),
        ("Friday May 3, 2013 14:00 - 15:00", local(3, 14), local(3, 15)),
        ("Friday May 3, 2013 9:05 – 12:00 CEST", local(3, 9, 5), local(3, 12)),
        ("Friday May 3, 2013 23:00 - 01:30", local(3, 23), local(4, 1, 30)),
    ],
)
def test_end_may_be_on_the_next_day(full: str, start: datetime, end: datetime) -> None:
    (session,) = sessions(entry(full=full))

    assert session.slot == Slot(start, end, ("Pond",))


@pytest.mark.parametrize("start", ["14:00", "2:00pm", "02:00pm"])
def test_start_above_and_full_time_may_be_of_two_clocks(start: str) -> None:
    (session,) = sessions(entry(full="Friday May 3, 2013 14:00 - 15:00", start=start))

    assert session.slot == Slot(local(3, 14), local(3, 15), ("Pond",))


@pytest.mark.parametrize(
    ("title", "description", "hour", "kind"),
    [
        ("Welcome", "", "9:00am", Kind.PLENARY),
        ("Keynote: water", "", "9:00am", Kind.PLENARY),
        ("Welcome to my pond", "(Session lead is Ada Reed)", "9:00am", Kind.SESSION),
        ("Tea Break", "", "9:00am", Kind.BREAK),
        ("Breakout of tadpoles", "", "9:00am", Kind.SESSION),
        ("Breaking the ice", "", "9:00am", Kind.SESSION),
        ("Lunch", "", "12:30pm", Kind.LUNCH),
        ("Lightning talks", "", "1:30pm", Kind.LIGHTNING),
        ("Unconference sessions", "", "9:00am", Kind.UNCONFERENCE),
        ("Placeholder: newts", "(Session lead is Ada Reed)", "9:00am", Kind.PLACEHOLDER),
        ("Tadpole Hackathon", "", "6:00pm", Kind.HACKATHON),
        ("My hackathon", "(Session lead is Ada Reed)", "6:00pm", Kind.SESSION),
        ("Summer Party", "", "6:00pm", Kind.PARTY),
        ("Evening", "The party of the year.", "8:30pm", Kind.PARTY),
        ("Party politics", "", "5:30pm", Kind.SESSION),
        ("Party politics", "(Session lead is Ada Reed)", "6:00pm", Kind.SESSION),
        ("Frogs", "They sing.", "6:00pm", Kind.SESSION),
    ],
)
def test_kind_is_told_by_title_time_and_leads(
    title: str, description: str, hour: str, kind: Kind
) -> None:
    full = f"Friday May 3, 2013 {hour} - 11:00pm"

    assert [s.kind for s in sessions(entry(description, title=title, full=full))] == [kind]


@pytest.mark.parametrize(
    ("written", "links"),
    [
        ("See http://pond.example/frogs.", ("http://pond.example/frogs",)),
        ("See (https://pond.example/frogs), or not", ("https://pond.example/frogs",)),
        ("See [https://pond.example/frogs].", ("https://pond.example/frogs",)),
        ("See <https://pond.example/frogs>!", ("https://pond.example/frogs",)),
        ('See "https://pond.example/frogs"?', ("https://pond.example/frogs",)),
        (
            "See \N{LEFT DOUBLE QUOTATION MARK}https://pond.example/frogs"
            "\N{RIGHT DOUBLE QUOTATION MARK}.",
            ("https://pond.example/frogs",),
        ),
        ("https://pond.example/a?b=c&d=e#f,1;", ("https://pond.example/a?b=c&d=e#f,1",)),
        (
            "http://pond.example/a http://pond.example/b http://pond.example/a.",
            ("http://pond.example/a", "http://pond.example/b"),
        ),
        ("Code: github.com/reed/frogs, of course", ("https://github.com/reed/frogs",)),
        (
            "github.com/reed/frogs and https://github.com/reed/frogs",
            ("https://github.com/reed/frogs",),
        ),
        ("www.pond.example/frogs", ("https://www.pond.example/frogs",)),
        ("https://www.pond.example/", ("https://www.pond.example/",)),
        ("ada@github.com/reed, notgithub.com/reed", ()),
        ("On github.com, or at http:// nowhere", ()),
    ],
)
def test_links_are_taken_from_the_description_each_once(
    written: str, links: tuple[str, ...]
) -> None:
    session = only(written)

    assert (session.links, session.description) == (links, written)
