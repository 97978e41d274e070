"""When the reminders of one start have to begin for a network that needs time for them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.schedule import Session

EARLIEST = timedelta(minutes=30)
"""A wave begins this much before its usual time at most."""

_FOR_NOTICES = 0.8
"""The part of a network's pace that is counted on: replies go first."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The reminders of one start begin at `opens`; `fits` unless that is too late for some."""

    start: datetime
    count: int
    opens: datetime
    fits: bool


def waiting_by_start(sessions: Iterable[Session], counts: Mapping[int, int]) -> dict[datetime, int]:
    """How many reminders wait for each start, where `counts` says it for each session."""
    waiting: dict[datetime, int] = {}
    for session in sessions:
        start = session.slot.start
        waiting[start] = waiting.get(start, 0) + counts.get(session.id, 0)
    return waiting


def early_waves(
    waiting: Mapping[datetime, int], rate: float, before: timedelta, burst: int = 0
) -> dict[datetime, Wave]:
    """The waves that do not fit into their usual time `before` the start, by start, where so many
    reminders wait for each start and `rate` of them go out in a second of the programme, beside a
    `burst` at once. The burst is for the soonest wave: those after it have to take it for spent.

    The soonest start is served first, so what is left for a wave ends where the next one has to
    begin: it is reckoned from the last one back.
    """
    waves: dict[datetime, Wave] = {}
    soonest = min((start for start, count in waiting.items() if count), default=None)
    next_opens: datetime | None = None
    for start in sorted(waiting, reverse=True):
        ends = start if next_opens is None else min(start, next_opens)
        paced = max(0, waiting[start] - burst) if start == soonest else waiting[start]
        needed = ends - timedelta(seconds=paced / (rate * _FOR_NOTICES))
        usual = start - before
        opens = max(needed, usual - EARLIEST)
        if waiting[start] and opens < usual:
            waves[start] = Wave(start, waiting[start], opens, fits=opens == needed)
        next_opens = min(ends, opens)
    return waves
