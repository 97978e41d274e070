"""What organisers change by themselves, on top of the schedule that is published: until that says
the same, or the change is withdrawn."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot.schedule import Edition, Live, Schedule, Session, Slot


@dataclass(frozen=True, slots=True)
class Added:
    """The session does not stand in the published schedule."""

    title: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Starts:
    """It starts at this moment (UTC), and lasts as long as it was to."""

    start: datetime


@dataclass(frozen=True, slots=True)
class InRooms:
    """It is held in these rooms, by name."""

    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It does not take place, or it does, whatever is published."""

    cancelled: bool


Value = Added | Starts | InRooms | Cancelled


@dataclass(frozen=True, slots=True)
class LiveChange:
    """One thing about a session that organisers have changed; there is one of a sort for each."""

    session_id: int
    value: Value


def overlaid(
    published: Schedule, live: Sequence[LiveChange], edition: Edition | None = None
) -> Schedule:
    """The programme that holds: what is published, with what was changed live."""
    values: dict[int, list[Value]] = {}
    for change in live:
        values.setdefault(change.session_id, []).append(change.value)
    sessions = [_changed(s, values.get(s.id, ())) for s in published.sessions]
    added = (
        _changed(_made(id, value), of_session)
        for id, of_session in values.items()
        for value in of_session
        if isinstance(value, Added) and published.session(id) is None
    )
    return with_sessions(published, [*sessions, *added], edition)


def with_added(published: Schedule, live: Sequence[LiveChange]) -> Schedule:
    """What is published, with those sessions that were added live as they are now."""
    added = added_in(live)
    return overlaid(published, [change for change in live if change.session_id in added])


def without_added(schedule: Schedule, live: Sequence[LiveChange]) -> Schedule:
    """What is published: without those sessions of a new version that only stand in it because
    they were added live."""
    added = added_in(live)
    if not any(s.removed and s.id in added for s in schedule.sessions):
        return schedule
    there = [s for s in schedule.sessions if not (s.removed and s.id in added)]
    return with_sessions(schedule, there)


def caught_up(published: Schedule, live: Iterable[LiveChange]) -> tuple[LiveChange, ...]:
    """The live changes that are no longer needed: the published schedule says the same. Where it
    has by now what was added live, it also says whether that takes place."""
    changes = tuple(live)
    added = {id for id in added_in(changes) if published.session(id) is not None}
    return tuple(
        change
        for change in changes
        if _says_the_same(published, change)
        or (change.session_id in added and isinstance(change.value, Cancelled))
    )


def contradicted(
    old: Schedule, new: Schedule, live: Iterable[LiveChange]
) -> tuple[LiveChange, ...]:
    """The live changes of what a new version of the published schedule has changed to something
    else."""
    found = []
    for change in live:
        before, after = old.session(change.session_id), new.session(change.session_id)
        if after is None or isinstance(change.value, Added) or _says_the_same(new, change):
            continue
        known = _published(before, change.value) if before is not None else None
        if known != _published(after, change.value):
            found.append(change)
    return tuple(found)


def added_in(live: Iterable[LiveChange]) -> Collection[int]:
    """The numbers of the sessions that were added live."""
    return {change.session_id for change in live if isinstance(change.value, Added)}


def _made(id: int, added: Added) -> Session:
    return Session(id, f"live:{id}", added.title, added.slot, live=Live.ADDED)


def _changed(session: Session, values: Iterable[Value]) -> Session:
    changed = session
    for value in values:
        changed = _with(changed, value)
    return changed if changed == session or session.live else replace(changed, live=Live.CHANGED)


def _with(session: Session, value: Value) -> Session:
    slot = session.slot
    match value:
        case Added():
            return session
        case Starts(start):
            end = slot.end and start + (slot.end - slot.start)
            return replace(session, slot=replace(slot, start=start, end=end))
        case InRooms(rooms):
            return replace(session, slot=replace(slot, rooms=rooms))
        case Cancelled(cancelled):
            return replace(session, cancelled=cancelled, removed=session.removed and cancelled)
        case _:
            assert_never(value)


def _says_the_same(published: Schedule, change: LiveChange) -> bool:
    session = published.session(change.session_id)
    if session is None or (session.removed and isinstance(change.value, Cancelled)):
        return False  # what is left out may come back
    return isinstance(change.value, Added) or _with(session, change.value) == session


def _published(session: Session, value: Value) -> object:
    """What a version says of what a live change is about; None if none can."""
    match value:
        case Added():
            return None
        case Starts():
            return session.slot.start
        case InRooms():
            return session.slot.rooms
        case Cancelled():
            return session.cancelled
        case _:
            assert_never(value)


def with_sessions(
    schedule: Schedule, sessions: Iterable[Session], edition: Edition | None = None
) -> Schedule:
    """The schedule with these sessions in place of its own."""
    return Schedule(
        schedule.event,
        schedule.timezone,
        sessions,
        rooms=schedule.rooms.values(),
        people=schedule.people.values(),
        day_change=schedule.day_change,
        version=schedule.version,
        venue=schedule.venue,
        edition=edition,
    )
