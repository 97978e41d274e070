"""What organisers see: how the schedule stands, what they changed, and how the networks are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.live import LiveChange
from bot.schedule import Schedule
from bot.waves import Wave


@dataclass(frozen=True, slots=True)
class NetworkOverview:
    """One network: the next `wave` of reminders (None if none wait within a day), and what became
    of messages. `sent`, `late`, `dropped` and `failed`, by reason, are counted since this process
    began; `unreachable` is how many people the last message to them did not reach, by reason.
    `channels` is how many channels announcements go to."""

    network: str
    wave: Wave | None = None
    sent: int = 0
    late: int = 0
    dropped: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    unreachable: Mapping[str, int] = field(default_factory=dict)
    channels: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it at a real moment, `wall` (UTC). The schedule became what it is at `changed`, and
    its source was last `seen` to say so (both real, UTC; None where none is followed); `held` is
    why an update is held back, a clause after "it", empty if none is; `trouble` why the source
    cannot be read, a clause, empty if it can. `published` is the programme
    without what was changed `live`; `highest` the highest number that a session ever had.
    `changes_in` are the channels that hear of changes, each as network and name."""

    wall: datetime
    published: Schedule
    changed: datetime | None = None
    seen: datetime | None = None
    held: str = ""
    trouble: str = ""
    live: tuple[LiveChange, ...] = ()
    highest: int = 0
    networks: tuple[NetworkOverview, ...] = ()
    changes_in: tuple[tuple[str, str], ...] = ()
