"""A schedule -> schedule JSON in the c3voc format, as it is kept and as other apps open it."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot import __version__
from bot.schedule import Schedule, Session
from bot.sources.assembling import stays

GENERATOR = "summit-bot"
"""What this program calls itself in the documents that it writes."""


def write(schedule: Schedule) -> str:
    """The schedule as a document that `c3voc.read` and other programs read."""
    guids = unique_guids(schedule)
    days = [
        _written_day(index, day, schedule, guids)
        for index, day in enumerate(schedule.days, start=1)
    ]
    conference = {
        "acronym": re.sub(r"[^a-z0-9]+", "-", schedule.event.lower()).strip("-"),
        "title": schedule.event,
        "start": schedule.days[0].isoformat(),
        "end": schedule.days[-1].isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "time_zone_name": schedule.timezone.key,
        **_known(venue=schedule.venue),
        "rooms": [
            {"name": room.name, **_known(address=room.address, floor=room.floor)}
            for room in schedule.rooms.values()
        ],
        "days": days,
    }
    document: dict[str, Any] = {
        "schedule": {"version": schedule.version or "1", "conference": conference}
    }
    if any(guids[s.id] != s.guid or not stays(s) for s in schedule.sessions):
        # Says to whoever reads it again that the codes stay, and that all else is as it should be.
        document = {"generator": {"name": GENERATOR, "version": __version__}, **document}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def unique_guids(schedule: Schedule) -> Mapping[int, str]:
    """A UUID for the id of each session: other programs expect one, and each of them once. It is
    the session's own where that is one, else it is made from what the source knows it by."""
    count = Counter(session.guid for session in schedule.sessions)
    return {session.id: _guid(session, count[session.guid] == 1) for session in schedule.sessions}


def _guid(session: Session, once: bool) -> str:
    if once and _UUID.fullmatch(session.guid):
        return session.guid
    start = session.slot.start.isoformat()
    known = session.guid if once and session.guid else f"{session.guid} {session.title} {start}"
    if not session.guid:
        known = f"{known} {'/'.join(session.slot.rooms)} {session.id}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, known))


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _known(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}


def _written_day(
    index: int, day: date, schedule: Schedule, guids: Mapping[int, str]
) -> dict[str, Any]:
    begins = schedule.moment(day, schedule.day_change)
    rooms: dict[str, list[Any]] = {}
    for session in schedule.on(day):
        for name in session.slot.rooms or ("",):
            rooms.setdefault(name, []).append(_written(session, name, schedule, guids))
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": _local(begins, schedule),
        "day_end": _local(begins + timedelta(days=1, seconds=-60), schedule),
        "rooms": rooms,
    }


def _written(
    session: Session, room: str, schedule: Schedule, guids: Mapping[int, str]
) -> dict[str, Any]:
    slot = session.slot
    guid = guids[session.id]
    minutes = round((slot.end - slot.start) / timedelta(minutes=1)) if slot.end else 0
    return {
        "guid": guid,
        # As pretalx does it: what stays the same stands beside a guid that is unique.
        **({"code": session.guid} if session.guid != guid else {}),
        "id": session.id,
        "date": _local(slot.start, schedule),
        "start": f"{slot.start.astimezone(schedule.timezone):%H:%M}",
        "duration": f"{minutes // 60}:{minutes % 60:02}" if minutes else "",
        "room": room,
        "title": session.title,
        "subtitle": "",
        "type": session.kind.value,
        "track": "",
        "language": "",
        "abstract": session.abstract,
        "description": session.description,
        "persons": [
            {"public_name": name, **_known(aliases=list(schedule.people[name].aliases))}
            for name in session.leads
        ],
        "links": [{"url": link, "title": link} for link in session.links],
        **_known(cancelled=session.cancelled, removed=session.removed),
    }


def _local(moment: datetime, schedule: Schedule) -> str:
    return moment.astimezone(schedule.timezone).isoformat()
