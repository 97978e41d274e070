"""Events of a room that a batch has left out, or that were not for us."""

from collections.abc import Sequence
from typing import Any

import structlog
from nio import Event, MegolmEvent, RoomMemberEvent

from bot.adapters.matrix.conversations import FRESH
from bot.adapters.matrix.crypto import decrypted
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.syncing import Arrived, Timeline
from bot.ports import Clock

_log = structlog.get_logger(__name__)

_PAGE = "100"
_MOST_PAGES = 50
"""More is not read back: so many people do not ask one bot in ten minutes."""


class Gaps:
    """Reads back what came before the timelines of a batch."""

    def __init__(self, server: Homeserver, client: Any, clock: Clock) -> None:
        self._server = server
        self._client = client
        self._clock = clock

    async def filled(self, room: str, timeline: Timeline, since: str | None) -> list[Arrived]:
        """What happened in a room from `since` on, in order, as far as it may concern us: not what
        was said before we were invited, or before the bot knew of the room (no `since`). What is
        too old to be answered is left out."""
        events = list(timeline.events)
        entry = next((n for n, each in enumerate(events) if self._is_our_entry(each.event)), None)
        if entry is not None:
            return events[entry:]
        if since is None:
            return []
        if timeline.gap is None:
            return events
        return [*await self._before(room, timeline.gap, since), *events]

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
        oldest = (self._clock.wall() - FRESH).timestamp() * 1000
        page: str | None = gap
        for _ in range(_MOST_PAGES):
            query = {"dir": "b", "from": str(page), "to": since, "limit": _PAGE}
            try:
                answer = await self._server.ask("GET", "rooms", room, "messages", query=query)
            except (Refused, Away) as problem:
                _log.warning("cannot read back what was said", room=room, reason=str(problem))
                break
            raw: Sequence[Any] = answer.get("chunk", ())
            found += filter(None, (self._arrived(room, each) for each in raw))
            page = answer.get("end")
            if page is None or not raw or raw[-1].get("origin_server_ts", 0) < oldest:
                break
        return found[::-1]

    def _arrived(self, room: str, raw: Any) -> Arrived | None:
        event = Event.parse_event(raw)
        if isinstance(event, MegolmEvent):
            event = decrypted(self._client, event, room) or event
        return Arrived(event, raw) if event is not None else None
