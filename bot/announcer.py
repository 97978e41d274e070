"""Posts what comes up to the channels of a network, a few minutes before it starts."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.backoff import pause
from bot.document import Reply, heading
from bot.messages import Channel, Preferences
from bot.ports import (
    Adapter,
    Clock,
    Lease,
    Outcome,
    Post,
    Posted,
    PutOff,
    Store,
    StoreAway,
    TryLater,
    Unreachable,
)
from bot.programme import items
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.times import in_how_long

_log = structlog.get_logger(__name__)

BEFORE = timedelta(minutes=5)
"""How long before the start a channel hears of it."""

_LEASE = timedelta(seconds=20)
_POSTING = timedelta(seconds=8)
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=30)


class Announcer:
    """Tells the channels of one network what starts where: each start once."""

    def __init__(
        self, adapter: Adapter, schedule: Schedule, store: Store, clock: Clock, rules: Rules
    ) -> None:
        self._adapter = adapter
        self._schedule = schedule
        self._store = store
        self._clock = clock
        self._rules = rules

    def replace(self, schedule: Schedule) -> None:
        """Post from another version of the schedule from now on."""
        self._schedule = schedule

    async def tick(self) -> None:
        """Post what is to be posted by now, to all channels at once."""
        channels = {channel.id: channel for channel in self._adapter.coming_up}
        now, wall = self._clock.now(), self._clock.wall()
        starts = {s.slot.start for s in self._schedule.starting(now, now + BEFORE)}
        if not (channels and starts):
            return
        lease = Lease(wall, wall + _LEASE, most=len(channels) * len(starts))
        try:
            claimed = await self._store.claim_posts(
                self._adapter.network, list(channels), sorted(starts), lease
            )
            posting = (self._post(channels[post.channel], post) for post in claimed)
            outcomes = await asyncio.gather(*posting)
            if outcomes:
                await self._store.settle(outcomes)
        except StoreAway:
            # The courier says so; what was posted last may be posted again.
            await asyncio.sleep(_PAUSE.total_seconds())

    async def _post(self, channel: Channel, post: Post) -> Outcome:
        network, now = self._adapter.network, self._clock.now()
        sessions = self._schedule.starting(now, post.start)
        reply = coming_up([s for s in sessions if s.slot.start == post.start], now)
        reader = self._rules.reader(Preferences(), self._schedule.timezone)
        wait = pause(post.failures, _PAUSE, _LONGEST_PAUSE)
        try:
            if reply.blocks:
                async with asyncio.timeout(_POSTING.total_seconds()):
                    await self._adapter.post(channel, reply, reader, post.message)
        except TryLater as busy:
            wait = busy.after if busy.after is not None else wait
        except Unreachable as gone:
            _log.warning("unreachable", network=network, key=post.message, channel=channel.id,
                         reason=gone.reason)  # fmt: skip
        except Exception:
            # One channel must not take the others along.
            _log.warning("not posted", network=network, key=post.message, exc_info=True)
        else:
            _log.info("posted", network=network, key=post.message)
            return Posted(post.message)
        return PutOff(post.message, self._clock.wall() + wait, claimed_until=post.until)


def coming_up(sessions: Sequence[Session], now: datetime) -> Reply:
    """What starts where, a line for each; nothing if nothing does."""
    if not sessions:
        return Reply(())
    lead = heading(f"Starts {in_how_long(sessions[0].slot.start, now)}:")
    return Reply((lead, *items(sessions)))
