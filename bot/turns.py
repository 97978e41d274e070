"""Carries out what people ask: one person's wishes one after the other, those of others beside."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

import structlog

_log = structlog.get_logger(__name__)

_MOST_WAITING = 150
"""Wishes of one person that wait for each other; what comes beyond them is passed over."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Turns:
    """Everybody's order of turn on one network. Owns the tasks that carry out what was asked."""

    def __init__(self, network: str) -> None:
        self._network = network
        self._tasks = set[asyncio.Task[None]]()
        self._last: dict[Hashable, asyncio.Task[None]] = {}
        self._waiting = Counter[Hashable]()
        # Of whom the log has said that they ask too much; until nothing of theirs waits any more.
        self._excessive = set[Hashable]()

    def take(self, person: Hashable, work: Work) -> "asyncio.Task[None] | None":
        """Do this when all that the person has asked before is done; None if they have asked so
        much that this is passed over."""
        if self._waiting[person] >= _MOST_WAITING:
            self._pass_over(person)
            return None
        task = self.start(_after(self._last.get(person), work))
        self._last[person] = task
        self._waiting[person] += 1

        def ended(_: object) -> None:
            self._waiting[person] -= 1
            if not self._waiting[person]:
                del self._waiting[person]
                self._excessive.discard(person)
            if self._last.get(person) is task:
                del self._last[person]

        task.add_done_callback(ended)
        return task

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Do this at once."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def close(self) -> None:
        """What is under way ends, and nothing more that was asked takes effect."""
        for task in self._tasks:
            task.cancel()

    def _pass_over(self, person: Hashable) -> None:
        if person not in self._excessive:
            self._excessive.add(person)
            _log.warning("asks faster than it can be answered; the rest is passed over",
                         network=self._network, person=str(person))  # fmt: skip

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            # One question must not take the others along.
            _log.warning("not answered", network=self._network, exc_info=problem)


async def _after(before: "asyncio.Task[None] | None", work: Work) -> None:
    if before is not None:
        await asyncio.wait([before])
    await work()
