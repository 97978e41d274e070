"""Posts to the channels of a network: what comes up, a few minutes before it starts, and what else
they are to be told."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.backoff import pause
from bot.bulletins import Bulletins
from bot.document import Reply, heading
from bot.messages import Channel, Preferences
from bot.patience import Patience
from bot.ports import Adapter, Clock, TryLater, Unreachable
from bot.programme import items
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.storing import Lease, Outcome, Post, Posted, PutOff, Store, StoreAway
from bot.times import in_how_long

_log = structlog.get_logger(__name__)

BEFORE = timedelta(minutes=5)
"""How long before the start a channel hears of it."""


class Announcer:
    """Tells the channels of one network what starts where: each start once."""

    def __init__(
        self,
        adapter: Adapter,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        rules: Rules,
        patience: Patience = Patience(),
    ) -> None:
        self._adapter = adapter
        self._schedule = schedule
        self._store = store
        self._clock = clock
        self._rules = rules
        self._patience = patience
        self._outcomes: list[Outcome] = []
        self._heard = set[tuple[str, datetime]]()
        self._bulletins = Bulletins(adapter, store, clock, rules, patience)

    def replace(self, schedule: Schedule) -> None:
        """Post from another version of the schedule from now on."""
        self._schedule = schedule

    async def tick(self) -> None:
        """Post what is to be posted by now, to all channels at once."""
        channels = {channel.id: channel for channel in self._adapter.coming_up}
        now, wall = self._clock.now(), self._clock.wall()
        starts = {s.slot.start for s in self._schedule.starting(now, now + BEFORE)}
        self._heard = {(channel, start) for channel, start in self._heard if start > now}
        wanted = {(channel, start) for channel in channels for start in starts} - self._heard
        lease = Lease(wall, wall + self._patience.lease, most=len(wanted))
        try:
            await self._settle()
            if wanted:
                network = self._adapter.network
                claimed = await self._store.claim_posts(network, sorted(wanted), lease)
                posting = (self._post(channels[post.channel], post) for post in claimed)
                self._outcomes += await asyncio.gather(*posting)
                await self._settle()
            await self._bulletins.tick(self._schedule)
        except StoreAway:
            # The courier says so.
            await asyncio.sleep(self._patience.pause.total_seconds())

    async def _settle(self) -> None:
        if self._outcomes:
            await self._store.settle(self._outcomes)
            self._outcomes = []

    async def _post(self, channel: Channel, post: Post) -> Outcome:
        network, now = self._adapter.network, self._clock.now()
        sessions = self._schedule.starting(now, post.start)
        reply = coming_up([s for s in sessions if s.slot.start == post.start], now)
        reader = self._rules.reader(Preferences(), self._schedule.timezone)
        wait = pause(post.failures, self._patience.pause, self._patience.longest_pause)
        try:
            if reply.blocks:
                async with asyncio.timeout(self._patience.posting.total_seconds()):
                    await self._adapter.post(channel, reply, reader, post.message, post.again)
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
            self._heard.add((post.channel, post.start))
            return Posted(post.message)
        return PutOff(post.message, self._clock.wall() + wait, claimed_until=post.until)


def coming_up(sessions: Sequence[Session], now: datetime) -> Reply:
    """What starts where, a line for each; nothing if nothing does."""
    if not sessions:
        return Reply(())
    lead = heading(f"Starts {in_how_long(sessions[0].slot.start, now)}:")
    return Reply((lead, *items(sessions)))
