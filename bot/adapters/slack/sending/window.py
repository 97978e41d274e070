"""How many calls there may be in a stretch of time, as the other side counts them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.adapters.slack.sending.api import Limited, Refused

_COUNTED_WITHIN = 0.5
"""Seconds; what takes longer was counted by then, most likely."""


class Window:
    """At most `most` calls in any `seconds` seconds; in the order in which they are asked for.

    A server counts a call somewhere between its beginning and its end. So a place is taken until
    so many seconds after the end, and however long calls are on their way, the server sees the
    limit kept. After it has refused one all wait; then they go one by one first, and twice as many
    after each that it has dealt with.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._whole = most, seconds
        self._held_until = 0.0
        # When (the loop's time) each place is free again, by the call that has it.
        self._free_at: dict[object, float] = {}
        self._waiting = 0
        self._first = asyncio.Lock()
        self._ended = asyncio.Event()
        self._most, self._seconds = most, seconds
        self._allowed = most

    def share(self, processes: int) -> None:
        """Keep to one's part, as one of so many processes."""
        most, seconds = self._whole
        part = max(1, most // processes)
        self._seconds = max(seconds, seconds * part * processes / most)
        self._allowed = part if self._allowed == self._most else min(part, self._allowed)
        self._most = part

    def wait(self) -> float:
        """About how many seconds it would be until the turn of a call that came now."""
        now = asyncio.get_running_loop().time()
        free = self._taken(now)
        behind = len(free) + self._waiting - self._allowed
        if behind < 0:
            opens = now
        elif behind < len(free):
            opens = free[behind]
        else:
            rounds, place = divmod(behind, self._allowed)
            opens = (free[min(place, len(free) - 1)] if free else now) + rounds * self._seconds
        return max(opens, self._held_until) - now

    def hold(self, seconds: float) -> None:
        """Let no call begin for so long: that is when the server takes one, whatever it has
        counted before."""
        until = asyncio.get_running_loop().time() + seconds
        self._held_until = max(self._held_until, until)
        self._free_at.clear()
        self._allowed = 1

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """A place, from its turn on; who finds that the server refuses it holds all others."""
        await self._turn()
        loop, place = asyncio.get_running_loop(), object()
        self._free_at[place] = loop.time() + _COUNTED_WITHIN + self._seconds
        try:
            yield
            self._widen(place)
        except Refused:
            self._widen(place)
            raise
        except Limited as refusal:
            self.hold(refusal.after.total_seconds())
            raise
        finally:
            if place in self._free_at:
                free_at = min(self._free_at[place], loop.time() + self._seconds)
                self._free_at[place] = free_at
            self._ended.set()

    def _widen(self, place: object) -> None:
        """The server has dealt with a call; if it began after the last refusal, more may."""
        if place in self._free_at:
            self._allowed = min(self._most, 2 * self._allowed)

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            async with self._first:
                while (opens := self._opens(loop.time())) > loop.time():
                    self._ended.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout_at(opens):
                            await self._ended.wait()
        finally:
            self._waiting -= 1

    def _opens(self, now: float) -> float:
        """When whoever is first may begin, as far as it is known now."""
        free = self._taken(now)
        full = len(free) - self._allowed
        return max(self._held_until, free[full] if full >= 0 else now)

    def _taken(self, now: float) -> list[float]:
        """When the places that are taken will be free, the earliest first."""
        self._free_at = {call: at for call, at in self._free_at.items() if at > now}
        return sorted(self._free_at.values())
