"""Keeps one network going: holds it among the processes, speaks on it, and ends in good order."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.announcer import Announcer
from bot.backoff import pause
from bot.courier import Courier
from bot.ports import Adapter, Clock, Receive, Store, StoreAway
from bot.ticker import ticking

_log = structlog.get_logger(__name__)

_RECONNECT = timedelta(seconds=1)
_LONGEST_RECONNECT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """How long (real time) a process that takes part in a network counts as alive, and how often
    it says so, or looks whether another one still does."""

    lease: timedelta = timedelta(seconds=25)
    every: timedelta = timedelta(seconds=2)


class Supervisor:
    """Runs one network in this process, or stands by while another process has it."""

    def __init__(
        self,
        adapter: Adapter,
        courier: Courier,
        announcer: Announcer,
        store: Store,
        clock: Clock,
        process: str,
        *,
        restarts: bool = True,
        holding: Holding = Holding(),
    ) -> None:
        """`process` is the name of this process; an adapter that fails is started again if
        `restarts`, else its failure comes out of `run`."""
        self._adapter = adapter
        self._courier = courier
        self._announcer = announcer
        self._store = store
        self._clock = clock
        self._process = process
        self._restarts = restarts
        self._holding = holding
        self._held_until: datetime | None = None

    async def run(self, receive: Receive, stopping: asyncio.Event) -> None:
        """Until there is nobody left to talk to, or until told to stop: then what is under way
        settles first, and nothing is left held."""
        over = False
        while not (over or stopping.is_set()):
            if await self._hold():
                over = await self._take_part(receive, stopping)
            else:
                await _first(stopping.wait(), asyncio.sleep(self._holding.every.total_seconds()))

    async def _take_part(self, receive: Receive, stopping: asyncio.Event) -> bool:
        """Speak while the network is held; true if there is nobody left to talk to."""
        network = self._adapter.network
        if self._adapter.traits.alone:
            await self._store.take_over(network)
        _log.info("speaking", network=network)
        speaking = asyncio.create_task(self._speak(receive))
        try:
            async with ticking(self._courier.tick), ticking(self._announcer.tick):
                await _first(speaking, self._keep_holding(), stopping.wait())
            over = speaking.done()
            if over:
                await self._courier.tick()
            # What is under way needs the connection until it has settled.
            await self._courier.finish()
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        if over:
            speaking.result()
        return over

    async def _speak(self, receive: Receive) -> None:
        """Run the adapter, again and again where it fails."""
        failures = 0
        while True:
            try:
                return await self._adapter.run(receive)
            except Exception:
                # One network must not take the others along.
                if not self._restarts:
                    raise
                after = pause(failures, _RECONNECT, _LONGEST_RECONNECT)
                _log.exception("failed", network=self._adapter.network, again_in=after.seconds)
                failures += 1
                await asyncio.sleep(after.total_seconds())

    async def _keep_holding(self) -> None:
        """Say that this process is alive, until that is over."""
        while True:
            await asyncio.sleep(self._holding.every.total_seconds())
            if not await self._hold():
                _log.warning("another process has the network", network=self._adapter.network)
                return

    async def _hold(self) -> bool:
        """True while this process has (its part of) the network, also while the database is away:
        nobody else can take it then before the lease is over."""
        wall, network = self._clock.wall(), self._adapter.network
        try:
            processes = await self._store.hold(
                network, self._process, self._holding.lease, alone=self._adapter.traits.alone
            )
        except StoreAway:
            return self._held_until is not None and wall < self._held_until
        self._held_until = wall + self._holding.lease if processes else None
        if processes:
            self._adapter.share(processes)
        return processes > 0


async def _first(*awaitables: Awaitable[object]) -> None:
    """Wait for the first of these; coroutines among the others are cancelled, tasks go on."""
    given = [(asyncio.ensure_future(each), isinstance(each, asyncio.Task)) for each in awaitables]
    try:
        await asyncio.wait([task for task, _ in given], return_when=asyncio.FIRST_COMPLETED)
    finally:
        ours = [task for task, was_task in given if not was_task]
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)
