"""Small calendars for tests, and what is read from them."""

from bot.schedule import Schedule, Session
from bot.sources import Imported, read
from tests.sources.documents import BERLIN


def event(**properties: str) -> str:
    """An event in Berlin; a name stands as it is, `DTSTART_` for `DTSTART;` with parameters, and
    what is empty is left out."""
    usual = {
        "UID": "frogs",
        "DTSTART": "20140705T080000Z",
        "DTEND": "20140705T084000Z",
        "SUMMARY": "Frogs",
        "LOCATION": "Pond",
    }
    lines = [
        f"{name.replace('_', ';', 1)}{'' if '_' in name else ':'}{value}"
        for name, value in {**usual, **properties}.items()
        if value
    ]
    return "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))


def calendar(*events: str, zone: str = "Europe/Berlin", head: str = "") -> bytes:
    """A calendar of these events."""
    about = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    about += [f"X-WR-TIMEZONE:{zone}"] if zone else []
    about += [head] if head else []
    return "\r\n".join((*about, *events, "END:VCALENDAR", "")).encode()


def imported(raw: bytes) -> Imported:
    return read(raw, BERLIN)


def schedule(raw: bytes) -> Schedule:
    """The schedule of a calendar that is read without any warning."""
    found = imported(raw)
    assert found.warnings == ()
    return found.schedule


def only(**properties: str) -> Session:
    """The session of a calendar that has one event."""
    (session,) = schedule(calendar(event(**properties))).sessions
    return session
