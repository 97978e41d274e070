"""Up to where everything that was asked has been answered: kept in the store as it goes on."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from bot.storing import Store, StoreAway

_KEY = "position"
_EVERY = 1.0
"""Seconds between two writes: a busy bot has many batches in each."""
_AGAIN = 1.0
"""Seconds until the database is tried again."""


class Position:
    """The position of one account in the stream of batches. Owns the task that writes it down, from
    `start` to `close`."""

    def __init__(self, store: Store, network: str, user_id: str) -> None:
        self._store = store
        self._network = network
        self._user_id = user_id
        # Positions in order, each with what has to be answered before it may be kept.
        self._ahead: deque[tuple[str, set[asyncio.Future[None]]]] = deque()
        self._reached: str | None = None
        self._kept: str | None = None
        self._news = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def load(self) -> str | None:
        """Where this account stood; None if that is not known. Waits for the database."""
        while True:
            try:
                kept = await self._store.read(self._network, _KEY)
            except StoreAway:
                # The courier says so; without the position commands would be lost.
                await asyncio.sleep(_AGAIN)
            else:
                # A position means nothing to another account.
                user_id, _, since = (kept or "").partition(" ")
                return since if user_id == self._user_id and since else None

    def start(self) -> None:
        """Write down from now on what is reached."""
        self._keeping = asyncio.create_task(self._keep())

    def advance(self, position: str, answered: Iterable["asyncio.Future[None]"]) -> None:
        """The next position, and what has to be answered before it is reached. What is cancelled
        has not been answered."""
        waits = {future for future in answered if not future.done() or future.cancelled()}
        self._ahead.append((position, waits))

        def ended(future: "asyncio.Future[None]") -> None:
            if not future.cancelled():
                waits.discard(future)
                self._look()

        for future in list(waits):
            future.add_done_callback(ended)
        self._look()

    async def close(self) -> None:
        """Write down what has been reached; from now on nothing more is."""
        self._ahead.clear()
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._reached != self._kept:
            with suppress(StoreAway):
                await self._write()

    def _look(self) -> None:
        while self._ahead and not self._ahead[0][1]:
            self._reached, _ = self._ahead.popleft()
            self._news.set()

    async def _keep(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._write()
            except StoreAway:
                self._news.set()
                await asyncio.sleep(_AGAIN)
            else:
                await asyncio.sleep(_EVERY)

    async def _write(self) -> None:
        """Raises StoreAway."""
        reached = self._reached
        await self._store.keep(self._network, _KEY, f"{self._user_id} {reached}")
        self._kept = reached
