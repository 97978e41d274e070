"""The organisers' desk: who they are, what they see, and what follows at once from what they do."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.courier import LATER
from bot.following import Following
from bot.messages import User
from bot.overview import NetworkOverview, Overview
from bot.ports import Adapter, Clock
from bot.rules import Rules
from bot.schedule import Schedule
from bot.storing import Store
from bot.tally import Tally
from bot.waves import Wave, early_waves, waiting_by_start

_AHEAD = timedelta(days=1)


class Desk:
    """Implements `ports.Desk` for the networks of a process."""

    def __init__(
        self,
        adapters: Sequence[Adapter],
        following: Following,
        store: Store,
        clock: Clock,
        rules: Rules,
        tally: Tally,
        renew: Callable[[], Awaitable[None]],
        changes_in: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`renew` lets all parts follow what holds by now; `changes_in` are the channels that hear
        of changes, each as network and name."""
        self._adapters = {adapter.network: adapter for adapter in adapters}
        self._following = following
        self._store = store
        self._clock = clock
        self._rules = rules
        self._tally = tally
        self._renew = renew
        self._changes_in = tuple(changes_in)

    def admits(self, user: User) -> bool:
        """True for an organiser whom the network vouches for."""
        adapter = self._adapters.get(user.network)
        return adapter is not None and adapter.organises(user)

    @property
    def published(self) -> Schedule | None:
        """What is published, without what was changed live."""
        return self._following.published

    def proof(self, user: User) -> str:
        """A sentence that says how somebody on this network proves who they are."""
        adapter = self._adapters.get(user.network)
        return adapter.traits.proof if adapter is not None else ""

    async def overview(self, *, whole: bool) -> Overview:
        """How everything is; the next waves, and whom nobody could reach, only if the `whole` of it
        is wanted. Raises StoreAway."""
        await self.renew()
        following, heads = self._following, self._following.heads
        published = following.published
        assert published is not None, "nobody is answered before there is a programme"
        current = heads.current
        return Overview(
            wall=self._clock.wall(),
            published=published,
            changed=current.at if current and current.number > 1 else None,
            seen=current.seen if current else None,
            held=heads.held.why if heads.held else "",
            trouble=await following.trouble(),
            live=following.live,
            highest=max(heads.highest, *(session.id for session in published.sessions), 0),
            networks=tuple(await self._networks() if whole else self._channels()),
            changes_in=self._changes_in,
        )

    def _channels(self) -> list[NetworkOverview]:
        return [
            NetworkOverview(network, channels=len(adapter.channels))
            for network, adapter in self._adapters.items()
        ]

    async def _networks(self) -> list[NetworkOverview]:
        unreached, now = await self._store.unreached(), self._clock.now()
        return [
            NetworkOverview(
                network,
                await self._next_wave(adapter, now),
                self._tally.sent_on(network),
                self._tally.late_on(network),
                self._tally.dropped_on(network),
                # What the network takes later has not failed.
                {why: n for why, n in self._tally.failed_on(network).items() if why != LATER},
                unreached.get(network, {}),
                len(adapter.channels),
            )
            for network, adapter in self._adapters.items()
        ]

    async def renew(self) -> None:
        """Let all parts of this process follow what holds by now. Raises StoreAway."""
        await self._renew()

    async def _next_wave(self, adapter: Adapter, now: datetime) -> Wave | None:
        """The reminders of the next start that anybody waits for, within a day."""
        schedule, traits = self._following.schedule, adapter.traits
        assert schedule is not None
        sessions = schedule.starting(now, now + _AHEAD)
        counts = await self._store.unreminded(adapter.network, sessions, under_way=True)
        waiting = waiting_by_start(sessions, counts)
        start = min((start for start, count in waiting.items() if count), default=None)
        if start is None:
            return None
        before = timedelta(minutes=self._rules.before)
        usual = Wave(start, waiting[start], start - before, fits=True)
        if traits.rate is None:
            return usual
        waves = early_waves(waiting, traits.rate / self._clock.speed, before, traits.burst)
        return waves.get(start, usual)
