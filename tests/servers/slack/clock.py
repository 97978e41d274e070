"""The seconds that the double goes by: the machine's, or those that a test sets."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
"""Unix seconds, now."""


@dataclass
class Hands:
    """A clock that stands still until a test moves its hands."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
