"""Posts to the channels of a network what they are to be told once, as it stands in the store."""

import asyncio
from datetime import datetime, timedelta

from bot.backoff import lasts
from bot.document import Reply
from bot.messages import Channel, Preferences
from bot.patience import Patience
from bot.ports import Adapter, Clock
from bot.posting import post
from bot.record import unpacked
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import BulletinClaim, Lease, Outcome, Store

_EVERY = timedelta(seconds=2)


class Bulletins:
    """Tells the channels of one network what somebody wants them to know. Owns what became of it,
    until the store has it."""

    def __init__(
        self, adapter: Adapter, store: Store, clock: Clock, rules: Rules, patience: Patience
    ) -> None:
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._rules = rules
        self._patience = patience
        self._outcomes: list[Outcome] = []
        self._due: datetime | None = None

    async def tick(self, schedule: Schedule) -> None:
        """Post what there is by now; times are those of this schedule's zone. Raises StoreAway."""
        wall = self._clock.wall()
        if lasts(self._due, wall, _EVERY):
            return
        await self._settle()
        lease = Lease(wall, wall + self._patience.lease)
        network = self._adapter.network
        channels = [channel.id for channel in self._adapter.channels]
        known = schedule.edition
        claims = await self._store.claim_bulletins(network, channels, lease, known)
        self._due = wall + _EVERY
        self._outcomes += await asyncio.gather(*(self._post(one, schedule) for one in claims))
        await self._settle()

    async def _settle(self) -> None:
        if self._outcomes:
            await self._store.settle(self._outcomes)
            self._outcomes = []

    async def _post(self, claim: BulletinClaim, schedule: Schedule) -> Outcome:
        # What nobody can read any more counts as posted.
        reply = unpacked(claim.bulletin.reply, schedule) or Reply(())
        reader = self._rules.reader(Preferences(), schedule.timezone)
        channel = Channel(self._adapter.network, claim.bulletin.channel)
        clock, patience = self._clock, self._patience
        return await post(self._adapter, channel, reply, reader, claim, clock, patience)
