"""Schedules as other conferences published them, with what is known to stand in them."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Kind, Session
from bot.sources import Imported, NotASchedule, read
from bot.sources.writing import c3voc, ical
from tests.sources.documents import START
from tests.summit import DATA

_OTHERS = DATA.parent.parent.parent / "shared" / "schedules"
_NAMES = (
    "39c3_everything.json",
    "31c3_schedule.xml",
    "sched_joco2023_v1.ics",
    "sched_joco2023_v2.ics",
    "pyconuk2015.ics",
    "jres_2022.ics",
    "scale22x.json",
)
_FORM = "%Y-%m-%dT%H:%MZ"


def _raw(name: str) -> bytes:
    """A file as it was published; they are others', and not in the project."""
    if not (_OTHERS / name).exists():
        pytest.fail(
            f"Others' schedules are missing: clone them beside the project, to {_OTHERS.parent}.",
            pytrace=False,
        )
    return (_OTHERS / name).read_bytes()


@cache
def _found(name: str) -> Imported:
    zone = "Australia/Perth" if name.startswith("ddd") else _expected(name)["tz"]
    return read(_raw(name), ZoneInfo(zone))


def _expected(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(_raw("expected.json"))[name]
    return expected


def _sessions(name: str) -> tuple[Session, ...]:
    return _found(name).schedule.sessions


def _named(name: str, title: str) -> Session:
    """The first session whose title begins so."""
    return next(s for s in _sessions(name) if s.title.startswith(title))


@pytest.mark.parametrize("name", _NAMES)
def test_all_that_was_published_is_read(name: str) -> None:
    expected = _expected(name)
    found = _found(name).schedule
    zone, sessions = found.timezone, found.sessions
    local = [s.slot.start.astimezone(zone) for s in sessions]
    # What ends at midnight does not go beyond it.
    last = [(s.slot.until - timedelta(seconds=1)).astimezone(zone) for s in sessions]
    counts = {
        "events": len(sessions),
        "tz": zone.key,
        "first": f"{sessions[0].slot.start:{_FORM}}",
        "last_start": f"{sessions[-1].slot.start:{_FORM}}",
        "last_end": f"{max(s.slot.end for s in sessions if s.slot.end):{_FORM}}",
        "rooms": len(found.rooms),
        "no_room": sum(not s.slot.rooms for s in sessions),
        "per_local_date": dict(sorted(Counter(f"{at:%Y-%m-%d}" for at in local).items())),
        "local_start_before_6": sum(at.hour < 6 for at in local),
        "crosses_midnight": sum(a.date() != b.date() for a, b in zip(local, last, strict=True)),
    }

    assert counts == {key: expected[key] for key in counts}


@pytest.mark.parametrize(
    ("name", "guids"),
    [
        ("39c3_everything.json", 895),
        ("31c3_schedule.xml", 138),
        ("sched_joco2023_v1.ics", 411),
        ("sched_joco2023_v2.ics", 424),
        # One stands for two sessions.
        ("pyconuk2015.ics", 160),
        ("jres_2022.ics", 120),
        ("dddperth2019_sessionize.json", 51),
        ("scale22x.json", 0),
    ],
)
def test_what_the_source_knows_each_by_is_kept(name: str, guids: int) -> None:
    known = [session.guid for session in _sessions(name) if session.guid]

    assert (len(known), len(set(known))) == (guids, guids)
    assert len({session.id for session in _sessions(name)}) == len(_sessions(name))


@pytest.mark.parametrize(
    ("name", "event", "people", "warnings"),
    [
        ("39c3_everything.json", "39th Chaos Communications Congress", 693, 0),
        ("31c3_schedule.xml", "31. Chaos Communication Congress", 197, 0),
        ("sched_joco2023_v1.ics", "JoCo Cruise 2023", 0, 0),
        ("pyconuk2015.ics", "PyCon UK 2015 Schedule", 0, 5),
        ("jres_2022.ics", "JRES 2021/22", 0, 0),
        ("dddperth2019_sessionize.json", "The event", 40, 0),
        ("scale22x.json", "The event", 308, 0),
    ],
)
def test_what_else_they_tell(name: str, event: str, people: int, warnings: int) -> None:
    found = _found(name)

    assert (found.schedule.event, len(found.schedule.people), len(found.warnings)) == (
        event,
        people,
        warnings,
    )


def test_untitled_and_repeated_entries_of_pycon_uk_are_told_of() -> None:
    *untitled, repeated = _found("pyconuk2015.ics").warnings

    assert untitled == [
        f"An entry without a title (2015-09-19 {at}): it is called 'Untitled'."
        for at in ("12:30", "13:00", "15:00", "17:30")
    ]
    assert repeated == (
        "Open Space, Power: Python in Astronomy (talk by Tomas James): they have one UID"
        " (20160417T070217Z-58703@testing-worker-li), so it was not used."
    )


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "39c3_everything.json",
            "Surface Mount Electronics Assembly for Terrified Beginners (Day 2)",
        ),
        ("scale22x.json", "TinyGo Hardware Hack"),
    ],
)
def test_cancelled_sessions(name: str, title: str) -> None:
    assert [s.title for s in _sessions(name) if s.cancelled] == [title]


def test_letters_that_a_fold_parted_are_whole() -> None:
    text = " ".join(s.title + s.description for s in _sessions("jres_2022.ics"))

    assert "\ufffd" not in text
    assert "écosystème" in text


def test_grid_of_ddd_perth_has_sessions_without_rooms_and_ends() -> None:
    sessions = _sessions("dddperth2019_sessionize.json")

    assert len(sessions) == 51
    assert sum(not s.slot.rooms for s in sessions) == 15
    assert not any(s.slot.end for s in sessions)
    assert [s.title for s in sessions if s.kind is Kind.LUNCH] == ["Lunch"]


def test_clock_changes_during_scale() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    offsets = {s.slot.start.astimezone(zone).utcoffset() for s in _sessions("scale22x.json")}

    assert offsets == {timedelta(hours=-8), timedelta(hours=-7)}


def test_nights_of_the_congress_belong_to_the_day_before() -> None:
    schedule = _found("39c3_everything.json").schedule
    early = [s for s in schedule.sessions if s.slot.start.astimezone(schedule.timezone).hour < 6]

    assert len(early) == 46
    assert all(schedule.day_of(s.slot.start) < s.slot.start.date() or s.slot.start.hour > 21
               for s in early)  # fmt: skip
    assert len(schedule.days) == 4


@pytest.mark.parametrize("name", [*_NAMES, "dddperth2019_sessionize.json"])
def test_what_is_exported_as_json_is_read_back_the_same(name: str) -> None:
    before = _found(name).schedule
    after = read(c3voc.write(before).encode()).schedule

    assert after.sessions == before.sessions
    assert (after.event, after.timezone, after.day_change) == (
        before.event,
        before.timezone,
        before.day_change,
    )


@pytest.mark.parametrize("name", [*_NAMES, "dddperth2019_sessionize.json"])
def test_what_is_exported_as_a_calendar_is_read_back(name: str) -> None:
    def essence(session: Session) -> tuple[object, ...]:
        slot = session.slot
        return session.title, slot.start, slot.end, ", ".join(slot.rooms), session.cancelled

    before = _found(name).schedule
    after = read(ical.write(before, START)).schedule
    by_essence: Callable[[Session], str] = lambda session: str(essence(session))  # noqa: E731

    assert [essence(s) for s in sorted(after.sessions, key=by_essence)] == [
        essence(s) for s in sorted(before.sessions, key=by_essence)
    ]
    known = {s.guid for s in before.sessions if s.guid}
    assert known <= {s.guid for s in after.sessions}


def test_a_real_error_page_is_refused() -> None:
    with pytest.raises(NotASchedule) as refused:
        read(_raw("invalid_html_instead_of_xml.html"), ZoneInfo("Europe/Berlin"))

    assert "no schedule of a kind that I know" in str(refused.value)
