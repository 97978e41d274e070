"""Posts to the channels of a network what they are to be told once, as it stands in the store."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.backoff import lasts, pause
from bot.messages import Channel, Preferences
from bot.patience import Patience
from bot.ports import Adapter, Clock, TryLater, Unreachable
from bot.record import unpacked
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import BulletinClaim, Lease, Outcome, Posted, PutOff, Store

_log = structlog.get_logger(__name__)

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
        lease = Lease(wall, wall + self._patience.lease, most=0)
        claims = await self._store.claim_bulletins(self._adapter.network, lease)
        self._due = wall + _EVERY
        self._outcomes += await asyncio.gather(*(self._post(one, schedule) for one in claims))
        await self._settle()

    async def _settle(self) -> None:
        if self._outcomes:
            await self._store.settle(self._outcomes)
            self._outcomes = []

    async def _post(self, claim: BulletinClaim, schedule: Schedule) -> Outcome:
        network, bulletin = self._adapter.network, claim.bulletin
        reply = unpacked(bulletin.reply, schedule)
        wait = pause(claim.failures, self._patience.pause, self._patience.longest_pause)
        if reply is None:
            return Posted(claim.message)
        reader = self._rules.reader(Preferences(), schedule.timezone)
        channel = Channel(network, bulletin.channel)
        try:
            async with asyncio.timeout(self._patience.posting.total_seconds()):
                await self._adapter.post(channel, reply, reader, claim.message, claim.again)
        except TryLater as busy:
            wait = busy.after if busy.after is not None else wait
        except Unreachable as gone:
            if not claim.again:
                _log.warning("unreachable", network=network, key=claim.message,
                             channel=channel.id, reason=gone.reason)  # fmt: skip
        except Exception:
            # One channel must not take the others along.
            _log.warning("not posted", network=network, key=claim.message, exc_info=True)
        else:
            _log.info("posted", network=network, key=claim.message)
            return Posted(claim.message)
        return PutOff(claim.message, self._clock.wall() + wait, claimed_until=claim.until)
