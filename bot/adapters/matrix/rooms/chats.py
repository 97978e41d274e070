"""The direct chat with each person: found, or opened at the pace that the homeserver allows."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.matrix.homeserver import Away, Refused
from bot.adapters.matrix.rooms.directs import Directs
from bot.backoff import pause
from bot.pacer import Pacer, Urgency
from bot.ports import Clock, TryLater, Unreachable

_USUAL_PAUSE = timedelta(seconds=60)
"""Where the homeserver refuses to open more, but does not say for how long."""
_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=30)
_PATIENCE = 3.0
"""Seconds that a notice waits here for a chat; those of others could go out meanwhile."""
_LEFT = "you have left our chat"
_TRIED = "no other chat can be opened with you just now: open one with me"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A chat that a notice needs, while it is being opened, and when (the loop's time) it should
    be there."""

    opening: "asyncio.Task[str]"
    expected: float


class Chats:
    """Where to write to people alone. Owns the pace at which chats are opened, and the chats that
    notices need while they are not there yet."""

    def __init__(self, directs: Directs, pacer: Pacer, clock: Clock) -> None:
        self._directs = directs
        self._pacer = pacer
        self._clock = clock
        self._wishes: dict[str, _Wish] = {}

    def is_with(self, user: str, room: str) -> bool:
        """True if nobody else reads there."""
        return self._directs.is_with(user, room)

    def hindrance(self, user: str) -> str | None:
        """Why messages to somebody may not arrive; it completes "because ..."."""
        return _LEFT if self._directs.has_left(user) else None

    async def with_user(self, user: str) -> str | None:
        """The chat with somebody who waits for it, opened if there is none, however long it takes;
        None if one was opened a while ago, and is none any more: then they open one. Raises Refused
        where the homeserver never opens one."""
        failures = 0
        while (room := self._directs.room_of(user)) is None:
            if self._directs.has_tried(user):
                return None
            await self._pacer.turn(Urgency.REPLY, person=user)
            try:
                room = await self._open(user)
                break
            except Refused as refusal:
                if not refusal.limited:
                    raise
            except Away:
                failures += 1
                await asyncio.sleep(_after(failures))
        self._fulfil(user)
        return room

    async def for_notice(self, user: str, until: datetime) -> str:
        """The chat in which somebody is told something that is of use `until` then (time of the
        programme). One that is not there is opened beside, and soon waited for no longer. Raises
        TryLater and Unreachable."""
        room = self._directs.room_of(user)
        if room is not None:
            self._fulfil(user)
            return room
        if self._directs.has_left(user):
            raise Unreachable(_LEFT)
        if self._directs.has_tried(user):
            raise Unreachable(_TRIED)
        wish = self._wishes.get(user) or self._wish(user, until)
        left = wish.expected - asyncio.get_running_loop().time()
        # Neither a turn that comes later nor a homeserver that takes long is waited for.
        if abs(left) > _PATIENCE:
            raise _later(timedelta(seconds=max(left, _PATIENCE)))
        try:
            async with asyncio.timeout(_PATIENCE):
                # Whoever is told may give up; the chat will be there when they come again.
                return await asyncio.shield(wish.opening)
        except TryLater as held:
            raise _later(held.after) from None
        except Refused as refusal:
            if refusal.for_now:
                raise _later(refusal.after) from None
            raise Unreachable(f"no chat can be opened with you ({refusal.code})") from None
        except TimeoutError:
            raise _later(timedelta(seconds=_PATIENCE)) from None

    async def close(self) -> None:
        """No chat is opened any more."""
        self._pacer.close()
        tasks = [wish.opening for wish in self._wishes.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wish(self, user: str, until: datetime) -> _Wish:
        """Open a chat when it is its turn. Raises TryLater."""
        expected = asyncio.get_running_loop().time() + self._pacer.seconds_to_wait()
        try:
            [turn] = self._pacer.turns(Urgency.NOTICE, 1, until)
        except TryLater as held:
            raise _later(held.after) from None
        task = asyncio.create_task(self._open_in_turn(user, turn, until))
        wish = self._wishes[user] = _Wish(task, expected)

        def ended(_: object) -> None:
            if self._wishes.get(user) is wish:
                del self._wishes[user]
            if not task.cancelled():
                task.exception()  # whoever comes again for the chat tries again

        task.add_done_callback(ended)
        return wish

    async def _open_in_turn(self, user: str, turn: "asyncio.Future[None]", until: datetime) -> str:
        """Raises Refused, TryLater, and TimeoutError when it is of no use any more."""
        left = (until - self._clock.now()).total_seconds() / self._clock.speed
        async with asyncio.timeout(max(0.0, left)):
            await turn
            failures = 0
            while True:
                try:
                    return await self._open(user)
                except Away:
                    failures += 1
                    await asyncio.sleep(_after(failures))

    def _fulfil(self, user: str) -> None:
        """There is a chat: the turn of this one goes to somebody else."""
        wish = self._wishes.pop(user, None)
        if wish is not None:
            wish.opening.cancel()

    async def _open(self, user: str) -> str:
        """Raises Refused and Away."""
        try:
            return await self._directs.open(user)
        except Refused as refusal:
            if refusal.limited:
                self._pacer.hold((refusal.after or _USUAL_PAUSE).total_seconds())
            raise


def _later(after: timedelta | None) -> TryLater:
    return TryLater(after or _USUAL_PAUSE, personal=True)


def _after(failures: int) -> float:
    return pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE).total_seconds()
