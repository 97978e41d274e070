"""Entries as the formats find them -> one schedule: cleaned, merged, numbered."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import LONGEST, MOST_SESSIONS, Imported, NotASchedule
from bot.sources.kinds import kind_of
from bot.sources.texts import joined, line, lines, plain, readable
from bot.sources.titles import told

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")
_Made = TypeVar("_Made")
_LARGEST_ID = 10**6
# What databases hold.
_LARGEST_OF_ITS_OWN = 2**31
_NAMELESS = "An entry without a title"


class Broken(Exception):
    """Why an entry cannot be used, to be read after its title."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its times are settled (UTC), its texts are as the source has them.

    `key` is the source's identity, `number` an id that people could type, `kind` what the source
    calls its type, and `cancelled` whether the source says so elsewhere than in the title,
    `removed` whether it is cancelled because an earlier source had it and the last one has not.
    """

    title: str
    start: datetime
    end: datetime | None
    rooms: tuple[str, ...] = ()
    key: str = ""
    number: int = 0
    people: tuple[Person, ...] = ()
    kind: str = ""
    subtitle: str = ""
    abstract: object = ""
    description: object = ""
    links: tuple[str, ...] = ()
    cancelled: bool = False
    removed: bool = False


def each(
    found: Iterable[_Found],
    make: Callable[[_Found], _Made],
    name: Callable[[_Found], object],
    warnings: list[str],
) -> Iterator[_Made]:
    """What is made of each; one that is broken costs itself and a warning with its name."""
    for one in found:
        try:
            yield make(one)
        except Broken as broken:
            warnings.append(f"{named(name(one))}: left out, {broken}.")
        except Exception as problem:
            # An entry that nobody has thought of must not take the others along.
            _log.debug("an entry could not be read", exc_info=True)
            why = type(problem).__name__
            warnings.append(f"{named(name(one))}: left out, it cannot be read ({why}).")


def named(title: object) -> str:
    """How a warning calls the entry with this title."""
    return line(title) or _NAMELESS


def ended(
    start: datetime, end: datetime | None, title: object, warnings: list[str]
) -> datetime | None:
    """The end, if it is behind the start and not too far; a session that ends as it begins has an
    open end."""
    if end is None or start < end <= start + LONGEST:
        return end
    if end > start:
        warnings.append(f"{named(title)}: it lasts longer than two weeks, so it has an open end.")
    elif end < start:
        warnings.append(f"{named(title)}: its end is before its start, so it has an open end.")
    return None


def assembled(
    entries: Iterable[Entry],
    *,
    event: str,
    zone: ZoneInfo,
    warnings: list[str],
    rooms: Iterable[Room] = (),
    day_change: time = time(4),
    version: str = "",
    venue: str = "",
    own: bool = False,
) -> Imported:
    """The schedule of these entries. What is this program's `own` was cleaned and numbered when it
    was first read, and stays as it is. Raises NotASchedule if there is none."""
    found = list(not_too_many(entries))
    if not found:
        first = f" that can be read; the first: {warnings[0]}" if warnings else "."
        raise NotASchedule(f"There is not one session in this schedule{first}")
    if own:
        sessions = _numbered(_merged(map(_kept, found), _of_one_id), _LARGEST_OF_ITS_OWN)
    else:
        sessions = _numbered(_merged(map(_session, found), _of_one_key), _LARGEST_ID)
    people = _people(person for entry in found for person in entry.people)
    schedule = Schedule(
        event or "The event", zone, sessions, rooms=rooms, people=people,
        day_change=day_change, version=version, venue=venue,
    )  # fmt: skip
    return Imported(schedule, tuple(warnings))


def not_too_many(found: Iterable[_Found]) -> Iterator[_Found]:
    """All of them. Raises NotASchedule as soon as they are more than any event has."""
    for number, one in enumerate(found):
        if number == MOST_SESSIONS:
            raise NotASchedule(f"This has more than {MOST_SESSIONS:,} sessions: it is no schedule.")
        yield one


def trusted(keys: Iterable[tuple[str, str]]) -> set[str]:
    """Of keys with the titles they stand for: those that always stand for the same title."""
    titles: dict[str, set[str]] = {}
    for key, title in keys:
        titles.setdefault(key, set()).add(title)
    return {key for key, known in titles.items() if key and len(known) == 1}


def alone(keys: Iterable[str]) -> set[str]:
    """The keys that stand there once."""
    return {key for key, count in Counter(keys).items() if key and count == 1}


def stays(session: Session) -> bool:
    """True if it is read as it is from a file that does not say that it is this program's own."""
    entry = Entry(
        title=session.title,
        start=session.slot.start,
        end=session.slot.end,
        rooms=session.slot.rooms,
        key=session.guid,
        number=session.id,
        people=tuple(map(Person, session.leads)),
        kind=session.kind,
        abstract=session.abstract,
        description=session.description,
        links=session.links,
        cancelled=session.cancelled,
        removed=session.removed,
    )
    return session.id < _LARGEST_ID and _session(entry) == session


def _kept(entry: Entry) -> Session:
    leads = lines(person.name for person in entry.people)
    kind = next((kind for kind in Kind if kind == entry.kind), None)
    return Session(
        id=entry.number,
        guid=line(entry.key),
        title=line(entry.title),
        slot=_slot(entry),
        leads=leads,
        kind=kind or kind_of(line(entry.kind), entry.title, bool(leads)),
        abstract=line(entry.abstract),
        description=line(entry.description),
        links=lines(entry.links),
        cancelled=entry.cancelled,
        removed=entry.removed,
    )


def _slot(entry: Entry) -> Slot:
    # Sorted, for the order in which a document lists its rooms is no news to anybody.
    return Slot(entry.start, entry.end, tuple(sorted(lines(entry.rooms))))


def _session(entry: Entry) -> Session:
    title = line(entry.title)
    title, cancelled = told(plain(title) or title)
    leads = lines(person.name for person in entry.people)
    abstract, linked = readable(entry.abstract)
    description, linked_below = readable(entry.description)
    abstract = joined(line(entry.subtitle), abstract)
    return Session(
        id=entry.number,
        guid=line(entry.key),
        title=title,
        slot=_slot(entry),
        leads=leads,
        kind=kind_of(line(entry.kind), title, bool(leads)),
        abstract=abstract,
        description=description,
        links=lines([*entry.links, *linked, *linked_below]),
        cancelled=entry.cancelled or cancelled,
        removed=entry.removed,
    )


def _of_one_key(session: Session) -> object:
    return (session.guid, session.title, session.slot.start) if session.guid else None


def _of_one_id(session: Session) -> object:
    return (session.id, session.guid, session.title, session.slot.start) if session.id else None


def _merged(sessions: Iterable[Session], same: Callable[[Session], object]) -> Iterator[Session]:
    """Entries that stand in several rooms and have the same, title and start among it, are one
    session; None is equal to nothing."""
    merged: dict[object, Session] = {}
    for number, session in enumerate(sessions):
        key = same(session) or number
        had = merged.get(key)
        if had is None:
            merged[key] = session
        elif not set(session.slot.rooms) <= set(had.slot.rooms):
            rooms = tuple(sorted({*had.slot.rooms, *session.slot.rooms}))
            merged[key] = replace(had, slot=replace(had.slot, rooms=rooms))
    return iter(merged.values())


def _numbered(sessions: Iterable[Session], largest: int) -> list[Session]:
    """With ids that people can type: those of the source below `largest` where they are unique,
    else new ones."""
    listed = list(sessions)
    taken: set[int] = set()
    kept: list[Session | None] = []
    for session in listed:
        usable = 0 < session.id < largest and session.id not in taken
        kept.append(session if usable else None)
        taken.add(session.id)
    fresh = (number for number in range(1, 10**9) if number not in taken)
    return [k or replace(s, id=next(fresh)) for k, s in zip(kept, listed, strict=True)]


def _people(found: Iterable[Person]) -> list[Person]:
    """Everybody who has aliases, with all that stand anywhere."""
    aliases: dict[str, dict[str, None]] = {}
    for person in found:
        aliases.setdefault(person.name, {}).update(dict.fromkeys(person.aliases))
    return [Person(name, tuple(known)) for name, known in aliases.items() if known]
