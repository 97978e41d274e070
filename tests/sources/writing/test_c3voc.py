"""Schedule JSON that other programs read: each session with a UUID that no other has."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import read
from bot.sources.versions.comparison import Changes, compared
from bot.sources.versions.identity import kept
from bot.sources.writing import c3voc
from tests.sources.documents import BERLIN, START
from tests.summit import folsom

_TWICE = "8c4e647f-813e-41ef-b05b-65469dd841c3"
_UUID = "29aecfd7-2e44-4f49-ab86-29b5e0877325"


def _slot(hour: int, *rooms: str) -> Slot:
    return Slot(START + timedelta(hours=hour), None, rooms)


_SESSIONS = (
    Session(1, _UUID, "Frogs", _slot(0, "Pond")),
    Session(2, "CODE42", "Newts", _slot(1, "Pond")),
    Session(3, "TALK77", "Toads", _slot(2, "Pond")),
    Session(4, "TALK77", "Toads", _slot(3, "Pond")),
    Session(5, "", "Eels", _slot(4, "Pond")),
    Session(6, "", "Eels", _slot(5, "Pond")),
    Session(7, "both", "Herons", _slot(6, "Pond", "Weir")),
    Session(8, _TWICE, "Bats", _slot(7, "Pond")),
    Session(9, _TWICE, "Bats", _slot(8, "Pond")),
)


def _events(document: dict[str, Any]) -> list[dict[str, Any]]:
    days = document["schedule"]["conference"]["days"]
    return [event for day in days for room in day["rooms"].values() for event in room]


def _meta(document: dict[str, Any]) -> Any:
    return document["schedule"]["conference"]["meta"]["summit-bot"]


def test_each_session_has_a_uuid_of_its_own_and_its_code_beside_it() -> None:
    written = json.loads(c3voc.write(Schedule("Pond Days", BERLIN, _SESSIONS)))
    events = {(e["id"], e["guid"], e.get("code")) for e in _events(written)}

    assert len(events) == 9
    assert len({guid for _, guid, _ in events}) == 9
    assert all(UUID(guid) for _, guid, _ in events)
    assert {(id, code) for id, _, code in events} == {
        (1, None), (2, "CODE42"), (3, "TALK77"), (4, "TALK77"), (5, None), (6, None), (7, None),
        (8, None), (9, None),
    }  # fmt: skip
    assert (1, _UUID, None) in events
    assert _meta(written)["codes"] == {
        "5": "", "6": "", "7": "both", "8": _TWICE, "9": _TWICE,
    }  # fmt: skip


def test_what_is_written_is_read_back_with_what_the_source_knew() -> None:
    found = read(c3voc.write(Schedule("Pond Days", BERLIN, _SESSIONS)).encode())

    assert (found.schedule.sessions, found.warnings) == (_SESSIONS, ())


def test_uuids_stay_when_other_sessions_come() -> None:
    first, second = (
        {e["id"]: e["guid"] for e in _events(json.loads(c3voc.write(Schedule("P", BERLIN, some))))}
        for some in (_SESSIONS, _SESSIONS[1:])
    )

    assert {id: first[id] for id in second} == second


def test_what_needs_no_codes_has_none() -> None:
    written = json.loads(c3voc.write(folsom()))

    assert "codes" not in _meta(written)
    assert not any("code" in event for event in _events(written))


def test_what_is_written_is_read_back_the_same() -> None:
    sessions = [
        Session(1, "a", "Open end", Slot(START, None, ("Pond",))),
        Session(4, "b", "Two rooms", Slot(START, START + timedelta(hours=1), ("Pond", "Weir")),
                ("Ada Reed",), Kind.HACKATHON, "Short.", "Long.", ("https://pond.example/",)),
        Session(5, "c", "Nowhere", Slot(START, START + timedelta(days=3, minutes=7), ()),
                cancelled=True),
        Session(6, "d", "Night", Slot(datetime(2014, 7, 6, 1, tzinfo=UTC), None, ("Pond",))),
    ]  # fmt: skip
    before = Schedule(
        "Pond Days",
        BERLIN,
        sessions,
        rooms=[Room("Weir", "1 Mill Road", "3rd"), Room("Loft")],
        people=[Person("Ada Reed", ("areed",))],
        day_change=time(6),
        version="12",
        venue="The Mill",
    )
    found = read(c3voc.write(before).encode())
    after = found.schedule

    assert found.warnings == ()
    assert after.sessions == before.sessions
    assert (after.rooms, after.people) == (before.rooms, before.people)
    assert (after.event, after.timezone, after.day_change, after.version, after.venue) == (
        before.event,
        before.timezone,
        before.day_change,
        before.version,
        before.venue,
    )


def _again(schedule: Schedule) -> Schedule:
    found = read(c3voc.write(schedule).encode())
    assert found.warnings == ()
    return found.schedule


def test_a_session_in_several_rooms_without_a_key_stays_one_at_each_refresh() -> None:
    def published() -> Schedule:
        row = {"title": "Frogs", "start": "2014-07-05T10:00", "room": "Weir; Pond"}
        return read(json.dumps([row]).encode(), BERLIN).schedule

    first = _again(published())
    second = _again(kept(first, published()))

    assert [(s.id, s.slot.rooms) for s in first.sessions] == [(1, ("Pond", "Weir"))]
    assert second.sessions == first.sessions


@pytest.mark.parametrize("id", [999_999, 1_000_000, 123_456_789, 2**31 - 1])
def test_its_own_ids_are_taken_as_they_are(id: int) -> None:
    sessions = (
        Session(id, _UUID, "Frogs", _slot(0, "Pond")),
        Session(5, "", "Newts", _slot(1, "Pond")),
        Session(id - 1, "a", "Toads", _slot(2, "Pond")),
    )

    assert _again(Schedule("Pond Days", BERLIN, sessions)).sessions == sessions
    assert _again(Schedule("Pond Days", BERLIN, sessions[:1])).sessions == sessions[:1]


_TEXTS = st.sampled_from(
    ["Frogs", "Use <video> well", "Use &lt;video&gt; well", "CANCELLED: Frogs", "Frogs (abgesagt)",
     "CANCELLED", "Lunch", "a&amp;b", "See https://pond.example/.", "<p>x</p>", "List<int>", "🎉"]
)  # fmt: skip


@pytest.mark.parametrize("guid", [_UUID, "", "CODE42"])
@settings(max_examples=80, deadline=None)
@given(_TEXTS, _TEXTS | st.just(""), _TEXTS | st.just(""), st.sampled_from(Kind), st.booleans())
def test_its_own_texts_are_taken_as_they_are(
    guid: str, title: str, abstract: str, description: str, kind: Kind, led: bool
) -> None:
    leads = ("Ada Reed",) if led else ()
    session = Session(1, guid, title, _slot(0, "Pond"), leads, kind, abstract, description)

    assert _again(Schedule("Pond Days", BERLIN, [session])).sessions == (session,)


_SOME = st.builds(
    Session,
    id=st.just(0),
    guid=st.sampled_from(["", "", "a", "b", _UUID, _TWICE]),
    title=st.sampled_from(["Frogs", "Newts", "Frogs at night"]),
    slot=st.builds(
        Slot,
        st.integers(0, 3).map(lambda hour: START + timedelta(hours=hour)),
        st.just(None),
        st.sampled_from([(), ("Pond",), ("Weir",), ("Pond", "Weir"), ("Loft", "Pond", "Weir")]),
    ),
    leads=st.sampled_from([(), ("Ada",), ("Ada", "Bob")]),
)
_VERSION = st.lists(_SOME, min_size=1, max_size=6).map(
    lambda some: Schedule("Pond Days", BERLIN, [replace(s, id=i) for i, s in enumerate(some, 1)])
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_VERSION, min_size=2, max_size=4))
def test_what_is_kept_is_read_back_the_same_over_many_versions(versions: list[Schedule]) -> None:
    known = _again(versions[0])
    assert known.sessions == versions[0].sessions
    for version in versions[1:]:
        now = kept(known, version)
        known = _again(now)
        assert known.sessions == now.sessions
        assert (known.rooms, known.people) == (now.rooms, now.people)
        assert compared(now, known) == Changes()
        assert kept(known, version).sessions == now.sessions


def test_what_only_says_that_it_is_its_own_has_unique_ids_and_harmless_texts() -> None:
    # Without the one that stands in two rooms.
    some = [session for session in _SESSIONS if session.id != 7]
    document = json.loads(c3voc.write(Schedule("Pond Days", BERLIN, some)))
    for number, event in enumerate(_events(document)):
        event.update(id=(7, 7, 0, -3, 10**30, "x", None, 7)[number], title="Fr\x1b\nogs")
    found = read(json.dumps(document).encode()).schedule
    ids = [session.id for session in found.sessions]

    assert len(set(ids)) == len(ids) == 8
    assert all(0 < id < 2**31 for id in ids)
    assert {session.title for session in found.sessions} == {"Fr ogs"}
