"""What a network's users may be owed now: which sessions to look at, and how to judge."""

from datetime import datetime, timedelta

import structlog

from bot.backoff import lasts
from bot.messages import Bookmark
from bot.missed import Missed
from bot.notices import MOST_BEFORE, opens_at, owed
from bot.ports import Adapter, Clock, Traits
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Candidates, Claimed, Judge, Store
from bot.tally import Tally
from bot.waves import Wave, early_waves, waiting_by_start

_log = structlog.get_logger(__name__)

_CHANGES_EVERY = timedelta(minutes=1)
_WAVES_EVERY = timedelta(seconds=5)
_WAVES_AHEAD = timedelta(minutes=70)


class Outlook:
    """Follows the programme for one network. Owns which sessions changed for somebody, and which
    waves of reminders have to begin early; both are read from the store from time to time."""

    def __init__(
        self,
        adapter: Adapter,
        schedule: Schedule,
        store: Store,
        clock: Clock,
        rules: Rules,
        tally: Tally,
    ) -> None:
        self.schedule = schedule
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._rules = rules
        self._missed = Missed(adapter, store, clock, tally)
        self._changed = set[int]()
        self._waves: dict[datetime, Wave] = {}
        self._too_short = set[datetime]()
        self._changes_due: datetime | None = None
        self._waves_due: datetime | None = None

    def replace(self, schedule: Schedule) -> None:
        """Judge by another version of the schedule from now on."""
        for session in schedule.sessions:
            before = self.schedule.session(session.id)
            # A session that was missing may come back as another than its owners know.
            if before is None or not before.facts.says_the_same_as(session.facts):
                self._changed.add(session.id)
        self.schedule = schedule

    async def look(self) -> None:
        """Read from the store what has to be read again by now. Raises StoreAway."""
        now, wall = self._clock.now(), self._clock.wall()
        if not lasts(self._changes_due, wall, _CHANGES_EVERY):
            await self._find_changes()
            self._changes_due = wall + _CHANGES_EVERY
        if not lasts(self._waves_due, wall, _WAVES_EVERY):
            # What the network allows may be otherwise than at the last look.
            planned = await self._planned_waves(self._adapter.traits, now)
            begun = {s: w for s, w in self._waves.items() if w.opens <= now < s}
            self._waves = begun | planned
            self._waves_due = wall + _WAVES_EVERY
        await self._missed.look(self.schedule)

    def candidates(self, now: datetime) -> Candidates:
        """Where to look for what is owed."""
        changed = (self.schedule.session(number) for number in self._changed)
        return Candidates(
            starting=self.schedule.starting(now, now + timedelta(minutes=MOST_BEFORE)),
            changed=[session for session in changed if session is not None],
            now=now,
            early={start for start, wave in self._waves.items() if wave.opens <= now},
            news_before=self._rules.news_before(now, self.schedule.timezone),
            edition=self.schedule.edition,
        )

    def judge(self, candidates: Candidates) -> Judge:
        """What the owner of a bookmark is owed."""
        schedule, now = self.schedule, candidates.now

        def judge(bookmark: Bookmark) -> Claimed | None:
            session = schedule.session(bookmark.session_id)
            if session is None:
                return None
            wave = self._waves.get(session.slot.start)
            opens = opens_at(bookmark, session.slot, wave.opens if wave else None)
            notice = owed(bookmark, session, now, opens, candidates.news_before)
            return Claimed(bookmark, notice, opens) if notice is not None else None

        return judge

    async def _find_changes(self) -> None:
        # Also what another process has told by another version of the schedule is found here.
        asked = self.schedule
        changed = await self._store.outdated(self._adapter.network, asked.sessions)
        if self.schedule is asked:
            self._changed = changed
        else:
            self._changed |= changed

    async def _planned_waves(self, traits: Traits, now: datetime) -> dict[datetime, Wave]:
        if traits.rate is None:
            return {}
        sessions = self.schedule.starting(now, now + _WAVES_AHEAD)
        network = self._adapter.network
        counts = await self._store.unreminded(network, sessions, under_way=False)
        waiting = waiting_by_start(sessions, counts)
        before = timedelta(minutes=self._rules.before)
        planned = early_waves(waiting, traits.rate / self._clock.speed, before, traits.burst)
        for start, wave in planned.items():
            known = self._waves.get(start)
            # What has begun early goes on, also when less is left than at first.
            opens = min(wave.opens, known.opens) if known and known.opens <= now else wave.opens
            planned[start] = Wave(start, wave.count, opens, wave.fits)
            if not wave.fits and start not in self._too_short:
                self._too_short.add(start)
                _log.warning(
                    "More reminders than the network can carry before the start:"
                    f" some will not be sent. {traits.remedy}".rstrip(),
                    network=self._adapter.network,
                    start=start.isoformat(),
                    reminders=wave.count,
                    a_second=traits.rate,
                )
        return planned
