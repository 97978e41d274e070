"""Follows the programme as the database has it: what is published, and what was changed live."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress

from bot.aside import aside
from bot.live import LiveChange, overlaid
from bot.schedule import Edition, Schedule
from bot.storing import Store, StoreAway
from bot.updating import restored
from bot.versions import Heads

NAME = "schedule"
"""In the place of a network's name: which process looks at the source, and what is kept of it."""
TROUBLE = "trouble"
"""The key under which stands why the source cannot be read."""


class Following:
    """The programme that holds, as this process knows it. Owns what it is made from."""

    def __init__(self, store: Store, published: Schedule | None = None) -> None:
        """Where what is `published` stays what is given, only live changes are followed."""
        self._store = store
        self._stays = published is not None
        self._turn = asyncio.Lock()
        self._known: Edition | None = None
        self.published = published
        """What is published; None if nothing is yet."""
        self.live: tuple[LiveChange, ...] = ()
        """What was changed live on top of it."""
        self.schedule = published
        """The programme that holds."""
        self.heads = Heads()
        """What was known of the versions at the last look."""

    async def latest(self) -> Schedule | None:
        """The programme that holds by now; the same object as before if nothing is new. Raises
        StoreAway."""
        async with self._turn:
            await self._look()
            while self._known != (found := self.heads.edition):
                await self._read(found)
                # What was read belongs together if nothing has changed meanwhile.
                await self._look()
            return self.schedule

    async def versions(self, every: float) -> AsyncIterator[Schedule]:
        """Each later programme, looked for every so many seconds."""
        shown = self.schedule
        while True:
            await asyncio.sleep(every)
            with suppress(StoreAway):  # others say so
                await self.latest()
            if self.schedule is not None and self.schedule is not shown:
                shown = self.schedule
                yield shown

    async def trouble(self) -> str:
        """Why the source cannot be read, a clause; empty if it can. Raises StoreAway."""
        return await self._store.read(NAME, TROUBLE) or ""

    async def has(self, number: int, published: Schedule, settled: Collection[LiveChange]) -> None:
        """Take this version, which this process has published itself on top of what was known at
        the last look, as the one that counts."""
        async with self._turn:
            edition = Edition(number, self.heads.acts)
            if self._known == edition._replace(version=number - 1):
                live = tuple(change for change in self.live if change not in settled)
                await self._take(edition, published, live)

    async def _look(self) -> None:
        self.heads = await self._store.heads()

    async def _read(self, found: Edition) -> None:
        published, known = self.published, self._known
        if not self._stays and (known is None or known.version != found.version):
            version = await self._store.version()
            published = await aside(restored, version.document) if version is not None else None
        live = await self._store.live()
        if (await self._store.heads()).edition != found:
            return
        await self._take(found, published, live)

    async def _take(
        self, found: Edition, published: Schedule | None, live: tuple[LiveChange, ...]
    ) -> None:
        if published is not None:
            self.schedule = await aside(overlaid, published, live, found)
        self.published, self.live, self._known = published, live, found
