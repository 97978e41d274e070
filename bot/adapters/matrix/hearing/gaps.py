"""Hears what happens in rooms, in order: what a batch has left out is read back first."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from nio import Event, MegolmEvent, RoomMemberEvent

from bot.adapters.matrix.client import decrypted
from bot.adapters.matrix.hearing.listening import FRESH
from bot.adapters.matrix.hearing.syncing import Arrived, Timeline
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.backoff import pause
from bot.ports import Clock
from bot.storing import StoreAway

_log = structlog.get_logger(__name__)

_PAGE = "100"
_MOST_PAGES = 50
"""More is not read back: so many people do not ask one bot in ten minutes."""
_PATIENCE = FRESH / 2
"""How long reading back is tried: what came after it shall be answered too."""
_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=30)

_Task = asyncio.Task[None]
Hear = Callable[[str, Arrived], _Task | None]
"""Sees to the answer of an event in a room; the task ends when it has been answered."""
Start = Callable[[Coroutine[Any, Any, None]], _Task]


class Gaps:
    """Reads back what came before the timelines of a batch. Owns the order within each room."""

    def __init__(
        self, server: Homeserver, client: Any, clock: Clock, hear: Hear, start: Start
    ) -> None:
        """`start` begins a task, which ends with the others when the bot stops."""
        self._server = server
        self._client = client
        self._clock = clock
        self._hear = hear
        self._start = start
        # Rooms in which something has to be heard before what comes next.
        self._filling: dict[str, _Task] = {}

    def heard(self, room: str, timeline: Timeline, since: str | None) -> list[_Task]:
        """Hear what happened in a room from `since` on, as far as it may concern us: not what was
        said before we were invited, or before the bot knew of the room (no `since`). What is
        returned ends when all of it has been answered."""
        events, entered = self._from_our_entry(timeline.events)
        if since is None and not entered:
            events = []
        gap = None if since is None or entered else timeline.gap
        before = self._filling.get(room)
        if before is None and gap is None:
            return self._all(room, events)
        answering: list[_Task] = []
        filling = self._start(self._fill(before, room, gap, since or "", events, answering))
        self._filling[room] = filling

        def ended(_: object) -> None:
            if self._filling.get(room) is filling:
                del self._filling[room]

        filling.add_done_callback(ended)
        return [self._start(_ends(filling, answering))]

    def _all(self, room: str, events: Sequence[Arrived]) -> list[_Task]:
        return [task for event in events if (task := self._hear(room, event)) is not None]

    async def _fill(
        self, before: _Task | None, room: str, gap: str | None, since: str,
        events: Sequence[Arrived], answering: list[_Task],
    ) -> None:  # fmt: skip
        """Hear what has been left out, and then the events; the tasks are added to `answering`."""
        if before is not None:
            await asyncio.wait([before])
        if gap is not None:
            missing, _ = self._from_our_entry(await self._before(room, gap, since))
            answering += self._all(room, missing)
        answering += self._all(room, events)

    def _from_our_entry(self, events: Sequence[Arrived]) -> tuple[Sequence[Arrived], bool]:
        """What came after we were invited; and whether we were then."""
        entry = next((n for n, each in enumerate(events) if self._is_our_entry(each.event)), None)
        return (events, False) if entry is None else (events[entry:], True)

    def _is_our_entry(self, event: Any) -> bool:
        return (
            isinstance(event, RoomMemberEvent)
            and event.state_key == self._client.user_id
            and event.membership in ("invite", "join")
            # Else only our name has changed.
            and event.prev_membership != "join"
        )

    async def _before(self, room: str, gap: str, since: str) -> list[Arrived]:
        """From `gap` back to `since`, or until it is too old."""
        found: list[Arrived] = []
        now = self._clock.wall()
        oldest = (now - FRESH).timestamp() * 1000
        page: str | None = gap
        for _ in range(_MOST_PAGES):
            answer = await self._page(room, str(page), since, until=now + _PATIENCE)
            if answer is None:
                break
            raw: Sequence[Any] = answer.get("chunk", ())
            found += filter(None, (self._arrived(room, each) for each in raw))
            page = answer.get("end")
            if page is None or not raw or raw[-1].get("origin_server_ts", 0) < oldest:
                break
        return found[::-1]

    async def _page(self, room: str, start: str, since: str, until: datetime) -> Any:
        """One answer of the homeserver; None if there is none until then."""
        query = {"dir": "b", "from": start, "to": since, "limit": _PAGE}
        failures = 0
        while True:
            after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
            try:
                return await self._server.ask("GET", "rooms", room, "messages", query=query)
            except (Refused, Away) as problem:
                hopeless = isinstance(problem, Refused) and not problem.for_now
                if hopeless or self._clock.wall() + after >= until:
                    _log.warning("cannot read back what was said", room=room, reason=str(problem))
                    return None
                if isinstance(problem, Refused):
                    after = problem.after or after
            failures += 1
            await asyncio.sleep(after.total_seconds())

    def _arrived(self, room: str, raw: Any) -> Arrived | None:
        event = Event.parse_event(raw)
        if isinstance(event, MegolmEvent):
            # Else it is tried again when it is its turn.
            with suppress(StoreAway):
                event = decrypted(self._client, event, room) or event
        return Arrived(event, raw) if event is not None else None


async def _ends(filling: _Task, answering: list[_Task]) -> None:
    """Return when everything has been heard, and answered."""
    await asyncio.wait([filling])
    if answering:
        await asyncio.wait(answering)
