"""Schedule JSON as frab, pretalx and the c3voc write it, and other conference apps open it.

Format: https://c3voc.de/wiki/schedule. Beside its fields a room may have `address` and `floor`,
a person `aliases`, an event `cancelled` and `removed`, and the conference a `venue`; what this
program writes has most of that elsewhere (see `own.meta`). Hardly a published file keeps to the
format, so whatever is missing is done without.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.schedule import Person, Room
from bot.sources import Given, Imported, NotASchedule
from bot.sources.formats.c3voc_times import Times, times_of
from bot.sources.own import meta
from bot.sources.own.links import as_uri
from bot.sources.reading.assembling import assembled
from bot.sources.reading.entries import Broken, Entry, each, named
from bot.sources.reading.keys import unmistakable
from bot.sources.reading.texts import is_yes, line, lines, web_address, written
from bot.sources.reading.times import day_named, zone_of

# https://docs.pretalx.org: the address of a talk holds its code.
_TALK = re.compile(r"/talk/([A-Z0-9]{5,8})/?$")
_CODED = ("pretalx", meta.GENERATOR)
"""Programs in whose files an event's `code` stays and its `guid` does not."""

Json = Mapping[str, Any]


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
    own = generator == meta.GENERATOR
    beside = meta.read(conference) if own else None
    placed = list(_placed(days, warnings))
    events = [one.event for one in placed if isinstance(one.event, dict)]
    ids = ((written(event.get("id")), _told(event)) for event in events)
    form = _Form(
        times_of(conference, days, events, zone),
        coded=_coded(generator, events),
        ids=frozenset(unmistakable(ids)),
        own=own,
        beside=beside or meta.Meta(),
        verbatim=own and beside is None,
    )
    entries = each(
        placed,
        lambda one: _entry(one, form, warnings),
        _named,
        warnings,
    )
    return assembled(
        entries,
        event=line(conference.get("title")) or given.event or "",
        zone=zone,
        warnings=warnings,
        rooms=_rooms(conference.get("rooms"), form.beside),
        day_change=form.times.day_change,
        version=written(schedule.get("version")),
        venue=form.beside.venue or line(conference.get("venue")),
        own=own,
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """What holds for every entry of one document. What is this program's `own` was written by it;
    `verbatim` is what it has written before it told of each entry whether it is."""

    times: Times
    coded: bool
    ids: frozenset[str]
    own: bool
    beside: meta.Meta
    verbatim: bool


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
                where = line(room) or "no room"
                warnings.append(f"Everything in {where}: left out, it is no list of entries.")


def _named(placed: _Placed) -> str:
    """What a warning calls the entry: by its place where nothing better is known."""
    event = placed.event if isinstance(placed.event, dict) else {}
    key = next(filter(None, (written(event.get(name)) for name in ("guid", "code", "id"))), "")
    room = line(placed.room)
    return named(event.get("title"), key or (f"in {room}" if room else ""))


def _entry(placed: _Placed, form: _Form, warnings: list[str]) -> Entry:
    event = placed.event
    if not isinstance(event, dict):
        raise Broken("it is no entry")
    title = line(event.get("title"))
    if not title:
        raise Broken("it has no title")
    start = form.times.start(event, placed.day)
    people = [_person(person) for person in _listed(event, "persons", "people", warnings)]
    links = _links(event, form, warnings)
    slides = [_address(one) for one in _listed(event, "attachments", "attachments", warnings)]
    rooms = event.get("room")
    rooms = lines(rooms if isinstance(rooms, list) else [rooms]) or lines([placed.room])
    number = _number(event.get("id"))
    removed = number in form.beside.removed
    cancelled = removed or number in form.beside.cancelled or _is_cancelled(event)
    return Entry(
        title=title,
        start=start,
        end=form.times.end(event, start, title, warnings),
        rooms=rooms,
        key=_key(event, number, form),
        number=number,
        people=tuple(person for person in people if person.name),
        kind=line(event.get("type")),
        subtitle=line(event.get("subtitle")),
        abstract=event.get("abstract"),
        description=event.get("description"),
        links=lines([*links, *map(web_address, slides)]),
        cancelled=cancelled,
        removed=removed or (cancelled and event.get("removed") is True),
        verbatim=form.verbatim or number in form.beside.verbatim,
    )


def _told(event: Json) -> str:
    """What is the same of an entry that stands in several rooms."""
    return repr([event.get(name) for name in ("title", "date", "start")])


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


def _key(event: Json, number: int, form: _Form) -> str:
    """What stays the same of an entry from one version of the file to the next."""
    code, guid, id = line(event.get("code")), line(event.get("guid")), written(event.get("id"))
    if number in form.beside.codes:
        return form.beside.codes[number]
    if form.coded:
        if isinstance(event.get("code"), str):
            return code
        if not form.own and (found := _TALK.search(line(event.get("url")))):
            return found[1]
    return guid or code or (id if id in form.ids else "")


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


def _person(person: Json | str) -> Person:
    if isinstance(person, str):
        return Person(line(person))
    names = ("public_name", "name", "full_public_name", "display_name", "#text")
    name = next((found for key in names if (found := line(person.get(key)))), "")
    aliases = person.get("aliases")
    return Person(name, lines(aliases if isinstance(aliases, list) else ()))


def _links(event: Json, form: _Form, warnings: list[str]) -> list[Any]:
    """The address of the entry itself, and what it links to."""
    listed = _listed(event, "links", "links", warnings)
    url = web_address(event.get("url"))
    if not form.own:
        return [url, *map(_address, listed)]
    links = [_as_it_was(link) for link in listed]
    known = {as_uri(link) for link in links if isinstance(link, str)}
    return links if url in known else [url, *links]


def _address(link: Json | str) -> Any:
    return link if isinstance(link, str) else link.get("url")


def _as_it_was(link: Json | str) -> Any:
    """The link itself, which this program writes beside an address that every program can read."""
    address = _address(link)
    title = link.get("title") if isinstance(link, dict) else None
    return title if isinstance(title, str) and as_uri(title) == address else address


def _rooms(listed: Any, beside: meta.Meta) -> list[Room]:
    rooms = (room for room in listed if isinstance(room, dict)) if isinstance(listed, list) else ()
    return [
        beside.rooms.get(name) or meta.room_of(name, room)
        for room in rooms
        if (name := line(room.get("name")))
    ]
