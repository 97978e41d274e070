"""Posts to the channels of a network, at every tick: what comes up, and bulletins."""

import asyncio

from bot.bulletins import Bulletins
from bot.coming_up import ComingUp
from bot.patience import Patience
from bot.ports import Adapter, Clock
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Store, StoreAway


class Poster:
    """Tells the channels of one network what there is to tell."""

    def __init__(
        self,
        adapter: Adapter,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        rules: Rules,
        patience: Patience = Patience(),
    ) -> None:
        self._schedule = schedule
        self._patience = patience
        self._coming_up = ComingUp(adapter, store, clock, rules, patience)
        self._bulletins = Bulletins(adapter, store, clock, rules, patience)

    def replace(self, schedule: Schedule) -> None:
        """Post from another version of the schedule from now on."""
        self._schedule = schedule

    async def tick(self) -> None:
        """Post what is to be posted by now."""
        try:
            await self._coming_up.tick(self._schedule)
            await self._bulletins.tick(self._schedule)
        except StoreAway:
            # The courier says so.
            await asyncio.sleep(self._patience.pause.total_seconds())
