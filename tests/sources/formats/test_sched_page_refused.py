"""Pages of which nothing, or not every entry, can be read."""

import pytest

from bot.sources import NotASchedule, read
from tests.sources.pages import FULL, ZONE, entry, imported

_NO_SCHEDULE = (
    "This is no schedule of a kind that I know: those are schedule JSON and XML as frab and pretalx"
    " export it, answers of the APIs of pretalx and Sessionize, iCalendar, the page of a Sched"
    " event saved as text, and lists in JSON or CSV."
)
_NO_TEXT = (
    "This is no text in UTF-8, as schedules are: if it is one, name its encoding among the fields,"
    " like cp1252."
)


def test_page_without_a_session_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        read(b"Pond Days\n\nFriday, May 3\n\n9:00am\n\nFrogs\n", ZONE)

    assert str(refused.value) == _NO_SCHEDULE


def test_missing_timezone_is_asked_for() -> None:
    with pytest.raises(NotASchedule) as refused:
        read(entry().encode())

    assert str(refused.value) == (
        "This page names no time zone: name the event's, like America/Los_Angeles (--timezone)."
    )


@pytest.mark.parametrize("junk", [b"\x89PNG\r\n\x1a\n\x00\xff", b"\xff\xfe9", b"\xc3"])
def test_bytes_that_are_no_text_are_refused(junk: bytes) -> None:
    with pytest.raises(NotASchedule) as refused:
        read(junk, ZONE)

    assert str(refused.value) == _NO_TEXT


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02",
        b"<!DOCTYPE html>\n<html><head><title>502</title></head>\n<body>Try later</body></html>",
        b"<html>\n" + entry().encode() + b"</html>",
        b"<?xml version='1.0'?>\n<feed><entry/></feed>",
        b"<schedules/>",
        b"name,room\nFrogs,Pond\n",
        b"null",
    ],
)
def test_text_that_is_no_page_is_refused(page: bytes) -> None:
    with pytest.raises(NotASchedule) as refused:
        read(page, ZONE)

    assert str(refused.value) == _NO_SCHEDULE


def test_page_on_which_no_entry_has_a_title_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        read(f"9:00am\n\n{FULL}\nPond\n".encode(), ZONE)

    assert (
        str(refused.value) == "Times were found on this page, but not one session that can be read."
    )


@pytest.mark.parametrize(
    ("full", "why"),
    [
        ("Friday April 31, 2013 9:00am - 9:40am", "its date or time does not exist"),
        ("Friday Mai 3, 2013 9:00am - 9:40am", "its date or time does not exist"),
        ("Friday May 3, 2013 13:00am - 2:00pm", "its date or time does not exist"),
        ("Friday May 3, 2013 9:00am - 9:61am", "its date or time does not exist"),
        ("Friday May 3, 0000 9:00am - 9:40am", "its date or time does not exist"),
        ("Friday December 31, 9999 9:00pm - 9:40pm", "its date or time does not exist"),
        ("Friday December 31, 9999 11:00am - 9:40am", "its date or time does not exist"),
        # That night the clock goes from 2 to 3.
        ("Sunday March 10, 2013 2:30am - 3:00am", "it ends before it begins"),
        ("Friday May 3, 2013 9:00am - Thursday May 2, 2013 5:00pm", "it ends before it begins"),
    ],
)
def test_impossible_time_costs_the_entry_and_a_warning_that_names_it(full: str, why: str) -> None:
    found = imported(entry(title="Newts") + entry(full=full) + entry(title="Toads"))

    assert found.warnings == (f"Frogs ({full}): left out, {why}.",)
    assert [s.title for s in found.schedule.sessions] == ["Newts", "Toads"]
    assert [s.id for s in found.schedule.sessions] == [1, 2]


def test_entry_without_a_title_or_start_is_left_out_with_a_warning() -> None:
    nameless, timeless = (FULL.replace("9:40", end) for end in ("9:41", "9:42"))
    found = imported(
        entry(title="Newts")
        + f"9:00am\n\n{nameless}\nPond\n\n"
        + f"Toads\nWarts.\n\n{timeless}\nPond\n\n"
        + entry()
    )

    assert found.warnings == (
        f"An entry without a title ({nameless}): left out, it has no title.",
        f"An entry without a title ({timeless}): left out, no line with its start stands above it.",
    )
    assert [s.title for s in found.schedule.sessions] == ["Newts", "Frogs"]


@pytest.mark.parametrize(
    "almost",
    [
        "Friday May 3, 2013 9.00am - 9.40am",
        "Friday May 3, 2013 9:00am to 9:40am",
        "Friday, May 3, 2013 9:00am - 9:40am",
        "Fri May 3 2013, 9:00am - 9:40am",
        "friday may 3, 2013 9:00am - 9:40am",
        "Friday May 3, 2013",
    ],
)
@pytest.mark.parametrize("start", ["9:00am", "10:00am"])
def test_time_that_is_almost_right_costs_its_entry_alone(almost: str, start: str) -> None:
    full = FULL.replace("9:00am", start).replace("9:40am", "11:00am")
    found = imported(
        entry(title="Newts")
        + entry("They croak.", title="Toads", full=almost, start="9:00am")
        + entry("They sing.", full=full)
    )

    assert found.warnings == (
        f"Toads: the time {almost!r} cannot be read, so the entry was left out.",
    )
    assert [(s.title, s.description) for s in found.schedule.sessions] == [
        ("Newts", ""),
        ("Frogs", "They sing."),
    ]


def test_time_that_is_almost_right_may_be_the_last_one_and_stand_below_nothing() -> None:
    almost = "Friday May 3, 2013 9.00am - 9.40am" + "!" * 60

    assert imported(entry() + f"{almost}\n").warnings == (
        f"An entry without a title: the time '{almost[:79]}…' cannot be read, so the entry was"
        " left out.",
    )


def test_description_may_begin_like_a_time_and_costs_a_warning() -> None:
    almost = "Friday May 3, 2013 9:00am - 9:40am, in fact"
    found = imported(entry("They sing.", almost) + entry(title="Newts"))

    assert found.warnings == (
        f"Frogs: the time {almost!r} cannot be read, so it was taken for a part of the"
        " description.",
    )
    assert [(s.title, s.description) for s in found.schedule.sessions] == [
        ("Frogs", f"They sing. {almost}"),
        ("Newts", ""),
    ]


def test_page_of_times_that_are_all_almost_right_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        imported(entry(full="Friday May 3, 2013 9.00am - 9.40am", start="9:00am"))

    assert str(refused.value) == (
        "Times were found on this page, but not one session that can be read."
    )
