"""What time it is: the machine's clock, and a replay of another moment at another speed."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The programme happens now."""

    speed = 1.0

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        return self.wall()

    def wall(self) -> datetime:
        """The real moment, UTC: for leases and pauses, never for the programme."""
        return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True)
class ReplayClock:
    """The programme starts again at `start` when this clock is made, `speed` times as fast; or at
    the reading `born` of `time.monotonic`, which all processes of a machine may share."""

    start: datetime
    speed: float = 1.0
    born: float = field(default_factory=time.monotonic, repr=False)

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        elapsed = time.monotonic() - self.born
        return self.start.astimezone(UTC) + timedelta(seconds=elapsed * self.speed)

    def wall(self) -> datetime:
        """The real moment, UTC: for leases and pauses, never for the programme."""
        return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True, slots=True)
class StandingClock:
    """The programme stands still: one question is asked at one moment."""

    moment: datetime
    speed = 0.0

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        return self.moment.astimezone(UTC)

    def wall(self) -> datetime:
        """The real moment, UTC: for leases and pauses, never for the programme."""
        return datetime.fromtimestamp(time.time(), UTC)
