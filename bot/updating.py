"""What becomes of a published schedule that was fetched: the version that would be next, what is
new in it, and why somebody should look at it before it counts. Pure; it takes a while."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import __version__
from bot.addresses import Source, Url
from bot.schedule import Schedule
from bot.sources import c3voc, read
from bot.sources.comparison import Changes, compared
from bot.sources.fields import Fields
from bot.sources.vanishing import Vanishing, vanishing
from bot.times import long_day


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
    """A version of the schedule that could be next; not a letter of it is `new`, or something is,
    if only what no session says. What could not be read of it is counted. `doubt` is empty, or says
    in a clause after "it" why it should not count before somebody has looked at it."""

    schedule: Schedule
    document: str = field(repr=False)
    changes: Changes
    new: bool = True
    unread: int = 0
    doubt: str = ""


def update(content: bytes, reading: Reading, old: Schedule | None, now: datetime) -> Update:
    """What these bytes would make of the schedule at a moment of the programme. Raises
    NotASchedule."""
    imported = read(content, reading.timezone, fields=reading.fields)
    if old is None:
        schedule, document = written(imported.schedule)
        return Update(schedule, document, Changes(), unread=len(imported.warnings))
    # With it a library is loaded that nothing else needs.
    from bot.sources.identity import kept

    schedule, document = written(kept(old, imported.schedule))
    return Update(
        schedule,
        document,
        compared(old, schedule),
        document != c3voc.write(old),
        len(imported.warnings),
        _doubt(old, schedule, now),
    )


def written(schedule: Schedule) -> tuple[Schedule, str]:
    """As it is kept, and as whoever reads that has it: so that all processes have the same."""
    document = c3voc.write(schedule)
    return restored(document), document


def restored(document: str) -> Schedule:
    """A schedule that is kept."""
    return read(document.encode()).schedule


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
