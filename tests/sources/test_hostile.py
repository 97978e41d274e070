"""Whatever is wrong in what was published: every format reads it or refuses it, and never hangs."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import LONGEST
from bot.sources.fields import Fields
from tests.sources import calendars, documents, mutants, pages
from tests.sources.formats import (
    test_flat,
    test_flat_csv,
    test_frab_xml,
    test_pretalx,
    test_sessionize,
)
from tests.sources.mutants import ANYTHING, read_or_refused

_SLOTS = [{**test_pretalx._SLOT, "room": {"id": 1, "name": {"en": "Pond"}}}]
_JSON: dict[str, Any] = {
    "talks": test_pretalx.answer(
        test_pretalx.talk(abstract="<b>x</b>", resources=[{"resource": "https://x.example/"}]),
        test_pretalx.talk(code="B", title="Newts", slot=None, slots=_SLOTS),
    ),
    "slots": test_pretalx.answer(
        {**_SLOTS[0], "submission": test_pretalx.talk(slot=None), "description": {"en": "Tea"}},
        {**_SLOTS[0], "submission": None, "description": {"en": "Tea"}},
    ),
    "widget": {
        "timezone": "Europe/Berlin",
        "version": "2",
        "talks": [{"code": "A", "id": 1, "title": "Frogs", "speakers": ["ADA"], "room": 4,
                   **test_pretalx._SLOT}],
        "rooms": [{"id": 4, "name": {"en": "Pond"}}],
        "speakers": [{"code": "ADA", "name": "Ada Reed"}],
    },
    "grid": test_sessionize.grid(test_sessionize.session()),
    "all": {
        "sessions": [test_sessionize.session(room=None, speakers=["a1"], categoryItems=[5])],
        "speakers": [{"id": "a1", "fullName": "Ada Reed"}],
        "rooms": [{"id": 7, "name": "Pond"}],
        "categories": [{"title": "Session format", "items": [{"id": 5, "name": "Keynote"}]}],
    },
    "flat": [test_flat.row(Duration=5, Date="2014-07-05", Id=1, Url="https://x.example/")],
    "deep": {"days": [{"rooms": {"Pond": [test_flat.row(Speakers=[{"name": "Ada"}])]}}]},
}  # fmt: skip
_PLACES = [(name, path) for name, whole in _JSON.items() for path in mutants.places(whole)]
_TEXTS = (
    calendars.calendar(
        calendars.event(RRULE="FREQ=DAILY;COUNT=3", EXDATE="20140706", CATEGORIES="A,B"),
        calendars.event(DTSTART="", DTSTART_="TZID=Europe/Paris:20140705T100000", DTEND="",
                        DURATION="PT1H", STATUS="CANCELLED", URL="https://x.example/"),
        calendars.event(**{"RECURRENCE-ID": "20140706T080000Z"}, DTSTART="20140720T080000Z"),
    ),
    test_frab_xml.document(
        test_frab_xml.entry("<date>2014-07-05T10:00:00+02:00</date><abstract>&lt;b></abstract>"),
        conference="<day_change>09:00</day_change>",
    ).encode(),
    test_flat_csv._TABLE.encode(),
    pages.entry("They sing. (Session lead is Ada)").encode(),
    json.dumps(documents.document(documents.event())).encode(),
    json.dumps(_JSON["talks"]).encode(),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(_PLACES), ANYTHING), min_size=1, max_size=4))
def test_wrong_values_in_json(changes: list[tuple[tuple[str, tuple[Any, ...]], Any]]) -> None:
    (name, _), _ = changes[0]
    mutant = _JSON[name]
    for (of, path), value in changes:
        if of == name:
            mutant = mutants.changed(mutant, path, value)
    read_or_refused(json.dumps(mutant).encode())


@pytest.mark.parametrize(
    "value", [None, True, 5, -1.5, "x", [], [5], {}, {"x": 5}, [{}], "2014-07-05"]
)
@pytest.mark.parametrize("name", _JSON)
def test_wrong_type_at_every_place(name: str, value: Any) -> None:
    for path in mutants.places(_JSON[name]):
        read_or_refused(json.dumps(mutants.changed(_JSON[name], path, value)).encode())


_JUNK = st.sampled_from(
    [b"\0", b"\xff", b"\xe2\x82", b"\r", b"\n", b"\r\r\n ", b"\x1b[31m", b"&x;", b"<", b"</",
     b"<![", b"]]>", b"<event/>", b'"', b",", b";", b":", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n",
     b"TZID=", b"RRULE:FREQ=DAILY\r\n", b"99999999999999999999", b"0001-01-01",
     b"9999-12-31T23:59:59Z", b"cancelled", b"{", b"[", b"\\", b"\\ud800",
     b"&#0;", b"&#xd800;", "\u202e".encode()]
) | st.binary(max_size=6)  # fmt: skip
_EDIT = st.tuples(st.integers(0, 2000), st.integers(0, 40), _JUNK)


@given(st.sampled_from(_TEXTS), st.lists(_EDIT, min_size=1, max_size=6), st.booleans())
@example(_TEXTS[1], [(0, 0, b"<!DOCTYPE schedule [")], False)
@example(_TEXTS[2], [(1, 0, b"\r")], False)
def test_wrong_bytes_anywhere(
    raw: bytes, edits: list[tuple[int, int, bytes]], packed: bool
) -> None:
    for at, length, junk in edits:
        at %= len(raw) + 1
        raw = raw[:at] + junk + raw[at + length :]
    read_or_refused(gzip.compress(raw) if packed else raw)


@given(st.sampled_from(_TEXTS), st.integers(1, 3000))
def test_what_is_cut_off(raw: bytes, length: int) -> None:
    read_or_refused(raw[:length])


@given(
    st.sampled_from([b"", b"BEGIN:VCALENDAR\r\n", b"<schedule>", b"[", b"{", b"\x1f\x8b",
                     b"title,start\n", b"\xff\xfe", b"<?xml version='1.0' encoding='"]),
    st.binary(max_size=60),
)  # fmt: skip
def test_any_bytes(beginning: bytes, rest: bytes) -> None:
    read_or_refused(beginning + rest)


_TIMES = st.sampled_from(["", "%H:%M", "%", "%Y-%m-%dT%H:%M:%S%z", "(", "%Z%z%j%U%w"])
_NAME = st.sampled_from(["Name", "StartTime", "Speakers", "a.b", "", "x", "Date", "Id"])


@given(_NAME, _NAME, _NAME, _TIMES, st.sampled_from(["", "a", "a.b"]))
def test_any_fields(title: str, start: str, people: str, times: str, list: str) -> None:
    fields = Fields(title=title, start=start, people=people, times=times, list=list)
    read_or_refused(json.dumps(_JSON["flat"]).encode(), fields)
    read_or_refused(test_flat_csv._TABLE.encode(), fields)


_LONG = 200_000


def _row(**fields: object) -> dict[str, object]:
    return {"title": "x", "start": "2014-07-05T10:00", **fields}


def _at_place(place: str) -> bytes:
    return pages.entry("They sing.", place=place).encode()


_GAP = "x" + " " * _LONG + "x"
# Junk between what is as it should be: where it stands at an end it is easily seen, or stripped.
_WITHIN: dict[str, bytes] = {
    "gap in a room": json.dumps([_row(room=_GAP)]).encode(),
    "gap in a person": json.dumps([_row(speakers=_GAP)]).encode(),
    "gaps in people": json.dumps([_row(speakers=f"Ada, {_GAP} and {_GAP}")]).encode(),
    "gap in a start": json.dumps([_row(start="1" + " " * _LONG + "1")]).encode(),
    "gap in a date": json.dumps(
        documents.document(documents.event(date="1" + " " * _LONG + "1"))
    ).encode(),
    "gap in a duration": json.dumps(
        documents.document(documents.event(duration="1:" + "0" * _LONG + ":30"))
    ).encode(),
    "numbers in a place": _at_place("A " + "1 " * _LONG),
    "streets in a place": _at_place("A " + "1 Main Way " * (_LONG // 10) + "B"),
    "bars in a place": _at_place("Aa, " + "Bar Aa " * _LONG),
    "marks in titles": json.dumps(
        [_row(title="a" + "~" * 150 + "-" * 150 + "(cancelled")] * 2000
    ).encode(),
    "exclamations in titles": json.dumps(
        [_row(title="!" * 200 + "(" + "." * 40 + "x cancelled")] * 2000
    ).encode(),
    "brackets in titles": json.dumps(
        [_row(title="«cancelled " * 20 + "x"), _row(title="a" + " (" * 100 + " cancelled x")] * 2000
    ).encode(),
    "lines that are none": calendars.calendar(calendars.event() + "\r\nX:y" + "\r\nx" * 1_000_000),
    "a broken description": calendars.calendar(
        calendars.event().replace("END:VEVENT", "x\r\n" * 1_000_000 + "END:VEVENT")
    ),
    "members of gzip": gzip.compress(b"") * 100_000 + gzip.compress(b"[]"),
}  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", _WITHIN)
def test_nothing_in_the_middle_takes_long(name: str) -> None:
    read_or_refused(_WITHIN[name])


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "raw",
    [
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * _LONG,
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX" + b";A=" * _LONG + b"\r\nEND:VEVENT\r\n",
        b'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX;A="' + b'";"' * _LONG,
        b"BEGIN:VCALENDAR" + b"\r" * _LONG,
        b"BEGIN:VCALENDAR" + b"\r\n " * _LONG,
        b"<schedule>" + b"<a>" * _LONG,
        b"<schedule>" + b"<!--" * _LONG,
        b"<!--" * _LONG,
        b"<!DOCTYPE " + b"<" * _LONG,
        b"<?" * _LONG,
        b"<schedule>" + b"&" * _LONG,
        b"<schedule " + b"a='' " * _LONG,
        b"[" * _LONG,
        b'{"a":' * _LONG,
        b'"' * _LONG,
        b"title,start\n" + b'"' * (_LONG - 1),
        b"title,start" + b",a" * _LONG,
        b"1" * _LONG,
        b'[{"title": "' + b"(" * _LONG + b'cancelled", "start": "2014-07-05T10:00"}]',
        b'[{"title": "' + b"<" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "' + b"<a " * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "' + b"<!--" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "<p>' + b"<!--" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "<p>' + b"<a " * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "<p>' + b"<![" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "<p>' + b"<script>" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "<a ' + b"href= " * _LONG + b'>", "start": "2014-07-05T10:00"}]',
        b'[{"title": "' + b"&x" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "' + b"http://" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "x", "speakers": "' + b" and" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "x", "room": "' + b" ;" * _LONG + b'", "start": "2014-07-05T10:00"}]',
        b'[{"title": "x", "room": "' + b" " * _LONG + b'x", "start": "2014-07-05T10:00"}]',
        b'[{"title": "x", "start": "' + b"1 " * _LONG + b'"}]',
        b"Friday May 3, 2013 9:00am - 9:40am" * _LONG,
        b"9:00am\n" * _LONG,
        b"Friday May 3, 2013 \n" * _LONG,
    ],
    ids=lambda raw: repr(raw[:24]),
)  # fmt: skip
def test_nothing_takes_long(raw: bytes) -> None:
    read_or_refused(raw)


def _of_length(length: timedelta) -> dict[str, bytes]:
    """A session of this length in every format."""
    begins = documents.START
    start, end = begins.isoformat(), (begins + length).isoformat()
    hours = length // timedelta(hours=1)
    slot = {"start": start, "end": end}
    last = begins + length
    return {
        "schedule JSON": json.dumps(
            documents.document(documents.event(duration=None, date=start, end=end))
        ).encode(),
        "duration": json.dumps(
            documents.document(documents.event(duration=f"{hours}:00", date=start))
        ).encode(),
        "pretalx": json.dumps(
            test_pretalx.answer(test_pretalx.talk(slot={**test_pretalx._SLOT, **slot}, duration=0))
        ).encode(),
        "sessionize": json.dumps(
            test_sessionize.grid(test_sessionize.session(startsAt=start, endsAt=end))
        ).encode(),
        "list": json.dumps([_row(start=start, end=end)]).encode(),
        "list with lengths": json.dumps([_row(start=start, duration=f"{hours} h")]).encode(),
        "calendar": calendars.calendar(
            calendars.event(DTSTART=f"{begins:%Y%m%dT%H%M%SZ}", DTEND=f"{last:%Y%m%dT%H%M%SZ}")
        ),
        "calendar with lengths": calendars.calendar(
            calendars.event(DTSTART=f"{begins:%Y%m%dT%H%M%SZ}", DTEND="", DURATION=f"PT{hours}H")
        ),
        "page": pages.entry(
            full=f"{begins:%A %B %-d, %Y %H:%M} - {last:%A %B %-d, %Y %H:%M}"
        ).encode(),
    }


@pytest.mark.parametrize("name", _of_length(LONGEST))
@pytest.mark.parametrize("years", [1, 180])
def test_nothing_lasts_for_years(name: str, years: int) -> None:
    lengths = (LONGEST, LONGEST + timedelta(hours=1), timedelta(days=365 * years))
    found = [read_or_refused(_of_length(length)[name]) for length in lengths]
    ends = [one.schedule.sessions[0].slot.end for one in found if one is not None]

    assert len(ends) == 3
    start = found[0].schedule.sessions[0].slot.start if found[0] else documents.START
    assert ends == [start + LONGEST, None, None]


_TOO_MANY = "This has more than 100,000 sessions: it is no schedule."
_EVENT = calendars.event(RRULE="FREQ=DAILY", UID="")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "raw",
    [
        b'[{"title":"x","start":"2014-07-05T10:00"}'
        + b',{"title":"x","start":"2014-07-05T10:00"}' * 100_000 + b"]",
        b"title,start\n" + b"x,2014-07-05T10:00\n" * 100_001,
        calendars.calendar("\r\n".join([_EVENT] * 2_000)),
        pages.entry().encode() * 100_001,
    ],
    ids=["json", "csv", "calendar", "page"],
)  # fmt: skip
def test_there_are_not_more_sessions_than_people_could_hold(raw: bytes) -> None:
    assert documents.refusal(raw, documents.BERLIN) == _TOO_MANY
