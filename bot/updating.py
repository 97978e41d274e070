"""What becomes of a published schedule that was fetched: the version that would be next, what is
new in it, and why somebody should look at it before it counts. Pure; it takes a while."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from bot import __version__
from bot.addresses import Source, Url
from bot.live import (
    LiveChange,
    added_in,
    caught_up,
    contradicted,
    overlaid,
    with_added,
    with_sessions,
    without_added,
)
from bot.schedule import Schedule
from bot.sources import read
from bot.sources.fields import Fields
from bot.sources.versions.comparison import Changes, compared
from bot.sources.versions.vanishing import Vanishing, vanishing
from bot.sources.writing import c3voc
from bot.times import long_day
from bot.versions import Head, Version


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is read; zone and fields count where it names none."""

    source: Source
    timezone: ZoneInfo | None = None
    fields: Fields | None = None

    @property
    def manner(self) -> str:
        """Another one if the same bytes may be read otherwise: for what is said here does, and so
        may another version of the program."""
        place = self.source.whole if isinstance(self.source, Url) else str(self.source)
        zone = self.timezone.key if self.timezone else ""
        said = "\0".join((__version__, place, zone, repr(self.fields)))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def digest(self, content: bytes) -> str:
        """Stands for what is read from these bytes."""
        return f"{self.manner} {hashlib.sha256(content).hexdigest()}"

    def made(self, digest: str) -> bool:
        """True if this digest is of something that was read in this manner."""
        return digest.startswith(f"{self.manner} ")


@dataclass(frozen=True, slots=True)
class Update:
    """A version of the published schedule that could be next; not a letter of it is `new`, or
    something is, if only what no session says. What could not be read of it is counted. `doubt` is
    empty, or says in a clause after "it" why it should not count before somebody has looked at
    it."""

    schedule: Schedule
    document: str = field(repr=False)
    succession: "Succession"
    new: bool = True
    unread: int = 0
    doubt: str = ""

    @property
    def changes(self) -> Changes:
        """What is new in the programme that holds."""
        return self.succession.changes

    @property
    def is_another_event(self) -> bool:
        """True if hardly any of its sessions was there before, if anything was."""
        return _is_another(self.changes, self.schedule)


@dataclass(frozen=True, slots=True)
class Succession:
    """What follows if one version is published after another: what is new in the programme that
    holds, which live changes are no longer needed (`settled`), and to which of the others the
    newer version says something else again (`contradicted`)."""

    changes: Changes = Changes()
    settled: tuple[LiveChange, ...] = ()
    contradicted: tuple[LiveChange, ...] = ()


def update(
    content: bytes,
    reading: Reading,
    old: Schedule | None,
    now: datetime,
    live: Sequence[LiveChange] = (),
    highest: int = 0,
) -> Update:
    """What these bytes would make of the published schedule at a moment of the programme, where so
    much was changed `live`, and numbers up to `highest` are taken. Raises NotASchedule."""
    imported = read(content, reading.timezone, fields=reading.fields)
    if old is None:
        schedule, document = written(_beside(imported.schedule, added_in(live), highest))
        return Update(schedule, document, Succession(), unread=len(imported.warnings))
    schedule, document = written(numbered(old, imported.schedule, live, highest))
    follows = succession(old, schedule, live)
    left = [change for change in live if change not in follows.settled]
    return Update(
        schedule,
        document,
        follows,
        document != c3voc.write(old),
        len(imported.warnings),
        _doubt(overlaid(old, live), overlaid(schedule, left), now),
    )


def is_another_event(old: Schedule, new: Schedule) -> bool:
    """True if hardly any session of the new schedule stands in the old one."""
    from bot.sources.versions.identity import kept

    numbered = kept(old, new)
    return _is_another(compared(old, numbered), new)


def _is_another(changes: Changes, schedule: Schedule) -> bool:
    there = sum(not session.removed for session in schedule.sessions)
    return 2 * len(changes.added) > there


def numbered(old: Schedule, new: Schedule, live: Sequence[LiveChange], highest: int) -> Schedule:
    """The version that follows on `old`, with the numbers that its sessions have there, or were
    given when they were added live; new ones get numbers above `highest`."""
    # With it a library is loaded that nothing else needs.
    from bot.sources.versions.identity import kept

    return without_added(kept(with_added(old, live), new, highest), live)


def _beside(first: Schedule, taken: Collection[int], highest: int) -> Schedule:
    """The first version, with other numbers where sessions were added live under its own."""
    if not any(session.id in taken for session in first.sessions):
        return first
    fresh = count(max(highest, *(session.id for session in first.sessions)) + 1)
    return with_sessions(
        first, [replace(s, id=next(fresh)) if s.id in taken else s for s in first.sessions]
    )


def succession(old: Schedule, new: Schedule, live: Sequence[LiveChange]) -> Succession:
    """What follows if `new` is published after `old`, where so much was changed live. What `old`
    said already is no longer needed either: it was changed, and changed back."""
    settled = tuple(dict.fromkeys((*caught_up(old, live), *caught_up(new, live))))
    left = [change for change in live if change not in settled]
    changes = compared(overlaid(old, live), overlaid(new, left))
    return Succession(changes, settled, contradicted(old, new, left))


def written(schedule: Schedule) -> tuple[Schedule, str]:
    """As it is kept, and as whoever reads that has it: so that all processes have the same."""
    document = c3voc.write(schedule)
    return restored(document), document


def restored(document: str) -> Schedule:
    """A schedule that is kept."""
    return read(document.encode()).schedule


def version_of(head: Head, schedule: Schedule, document: str) -> Version:
    """A version as it is kept."""
    highest = max((session.id for session in schedule.sessions), default=0)
    return Version(head, schedule.event, document, highest)


def _doubt(old: Schedule, new: Schedule, now: datetime) -> str:
    gone = vanishing(old, new, now)
    if gone.large:
        return f"removes {removed(gone)}"
    if old.event != new.event:
        return f"is called {new.event!r}, and no longer {old.event!r}"
    return ""


def removed(gone: Vanishing) -> str:
    """In words: `40 of 120 sessions still to come, and all of Tuesday 17 April`."""
    noun = "session" if gone.coming == 1 else "sessions"
    days = " and ".join(f"all of {long_day(day)}" for day in gone.days)
    return (
        f"{len(gone.vanished)} of {gone.coming} {noun} still to come{f', {days}' if days else ''}"
    )
