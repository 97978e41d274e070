"""iCalendar as it is found in the wild."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Kind, Room, Session, Slot
from bot.sources import read
from tests.sources.calendars import calendar, event, imported, only, schedule
from tests.sources.documents import BERLIN, START, refusal

_NO_ZONE = "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."


def test_a_whole_calendar() -> None:
    found = schedule(
        calendar(
            event(
                SUMMARY="Frogs\\, toads\\; and newts",
                DESCRIPTION="Why <b>they</b> sing.\\n\\nSee https://pond.example/song.",
                CATEGORIES="KEYNOTE",
                URL="https://pond.example/frogs",
                STATUS="CONFIRMED",
            ),
            event(UID="newts", SUMMARY="Newts", DTSTART="20140706T100000Z", DTEND="", LOCATION=""),
            head="X-WR-CALNAME:Pond Days",
        )
    )

    assert found.sessions == (
        Session(
            id=1, guid="frogs", title="Frogs, toads; and newts",
            slot=Slot(START, START + timedelta(minutes=40), ("Pond",)), kind=Kind.PLENARY,
            description="Why they sing. See https://pond.example/song.",
            links=("https://pond.example/frogs", "https://pond.example/song"),
        ),
        Session(
            id=2, guid="newts", title="Newts",
            slot=Slot(datetime(2014, 7, 6, 10, tzinfo=UTC), None, ()),
        ),
    )  # fmt: skip
    assert (found.event, found.timezone, found.rooms, found.people) == (
        "Pond Days", BERLIN, {"Pond": Room("Pond")}, {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "start"),
    [
        ({"DTSTART": "20140705T080000Z"}, START),
        ({"DTSTART": "20140705T0800Z"}, START),
        ({"DTSTART": "20140705t080000z"}, START),
        ({"DTSTART": " 20140705T080000Z "}, START),
        ({"DTSTART": "2014-07-05T08:00:00Z"}, START),
        ({"DTSTART": "20140705T100000"}, START),
        ({"DTSTART_": "VALUE=DATE-TIME:20140705T080000Z"}, START),
        ({"DTSTART_": "TZID=Europe/Berlin:20140705T100000"}, START),
        ({"DTSTART_": 'TZID="Europe/Berlin":20140705T100000'}, START),
        ({"DTSTART_": "TZID=America/New_York:20140705T040000"}, START),
        ({"DTSTART_": "TZID=America/New_York:20140705T080000Z"}, START),
        ({"DTSTART_": "TZID=/mozilla.org/20050126_1/America/New_York:20140705T040000"}, START),
        ({"DTSTART_": "TZID=/x/America/Argentina/Buenos_Aires:20140705T050000"}, START),
        ({"DTSTART_": "TZID=Eastern Standard Time:20140705T040000"}, START),
        ({"DTSTART_": "tzid=America/New_York:20140705T040000"}, START),
    ],
)
def test_starts(written: dict[str, str], start: datetime) -> None:
    usual = {"DTSTART": ""} if "DTSTART_" in written else {}

    assert only(**usual, **written).slot.start == start


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ({"DTEND": "20140705T084000Z"}, 40),
        ({"DTEND": "20140706T000000Z"}, 16 * 60),
        ({"DTEND": ""}, None),
        ({"DTEND": "20140705T080000Z"}, None),
        ({"DTEND": "", "DURATION": "PT1H30M"}, 90),
        ({"DTEND": "", "DURATION": "P1DT2H"}, 26 * 60),
        ({"DTEND": "", "DURATION": "P1W"}, 7 * 24 * 60),
        ({"DTEND": "", "DURATION": "PT90M0S"}, 90),
        ({"DTEND": "", "DURATION": "PT0S"}, None),
    ],
)
def test_ends(written: dict[str, str], minutes: int | None) -> None:
    end = None if minutes is None else START + timedelta(minutes=minutes)

    assert only(**written).slot.end == end


@pytest.mark.parametrize(
    ("zone", "starts", "given", "expected"),
    [
        ("Europe/Paris", [":20140705T080000Z"], "Asia/Tokyo", "Europe/Paris"),
        ("UTC", [":20140705T080000Z"], "Asia/Tokyo", "Asia/Tokyo"),
        ("Etc/GMT", [":20140705T080000Z"], "Asia/Tokyo", "Asia/Tokyo"),
        ("", [":20140705T080000Z"], "Asia/Tokyo", "Asia/Tokyo"),
        ("Pond/Reedham", [":20140705T080000Z"], "Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", [";TZID=Europe/Paris:20140705T100000"], "Asia/Tokyo", "Europe/Paris"),
        ("", [";TZID=Europe/Paris:20140705T100000"], None, "Europe/Paris"),
        ("", [";TZID=Etc/UTC:20140705T080000"], "Asia/Tokyo", "Asia/Tokyo"),
        ("", [";TZID=Asia/Seoul:20140705T100000"] + 2 * [";TZID=Europe/Paris:20140705T100000"],
         None, "Europe/Paris"),
        ("Central European Standard Time", [":20140705T080000Z"], None, "Europe/Warsaw"),
    ],
)  # fmt: skip
def test_zone_is_that_of_the_calendar_of_its_events_or_the_given_one(
    zone: str, starts: list[str], given: str | None, expected: str
) -> None:
    events = [
        event(UID=str(n), DTSTART="", DTEND="").replace("UID", f"DTSTART{start}\r\nUID")
        for n, start in enumerate(starts)
    ]
    found = read(calendar(*events, zone=zone), ZoneInfo(given) if given else None)

    assert (found.schedule.timezone.key, found.warnings) == (expected, ())


def test_calendar_that_names_no_zone_is_refused() -> None:
    assert refusal(calendar(event(), zone="UTC")) == _NO_ZONE


def test_zone_that_the_calendar_describes_itself_is_known_by_its_place() -> None:
    described = (
        "BEGIN:VTIMEZONE\r\nTZID:Here\r\nX-LIC-LOCATION:America/New_York\r\nBEGIN:STANDARD\r\n"
        "DTSTART:19700101T000000\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nEND:STANDARD\r\n"
        "END:VTIMEZONE"
    )
    (session,) = schedule(
        calendar(described, event(DTSTART="", DTSTART_="TZID=Here:20140705T040000"))
    ).sessions

    assert session.slot.start == START


def test_zone_that_nobody_knows_is_taken_for_that_of_the_event_with_one_warning() -> None:
    there = {"DTSTART": "", "DTSTART_": "TZID=Pond/Reedham:20140705T100000"}
    found = imported(calendar(event(**there), event(**there, UID="b", SUMMARY="Newts")))

    assert [s.slot.start for s in found.schedule.sessions] == [START, START]
    assert found.warnings == (
        "Frogs: nobody knows its time zone 'Pond/Reedham', so its times, and those of all others"
        " with it, were taken as of Europe/Berlin.",
    )


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        # That night the clock goes from 2 to 3.
        ("20140330T010000", datetime(2014, 3, 30, 0, tzinfo=UTC)),
        ("20140330T030000", datetime(2014, 3, 30, 1, tzinfo=UTC)),
        ("20140330T100000", datetime(2014, 3, 30, 8, tzinfo=UTC)),
        ("20140329T100000", datetime(2014, 3, 29, 9, tzinfo=UTC)),
    ],
)
def test_clock_may_change_during_the_event(local: str, utc: datetime) -> None:
    assert only(DTSTART=local, DTEND="").slot.start == utc


@pytest.mark.parametrize(
    ("prodid", "name", "event_name"),
    [
        ("-//Sched.com Pond Days 2014//EN", "ponddays2014", "Pond Days 2014"),
        ("-//hacksw/handcal//NONSGML v1.0//EN", "Pond\\, Days", "Pond, Days"),
        ("", "", "Given"),
    ],
)
def test_name_of_the_event(prodid: str, name: str, event_name: str) -> None:
    head = f"PRODID:{prodid}\r\nX-WR-CALNAME;CHARSET=UTF-8:{name}"

    assert read(calendar(event(), head=head), None, "Given").schedule.event == event_name


@pytest.mark.parametrize(
    ("properties", "title", "cancelled"),
    [
        ({"STATUS": "CANCELLED"}, "Frogs", True),
        ({"STATUS": "cancelled "}, "Frogs", True),
        ({"STATUS": "TENTATIVE"}, "Frogs", False),
        ({"SUMMARY": "CANCELLED: Frogs"}, "Frogs", True),
    ],
)
def test_cancelled(properties: dict[str, str], title: str, cancelled: bool) -> None:
    session = only(**properties)

    assert (session.title, session.cancelled) == (title, cancelled)


_LATER = {"DTSTART": "20140705T100000Z", "DTEND": "20140705T104000Z"}


@pytest.mark.parametrize(
    ("others", "guids", "warnings"),
    [
        ([{"UID": "newts", "SUMMARY": "Newts"}], ["frogs", "newts"], []),
        # One talk in two slots.
        ([_LATER], ["frogs", "frogs"], []),
        ([{**_LATER, "SUMMARY": "Newts"}], ["", ""],
         ["Frogs, Newts: they have one UID (frogs), so it was not used."]),
        ([{**_LATER, "SUMMARY": "Newts"}, {"SUMMARY": "Toads"}, {"UID": "d", "SUMMARY": "Eels"}],
         ["", "", "", "d"],
         ["Frogs, Newts and 1 more: they have one UID (frogs), so it was not used."]),
        ([{"UID": "", "SUMMARY": "Newts"}], ["frogs", ""], []),
    ],
)  # fmt: skip
def test_uid_that_stands_for_several_things_is_not_used(
    others: list[dict[str, str]], guids: list[str], warnings: list[str]
) -> None:
    found = imported(calendar(event(), *(event(**each) for each in others)))
    order = sorted(found.schedule.sessions, key=lambda session: session.id)

    assert [session.guid for session in order] == guids
    assert list(found.warnings) == warnings


def test_event_that_stands_in_several_rooms_is_one_session() -> None:
    found = schedule(calendar(event(), event(LOCATION="Brook"), event()))

    assert [(s.title, s.slot.rooms) for s in found.sessions] == [("Frogs", ("Brook", "Pond"))]


@pytest.mark.parametrize(
    ("properties", "warning"),
    [
        ({"DTSTART": ""}, "Frogs: left out, it has no start."),
        ({"DTSTART": "soon"}, "Frogs: left out, it has no date that can be read."),
        ({"DTSTART": "20140732T080000Z"}, "Frogs: left out, it has no date that can be read."),
        ({"DTSTART": "20140705T250000Z"}, "Frogs: left out, it has no date that can be read."),
        ({"DTSTART": "00010101T000000"}, "Frogs: left out, its date is out of all reason."),
        ({"DTSTART": "20140705"}, "Frogs: left out, it names a day and no time."),
        ({"DTSTART": "", "DTSTART_": "VALUE=DATE:20140705"},
         "Frogs: left out, it names a day and no time."),
    ],
)  # fmt: skip
def test_event_that_cannot_be_used_costs_itself_and_a_warning(
    properties: dict[str, str], warning: str
) -> None:
    found = imported(calendar(event(**properties), event(UID="b", SUMMARY="Newts")))

    assert ([s.title for s in found.schedule.sessions], found.warnings) == (["Newts"], (warning,))


@pytest.mark.parametrize(
    ("properties", "warning"),
    [
        ({"DTEND": "20140705T070000Z"},
         "Frogs: its end is before its start, so it has an open end."),
        ({"DTEND": "late"}, "Frogs: its end cannot be read, so it has an open end."),
        ({"DTEND": "20140706"}, "Frogs: its end cannot be read, so it has an open end."),
        *(({"DTEND": "", "DURATION": written},
           "Frogs: its length cannot be read, so it has an open end.")
          for written in ("-PT1H", "an hour", "P", "PT", "1:30", "P1Y")),
        ({"DTEND": "", "DURATION": "P99D"},
         "Frogs: it lasts longer than two weeks, so it has an open end."),
        ({"DTEND": "", "DURATION": "x", "SUMMARY": ""},
         "An entry without a title (2014-07-05 10:00): its length cannot be read, so it has an open"
         " end."),
        ({"DTEND": "20150705T080000Z"},
         "Frogs: it lasts longer than two weeks, so it has an open end."),
    ],
)  # fmt: skip
def test_end_that_cannot_be_used_costs_the_end_and_a_warning(
    properties: dict[str, str], warning: str
) -> None:
    found = imported(calendar(event(**properties)))

    assert [s.slot.end for s in found.schedule.sessions] == [None]
    assert found.warnings[-1:] == (warning,)
    assert len(found.warnings) == (1 if found.schedule.sessions[0].title == "Frogs" else 2)


def test_event_without_a_title_is_kept_and_called_untitled() -> None:
    found = imported(calendar(event(SUMMARY="")))

    assert [s.title for s in found.schedule.sessions] == ["Untitled"]
    assert found.warnings == (
        "An entry without a title (2014-07-05 10:00): it is called 'Untitled'.",
    )


def test_description_may_be_in_html_alone() -> None:
    assert only(**{"X-ALT-DESC_": "FMTTYPE=text/html:<p>Why <b>they</b> sing</p>"}).description == (
        "Why they sing"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"BEGIN:VCALENDAR",
        calendar(event())[:-20],
        calendar(event()) + calendar(event())[:-20],
        b"BEGIN:VCALENDAR\r\n" + event().encode(),
    ],
)
def test_calendar_without_an_end_is_refused(raw: bytes) -> None:
    assert refusal(raw, BERLIN) == "This calendar has no end: it did not arrive whole."


def test_calendar_without_an_event_is_refused() -> None:
    assert refusal(calendar(), BERLIN) == "There is not one session in this schedule."


def test_calendar_of_which_nothing_can_be_read_is_refused_with_the_reason() -> None:
    assert refusal(calendar(event(DTSTART="20140705"), event(DTSTART="x")), BERLIN) == (
        "There is not one session in this schedule that can be read; the first: Frogs: left out,"
        " it names a day and no time."
    )
