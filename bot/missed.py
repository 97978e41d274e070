"""Counts the reminders whose session has started without them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.ports import Adapter, Clock
from bot.schedule import Schedule, Session
from bot.storing import Store
from bot.tally import Tally

_log = structlog.get_logger(__name__)

_SETTLED_AFTER = timedelta(seconds=20)
"""Real time after a start, when what was under way at it has been settled or given up."""


@dataclass(frozen=True, slots=True)
class _Started:
    """A session that started while so many bookmarks waited for their reminder; some may have been
    under way, which is known from `look_at` (real time, UTC) on."""

    session: Session
    waited: int
    look_at: datetime


class Missed:
    """Follows the starts on one network. Owns those that are looked at once more."""

    def __init__(self, adapter: Adapter, store: Store, clock: Clock, tally: Tally) -> None:
        self._network = adapter.network
        self._store = store
        self._clock = clock
        self._tally = tally
        self._passed: datetime | None = None
        self._started: list[_Started] = []

    async def look(self, schedule: Schedule) -> None:
        """Note what has started since the last time, and count what is known of by now. Raises
        StoreAway."""
        now, wall = self._clock.now(), self._clock.wall()
        begun = schedule.starting(self._passed, now) if self._passed is not None else ()
        if begun:
            waiting = await self._store.unreminded(self._network, begun, under_way=True)
            self._started += [
                _Started(session, waiting[session.id], wall + _SETTLED_AFTER)
                for session in begun
                if waiting[session.id]
            ]
        self._passed = now
        known = [started for started in self._started if started.look_at <= wall]
        if known:
            await self._count(known)
            self._started = [started for started in self._started if started.look_at > wall]

    async def _count(self, started: list[_Started]) -> None:
        sessions = [one.session for one in started]
        waiting = await self._store.unreminded(self._network, sessions, under_way=True)
        for one in started:
            # Who bookmarked it after its start waits for nothing.
            missed = min(one.waited, waiting[one.session.id])
            if missed:
                self._tally.dropped(self._network, missed)
                _log.warning(
                    "Reminders could not be sent before the start.",
                    network=self._network,
                    session=one.session.id,
                    reminders=missed,
                )
