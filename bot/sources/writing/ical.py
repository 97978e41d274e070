"""A schedule -> iCalendar (RFC 5545), to be subscribed to by calendars."""

from collections import Counter
from datetime import datetime

from icalendar import Calendar, Event

from bot import __version__
from bot.schedule import Schedule, Session
from bot.sources.writing.guids import unique_guids
from bot.sources.writing.titles import title_shown


def write(schedule: Schedule, stamp: datetime) -> bytes:
    """The schedule as a calendar that was made at `stamp` (UTC). Its times are in UTC, which all
    programs understand; X-WR-TIMEZONE says where the event is."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Summit Bot//Summit Bot {__version__}//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", schedule.event)
    calendar.add("x-wr-calname", schedule.event)
    calendar.add("x-wr-timezone", schedule.timezone.key)
    count = Counter(session.guid for session in schedule.sessions)
    made = unique_guids(schedule)
    for session in schedule.sessions:
        alone = session.guid and count[session.guid] == 1
        uid = session.guid if alone else made[session.id]
        calendar.add_component(_event(session, schedule, uid, stamp))
    return bytes(calendar.to_ical())


def _event(session: Session, schedule: Schedule, uid: str, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", session.slot.start)
    if session.slot.end is not None:
        event.add("dtend", session.slot.end)
    event.add("summary", title_shown(session))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    if session.slot.rooms:
        event.add("location", ", ".join(_place(name, schedule) for name in session.slot.rooms))
    if text := _text(session):
        event.add("description", text)
    event.add("categories", [session.kind.value])
    if session.links:
        event.add("url", session.links[0])
    return event


def _place(name: str, schedule: Schedule) -> str:
    room = schedule.rooms[name]
    return f"{name}, {room.address}" if room.address else name


def _text(session: Session) -> str:
    leads = f"With {', '.join(session.leads)}." if session.leads else ""
    return "\n\n".join(filter(None, (leads, session.abstract, session.description, *session.links)))
