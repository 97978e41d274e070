"""The direct chat with each person: found, or opened at the pace that the homeserver allows."""

import asyncio
from datetime import datetime, timedelta

from bot.adapters.matrix.directs import Directs
from bot.adapters.matrix.homeserver import Away, Refused
from bot.backoff import pause
from bot.pacer import Pacer, Urgency
from bot.ports import TryLater, Unreachable

_USUAL_PAUSE = timedelta(seconds=60)
"""Where the homeserver refuses to open more, but does not say for how long."""
_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=30)
_LEFT = "you have left our chat"


class Chats:
    """Where to write to people alone. Owns the pace at which chats are opened."""

    def __init__(self, directs: Directs, pacer: Pacer) -> None:
        self._directs = directs
        self._pacer = pacer

    def hindrance(self, user: str) -> str | None:
        """Why messages to somebody may not arrive; it completes "because ..."."""
        return _LEFT if self._directs.has_left(user) else None

    async def with_user(self, user: str) -> str:
        """The chat with somebody who waits for it, opened if there is none, however long it takes.
        Raises Refused where the homeserver never opens one."""
        failures = 0
        while (room := self._directs.room_of(user)) is None:
            await self._pacer.turn(Urgency.REPLY, person=user)
            try:
                return await self._open(user)
            except Refused as refusal:
                if not refusal.limited:
                    raise
            except Away:
                failures += 1
                after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
                await asyncio.sleep(after.total_seconds())
        return room

    async def for_notice(self, user: str, until: datetime) -> str:
        """The chat in which somebody is told something. Raises TryLater and Unreachable."""
        room = self._directs.room_of(user)
        if room is not None:
            return room
        if self._directs.has_left(user):
            raise Unreachable(_LEFT)
        await self._pacer.turn(Urgency.NOTICE, until)
        try:
            return await self._open(user)
        except Refused as refusal:
            if refusal.limited:
                raise TryLater(refusal.after or _USUAL_PAUSE) from None
            raise Unreachable(f"no chat can be opened with you ({refusal.code})") from None
        except Away:
            raise TryLater from None

    async def _open(self, user: str) -> str:
        """Raises Refused and Away."""
        try:
            return await self._directs.open(user)
        except Refused as refusal:
            if refusal.limited:
                self._pacer.hold((refusal.after or _USUAL_PAUSE).total_seconds())
            raise
