"""Small schedule pages for tests, and what is read from them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.schedule import Session
from bot.sources import Imported, read

ZONE = ZoneInfo("America/Los_Angeles")
FULL = "Friday May 3, 2013 9:00am - 9:40am"


def imported(page: str) -> Imported:
    """What is read from a page; it must not cost a warning unless the test says so."""
    return read(page.encode(), ZONE, "Pond Days")


def sessions(page: str) -> list[Session]:
    """The sessions of a page that is read without any warning."""
    found = imported(page)
    assert found.warnings == ()
    return sorted(found.schedule.sessions, key=lambda session: session.id)


def entry(
    *description: str, title: str = "Frogs", full: str = FULL, place: str = "Pond", start: str = ""
) -> str:
    """One entry as the page has it, its description between blank lines."""
    begins = start or full.split()[4]
    return "\n".join((begins, "", title, "", *description, "", "", full, place, "", ""))


def only(*description: str, title: str = "Frogs", place: str = "Pond") -> Session:
    """The session of a page that has one entry."""
    (session,) = sessions(entry(*description, title=title, place=place))
    return session


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in May 2013, at the event."""
    return datetime(2013, 5, day, hour, minute, tzinfo=ZONE)
