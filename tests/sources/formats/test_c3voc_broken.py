"""c3voc documents that are wrong somewhere: read as far as they go, or refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule import Room
from bot.sources import NotASchedule
from tests.sources.documents import (
    BERLIN,
    document,
    event,
    imported,
    refusal,
    schedule,
)
from tests.sources.mutants import ANYTHING, changed, places, read_or_refused

_NO_DAYS = "This JSON has no schedule.conference.days: it is no schedule."
_NO_ZONE = "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."
_NO_SESSION = "There is not one session in this schedule."


@pytest.mark.parametrize(
    ("broken", "warning"),
    [
        (event(title=None), "An entry without a title (frogs): left out, it has no title."),
        (event(title=" \n", guid=None, code="F"),
         "An entry without a title (F): left out, it has no title."),
        (event(title=["Bats"], guid=None),
         "An entry without a title (7): left out, it has no title."),
        ("Bats", "An entry without a title (in Pond): left out, it is no entry."),
        (None, "An entry without a title (in Pond): left out, it is no entry."),
        (event(title="Bats", date=None), "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date="soon"), "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date=5), "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date="0001-01-01T00:00:00+02:00"),
         "Bats: left out, its date is out of all reason."),
        (event(title="Bats", date="9999-12-31T23:50:00Z"),
         "Bats: left out, its date is out of all reason."),
        (event(title="Bats", date="2014-07-05"),
         "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date="2014-07-05", start="25:00"),
         "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date=None, start="10:00"),
         "Bats: left out, it has no date that can be read."),
        (event(title="Bats", date="9999-12-31", start="01:00"),
         "Bats: left out, it has no date that can be read."),
    ],
)  # fmt: skip
def test_broken_entry_costs_itself_and_a_warning_that_names_it(broken: Any, warning: str) -> None:
    found = imported(document(event(), broken, event(id=8, guid="newts", title="Newts")))

    assert found.warnings == (warning,)
    assert [(s.id, s.title) for s in found.schedule.sessions] == [(7, "Frogs"), (8, "Newts")]


@pytest.mark.parametrize(
    ("fields", "warnings", "leads", "links"),
    [
        ({"persons": 5}, ["1 of its people"], (), ()),
        ({"persons": [5, {"name": "Ada"}, None]}, ["2 of its people"], ("Ada",), ()),
        ({"persons": {"name": "Ada"}}, [], ("Ada",), ()),
        ({"persons": "Ada"}, [], ("Ada",), ()),
        ({"persons": [{"name": "Ada", "aliases": 5}]}, [], ("Ada",), ()),
        ({"links": 5}, ["1 of its links"], (), ()),
        ({"links": ["x", ["y"]]}, ["1 of its links"], (), ("x",)),
        ({"persons": [5], "links": [5]}, ["1 of its people", "1 of its links"], (), ()),
    ],
)
def test_odd_people_and_links_cost_themselves_alone(
    fields: dict[str, Any], warnings: list[str], leads: tuple[str, ...], links: tuple[str, ...]
) -> None:
    found = imported(document(event(**fields)))

    assert found.warnings == tuple(
        f"Frogs: {odd} left out, not written as the format says." for odd in warnings
    )
    assert [(s.leads, s.links) for s in found.schedule.sessions] == [(leads, links)]


@pytest.mark.parametrize("named", [None, "", "Pond/Reedham", "America", "a" * 5000, 5, {}])
def test_schedule_without_any_zone_is_refused(named: object) -> None:
    assert refusal(json.dumps(document(event(), time_zone_name=named)).encode()) == _NO_ZONE


@pytest.mark.parametrize(
    "rooms", [[5], ["Loft"], [{}], [None], [{"name": ""}], [{"name": 5}], "Loft", 5, {"a": 1}]
)
def test_broken_list_of_rooms_costs_no_more_than_its_details(rooms: Any) -> None:
    assert schedule(document(event(), rooms=rooms)).rooms == {"Pond": Room("Pond")}


def test_room_without_a_list_of_entries_is_left_out() -> None:
    days = [{"rooms": {"Pond": [event()], "Brook": 5, "Loft": None, "Mill": "x", "Weir": {"a": 1}}}]
    found = imported(document(days=days))

    assert [s.title for s in found.schedule.sessions] == ["Frogs"]
    assert found.warnings == tuple(
        f"Everything in {room}: left out, it is no list of entries."
        for room in ("Brook", "Mill", "Weir")
    )


@pytest.mark.parametrize(
    "raw",
    [
        b'{"schedule": []}',
        b'{"schedule": {"conference": {}}}',
        b'{"schedule": {"conference": {"days": 5}}}',
        b'{"schedule": {"conference": {"days": [5]}}}',
        b'{"schedule": {"conference": [{"days": []}]}}',
        b'{"conference": 5}',
    ],
)
def test_json_that_is_no_schedule_is_refused(raw: bytes) -> None:
    assert refusal(raw, BERLIN) == _NO_DAYS


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ],
)
def test_json_that_is_broken_is_refused(raw: bytes) -> None:
    assert refusal(raw, BERLIN) == "This JSON is broken: it is no schedule."


@pytest.mark.parametrize(
    "days", [[], [{}], [{"rooms": {}}], [{"rooms": []}], [{"rooms": {"Pond": []}}]]
)
def test_schedule_without_a_session_is_refused(days: Any) -> None:
    assert refusal(json.dumps(document(days=days)).encode()) == _NO_SESSION


_VALID = document(
    event(
        room="Pond",
        type="session",
        abstract="Why they sing.",
        description="At length.",
        persons=[{"public_name": "Ada Reed", "name": "Ada", "aliases": ["areed"]}],
        links=[{"url": "https://pond.example/", "title": "Pond"}],
        cancelled=False,
    ),
    event(id=8, guid="newts", title="Newts"),
    rooms=[{"name": "Pond", "address": "1 Mill Road", "floor": "3rd"}],
    venue="The Mill",
    days=[
        {
            "date": "2014-07-05",
            "day_start": "2014-07-05T06:00:00+02:00",
            "rooms": {"Pond": [event(persons=[{"name": "Ada"}], links=[{"url": "x"}])]},
        }
    ],
)


_PLACES = tuple(places(_VALID))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(_PLACES), ANYTHING), min_size=1, max_size=4))
def test_whatever_is_wrong_in_a_document_it_is_read_or_refused(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    mutant: Any = _VALID
    for path, value in changes:
        mutant = changed(mutant, path, value)
    read_or_refused(json.dumps(mutant).encode())


@pytest.mark.parametrize("value", [None, True, 5, -1.5, "x", [], [5], {}, {"x": 5}])
@pytest.mark.parametrize("path", _PLACES, ids=lambda path: str(path[2:]))
def test_wrong_type_at_any_place_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    try:
        found = imported(changed(_VALID, path, value), BERLIN)
    except NotASchedule:
        return

    assert found.schedule.sessions
