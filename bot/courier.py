"""Claims what users are owed, sends it, and settles it: at every tick, for every network."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages import Bookmark
from bot.notices import (
    MOST_BEFORE,
    Notice,
    announces_start,
    opens_at,
    owed,
    trial,
    worth_sending_until,
    written,
)
from bot.ports import (
    Adapter,
    Candidates,
    Claim,
    Claimed,
    Clock,
    Lease,
    Store,
    Told,
    TryLater,
    Unreachable,
)
from bot.rules import Rules
from bot.schedule import Schedule

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
"""How long (real time) a claimed message may be under way before it counts as in doubt."""

_SENDING = timedelta(seconds=15)
_PAUSE = timedelta(seconds=5)
_ABSENCE = timedelta(minutes=1)
_TRIAL_LIFE = timedelta(days=1)


class Courier:
    """Tells the users of some networks what they are owed. Owns what is under way."""

    def __init__(
        self,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        adapters: Sequence[Adapter],
        rules: Rules,
    ) -> None:
        self._schedule = schedule
        self._store = store
        self._clock = clock
        self._rules = rules
        self._adapters = adapters
        self._changed = set[int]()
        self._under_way: dict[str, set[asyncio.Task[None]]] = {a.network: set() for a in adapters}

    async def start(self) -> None:
        """Take over from the courier before, and find out what changed while nobody was running.
        Two couriers of one network must not run at once."""
        for adapter in self._adapters:
            await self._store.take_over(adapter.network)
        self._changed |= await self._store.outdated(self._schedule.sessions)

    def replace(self, schedule: Schedule) -> None:
        """Tell from another version of the schedule from now on."""
        for session in schedule.sessions:
            before = self._schedule.session(session.id)
            # A session that was missing may come back as another than its owners know.
            if before is None or not before.facts.says_the_same_as(session.facts):
                self._changed.add(session.id)
        self._schedule = schedule

    async def tick(self) -> None:
        """Send what is owed by now, as far as the networks take it; does not wait for them."""
        for adapter in self._adapters:
            under_way = self._under_way[adapter.network]
            most = adapter.traits.in_flight - len(under_way)
            if most <= 0:
                continue
            for claim in await self._claim(adapter, most):
                task = asyncio.create_task(self._deliver(adapter, claim))
                under_way.add(task)
                task.add_done_callback(under_way.discard)

    async def finish(self) -> None:
        """Wait until what is under way has settled, or its time is over."""
        tasks = [task for tasks in self._under_way.values() for task in tasks]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _claim(self, adapter: Adapter, most: int) -> list[Claim]:
        now, wall = self._clock.now(), self._clock.wall()
        schedule = self._schedule
        changed = (schedule.session(number) for number in self._changed)
        candidates = Candidates(
            starting=schedule.starting(now, now + timedelta(minutes=MOST_BEFORE)),
            changed=[session for session in changed if session is not None],
            now=now,
        )

        def judge(bookmark: Bookmark) -> Notice | None:
            session = schedule.session(bookmark.session_id)
            if session is None:
                return None
            return owed(bookmark, session, now, opens_at(bookmark, session.slot))

        lease = Lease(wall, wall + LEASE, most)
        return await self._store.claim(adapter.network, candidates, judge, lease)

    async def _deliver(self, adapter: Adapter, claim: Claim) -> None:
        try:
            async with asyncio.timeout(_SENDING.total_seconds()):
                await self._send(adapter, claim)
        except TryLater as busy:
            _log.info("later: %s, %s", adapter.network, claim.message)
            await self._release(claim, busy.after or _PAUSE, None)
        except Unreachable as gone:
            _log.warning("unreachable: %s, %s: %s", adapter.network, claim.message, gone.reason)
            await self._release(claim, _ABSENCE, gone.reason)
        except Exception:
            # One message must not take the others along; its lease ends, and it is tried again.
            _log.exception("not delivered: %s, %s", adapter.network, claim.message)

    async def _send(self, adapter: Adapter, claim: Claim) -> None:
        now = self._clock.now()
        reader = self._rules.reader(claim.preferences, self._schedule.timezone)
        useful = [c for c in claim.items if now < worth_sending_until(c.notice, c.bookmark)]
        if claim.items and not useful:
            _log.warning("dropped, too late: %s, %s", adapter.network, claim.message)
            await self._release(claim, timedelta(), None)
            return
        if useful:
            reply = written([claimed.notice for claimed in useful], now)
            until = min(worth_sending_until(c.notice, c.bookmark) for c in useful)
        else:
            reply = trial(claim.preferences.before or self._rules.before)
            until = now + _TRIAL_LIFE
        await adapter.send(claim.user, reply, reader, claim.message, until)
        await self._store.settle(_told(claim.message, useful, now))
        _log.info("told: %s, %s", adapter.network, claim.message)

    async def _release(self, claim: Claim, after: timedelta, failure: str | None) -> None:
        await self._store.release(claim.message, self._clock.wall() + after, failure)


def _told(message: str, items: Sequence[Claimed], now: datetime) -> Told:
    sessions = [claimed.notice.session for claimed in items]
    announced = {
        claimed.notice.session.id
        for claimed in items
        if announces_start(
            claimed.notice, opens_at(claimed.bookmark, claimed.notice.session.slot), now
        )
    }
    return Told(message, {session.id: session.facts for session in sessions}, announced, now)
