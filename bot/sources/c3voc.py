"""c3voc schedule JSON, as pretalx and frab export it and other conference apps open it.

Format: https://c3voc.de/wiki/schedule. Beside its fields a room may have `address` and `floor`,
a person `aliases`, an event `cancelled`, and the conference a `venue`: other readers ignore them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.cleaning import one_line
from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import YEARS, Imported, NotASchedule

_DURATION = re.compile(r"(?:(\d+):)?(\d{1,4}):(\d{2})")
_MARKUP = re.compile(r"<[/!a-z]|&#?\w+;", re.IGNORECASE)
_LONGEST = timedelta(days=14)
_USUAL_DAY_CHANGE = time(4)

Json = Mapping[str, Any]


def read(text: str, timezone: ZoneInfo | None) -> Imported:
    """The schedule in a document; an entry that cannot be read costs a warning. A zone in the
    file counts before `timezone`. Raises NotASchedule."""
    try:
        document = json.loads(text)["schedule"]
        conference = document["conference"]
        days = [day for day in conference["days"] if isinstance(day.get("rooms"), dict)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotASchedule(
            "This JSON has no schedule.conference.days: it is no schedule."
        ) from None
    zone = _zone(conference.get("time_zone_name"), timezone)
    warnings: list[str] = []
    change = _day_change(days, zone)
    found = list(_sessions(days, zone, change, warnings))
    if not found:
        raise NotASchedule("There is not one session in this schedule.")
    schedule = Schedule(
        _line(conference.get("title")) or "The event",
        zone,
        _numbered(_merged(session for session, _ in found)),
        rooms=_rooms(conference.get("rooms")),
        people=_people(person for _, people in found for person in people),
        day_change=change,
        version=_line(document.get("version")),
        venue=_line(conference.get("venue")),
    )
    return Imported(schedule, tuple(warnings))


def write(schedule: Schedule) -> str:
    """The schedule as a document that `read` and other programs read."""
    days = [_written_day(index, day, schedule) for index, day in enumerate(schedule.days, start=1)]
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
    document = {"schedule": {"version": schedule.version or "1", "conference": conference}}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _sessions(
    days: Iterable[Json], zone: ZoneInfo, change: time, warnings: list[str]
) -> Iterator[tuple[Session, list[Person]]]:
    for day in days:
        date_of_day = _date(day.get("date"))
        for room, events in day["rooms"].items():
            if not isinstance(events, list | None):
                warnings.append(f"Everything in {_line(room)}: left out, it is no list of entries.")
                continue
            for event in events or ():
                title = _line(event.get("title")) if isinstance(event, dict) else ""
                # One broken entry costs that entry, never the import.
                try:
                    start = _start(event, date_of_day, zone, change)
                    yield _session(event, room, start, warnings)
                except _Broken as broken:
                    name = title or "An entry without a title"
                    warnings.append(f"{name}: left out, {broken}.")


class _Broken(Exception):
    """Why an entry cannot be used, to be read after its title."""


def _session(
    event: Json, room: str, start: datetime, warnings: list[str]
) -> tuple[Session, list[Person]]:
    title = _line(event["title"])
    length = _length(event.get("duration"))
    name = _line(event.get("room")) or _line(room)
    people = [_person(person) for person in _listed(event, "persons", "people", warnings)]
    people = [person for person in people if person.name]
    links = [_link(link) for link in _listed(event, "links", "links", warnings)]
    abstract, linked = _readable(event.get("abstract"))
    description, linked_below = _readable(event.get("description"))
    session = Session(
        id=event["id"] if type(event.get("id")) is int else 0,
        guid=_line(event.get("guid")),
        title=title,
        slot=Slot(start, start + length if length else None, (name,) if name else ()),
        leads=tuple(dict.fromkeys(person.name for person in people)),
        kind=_kind(event.get("type")),
        abstract=abstract,
        description=description,
        links=_lines([*links, *linked, *linked_below]),
        cancelled=bool(event.get("cancelled")),
    )
    return session, people


def _listed(event: Json, key: str, called: str, warnings: list[str]) -> list[Any]:
    """What a list of an entry holds, without what is neither an object nor a text."""
    listed = event.get(key) or []
    if not isinstance(listed, list):
        listed = [listed]
    usable = [one for one in listed if isinstance(one, dict | str)]
    odd = len(listed) - len(usable)
    if odd:
        title = _line(event["title"])
        warnings.append(f"{title}: {odd} of its {called} left out, not written as the format says.")
    return usable


def _readable(written: Any) -> tuple[str, list[str]]:
    """A text that may be HTML as one line, and the links in it."""
    if not isinstance(written, str):
        return "", []
    if _MARKUP.search(written) is None:
        return one_line(written), []
    from bot.sources.markup import readable

    text, links = readable(written)
    return one_line(text), links


def _start(event: Any, day: date | None, zone: ZoneInfo, change: time) -> datetime:
    """The moment (UTC) at which an entry begins. Raises _Broken where it cannot be used."""
    if not isinstance(event, dict):
        raise _Broken("it is no entry")
    if not _line(event.get("title")):
        raise _Broken("it has no title")
    written = event.get("date") or None
    own = _date(written)
    try:
        if own is None and written is not None:
            moment = datetime.fromisoformat(written)
        else:
            moment = _on(day, own, time.fromisoformat(_line(event.get("start")).zfill(5)), change)
    except (TypeError, ValueError):
        raise _Broken("it has no date that can be read") from None
    if moment.year not in YEARS:
        raise _Broken("its date is out of all reason")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _on(day: date | None, own: date | None, at: time, change: time) -> datetime:
    """The local moment of an entry that gives a time, and a date of its own or none.

    What begins before the day change stands under the day before; but a date of its own that is
    not the day's is already the one of the calendar.
    """
    base = own or day
    if base is None or base.year not in YEARS:
        raise ValueError("there is no date")
    late = at < change and (day is None or base == day)
    return datetime.combine(base, at) + timedelta(days=late)


def _date(written: Any) -> date | None:
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError):
        return None


def _merged(sessions: Iterable[Session]) -> Iterator[Session]:
    """Entries that stand in several rooms with one guid and start are one session."""
    merged: dict[object, Session] = {}
    for number, session in enumerate(sessions):
        key = (session.guid, session.slot.start) if session.guid else number
        had = merged.get(key)
        if had is None:
            merged[key] = session
        elif not set(session.slot.rooms) <= set(had.slot.rooms):
            # Sorted, for the order in which a document lists its rooms is no news to anybody.
            rooms = tuple(sorted({*had.slot.rooms, *session.slot.rooms}))
            merged[key] = replace(had, slot=replace(had.slot, rooms=rooms))
    return iter(merged.values())


def _numbered(sessions: Iterable[Session]) -> list[Session]:
    """With ids that people can type: those of the source where they are unique, else new ones."""
    listed = list(sessions)
    taken: set[int] = set()
    kept: list[Session | None] = []
    for session in listed:
        usable = 0 < session.id < 10**6 and session.id not in taken
        kept.append(session if usable else None)
        taken.add(session.id)
    fresh = (number for number in range(1, 10**9) if number not in taken)
    return [k or replace(s, id=next(fresh)) for k, s in zip(kept, listed, strict=True)]


def _length(duration: Any) -> timedelta | None:
    match = _DURATION.fullmatch(_line(duration))
    if match is None:
        return None
    try:
        days, hours, minutes = (int(part or 0) for part in match.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes)
    except (ValueError, OverflowError):
        return None
    return length if timedelta() < length <= _LONGEST else None


def _zone(named: Any, fallback: ZoneInfo | None) -> ZoneInfo:
    try:
        if named:
            return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        pass
    if fallback is None:
        raise NotASchedule(
            "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."
        )
    return fallback


def _day_change(days: Iterable[Json], zone: ZoneInfo) -> time:
    """The local time at which the days of the source begin, where all agree on it."""
    starts = set[time]()
    for day in days:
        try:
            moment = datetime.fromisoformat(day["day_start"])
            starts.add((moment.astimezone(zone) if moment.tzinfo else moment).time())
        except (KeyError, TypeError, ValueError, OverflowError):
            return _USUAL_DAY_CHANGE
    only = starts.pop() if len(starts) == 1 else _USUAL_DAY_CHANGE
    return only if only <= _LATEST_DAY_CHANGE else _USUAL_DAY_CHANGE


_LATEST_DAY_CHANGE = time(9)


def _kind(named: Any) -> Kind:
    try:
        return Kind(_line(named).lower())
    except ValueError:
        return Kind.SESSION


def _person(person: Json | str) -> Person:
    if isinstance(person, str):
        return Person(_line(person))
    name = _line(person.get("public_name")) or _line(person.get("name"))
    aliases = person.get("aliases")
    return Person(name, _lines(aliases if isinstance(aliases, list) else ()))


def _link(link: Json | str) -> Any:
    return link if isinstance(link, str) else link.get("url")


def _people(named: Iterable[Person]) -> list[Person]:
    """Everybody who has aliases, with all that stand anywhere."""
    aliases: dict[str, dict[str, None]] = {}
    for person in named:
        aliases.setdefault(person.name, {}).update(dict.fromkeys(person.aliases))
    return [Person(name, tuple(known)) for name, known in aliases.items() if known]


def _rooms(listed: Any) -> list[Room]:
    rooms = (room for room in listed if isinstance(room, dict)) if isinstance(listed, list) else ()
    return [
        Room(name, _line(room.get("address")) or None, _line(room.get("floor")) or None)
        for room in rooms
        if (name := _line(room.get("name")))
    ]


def _line(value: Any) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _lines(values: Iterable[Any]) -> tuple[str, ...]:
    """Each once; what is empty or no text is left out."""
    return tuple(dict.fromkeys(line for value in values if (line := _line(value))))


def _known(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}


def _written_day(index: int, day: date, schedule: Schedule) -> dict[str, Any]:
    begins = schedule.moment(day, schedule.day_change)
    rooms: dict[str, list[Any]] = {}
    for session in schedule.on(day):
        for name in session.slot.rooms or ("",):
            rooms.setdefault(name, []).append(_written(session, name, schedule))
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": _local(begins, schedule),
        "day_end": _local(begins + timedelta(days=1, seconds=-60), schedule),
        "rooms": rooms,
    }


def _written(session: Session, room: str, schedule: Schedule) -> dict[str, Any]:
    slot = session.slot
    minutes = round((slot.end - slot.start) / timedelta(minutes=1)) if slot.end else 0
    return {
        "guid": session.guid,
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
        **_known(cancelled=session.cancelled),
    }


def _local(moment: datetime, schedule: Schedule) -> str:
    return moment.astimezone(schedule.timezone).isoformat()
