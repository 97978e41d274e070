"""A schedule as a calendar, read back by programs that have not written it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import vobject
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import one_line
from bot.schedule import Kind, Room, Schedule, Session, Slot
from bot.sources import read
from bot.sources.writing import ical
from tests.sources.documents import BERLIN, START
from tests.summit import folsom

_NOW = datetime(2014, 7, 1, 12, tzinfo=UTC)
_HOUR = timedelta(hours=1)


def written(*sessions: Session, **about: Any) -> bytes:
    return ical.write(Schedule("Pond Days", BERLIN, sessions, **about), _NOW)


def elsewhere(raw: bytes) -> list[dict[str, Any]]:
    """What another program reads in the events of a calendar."""
    calendar = vobject.readOne(raw.decode())
    return [
        {child.name: child.value for child in event.getChildren()} for event in calendar.vevent_list
    ]


def test_another_program_reads_all_that_is_written() -> None:
    raw = written(
        Session(
            1, "frogs", "Frogs, toads; newts", Slot(START, START + _HOUR, ("Pond", "Weir")),
            ("Ada Reed", "Bo"), Kind.PLENARY, "Why they sing.", "At length.",
            ("https://pond.example/1", "https://pond.example/2"),
        ),
        Session(2, "newts", "Newts", Slot(START + _HOUR, None, ()), cancelled=True),
        rooms=[Room("Weir", "1 Mill Road")],
    )  # fmt: skip

    assert elsewhere(raw) == [
        {
            "UID": "frogs",
            "DTSTAMP": _NOW,
            "DTSTART": START,
            "DTEND": START + _HOUR,
            "SUMMARY": "Frogs, toads; newts",
            "STATUS": "CONFIRMED",
            "LOCATION": "Pond, Weir, 1 Mill Road",
            "DESCRIPTION": "With Ada Reed, Bo.\n\nWhy they sing.\n\nAt length.\n\n"
            "https://pond.example/1\n\nhttps://pond.example/2",
            "CATEGORIES": ["plenary"],
            "URL": "https://pond.example/1",
        },
        {
            "UID": "newts",
            "DTSTAMP": _NOW,
            "DTSTART": START + _HOUR,
            "SUMMARY": "Cancelled: Newts",
            "STATUS": "CANCELLED",
            "CATEGORIES": ["session"],
        },
    ]


def test_another_program_reads_the_whole_summit() -> None:
    summit = folsom()
    events = elsewhere(ical.write(summit, _NOW))

    assert [(e["UID"], e["SUMMARY"], e["DTSTART"], e["DTEND"]) for e in events] == [
        (s.guid, s.title, s.slot.start, s.slot.end) for s in summit.sessions
    ]


def test_calendar_names_the_event_and_its_zone() -> None:
    calendar = vobject.readOne(written(Session(1, "a", "Frogs", Slot(START, None, ()))).decode())
    about = {child.name: child.value for child in calendar.getChildren() if child.name != "VEVENT"}

    assert about == {
        "VERSION": "2.0",
        "PRODID": about["PRODID"],
        "CALSCALE": "GREGORIAN",
        "METHOD": "PUBLISH",
        "NAME": "Pond Days",
        "X-WR-CALNAME": "Pond Days",
        "X-WR-TIMEZONE": "Europe/Berlin",
    }


def test_each_event_has_a_uid_that_is_unique_and_stays() -> None:
    sessions = [
        Session(1, "talk", "Frogs", Slot(START, None, ("Pond",))),
        Session(2, "talk", "Frogs", Slot(START + _HOUR, None, ("Pond",))),
        Session(3, "", "Newts", Slot(START, None, ("Weir",))),
        Session(4, "", "Newts", Slot(START, None, ("Weir",))),
        Session(5, "alone", "Toads", Slot(START, None, ("Loft",))),
    ]
    first, second = (
        {e["DTSTART"].hour * 10 + len(e["LOCATION"]): e["UID"] for e in elsewhere(written(*order))}
        for order in (sessions, sessions[::-1])
    )
    uids = [e["UID"] for e in elsewhere(written(*sessions))]

    assert len(set(uids)) == 5
    assert "alone" in uids
    assert "talk" not in uids
    assert first == second


def test_what_is_written_is_read_here_too() -> None:
    sessions = (
        Session(1, "a", "Frogs", Slot(START, START + _HOUR, ("Pond",)), kind=Kind.HACKATHON),
        Session(2, "b", "Newts", Slot(START + _HOUR, None, ()), cancelled=True),
    )
    found = read(written(*sessions))

    assert (found.schedule.sessions, found.warnings) == (sessions, ())
    assert (found.schedule.event, found.schedule.timezone) == ("Pond Days", BERLIN)


_TEXT = st.text(max_size=90).map(one_line).filter(bool)


@given(_TEXT, _TEXT, _TEXT, _TEXT)
def test_every_text_is_read_as_it_was(title: str, room: str, lead: str, abstract: str) -> None:
    slot = Slot(START, None, (room,))
    [event] = elsewhere(written(Session(1, "a", title, slot, (lead,), abstract=abstract)))

    assert event["SUMMARY"] == title
    assert event["LOCATION"] == room
    assert event["DESCRIPTION"] == f"With {lead}.\n\n{abstract}"
