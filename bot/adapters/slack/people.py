"""Which time zone the people of Slack live in, as their profiles say."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.adapters.slack.hearing.heard import Person, ProfileChanged
from bot.adapters.slack.hearing.parsing import zone
from bot.adapters.slack.sending.api import Api, Away, Limited, Refused
from bot.adapters.slack.sending.window import Window
from bot.recent import Recent
from bot.storing import Store, StoreAway

_log = structlog.get_logger(__name__)

_KEY = "timezone"
_PATIENCE = 0.5
"""Seconds that an answer may wait for the time zone of whoever asked."""
_A_MINUTE = 100
"""Calls of users.info (https://docs.slack.dev/apis/web-api/rate-limits, Tier 4)."""
_AT_ONCE = 50
"""Profiles that are fetched at a time."""
_REMEMBERED = 10_000
_WORKSPACES = 1_000
_FRESH = 60.0
"""Seconds for which what is remembered needs no look at the database: another process may have
heard of a change."""
_FAILED = 60.0
"""Seconds until somebody is asked for again whose profile could not be fetched."""

_Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """A time zone that counts until a moment (the loop's time), and whether it is to be kept."""

    zone: ZoneInfo | None
    until: float
    unkept: bool = False


class People:
    """The time zones of people on one network. They are kept for those who have asked something,
    under the owner `network/team/user`, and go when these are forgotten."""

    def __init__(self, network: str, store: Store) -> None:
        self._network = network
        self._store = store
        self._known: Recent[_Who, _Known] = Recent(_REMEMBERED)
        # What is fetched, and until when (the loop's time) an answer may wait for it.
        self._fetches: dict[_Who, tuple[asyncio.Task[None], float]] = {}
        self._outdated = set[_Who]()
        self._windows: Recent[str, Window] = Recent(_WORKSPACES)
        self._processes = 1

    def share(self, processes: int) -> None:
        """Ask for one's part of the profiles, as one of so many processes."""
        if processes != self._processes:
            self._processes = processes
            self._windows = Recent(_WORKSPACES)

    async def timezone(self, api: Api, person: Person) -> ZoneInfo | None:
        """Where somebody who asks something lives; None if that is not known at once. It comes
        within half a second."""
        who = person.team, person.user
        known = self._fresh(who)
        if known is None:
            try:
                kept = zone(await self._store.read(self._owner(who), _KEY))
            except StoreAway:
                return self._remembered(who)
            if kept is not None:
                if self._known.get(who) is None:
                    # Of what has changed while nobody listened no event will come.
                    self._fetch(api, who)
                self._remember(who, kept)
                return kept
            known = self._fresh(who) or await self._fetched(api, who)
        if known is not None and known.unkept and known.zone is not None:
            await self._keep(who, known.zone)
        return known.zone if known is not None else None

    async def kept(self, person: Person) -> ZoneInfo | None:
        """Where somebody lives who has asked something before, for what they are told unasked."""
        who = person.team, person.user
        if (known := self._fresh(who)) is not None:
            return known.zone
        try:
            kept = zone(await self._store.read(self._owner(who), _KEY))
        except StoreAway:
            return self._remembered(who)
        if kept is not None:
            self._remember(who, kept)
        return kept

    async def changed(self, change: ProfileChanged) -> None:
        """A profile says something else now: it is noted if the person is known. Raises
        StoreAway."""
        who = change.person.team, change.person.user
        says = None if change.gone else change.timezone
        if who in self._fetches:
            # What comes may be older than this.
            self._outdated.add(who)
        if who in self._fetches or self._known.get(who) is not None:
            self._remember(who, says, unkept=True)
        if await self._store.read(self._owner(who), _KEY) is not None:
            await self._store.keep(self._owner(who), _KEY, says.key if says is not None else None)

    async def close(self) -> None:
        """Nothing is fetched any more."""
        tasks = [task for task, _ in self._fetches.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _fresh(self, who: _Who) -> _Known | None:
        """What is remembered, unless it was a while ago."""
        known = self._known.get(who)
        return known if known and known.until > asyncio.get_running_loop().time() else None

    def _remembered(self, who: _Who) -> ZoneInfo | None:
        known = self._known.get(who)
        return known.zone if known is not None else None

    async def _fetched(self, api: Api, who: _Who) -> _Known | None:
        """What the profile says, if that comes soon."""
        self._fetch(api, who)
        if who in self._fetches:
            task, ends = self._fetches[who]
            await asyncio.wait([task], timeout=ends - asyncio.get_running_loop().time())
        return self._known.get(who)

    def _fetch(self, api: Api, who: _Who) -> None:
        """Find out what the profile says, if it may be asked for at once."""
        window = self._windows.get(who[0])
        if window is None:
            window = Window(_A_MINUTE, 60)
            window.share(self._processes)
        self._windows.put(who[0], window)
        if who not in self._fetches and len(self._fetches) < _AT_ONCE and window.wait() <= 0:
            task = asyncio.create_task(self._look(api, who, window))
            self._fetches[who] = task, asyncio.get_running_loop().time() + _PATIENCE

    async def _look(self, api: Api, who: _Who, window: Window) -> None:
        """Put what the profile says in the memory only: it is kept when they ask something, lest
        somebody come back who was forgotten meanwhile."""
        said = None
        try:
            async with window.call():
                said = await api.call("users.info", user=who[1])
        except (Refused, Limited, Away) as problem:
            _log.debug("no profile", network=self._network, team=who[0], reason=str(problem))
        finally:
            del self._fetches[who]
        known = self._known.get(who)
        if who in self._outdated:
            self._outdated.discard(who)
        elif said is None:
            if known is None or known.zone is None:
                until = asyncio.get_running_loop().time() + _FAILED
                self._known.put(who, _Known(None, until))
        elif known is None or known.zone != _zone_in(said):
            self._remember(who, _zone_in(said), unkept=True)

    def _remember(self, who: _Who, zone: ZoneInfo | None, *, unkept: bool = False) -> None:
        until = asyncio.get_running_loop().time() + _FRESH
        self._known.put(who, _Known(zone, until, unkept))

    async def _keep(self, who: _Who, zone: ZoneInfo) -> None:
        try:
            await self._store.keep(self._owner(who), _KEY, zone.key)
        except StoreAway:
            return
        self._remember(who, zone)

    def _owner(self, who: _Who) -> str:
        return f"{self._network}/{who[0]}/{who[1]}"


def _zone_in(said: Mapping[str, Any]) -> ZoneInfo | None:
    """The time zone of a user (https://docs.slack.dev/reference/objects/user-object)."""
    user = said.get("user")
    if not isinstance(user, Mapping) or user.get("deleted") or user.get("is_bot"):
        return None
    return zone(user.get("tz"))
