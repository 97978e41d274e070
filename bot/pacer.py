"""One network's pace: who may speak next, and when."""

import asyncio
import heapq
from collections import deque
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import count

from bot.ports import TryLater

_REPLIES_TO_A_NOTICE = 3
"""Messages of replies that may go before a notice which waits."""
_PATIENCE = 5.0
"""Seconds; a notice that is held up longer does not wait here: the courier brings it again."""


class Urgency(IntEnum):
    """What goes first. What a protocol needs to go on comes before everything; what has been begun
    (CONTINUED) ends before anything else begins."""

    PROTOCOL = 0
    CONTINUED = 1
    REPLY = 2
    NOTICE = 3
    POST = 4


_Waiting = tuple[Urgency, float, int, deque[asyncio.Future[None]]]


class Pacer:
    """Lets messages through one by one, at most `rate` a second after a `burst` of them; replies
    first, fair between people, and of other things the earliest deadline. However much is asked,
    one message in four is something else, if there is any.

    Everything that an adapter says takes its turn here, so that one refusal slows everybody.
    """

    def __init__(self, rate: float, burst: int = 1) -> None:
        self._rate = rate
        self._burst = burst
        self.share(1)
        self._order = count()
        # What waits, by urgency: all turns of one message or reply stand together.
        self._replies: list[_Waiting] = []  # and what comes before them
        self._others: list[_Waiting] = []
        # Messages of replies that went before others, of which these have not had their part yet.
        self._passed = 0
        # How many messages each person has had since everybody's queue was empty, at least as many
        # as the one whose turn it was last: who asks for much waits behind who asks for little.
        self._served = 0.0
        self._shares: dict[Hashable, float] = {}
        # The loop's time at which the next message is due if all before it had kept the pace.
        self._due = 0.0
        self._held_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def share(self, processes: int) -> None:
        """Keep to one's part of the rate and the burst, as one of so many processes."""
        self._interval = processes / self._rate
        self._slack = self._interval * (max(1, self._burst // processes) - 1)

    async def turn(
        self, urgency: Urgency, until: datetime | None = None, person: Hashable = None
    ) -> None:
        """Return when one message may be said; see `turns`."""
        (turn,) = self.turns(urgency, 1, until, person)
        await turn

    def turns(
        self,
        urgency: Urgency,
        messages: int,
        until: datetime | None = None,
        person: Hashable = None,
    ) -> Sequence[asyncio.Future[None]]:
        """When each of so many messages may be said, which belong together. What is due earliest
        (`until`) is said first; among replies, whoever has had the fewest messages is. Whoever
        gives up cancels the turn that comes next.

        Raises TryLater for what is neither protocol nor reply while the network holds everybody up
        for long, and for everything when this is closed; so does a turn that is waited for.
        """
        loop = asyncio.get_running_loop()
        held_for = self._held_until - loop.time()
        if self._closed:
            raise TryLater
        if urgency > Urgency.REPLY and held_for > _PATIENCE:
            raise TryLater(timedelta(seconds=held_for))
        turns = [loop.create_future() for _ in range(messages)]
        if urgency is Urgency.REPLY:
            rank = self._rank(person, messages)
        else:
            rank = until.timestamp() if until is not None else float("inf")
        waiting = self._others if urgency > Urgency.REPLY else self._replies
        heapq.heappush(waiting, (urgency, rank, next(self._order), deque(turns)))
        self._wake()
        return turns

    def hold(self, seconds: float) -> None:
        """Let nobody speak for so long: the network has refused somebody."""
        until = asyncio.get_running_loop().time() + seconds
        self._held_until = max(self._held_until, until)
        if seconds > _PATIENCE:
            for *_, turns in self._others:
                if not turns[0].done():
                    turns[0].set_exception(TryLater(timedelta(seconds=seconds)))

    def close(self) -> None:
        """Nobody has a turn any more."""
        self._closed = True
        for *_, turns in (*self._replies, *self._others):
            if not turns[0].done():
                turns[0].set_exception(TryLater())
        self._replies.clear()
        self._others.clear()
        if self._timer is not None:
            self._timer.cancel()

    def seconds_to_wait(self) -> float:
        """About how long it would be until the turn of what came last of all."""
        others = _messages(self._others)
        ahead = others + min(_messages(self._replies), _REPLIES_TO_A_NOTICE * (others + 1))
        opens = max(self._due - self._slack, self._held_until)
        return max(0.0, opens - asyncio.get_running_loop().time()) + ahead * self._interval

    def _rank(self, person: Hashable, messages: int) -> float:
        rank = max(self._served, self._shares.get(person, 0.0))
        self._shares[person] = rank + messages
        return rank

    def _wake(self) -> None:
        """Give turns to whoever may have one now, and come back for the others."""
        loop = asyncio.get_running_loop()
        while waiting := self._next():
            now = loop.time()
            opens = max(self._due - self._slack, self._held_until)
            if now < opens:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = loop.call_at(opens, self._wake)
                return
            self._due = max(self._due, now) + self._interval
            urgency, rank, order, turns = heapq.heappop(waiting)
            if urgency is Urgency.REPLY:
                self._served = rank
            self._count(urgency, len(turns))
            turns.popleft().set_result(None)
            if turns:
                heapq.heappush(self._replies, (Urgency.CONTINUED, rank, order, turns))
        self._served = 0.0
        self._shares.clear()

    def _next(self) -> list[_Waiting]:
        """Those of whom the first is next; empty if nobody waits."""
        for waiting in (self._replies, self._others):
            while waiting and waiting[0][3][0].done():  # whoever waited has given up
                heapq.heappop(waiting)
        if not self._replies or not self._others:
            return self._replies or self._others
        begins = self._replies[0][0] is Urgency.REPLY
        return self._others if begins and self._passed >= _REPLIES_TO_A_NOTICE else self._replies

    def _count(self, urgency: Urgency, messages: int) -> None:
        """Count what begins now, so that others than replies get their part."""
        if urgency is Urgency.REPLY and self._others:
            self._passed += messages
        elif urgency > Urgency.REPLY:
            self._passed = max(0, self._passed - _REPLIES_TO_A_NOTICE * messages)


def _messages(waiting: Sequence[_Waiting]) -> int:
    return sum(len(turns) for *_, turns in waiting if not turns[0].done())
