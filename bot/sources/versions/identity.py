"""Keeps the ids of a schedule when it is imported again: people type them, bookmarks hold them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count

from bot.schedule import Schedule, Session
from bot.sources.versions.ladder import matched


def kept(old: Schedule, new: Schedule, highest: int = 0) -> Schedule:
    """The new schedule, its sessions with the ids that they have in the old one. All others get
    numbers above the highest there, and above `highest`, in the order of their own: no id is ever
    used again. The ids of each are unique.

    What the new one no longer has is in it as cancelled and removed, in its last slot, so that a
    session that comes back is the same session.
    """
    return _kept(old, new, matched(old, new), highest)


def succeeding(old: Schedule, new: Schedule) -> Schedule:
    """The same, unless they have nothing in common: then it is another event, as it is."""
    known = matched(old, new)
    return _kept(old, new, known, 0) if known else new


def _kept(old: Schedule, new: Schedule, known: Mapping[int, Session], highest: int) -> Schedule:
    fresh = count(max((highest, *(session.id for session in old.sessions))) + 1)
    ids = {number: session.id for number, session in known.items()}
    for number in sorted(session.id for session in new.sessions if session.id not in ids):
        ids[number] = next(fresh)
    taken = set(ids.values())
    vanished = [
        replace(session, cancelled=True, removed=True)
        for session in old.sessions
        if session.id not in taken
    ]
    rooms = sorted(_used(vanished, _rooms) - new.rooms.keys())
    people = sorted(_used(vanished, _leads) - new.people.keys())
    return Schedule(
        new.event,
        new.timezone,
        [*(replace(session, id=ids[session.id]) for session in new.sessions), *vanished],
        rooms=[*new.rooms.values(), *(old.rooms[name] for name in rooms)],
        people=[*new.people.values(), *(old.people[name] for name in people)],
        day_change=new.day_change,
        version=new.version,
        venue=new.venue,
    )


def published(schedule: Schedule) -> Schedule:
    """The schedule as it was published: without what is kept only for those who knew it."""
    removed = [session for session in schedule.sessions if session.removed]
    if not removed:
        return schedule
    there = [session for session in schedule.sessions if not session.removed]
    rooms = _used(removed, _rooms) - _used(there, _rooms)
    people = _used(removed, _leads) - _used(there, _leads)
    return Schedule(
        schedule.event,
        schedule.timezone,
        there,
        rooms=(room for room in schedule.rooms.values() if room.name not in rooms),
        people=(person for person in schedule.people.values() if person.name not in people),
        day_change=schedule.day_change,
        version=schedule.version,
        venue=schedule.venue,
    )


def _used(sessions: Iterable[Session], names: Callable[[Session], Iterable[str]]) -> set[str]:
    return {name for session in sessions for name in names(session)}


def _rooms(session: Session) -> tuple[str, ...]:
    return session.slot.rooms


def _leads(session: Session) -> tuple[str, ...]:
    return session.leads
