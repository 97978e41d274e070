"""The lines of a calendar, however carelessly somebody wrote them."""

import pytest

from bot.sources import read
from bot.sources.formats.calendars.lines import Property, parsed
from tests.sources.calendars import calendar, event, imported, only
from tests.sources.documents import BERLIN


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\r\n", "\n\n", "\r\n\r\n"])
def test_ends_of_lines(end: str) -> None:
    raw = calendar(event()).replace(b"\r\n", end.encode())

    assert [s.title for s in read(raw, BERLIN).schedule.sessions] == ["Frogs"]


@pytest.mark.parametrize("end", [b"\r\n ", b"\n\t", b"\r\r\n "])
@pytest.mark.parametrize("at", range(1, 30))
def test_fold_may_stand_anywhere_within_a_letter_too(end: bytes, at: int) -> None:
    whole = "SUMMARY:Frösche 🐸 und €".encode()
    raw = calendar(event(SUMMARY="@")).replace(b"SUMMARY:@", whole[:at] + end + whole[at:])

    assert [s.title for s in read(raw, BERLIN).schedule.sessions] == ["Frösche 🐸 und €"]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a\\, b\\; c", "a, b; c"),
        ("a\\nb\\Nc", "a\nb\nc"),
        ("a\\\\nb", "a\\nb"),
        ("a\\", "a\\"),
        ("a\\x", "ax"),
        ("a, b; c: d", "a, b; c: d"),
    ],
)
def test_what_is_escaped(written: str, text: str) -> None:
    assert Property(written).text == text


@pytest.mark.parametrize(
    ("line", "value", "parameters"),
    [
        ("X:y", "y", {}),
        ("x:y:z", "y:z", {}),
        ("X;A=b;C=d:y", "y", {"A": "b", "C": "d"}),
        ('X;a="b:c;d":y', "y", {"A": "b:c;d"}),
        ("X;A=:y", "y", {"A": ""}),
        ("X;CHARSET=UTF-8;ENCODING=8BIT:é", "é", {"CHARSET": "UTF-8", "ENCODING": "8BIT"}),
        ("X:", "", {}),
    ],
)
def test_parameters(line: str, value: str, parameters: dict[str, str]) -> None:
    found = parsed(f"BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT".encode())

    assert found.events == [{"X": [Property(value, parameters)]}]


def test_line_that_is_none_belongs_to_the_one_before() -> None:
    assert only(DESCRIPTION="They sing.\r\nAnd\r\nthey jump.\\n").description == (
        "They sing. And they jump."
    )


def test_what_stands_within_an_event_is_not_the_event() -> None:
    alarm = "Frogs\r\nBEGIN:VALARM\r\nSUMMARY:Wake up\r\nTRIGGER:-PT5M\r\nEND:VALARM"

    assert only(SUMMARY=alarm).title == "Frogs"


@pytest.mark.parametrize(
    "raw",
    [
        calendar(event(), "END:VEVENT", "END:VTODO"),
        calendar("BEGIN:VTODO", event(), "END:VTODO"),
        calendar("BEGIN:VTODO", event()),
        calendar("UID:x", "nonsense", event()),
        b"\xef\xbb\xbf\r\n" + calendar(event()),
        calendar(event()).replace(b"BEGIN:VC", b"begin:vc"),
        calendar(event()) + calendar(event(UID="b", SUMMARY="CANCELLED: Newts"))
    ],
)  # fmt: skip
def test_parts_may_stand_in_wrong_places(raw: bytes) -> None:
    found = imported(raw).schedule

    assert [s.title for s in found.sessions if not s.cancelled] == ["Frogs"]


def test_letters_that_are_not_in_utf_8_cost_a_warning() -> None:
    raw = calendar(event(SUMMARY="Frösche", LOCATION="Tümpel")).decode().encode("cp1252")
    found = imported(raw)

    assert [(s.title, s.slot.rooms) for s in found.schedule.sessions] == [("Frösche", ("Tümpel",))]
    assert found.warnings == (
        "The whole calendar: 2 of its lines are not in UTF-8, and were read as Windows-1252.",
    )


def test_a_line_longer_than_any_text_is_left_out() -> None:
    head, tail = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", b"\nEND:VEVENT\nEND:VCALENDAR\n"
    long = b"DESCRIPTION:" + b"a" * 999_000
    found = parsed(head + long + b"\nATTACH;A=" + b"a" * 1_000_000 + b":x\nSUMMARY:Frogs" + tail)
    (event,) = found.events

    assert sorted(event) == ["DESCRIPTION", "SUMMARY"]
    assert len(event["DESCRIPTION"][0].value) == 999_000


def test_lines_that_are_none_belong_to_the_text_before() -> None:
    found = parsed(b"BEGIN:VEVENT\nSUMMARY:a\nb\nc\nLOCATION:d\ne\nEND:VEVENT\nf\n")
    (event,) = found.events

    assert {name: [one.value for one in all] for name, all in event.items()} == {
        "SUMMARY": ["a\nb\nc"], "LOCATION": ["d\ne"],
    }  # fmt: skip


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" \r\n", b"<!--\r\n", b"# ours\n\n"])
def test_remarks_may_stand_in_front_of_a_calendar(before: bytes) -> None:
    found = imported(before + calendar(event()))

    assert ([s.title for s in found.schedule.sessions], found.warnings) == (["Frogs"], ())
