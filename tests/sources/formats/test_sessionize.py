"""The views of Sessionize's API."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Kind, Schedule, Session, Slot
from bot.sources import Imported, read
from tests.sources.documents import BERLIN, START, refusal

_ADA = {"id": "a1", "name": "Ada Reed"}


def session(**fields: Any) -> dict[str, Any]:
    """A session; fields that are None are empty, as Sessionize has them."""
    return {
        "id": "4711",
        "title": "Frogs",
        "description": "Why they sing.",
        "startsAt": "2014-07-05T10:00:00",
        "endsAt": "2014-07-05T10:40:00",
        "isServiceSession": False,
        "isPlenumSession": False,
        "speakers": [_ADA],
        "roomId": 7,
        "room": "Pond",
        "liveUrl": None,
        "recordingUrl": None,
        "status": "Accepted",
        **fields,
    }


def grid(*sessions: Any) -> list[Any]:
    """What `GridSmart` answers for one day in one room."""
    return [
        {"date": "2014-07-05T00:00:00", "rooms": [{"id": 7, "name": "Pond", "sessions": sessions}],
         "timeSlots": [{"slotStart": "10:00:00", "rooms": [{"id": 7, "session": session()}]}]}
    ]  # fmt: skip


def imported(document: object) -> Imported:
    return read(json.dumps(document).encode(), BERLIN, "Pond Days")


def schedule(document: object) -> Schedule:
    found = imported(document)
    assert found.warnings == ()
    return found.schedule


def only(**fields: Any) -> Session:
    (found,) = schedule(grid(session(**fields))).sessions
    return found


_FROGS = Session(
    id=1, guid="4711", title="Frogs", slot=Slot(START, START + timedelta(minutes=40), ("Pond",)),
    leads=("Ada Reed",), description="Why they sing.",
)  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        grid(session()),
        [{"groupId": None, "groupName": "All", "sessions": [session()]}],
        {
            "sessions": [session(room=None, speakers=["a1"])],
            "speakers": [{"id": "a1", "fullName": "Ada Reed"}],
            "rooms": [{"id": 7, "name": "Pond"}],
            "categories": [],
            "questions": [],
        },
        [{"groupName": "Empty", "sessions": []}, {"groupName": "A", "sessions": [session()]}],
    ],
)
def test_views(document: object) -> None:
    found = schedule(document)

    assert found.sessions == (_FROGS,)
    assert (found.event, found.timezone) == ("Pond Days", BERLIN)


def test_times_are_local_whenever_the_clock_changes() -> None:
    days = [
        session(id=str(n), title=str(n), startsAt=f"2014-03-{n}T10:00:00", endsAt=None)
        for n in (29, 30)
    ]

    assert [s.slot for s in schedule(grid(*days)).sessions] == [
        Slot(datetime(2014, 3, 29, 9, tzinfo=UTC), None, ("Pond",)),
        Slot(datetime(2014, 3, 30, 8, tzinfo=UTC), None, ("Pond",)),
    ]


def test_offset_wins_over_the_zone() -> None:
    starts = session(startsAt="2014-07-05T08:00:00Z", endsAt="2014-07-05T10:40:00+02:00")
    found = read(json.dumps(grid(starts)).encode(), ZoneInfo("Asia/Tokyo"))

    assert found.schedule.sessions[0].slot == _FROGS.slot


def test_session_for_everybody_stands_in_every_room_once() -> None:
    rooms = [
        {"id": n, "name": name, "sessions": [session(room=name)]}
        for n, name in enumerate(("Weir", "Pond"))
    ]

    assert [s.slot.rooms for s in schedule([{"rooms": rooms}]).sessions] == [("Pond", "Weir")]


def test_service_session_has_no_room_and_no_end() -> None:
    lunch = only(
        id="service-lunch", title="Lunch", isServiceSession=True, speakers=[], endsAt=None,
        room=None, roomId=None, description=None,
    )  # fmt: skip

    assert lunch == Session(1, "service-lunch", "Lunch", Slot(START, None, ()), kind=Kind.LUNCH)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"categoryItems": [5]}, Kind.LIGHTNING),
        ({"categoryItems": [6, 9]}, Kind.SESSION),
        ({"categories": [{"name": "Session format",
                          "categoryItems": [{"id": 5, "name": "Lightning talk"}]}]},
         Kind.LIGHTNING),
        ({"categories": [{"name": "Track", "categoryItems": [{"id": 5, "name": "Keynote"}]}]},
         Kind.SESSION),
        ({"categories": [{"name": "Session format", "categoryItems": []}]}, Kind.SESSION),
    ],
)  # fmt: skip
def test_format_is_the_kind(fields: dict[str, Any], kind: Kind) -> None:
    categories = [
        {"title": "Track", "items": [{"id": 6, "name": "Keynote"}]},
        {"title": "Session format", "items": [{"id": 5, "name": "Lightning talk"}]},
    ]
    found = schedule({"sessions": [session(**fields)], "categories": categories})

    assert [s.kind for s in found.sessions] == [kind]


def test_session_without_a_time_yet_is_not_in_the_schedule() -> None:
    assert [s.guid for s in schedule(grid(session(), session(id="2", startsAt=None))).sessions] == [
        "4711"
    ]


def test_links_to_streams_are_kept() -> None:
    found = only(liveUrl="https://live.example/", recordingUrl="", description="<p>Hi</p>")

    assert (found.links, found.description) == (("https://live.example/",), "Hi")


@pytest.mark.parametrize(
    ("fields", "title"),
    [({"status": "Cancelled"}, "Frogs"), ({"title": "[Canceled] Frogs"}, "Frogs")],
)
def test_cancelled(fields: dict[str, Any], title: str) -> None:
    found = only(**fields)

    assert (found.title, found.cancelled) == (title, True)


@pytest.mark.parametrize(
    ("broken", "warning"),
    [
        (session(title=None), "An entry without a title (4711): left out, it has no title."),
        (session(startsAt="soon"), "Frogs: left out, it has no date that can be read."),
        (5, "An entry without a title (number 2): left out, it is no entry."),
        (session(id="2", endsAt="late"),
         "Frogs: its end cannot be read, so it has an open end."),
        (session(id="2", endsAt="2014-07-05T09:00:00"),
         "Frogs: its end is before its start, so it has an open end."),
    ],
)  # fmt: skip
def test_broken_session_costs_a_warning(broken: Any, warning: str) -> None:
    found = imported(grid(session(id="1", title="Newts"), broken))

    assert found.warnings == (warning,)
    assert "Newts" in [s.title for s in found.schedule.sessions]


def test_zone_has_to_be_given() -> None:
    assert refusal(json.dumps(grid(session())).encode()) == (
        "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."
    )
