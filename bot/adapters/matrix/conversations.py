"""What people say and do in the rooms, and what the bot makes of it, each person's in turn."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, assert_never

import structlog
from nio import AsyncClient

from bot.adapters.matrix.answering import Answering, Asked
from bot.adapters.matrix.hearing.listening import (
    FRESH,
    Heard,
    Me,
    Reacted,
    Said,
    Sealed,
    Withdrawn,
    heard,
)
from bot.adapters.matrix.hearing.reacting import Reactions
from bot.adapters.matrix.hearing.syncing import Arrived
from bot.adapters.matrix.hearing.undecryptable import Seals
from bot.adapters.matrix.homeserver import Away, Refused
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.settings import Matrix
from bot.backoff import pause
from bot.messages import User
from bot.ports import Clock, TryLater
from bot.storing import StoreAway
from bot.turns import Turns

_log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=30)

_Act = Callable[[], Coroutine[Any, Any, None]]


class Conversations:
    """Hears events and sees to their answers. Owns the order of each person's in each room."""

    def __init__(
        self, settings: Matrix, client: AsyncClient, directs: Directs, answering: Answering,
        reactions: Reactions, seals: Seals, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._client = client
        self._directs = directs
        self._answering = answering
        self._reactions = reactions
        self._seals = seals
        self._clock = clock
        self._turns = Turns(settings.name)
        self._ignored = frozenset(settings.ignore)

    def hear(self, room: str, arrived: Arrived) -> "asyncio.Task[None] | None":
        """See to the answer of an event; what is returned ends when it has been answered. None if
        there is nothing to do."""
        try:
            return self._hear(room, arrived)
        except Exception:
            # One event must not take the others along.
            _log.warning("not understood", network=self._settings.name, exc_info=True,
                         id=arrived.envelope.get("event_id"))  # fmt: skip
            return None

    def _hear(self, room: str, arrived: Arrived) -> "asyncio.Task[None] | None":
        value = heard(arrived.event.source, self._me(room), arrived.envelope)
        if value is None or value.sender in self._ignored:
            return None
        until = self._worth_until(value)
        if self._clock.wall() >= until or not self._concerns_us(room, value):
            return None
        began = asyncio.get_running_loop().time()

        def act() -> Coroutine[Any, Any, None]:
            return self._act(room, arrived, value, began)

        # What cannot be read yet must not hold up what its sender says in another room.
        whose = (value.sender, room)
        return self._turns.take(whose, lambda: self._in_time(value, until, act))

    def close(self) -> None:
        """Nobody is answered any more."""
        self._turns.close()

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do something that belongs to no person's turn."""
        return self._turns.start(work)

    def _me(self, room: str) -> Me:
        known, me = self._client.rooms.get(room), self._settings.user_id
        names = {self._settings.display_name, me[1:].partition(":")[0]}
        if known is not None and (called := known.user_name(me)):
            names.add(called)
        return Me(me, frozenset(names), self._settings.prefix)

    def _worth_until(self, value: Heard) -> datetime:
        """Until when an answer is of use. The homeserver's own reckoning is trusted more than two
        clocks that may differ."""
        said = value.sent if value.age is None else self._clock.wall() - value.age
        return said + FRESH

    def _concerns_us(self, room: str, value: Heard) -> bool:
        return not isinstance(value, Said) or value.addressed or self._directs.is_private(room)

    async def _in_time(self, value: Heard, until: datetime, act: _Act) -> None:
        left = (until - self._clock.wall()).total_seconds()
        try:
            async with asyncio.timeout(max(0.0, left)):
                await self._again_and_again(value, act)
        except TimeoutError:
            _log.warning("not answered in time", network=self._settings.name, id=value.event)

    async def _again_and_again(self, value: Heard, act: _Act) -> None:
        """Until the database and the homeserver are there: what was asked is not lost."""
        failures = 0
        while True:
            after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
            failures += 1
            try:
                return await act()
            except (StoreAway, Away, TryLater):
                pass
            except Refused as refusal:
                if not refusal.for_now:
                    _log.warning("the homeserver does not take the answer", reason=refusal.code,
                                 network=self._settings.name, id=value.event)  # fmt: skip
                    return None
                after = refusal.after or after
            await asyncio.sleep(after.total_seconds())

    async def _act(self, room: str, arrived: Arrived, value: Heard, began: float) -> None:
        """Do what an event asks for that was heard when the loop's time was `began`."""
        match value:
            case Said():
                await self._answer(room, value)
            case Reacted():
                line = await self._reactions.line(room, value)
                await self._carry_out(room, value, line)
            case Withdrawn():
                line = await self._reactions.undone(value)
                await self._carry_out(room, value, line)
                if line is not None:
                    await self._reactions.forget(value)
            case Sealed():
                opened = await self._seals.opened(room, arrived.event, value, began)
                if opened is None:
                    return
                again = heard(opened.source, self._me(room), arrived.envelope)
                if again is not None and self._concerns_us(room, again):
                    await self._act(room, Arrived(opened, arrived.envelope), again, began)
            case _:
                assert_never(value)

    async def _carry_out(self, room: str, value: Reacted | Withdrawn, line: str | None) -> None:
        """The command that a reaction stands for, or its withdrawal."""
        if line is not None:
            said = Said(value.event, value.sender, value.sent, value.age, line, True, None, None)
            await self._answer(room, said)

    async def _answer(self, room: str, said: Said) -> None:
        private = self._directs.is_private(room)
        if private:
            await self._directs.note(said.sender, room)
        known = self._client.rooms.get(room)
        name = known.user_name(said.sender) if known is not None else None
        user = User(self._settings.name, said.sender, name or said.sender)
        await self._answering.answer(Asked(said, user, room, private))
