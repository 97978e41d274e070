"""How much of what was still to come is missing in a new version of the schedule: a page that came
half, or of another event, must not take everybody's sessions away."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.schedule import Schedule, Session

MOST_VANISHED = 0.3
"""An update that removes a larger part of the coming sessions is nothing usual."""


@dataclass(frozen=True, slots=True)
class Vanishing:
    """What an update would take away. `coming` counts the sessions that were not over, `vanished`
    are those of them that are not there any more, and `days` the days on which nothing is left of
    what was still to come."""

    coming: int
    vanished: tuple[Session, ...]
    days: tuple[date, ...]

    @property
    def share(self) -> float:
        """How much of what was to come vanished, from 0 to 1."""
        return len(self.vanished) / self.coming if self.coming else 0.0

    @property
    def large(self) -> bool:
        """True if somebody should look at it before it counts."""
        return bool(self.days) or self.share > MOST_VANISHED


def vanishing(old: Schedule, new: Schedule, now: datetime) -> Vanishing:
    """What the new version would take away at `now`; they share their ids. What the source itself
    says is cancelled is not missing, and neither is what moved to another day."""
    there = {session.id for session in new.sessions if not session.removed}
    coming = [session for session in old.planned if session.slot.until > now]
    vanished = tuple(session for session in coming if session.id not in there)
    of_day = {old.day_of(session.slot.start): False for session in coming}
    for session in coming:
        of_day[old.day_of(session.slot.start)] |= session.id in there
    return Vanishing(
        len(coming),
        vanished,
        tuple(day for day, anything in of_day.items() if not anything),
    )
