"""Schedule JSON as frab, pretalx and the c3voc write it, and other conference apps open it.

Format: https://c3voc.de/wiki/schedule. Beside its fields a room may have `address` and `floor`,
a person `aliases`, an event `cancelled` and `removed`, and the conference a `venue`: other readers
ignore them. Hardly a published file keeps to the format, so whatever is missing is done without.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.schedule import Person, Room
from bot.sources import YEARS, Given, Imported, NotASchedule, c3voc_writing
from bot.sources.assembling import Broken, Entry, alone, assembled, each, ended
from bot.sources.texts import is_yes, line, lines, web_address, written
from bot.sources.times import (
    LATEST_DAY_CHANGE,
    NO_DATE,
    USUAL_DAY_CHANGE,
    clock_time,
    day_named,
    duration,
    has_seconds,
    moment,
    moment_or_none,
    settled,
    zone_of,
)

# https://docs.pretalx.org: the address of a talk holds its code.
_TALK = re.compile(r"/talk/([A-Z0-9]{5,8})/?$")
_CODED = ("pretalx", c3voc_writing.GENERATOR)
"""Programs in whose files an event's `code` stays and its `guid` does not."""

Json = Mapping[str, Any]

write = c3voc_writing.write


def recognises(document: object) -> bool:
    """True for an object with a schedule or a conference in it."""
    return isinstance(document, dict) and ("schedule" in document or "conference" in document)


def read(document: Any, given: Given) -> Imported:
    """The schedule in a document; an entry that cannot be read costs a warning. A zone in the
    file counts before the one that is given. Raises NotASchedule."""
    try:
        schedule = document.get("schedule", document)
        conference = schedule["conference"]
        days = [day for day in conference["days"] if isinstance(day.get("rooms"), dict)]
    except (KeyError, TypeError, AttributeError):
        raise NotASchedule(
            "This JSON has no schedule.conference.days: it is no schedule."
        ) from None
    zone = zone_of(conference.get("time_zone_name"), given.timezone)
    warnings: list[str] = []
    generator = _generator(document, schedule)
    placed = list(_placed(days, warnings))
    events = [one.event for one in placed if isinstance(one.event, dict)]
    ids = [written(e.get("id")) for e in events if not line(e.get("guid"))]
    form = _Form(
        zone,
        _day_change(conference, days, zone),
        with_seconds=any(has_seconds(event.get("duration")) for event in events),
        coded=_coded(generator, events),
        ids=frozenset(alone(ids)),
    )
    entries = each(
        placed,
        lambda one: _entry(one, form, warnings),
        lambda one: one.event.get("title") if isinstance(one.event, dict) else "",
        warnings,
    )
    return assembled(
        entries,
        event=line(conference.get("title")) or given.event or "",
        zone=zone,
        warnings=warnings,
        rooms=_rooms(conference.get("rooms")),
        day_change=form.day_change,
        version=written(schedule.get("version")),
        venue=line(conference.get("venue")),
        own=generator == c3voc_writing.GENERATOR,
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """What holds for every entry of one document."""

    zone: ZoneInfo
    day_change: time
    with_seconds: bool
    coded: bool
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry as it stands in the document, with what stands above it."""

    event: Any
    day: date | None
    room: str


def _placed(days: Iterable[Json], warnings: list[str]) -> Iterator[_Placed]:
    for day in days:
        date_of_day = day_named(day.get("date"))
        for room, events in day["rooms"].items():
            if isinstance(events, list):
                yield from (_Placed(event, date_of_day, room) for event in events)
            elif events is not None:
                warnings.append(f"Everything in {line(room)}: left out, it is no list of entries.")


def _entry(placed: _Placed, form: _Form, warnings: list[str]) -> Entry:
    event = placed.event
    if not isinstance(event, dict):
        raise Broken("it is no entry")
    title = line(event.get("title"))
    if not title:
        raise Broken("it has no title")
    start = _start(event, placed.day, form)
    people = [_person(person) for person in _listed(event, "persons", "people", warnings)]
    links = [_link(link) for link in _listed(event, "links", "links", warnings)]
    slides = [_link(one) for one in _listed(event, "attachments", "attachments", warnings)]
    room = line(event.get("room")) or line(placed.room)
    return Entry(
        title=title,
        start=start,
        end=_end(event, start, form, warnings),
        rooms=(room,) if room else (),
        key=_key(event, form),
        number=_number(event.get("id")),
        people=tuple(person for person in people if person.name),
        kind=line(event.get("type")),
        subtitle=line(event.get("subtitle")),
        abstract=event.get("abstract"),
        description=event.get("description"),
        links=lines([web_address(event.get("url")), *links, *map(web_address, slides)]),
        cancelled=_is_cancelled(event),
        removed=_is_cancelled(event) and event.get("removed") is True,
    )


def _is_cancelled(event: Json) -> bool:
    named = line(event.get("status") or event.get("state")).lower()
    return is_yes(event.get("cancelled")) or is_yes(event.get("canceled")) or named in _CANCELLED


_CANCELLED = ("cancelled", "canceled", "withdrawn")


def _listed(event: Json, key: str, called: str, warnings: list[str]) -> list[Any]:
    """What a list of an entry holds, without what is neither an object nor a text."""
    listed = event.get(key) or []
    if not isinstance(listed, list):
        listed = [listed]
    usable = [one for one in listed if isinstance(one, dict | str)]
    odd = len(listed) - len(usable)
    if odd:
        title = line(event["title"])
        warnings.append(f"{title}: {odd} of its {called} left out, not written as the format says.")
    return usable


def _start(event: Json, day: date | None, form: _Form) -> datetime:
    """The moment (UTC) at which an entry begins. Raises Broken where it cannot be used."""
    given = event.get("date") or None
    own = day_named(given)
    if own is None and given is not None:
        return moment(given, form.zone)
    try:
        found = _on(day, own, clock_time(event.get("start")), form.day_change)
    except ValueError:
        raise Broken(NO_DATE) from None
    return settled(found, form.zone)


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


def _end(event: Json, start: datetime, form: _Form, warnings: list[str]) -> datetime | None:
    length = duration(event.get("duration"), with_seconds=form.with_seconds)
    if length is not None:
        return start + length
    # pretalx names the end too.
    return ended(start, moment_or_none(event.get("end"), form.zone), event["title"], warnings)


def _key(event: Json, form: _Form) -> str:
    """What stays the same of an entry from one version of the file to the next."""
    code, guid, number = line(event.get("code")), line(event.get("guid")), written(event.get("id"))
    if form.coded:
        if isinstance(event.get("code"), str):
            return code
        if found := _TALK.search(line(event.get("url"))):
            return found[1]
    return guid or code or (number if number in form.ids else "")


def _generator(document: Json, schedule: Json) -> str | None:
    """The name of the program that wrote the document, if it says which."""
    generator = schedule.get("generator") or document.get("generator")
    return line(generator.get("name")).lower() if isinstance(generator, dict) else None


def _coded(generator: str | None, events: Iterable[Json]) -> bool:
    """True if it is the `code` that stays: pretalx makes each guid from the code and the place in
    the list of a talk's slots. Older versions do not name themselves."""
    if generator is not None:
        return generator in _CODED
    return any(_TALK.search(line(event.get("url"))) for event in events)


def _number(id: object) -> int:
    """The id, if it is a number; XML has only texts."""
    if isinstance(id, str) and id.isascii() and id.isdecimal() and len(id) < 10:
        return int(id)
    return id if type(id) is int else 0


def _day_change(conference: Json, days: Iterable[Json], zone: ZoneInfo) -> time:
    """The local time at which the days of the source begin, where all agree on it."""
    starts = set[time]()
    try:
        if conference.get("day_change"):
            starts.add(clock_time(conference["day_change"]))
        else:
            listed = list(days)
            # The first day of a long event begins when the event does.
            for day in listed[1:] if len(listed) > 2 else listed:
                begins = datetime.fromisoformat(day["day_start"])
                starts.add((begins.astimezone(zone) if begins.tzinfo else begins).time())
    except (KeyError, TypeError, ValueError, OverflowError):
        return USUAL_DAY_CHANGE
    only = starts.pop() if len(starts) == 1 else USUAL_DAY_CHANGE
    return only if only <= LATEST_DAY_CHANGE else USUAL_DAY_CHANGE


def _person(person: Json | str) -> Person:
    if isinstance(person, str):
        return Person(line(person))
    names = ("public_name", "name", "full_public_name", "display_name", "#text")
    name = next((found for key in names if (found := line(person.get(key)))), "")
    aliases = person.get("aliases")
    return Person(name, lines(aliases if isinstance(aliases, list) else ()))


def _link(link: Json | str) -> Any:
    return link if isinstance(link, str) else link.get("url")


def _rooms(listed: Any) -> list[Room]:
    rooms = (room for room in listed if isinstance(room, dict)) if isinstance(listed, list) else ()
    return [
        Room(name, line(room.get("address")) or None, line(room.get("floor")) or None)
        for room in rooms
        if (name := line(room.get("name")))
    ]
