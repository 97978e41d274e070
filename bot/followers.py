"""All that works from the programme: it changes to another version together."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from bot.aside import aside
from bot.courier import Courier
from bot.engine import Engine
from bot.following import Following
from bot.names import Finder
from bot.poster import Poster
from bot.schedule import Schedule


class Followers:
    """The parts of one process. Owns which version they work from."""

    def __init__(
        self,
        engine: Engine,
        couriers: Sequence[Courier],
        posters: Sequence[Poster],
        following: Following | None = None,
    ) -> None:
        """`following` knows best what is new, where there is one."""
        self._engine = engine
        self._couriers = couriers
        self._posters = posters
        self._following = following
        self._turn = asyncio.Lock()
        self._taken: Schedule | None = None

    async def follow(self, versions: AsyncIterator[Schedule]) -> None:
        """Change to each of these versions in turn."""
        async for version in versions:
            await self.take(version)

    async def renew(self) -> None:
        """Change to what holds by now. Raises StoreAway."""
        if self._following is not None:
            version = await self._following.latest()
            assert version is not None, "nobody is answered before there is a programme"
            await self.take(version)

    async def take(self, version: Schedule) -> None:
        """Change to this version, or to one that has been found since."""
        async with self._turn:
            if self._following is not None:
                version = self._following.schedule or version
            if version is self._taken:
                return
            for courier in self._couriers:
                courier.replace(version)
            for poster in self._posters:
                poster.replace(version)
            # People are told at once; questions are answered a little later from this version.
            self._engine.replace(await aside(prepared, version))
            # Whoever was kept from finishing has to begin anew.
            self._taken = version


def prepared(schedule: Schedule) -> Finder:
    """The names of a schedule, all that is looked up in either indexed already."""
    schedule.index()
    names = Finder(schedule)
    names.index()
    return names
