"""Posts to the channels of a network what comes up, a few minutes before it starts."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.document import Reply, heading
from bot.messages import Channel, Preferences
from bot.patience import Patience
from bot.ports import Adapter, Clock
from bot.posting import post as posted
from bot.programme import items
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.storing import Lease, Outcome, Post, Posted, Store
from bot.times import in_how_long

BEFORE = timedelta(minutes=5)
"""How long before the start a channel hears of it."""


class ComingUp:
    """Tells the channels of one network what starts where: each start once."""

    def __init__(
        self,
        adapter: Adapter,
        store: Store,
        clock: Clock,
        rules: Rules,
        patience: Patience,
    ) -> None:
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._rules = rules
        self._patience = patience
        self._outcomes: list[Outcome] = []
        self._heard = set[tuple[str, datetime]]()

    async def tick(self, schedule: Schedule) -> None:
        """Post what is to be posted by now, to all channels at once. Raises StoreAway."""
        channels = {channel.id: channel for channel in self._adapter.coming_up}
        now, wall = self._clock.now(), self._clock.wall()
        starts = {s.slot.start for s in schedule.starting(now, now + BEFORE)}
        self._heard = {(channel, start) for channel, start in self._heard if start > now}
        wanted = {(channel, start) for channel in channels for start in starts} - self._heard
        lease = Lease(wall, wall + self._patience.lease)
        await self._settle()
        if wanted:
            claimed = await self._store.claim_posts(self._adapter.network, sorted(wanted), lease)
            posting = (self._post(channels[post.channel], post, schedule) for post in claimed)
            self._outcomes += await asyncio.gather(*posting)
            await self._settle()

    async def _settle(self) -> None:
        if self._outcomes:
            await self._store.settle(self._outcomes)
            self._outcomes = []

    async def _post(self, channel: Channel, post: Post, schedule: Schedule) -> Outcome:
        now = self._clock.now()
        sessions = schedule.starting(now, post.start)
        reply = coming_up([s for s in sessions if s.slot.start == post.start], now)
        reader = self._rules.reader(Preferences(), schedule.timezone)
        clock, patience = self._clock, self._patience
        outcome = await posted(self._adapter, channel, reply, reader, post, clock, patience)
        if isinstance(outcome, Posted):
            self._heard.add((post.channel, post.start))
        return outcome


def coming_up(sessions: Sequence[Session], now: datetime) -> Reply:
    """What starts where, a line for each; nothing if nothing does."""
    if not sessions:
        return Reply(())
    opening = heading(f"Starts {in_how_long(sessions[0].slot.start, now)}:")
    return Reply((opening, *items(sessions)))
