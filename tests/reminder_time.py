"""Simulated time: an event loop in which waiting takes none; it moves the clock instead."""

import asyncio
import selectors
from datetime import timedelta
from typing import Any

from tests.summit import StandingClock

_SECOND = timedelta(seconds=1)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Whenever nothing can go on, it is the moment for which somebody waits."""

    def __init__(self, clock: StandingClock) -> None:
        self._clock = clock
        self._began = clock.moment
        super().__init__(_Jumping(clock))
        # The clock knows no more than microseconds.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the loop was made."""
        return (self._clock.moment - self._began) / _SECOND


class _Jumping(selectors.DefaultSelector):
    def __init__(self, clock: StandingClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everybody waits for nobody"
        if timeout > 0:
            self._clock.advance(timeout * _SECOND)
        return super().select(0)
