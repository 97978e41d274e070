"""Entries as the formats find them -> one schedule: cleaned, merged, numbered."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import Imported, NotASchedule
from bot.sources.reading.entries import Entry, not_too_many
from bot.sources.reading.kinds import kind_of
from bot.sources.reading.texts import joined, line, lines, plain, readable
from bot.sources.reading.titles import told

_LARGEST_ID = 10**6
# What databases hold.
_LARGEST_OF_ITS_OWN = 2**31


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
    """The schedule of these entries. What is this program's `own` was numbered when it was first
    read, and keeps its numbers. Raises NotASchedule if there is none."""
    found = list(not_too_many(entries))
    if not found:
        first = f" that can be read; the first: {warnings[0]}" if warnings else "."
        raise NotASchedule(f"There is not one session in this schedule{first}")
    made = (_kept(entry) if entry.verbatim else session_of(entry) for entry in found)
    if own:
        sessions = _numbered(_merged(made, _of_one_id), _LARGEST_OF_ITS_OWN)
    else:
        sessions = _numbered(_merged(made, _of_one_key), _LARGEST_ID)
    people = _people(person for entry in found for person in entry.people)
    schedule = Schedule(
        event or "The event", zone, sessions, rooms=rooms, people=people,
        day_change=day_change, version=version, venue=venue,
    )  # fmt: skip
    return Imported(schedule, tuple(warnings))


def session_of(entry: Entry) -> Session:
    """The session that an entry is read as: its texts are cleaned, and its title may say that it is
    cancelled."""
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
