"""How organisers' words for a place, a time and a length are read."""

from datetime import date, time, timedelta

import pytest

from bot.document import Reply
from bot.placing import Wish, length_meant, shift_meant, wish_meant
from bot.text import lines
from tests.commands.organising import Office

_CONTEXT = Office().context()


@pytest.mark.parametrize(
    ("words", "length", "rest"),
    [
        ("Marina 2-3pm", 60, "Marina 2pm"),
        ("Marina 9:30-11", 90, "Marina 9:30"),
        ("9 - 10:30 am Marina", 90, "9am Marina"),
        ("9 - 10:30 a.m. Marina", 90, "9am Marina"),
        ("Marina from 2 to 3:30pm", 90, "Marina 2pm"),
        ("Marina 2 until 3 PM", 60, "Marina 2pm"),
        ("2\N{EM DASH}3pm", 60, "2pm"),
        ("11-1pm", 120, "11am"),
        ("10-12pm", 120, "10am"),
        ("12-1pm", 60, "12pm"),
        ("11-1am", 120, "11pm"),
        ("8-12am", 240, "8pm"),
        ("2:15-3pm", 45, "2:15pm"),
        ("2-2:45pm", 45, "2pm"),
        ("0:30-1am", 30, "0:30"),
        ("13-2pm", 60, "13:00"),
        ("14-15:30", 90, "14:00"),
        ("3pm-4", 60, "3pm"),
        ("9am-5", 480, "9am"),
        ("10pm-2", 240, "10pm"),
        ("14:30-4", 90, "14:30"),
        ("Tuesday 2-3pm Marina", 60, "Tuesday 2pm Marina"),
        ("14:30-15:00", 30, "14:30"),
        ("3pm to 4pm", 60, "3pm"),
        ("14:30 25m", 25, "14:30"),
        ('"Room 2-3pm east" 14:30 25m', 25, '"Room 2-3pm east" 14:30'),
        ('"Lab 30m east" 14:30', None, '"Lab 30m east" 14:30'),
        ("Marina 2-3", None, "Marina 2-3"),
        ("April 17 - 14:30 Marina", None, "April 17 - 14:30 Marina"),
        ("14:30 - 17 April Marina", None, "14:30 - 17 April Marina"),
        ("day 2 - 3pm", None, "day 2 - 3pm"),
        ("14:30 - 2nd Floor", None, "14:30 - 2nd Floor"),
        ("14:30-45", None, "14:30-45"),
        ("15:00 99:00-16:00", None, "15:00 99:00-16:00"),
        ("14h", None, "14h"),
        ("Marina 3pm for an hour", 60, "Marina 3pm"),
        ("half an hour 3pm", 30, "3pm"),
    ],
)
def test_a_length_is_taken_out_and_a_clear_time_is_left(
    words: str, length: int | None, rest: str
) -> None:
    minutes = None if length is None else timedelta(minutes=length)
    assert length_meant(words, _CONTEXT) == (minutes, rest)


@pytest.mark.parametrize(
    ("words", "rooms", "start"),
    [
        ("Marina 14:30", ("Marina",), "16 14:30"),
        ("2:30 in the Marina", ("Marina",), "16 14:30"),
        ("Tuesday", (), "17 10:00"),
        ("Seacliff C, Marina Tuesday 9am", ("Seacliff C", "Marina"), "17 09:00"),
        ('"Room 5" 14:30', ("Room 5",), "16 14:30"),
        ('«marina» "Room 2-3pm"', ("Marina", "Room 2-3pm"), "16 10:00"),
    ],
)
def test_a_place_and_a_time_are_read(words: str, rooms: tuple[str, ...], start: str) -> None:
    wish = wish_meant(words, _CONTEXT, date(2012, 4, 16), str)
    assert isinstance(wish, Wish)
    schedule = _CONTEXT.schedule
    moment = wish.start(schedule, date(2012, 4, 16), time(10))
    assert (wish.rooms, f"{moment.astimezone(schedule.timezone):%d %H:%M}") == (rooms, start)


def _instead(words: str) -> list[str]:
    """What to type instead, line by line."""
    blocks = wish_meant(words, _CONTEXT, date(2012, 4, 16), lambda place: f"move 42 {place}")
    assert not isinstance(blocks, Wish)
    return lines(Reply(tuple(blocks)), _CONTEXT.reader)


@pytest.mark.parametrize("words", ["Lab 2pm 3pm", "Lab 25m", "day 2 - 3pm", "Lab 9 - 10"])
def test_no_new_room_is_offered_that_says_when_or_how_long(words: str) -> None:
    said = _instead(words)
    assert [line for line in said if '"' in line] == []
    assert said[-1] == "Say it like ‘move 42 Marina 14:30’."


@pytest.mark.parametrize(
    ("words", "odd"),
    [
        ("Marina 2-3pm", "2-3pm"),
        ("Marina 2-3", "2-3"),
        ("Marina 9:30-11", "9:30-11"),
        ("Marina 9 - 10", "9 - 10"),
        ("Marina 9", "9"),
        ("Marina 17 April 9", "9"),
        ("9 to Seacliff C", "9"),
        ("Marina 99:99 please", "99:99"),
        ("25pm", "25pm"),
        ("9-10", "9-10"),
        ("Tuesday 9", "9"),
        ("golden 25:00", "25:00"),
    ],
)
def test_what_is_no_time_is_named(words: str, odd: str) -> None:
    assert _instead(words) == [f"I cannot read “{odd}”: a time is like 14:30 or 2:30pm."]


@pytest.mark.parametrize(
    ("words", "odd", "without"),
    [
        ("Marina 14:30 15:00", "15:00", "Marina 14:30"),
        ("Marina 2.30 3.30", "3.30", "Marina 2.30"),
        ("Marina 14:30 25 minutes", "25 minutes", "Marina 14:30"),
        ("90 Marina 3pm", "90", "Marina 3pm"),
        ("9 Marina Tuesday 3pm", "9", "Marina Tuesday 3pm"),
        ("Marina, Seacliff C 14:30 500h", "500h", "Marina, Seacliff C 14:30"),
    ],
)
def test_what_is_no_length_is_named(words: str, odd: str, without: str) -> None:
    assert _instead(words) == [
        f"I cannot read “{odd}”: a length is like 25m or 1h30m.",
        f"Without that: ‘move 42 {without}’",
    ]


@pytest.mark.parametrize(
    ("words", "shift", "rest"),
    [
        ("+10m", 10, ""),
        ("Marina +1h", 60, "Marina"),
        ("-1h30m Marina", -90, "Marina"),
        ('"Lab +10m" 20 minutes later', 20, '"Lab +10m"'),
        ("later by 2 hours", 120, ""),
        ("half an hour earlier", -30, ""),
        ("30m", None, ""),
        ("in 5 minutes", None, ""),
    ],
)
def test_it_is_said_how_much_later(words: str, shift: int | None, rest: str) -> None:
    by = None if shift is None else timedelta(minutes=shift)
    assert shift_meant(words) == (by, rest)


@pytest.mark.parametrize(
    "words",
    ["Marina", "Marina 14:30 25m", "14:30-15:00", "14:30 -15:00", '"Lab +10m"', "Marina later",
     "17 April", "C++ 10"],
)  # fmt: skip
def test_nothing_else_says_how_much_later(words: str) -> None:
    assert shift_meant(words) is None


@pytest.mark.parametrize("name", ["Marnia", "Room 7", "Hall 2.3", "Level 2 North", "4pmish"])
def test_any_other_name_may_be_a_new_room(name: str) -> None:
    blocks = wish_meant(f"{name} 14:30", _CONTEXT, date(2012, 4, 16), str)
    assert not isinstance(blocks, Wish)
    last = lines(Reply(tuple(blocks[-1:])), _CONTEXT.reader)
    assert last == [f'A new room stands in quotation marks: ‘"{name}" 14:30’']
