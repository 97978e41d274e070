"""What is noted as it happens, for tests that wait for it."""

from typing import TypeVar

from tests.servers.slack.bell import Bell

T = TypeVar("T")


class Noted(list[T]):
    """A list for which somebody may wait; it compares as any other."""

    def __init__(self) -> None:
        super().__init__()
        self._bell = Bell()

    def append(self, one: T) -> None:
        super().append(one)
        self._bell.ring()

    async def reaches(self, length: int) -> None:
        """Wait until so many are noted. Raises AssertionError if that takes too long."""
        await self._bell.until(lambda: len(self) >= length, lambda: f"{length}: {self}")
