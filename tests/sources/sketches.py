"""Small schedules in two versions for tests."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.schedule import Schedule, Session, Slot
from tests.sources.pages import ZONE, local


def session(
    id: int,
    title: str = "Frogs",
    start: datetime | None = None,
    room: str = "Pond",
    *leads: str,
    key: str = "",
) -> Session:
    """A session of forty minutes, on Friday at nine unless it is said when."""
    begins = start or local(3, 9)
    slot = Slot(begins, begins + timedelta(minutes=40), (room,) if room else ())
    return Session(id, key, title, slot, leads)


def schedule(sessions: Iterable[Session]) -> Schedule:
    """The schedule of these."""
    return Schedule("Pond Days", ZONE, sessions)


def numbered(sessions: Sequence[Session]) -> list[Session]:
    """With ids as an importer gives them to what it has never seen."""
    return [replace(session, id=number) for number, session in enumerate(sessions, start=1)]


def sketch(schedule: Schedule) -> list[tuple[int, str, str]]:
    """Each session with its id, its title, and whether it is removed or cancelled."""
    return [
        (s.id, s.title, "removed" if s.removed else "cancelled" if s.cancelled else "")
        for s in sorted(schedule.sessions, key=lambda s: s.id)
    ]
