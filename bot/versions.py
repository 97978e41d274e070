"""Versions of the published schedule, as they are kept."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.schedule import Edition


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a version of the schedule without reading it. Its number is the one after
    that of the version before, from 1 on; it became what it is at a moment of real time (UTC), and
    its source was last `seen` to say the same at another. `digest` says what it was read from;
    `etag` and `modified` are what the source calls that. `why` it is held back, if it is."""

    number: int
    at: datetime
    seen: datetime
    digest: str
    etag: str | None = None
    modified: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """The version that counts, and the one that is held back, where there are such. `acts` is the
    number of the last thing that organisers did, 0 if they have done nothing: another one whenever
    the live changes are others;
    `highest` is the highest number of a session in either version and in those changes."""

    current: Head | None = None
    held: Head | None = None
    acts: int = 0
    highest: int = 0

    @property
    def edition(self) -> Edition:
        """Which state of the programme it is."""
        return Edition(self.number, self.acts)

    @property
    def number(self) -> int:
        """Of the version that counts; 0 if there is none."""
        return self.current.number if self.current else 0


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the published schedule: what the event is called in it, all of it as schedule
    JSON, and the `highest` number of a session in it."""

    head: Head
    event: str
    document: str = field(repr=False)
    highest: int = 0
