"""Schedule JSON that the validator of the c3voc accepts, whatever the schedule holds."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import __version__
from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import read
from bot.sources.versions.identity import kept
from bot.sources.writing import c3voc
from tests.sources.documents import BERLIN, START
from tests.sources.mutants import changed, places
from tests.sources.writing.validity import faults
from tests.summit import folsom

_GUID = "29aecfd7-2e44-4f49-ab86-29b5e0877325"
_HOUR = timedelta(hours=1)


def _written(schedule: Schedule) -> Any:
    return json.loads(c3voc.write(schedule))


def _again(schedule: Schedule) -> Schedule:
    return read(c3voc.write(schedule).encode()).schedule


def _everything() -> Schedule:
    sessions = [
        Session(1, _GUID, "Frogs", Slot(START, START + _HOUR, ("Pond",)), ("Ada Reed",)),
        Session(2, "CODE42", "Newts", Slot(START, None, ("Pond", "Weir")), (), Kind.PARTY),
        Session(3, "toads@pond.example", "Toads", Slot(START + _HOUR, None, ()), cancelled=True),
        Session(4, "", "CANCELLED: Eels", Slot(START + 30 * _HOUR, START + 110 * _HOUR, ("Weir",))),
        Session(5, "gone", "Gulls", Slot(START, None, ("Loft",)), cancelled=True, removed=True),
        Session(6, "Ö", "会議", Slot(START, START + timedelta(minutes=44, seconds=50), ("会",)),
                links=("https://pond.example/a?b=c#d", "https://pond.example/e")),
        Session(7, "x", "<p>x</p>", Slot(START, START + timedelta(seconds=9), ("Weir",)), (),
                Kind.BREAK, "Use <video> well.", "See https://pond.example/."),
        Session(8, "y", "Voles", Slot(START + 2 * _HOUR, None, ()), (), Kind.SESSION, "<p>x</p>",
                cancelled=True),
    ]  # fmt: skip
    return Schedule(
        "Pond Days", BERLIN, sessions,
        rooms=[Room("Weir", "1 Mill Road", "3rd"), Room("Attic", floor="4th")],
        people=[Person("Ada Reed", ("areed",))],
        version="12", venue="The Mill",
    )  # fmt: skip


def test_a_schedule_that_only_just_fits_is_valid() -> None:
    assert list(faults(_written(_everything()))) == []


def test_the_summit_is_valid() -> None:
    assert list(faults(_written(folsom()))) == []


def test_what_the_rules_are_for_is_found() -> None:
    document = _written(_everything())
    conference = document["schedule"]["conference"]
    event = conference["days"][0]["rooms"]["Pond"][0]
    del event["url"]
    event.update(guid="frogs", id=0, slug="Frogs", duration="1", start="24:00", cancelled=True)
    event.update(persons=[{}], links=["https://pond.example/"])
    conference.update(acronym="pond-days", venue="The Mill", days=conference["days"][:1])
    conference["rooms"] = conference["rooms"][:1]
    conference["rooms"][0].update(guid=5)
    at = "/schedule/conference"

    assert sorted(faults(document)) == [
        f"{at}/acronym: 'pond-days'",
        f"{at}/days/0/rooms/Pond/0/duration: '1'",
        f"{at}/days/0/rooms/Pond/0/guid: 'frogs'",
        f"{at}/days/0/rooms/Pond/0/id: 0",
        f"{at}/days/0/rooms/Pond/0/links/0: 'https://pond.example/'",
        f"{at}/days/0/rooms/Pond/0/persons/0: no name",
        f"{at}/days/0/rooms/Pond/0/slug: 'Frogs'",
        f"{at}/days/0/rooms/Pond/0/start: '24:00'",
        f"{at}/days/0/rooms/Pond/0: cancelled is unknown",
        f"{at}/days/0/rooms/Pond/0: no url",
        f"{at}/rooms/0/guid: 5",
        f"{at}: venue is unknown",
    ]


def test_all_of_it_is_read_back_the_same() -> None:
    before = _everything()
    found = read(c3voc.write(before).encode())
    after = found.schedule

    assert found.warnings == ()
    assert after.sessions == before.sessions
    assert (after.rooms, after.people) == (before.rooms, before.people)
    assert (after.event, after.timezone, after.version, after.venue) == (
        before.event, before.timezone, before.version, before.venue,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("event", "acronym"),
    [
        ("OpenStack Folsom Design Summit", "openstack_folsom_design_summit"),
        ("Für Frösche & Kröten!", "fur_frosche_kroten"),
        ("39C3", "39c3"),
        ("P", "event_p"),
        ("会議", "event"),
    ],
)
def test_the_short_name_of_an_event_is_one_that_the_format_allows(event: str, acronym: str) -> None:
    one = Session(1, _GUID, "Frogs", Slot(START, None, ()))
    document = _written(Schedule(event, BERLIN, [one]))

    assert list(faults(document)) == []
    assert document["schedule"]["conference"]["acronym"] == acronym


def test_slugs_say_what_it_is_and_none_stands_there_twice() -> None:
    titles = ("Frogs & Kröten!", "frogs kroten", "会議", "x" * 200)
    sessions = [
        Session(number, str(number), title, Slot(START, None, ()))
        for number, title in enumerate(titles, 1)
    ]
    days = _written(Schedule("Pond Days", BERLIN, sessions))["schedule"]["conference"]["days"]

    assert [event["slug"] for event in days[0]["rooms"][""]] == [
        "pond_days-1-frogs-kroten", "pond_days-2-frogs-kroten", "pond_days-3",
        f"pond_days-4-{'x' * 60}",
    ]  # fmt: skip


def test_the_address_of_a_session_is_its_first_link_or_its_name_for_machines() -> None:
    links = (("https://a.example/", "https://b.example/"), (), ("https://zügli.example/",))
    sessions = [
        Session(number, f"8c4e647f-813e-41ef-b05b-65469dd841c{number}", "Frogs",
                Slot(START, None, ()), links=some)
        for number, some in enumerate(links)
    ]  # fmt: skip
    document = _written(Schedule("Pond Days", BERLIN, sessions))
    events = document["schedule"]["conference"]["days"][0]["rooms"][""]

    assert [event["url"] for event in events] == [
        "https://a.example/",
        "urn:uuid:8c4e647f-813e-41ef-b05b-65469dd841c1",
        "https://z%C3%BCgli.example/",
    ]


def test_links_are_written_as_addresses_and_read_back_as_they_were() -> None:
    links = {
        "https://pond.example/a?b=1&c=%20#d": "https://pond.example/a?b=1&c=%20#d",
        "www.pond.example": "https://www.pond.example",
        "pond.example/frösche": "https://pond.example/fr%C3%B6sche",
        "https://pond.example/“frogs and newts”|[x]":
            "https://pond.example/%E2%80%9Cfrogs%20and%20newts%E2%80%9D%7C%5Bx%5D",
        "mailto:ada@pond.example": "mailto:ada@pond.example",
        "see there": "https://see%20there",
    }  # fmt: skip
    one = Session(1, _GUID, "Frogs", Slot(START, None, ()), links=tuple(links))
    for session in (one, replace(one, links=one.links[::-1])):
        before = Schedule("Pond Days", BERLIN, [session])
        document = _written(before)
        event = document["schedule"]["conference"]["days"][0]["rooms"][""][0]

        assert list(faults(document)) == []
        assert {link["title"]: link["url"] for link in event["links"]} == links
        assert _again(before).sessions == before.sessions


def test_a_link_to_a_talk_is_no_key() -> None:
    link = "https://talks.example/pond/talk/XYZ789/"
    sessions = [
        Session(1, _GUID, "Frogs", Slot(START, None, ()), links=(link,)),
        Session(2, "", "Newts", Slot(START, None, ()), links=(link,)),
    ]

    assert _again(Schedule("Pond Days", BERLIN, sessions)).sessions == tuple(sessions)


def test_the_room_of_another_event_that_is_called_the_same_is_another() -> None:
    one = Session(1, _GUID, "Frogs", Slot(START, None, ("Pond",)))
    guids = {
        _written(Schedule(event, BERLIN, [one]))["schedule"]["conference"]["rooms"][0]["guid"]
        for event in ("Pond Days", "Pond Days", "Mill Days")
    }

    assert len(guids) == 2


def test_it_says_which_program_wrote_it_and_to_which_schema() -> None:
    document = _written(folsom())

    assert {name: document[name] for name in ("$schema", "generator")} == {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": "summit-bot", "version": __version__},
    }


def test_what_somebody_writes_into_it_by_hand_is_read_as_in_any_other_file() -> None:
    document = _written(_everything())
    days = document["schedule"]["conference"]["days"]
    frogs, eels = days[0]["rooms"]["Pond"][0], days[1]["rooms"]["Weir"][0]
    frogs.update(title="CANCELLED: Frogs", abstract="<p>No frogs.</p>")
    found = {s.id: s for s in read(json.dumps(document).encode()).schedule.sessions}

    assert (frogs["id"], eels["id"]) == (1, 4)
    assert (found[1].title, found[1].cancelled, found[1].abstract) == ("Frogs", True, "No frogs.")
    assert (found[4].title, found[4].cancelled) == ("CANCELLED: Eels", False)


def test_what_an_earlier_version_has_kept_is_read_as_before() -> None:
    event = {
        "guid": _GUID, "code": "toads@pond.example", "id": 3, "date": "2014-07-05T10:00:00+02:00",
        "duration": "", "title": "CANCELLED: Toads", "type": "party", "cancelled": True,
        "removed": True,
    }  # fmt: skip
    document = {
        "generator": {"name": "summit-bot", "version": "0.1.0"},
        "schedule": {"version": "1", "conference": {
            "title": "Pond Days", "time_zone_name": "Europe/Berlin", "venue": "The Mill",
            "rooms": [{"name": "Pond", "address": "1 Mill Road", "floor": "3rd"}],
            "days": [{"date": "2014-07-05", "rooms": {"Pond": [event]}}],
        }},
    }  # fmt: skip
    found = read(json.dumps(document).encode()).schedule

    assert found.sessions == (
        Session(3, "toads@pond.example", "CANCELLED: Toads", Slot(START, None, ("Pond",)), (),
                Kind.PARTY, cancelled=True, removed=True),
    )  # fmt: skip
    assert (found.venue, found.rooms) == ("The Mill", {"Pond": Room("Pond", "1 Mill Road", "3rd")})


def test_odd_zones_and_versions_are_valid_too() -> None:
    one = Session(1, _GUID, "Frogs", Slot(datetime(2026, 11, 1, 8, 30, tzinfo=UTC), None, ()))
    for zone in ("UTC", "America/St_Johns", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"):
        assert list(faults(_written(Schedule("Pond Days", ZoneInfo(zone), [one])))) == []


def test_a_new_version_of_what_was_written_keeps_all_that_stands_beside() -> None:
    before = read(c3voc.write(_everything()).encode()).schedule

    assert kept(before, before).sessions == before.sessions
    assert c3voc.write(before) == c3voc.write(_everything())


_KEPT = _written(_everything())
_IN_META = [path for path in places(_KEPT) if "meta" in path]


@pytest.mark.parametrize(
    "value", [None, True, 5, -1.5, "x\x1b", [], [5], {}, {"x\x1b": 5}, {"5": {}}]
)
def test_wrong_types_in_what_stands_beside_cost_no_session(value: Any) -> None:
    for path in _IN_META:
        found = read(json.dumps(changed(_KEPT, path, value)).encode())

        assert found.warnings == ()
        assert [session.id for session in found.schedule.sessions] == [5, 1, 2, 7, 6, 3, 8, 4]
        assert found.schedule.venue.isprintable()
        assert all(session.guid.isprintable() for session in found.schedule.sessions)
