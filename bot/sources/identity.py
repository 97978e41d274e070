"""Keeps the ids of a schedule when it is imported again: people type them, bookmarks hold them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from bot.schedule import Schedule, Session

_KEYS: tuple[Callable[[Session], object], ...] = (
    lambda session: (session.guid, session.slot.start) if session.guid else None,
    lambda session: session.guid or None,
    lambda session: (session.title, session.slot.start),
    lambda session: session.title,
)
"""What makes a session of two versions the same, the surest first; None says nothing."""


def kept(old: Schedule, new: Schedule) -> Schedule:
    """The new schedule, its sessions with the ids that they have in the old one. All others get
    numbers above the highest there, in the order of their own. The ids of each are unique."""
    ids: dict[int, int] = {}
    for key in _KEYS:
        had = _alone(key, (s for s in old.sessions if s.id not in ids.values()))
        has = _alone(key, (s for s in new.sessions if s.id not in ids))
        ids |= {session.id: had[known].id for known, session in has.items() if known in had}
    fresh = count(max((session.id for session in old.sessions), default=0) + 1)
    for session in sorted(new.sessions, key=lambda session: session.id):
        if session.id not in ids:
            ids[session.id] = next(fresh)
    return Schedule(
        new.event,
        new.timezone,
        (replace(session, id=ids[session.id]) for session in new.sessions),
        rooms=new.rooms.values(),
        people=new.people.values(),
        day_change=new.day_change,
        version=new.version,
        venue=new.venue,
    )


def _alone(key: Callable[[Session], object], sessions: Iterable[Session]) -> dict[object, Session]:
    """The sessions that share this key with no other."""
    found: dict[object, list[Session]] = {}
    for session in sessions:
        found.setdefault(key(session), []).append(session)
    return {k: few[0] for k, few in found.items() if k is not None and len(few) == 1}
