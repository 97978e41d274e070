"""Small c3voc documents for tests, and what is read from them."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.schedule import Schedule, Session
from bot.sources import Imported, NotASchedule, read

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2014, 7, 5, 8, tzinfo=UTC)


def event(**fields: Any) -> dict[str, Any]:
    """An entry; fields that are None are left out."""
    usual = {
        "id": 7,
        "guid": "frogs",
        "date": "2014-07-05T10:00:00+02:00",
        "duration": "0:40",
        "title": "Frogs",
    }
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def document(*events: Any, room: str = "Pond", **conference: Any) -> dict[str, Any]:
    """A schedule of one day with these entries; what is None is left out."""
    usual: dict[str, Any] = {
        "title": "Pond Days",
        "time_zone_name": "Europe/Berlin",
        "days": [{"rooms": {room: list(events)}}],
    }
    known = {name: value for name, value in {**usual, **conference}.items() if value is not None}
    return {"schedule": {"version": "3", "conference": known}}


def imported(document: object, zone: ZoneInfo | None = None) -> Imported:
    """What is read."""
    return read(json.dumps(document).encode(), zone)


def schedule(document: object, zone: ZoneInfo | None = None) -> Schedule:
    """The schedule of a document that is read without any warning."""
    found = imported(document, zone)
    assert found.warnings == ()
    return found.schedule


def only(**fields: Any) -> Session:
    """The session of a document with one entry."""
    (session,) = schedule(document(event(**fields))).sessions
    return session


def refusal(raw: bytes, zone: ZoneInfo | None = None) -> str:
    """Why this is no schedule."""
    with pytest.raises(NotASchedule) as refused:
        read(raw, zone)
    return str(refused.value)
