"""Waiting for the double until something holds."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 30.0
"""Seconds in which what has to come does come, on a machine that is busy too."""
Found = TypeVar("Found")


class Bell:
    """Rung whenever anything has changed, from synchronous code too."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(
        self, look: Callable[[], Found | None], what: Callable[[], str], within: float = PATIENCE
    ) -> Found:
        """The first thing that is found, looking again after each ring. Raises AssertionError with
        what was waited for if it takes longer than `within` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not (found := look()):
            future: asyncio.Future[None] = loop.create_future()
            self._waiting.add(future)
            try:
                async with asyncio.timeout_at(end):
                    await future
            except TimeoutError:
                raise AssertionError(f"not within {within} s: {what()}") from None
            finally:
                self._waiting.discard(future)
        return found
