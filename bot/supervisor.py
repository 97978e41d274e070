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
        self._said_away = False
        self._said_held = False

    async def run(self, receive: Receive, stopping: asyncio.Event) -> None:
        """Until there is nobody left to talk to, or until told to stop: then what is under way
        settles first, and nothing is left held."""
        over = False
        while not (over or stopping.is_set()):
            if await self._hold() and await self._inherit():
                over = await self._take_part(receive, stopping)
            else:
                await _first(stopping.wait(), asyncio.sleep(self._holding.every.total_seconds()))

    async def _take_part(self, receive: Receive, stopping: asyncio.Event) -> bool:
        """Speak while the network is held; true if there is nobody left to talk to."""
        self._said_away = self._said_held = False
        _log.info("speaking", network=self._adapter.network)
        speaking = asyncio.create_task(self._speak(receive))
        try:
            async with ticking(self._courier.tick), ticking(self._announcer.tick):
                await _first(speaking, self._keep_holding(), stopping.wait())
                over = speaking.done()
                ours = self._held_until is not None or not self._adapter.traits.alone
                if not over:
                    # As long as the network takes more a tick would go on.
                    self._courier.hush()
                if not ours:
                    # Another process may speak by now.
                    speaking.cancel()
            if over:
                await self._courier.tick()
            # What is under way needs the connection until it has settled.
            await self._courier.finish(ours=ours)
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)
        if over:
            speaking.result()
        return over

    async def _speak(self, receive: Receive) -> None:
        """Run the adapter, again and again where it fails."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                return await self._adapter.run(receive)
            except Exception:
                # One network must not take the others along.
                if not self._restarts:
                    raise
                if loop.time() - began > _LONGEST_RECONNECT.total_seconds():
                    failures = 0
                after = pause(failures, _RECONNECT, _LONGEST_RECONNECT).total_seconds()
                _log.warning("failed", network=self._adapter.network, again_in=f"{after:.1f}s",
                             exc_info=True)  # fmt: skip
                failures += 1
                await asyncio.sleep(after)

    async def _keep_holding(self) -> None:
        """Say that this process is alive, until another one has the network, or may have it."""
        while True:
            await asyncio.sleep(self._holding.every.total_seconds())
            if not await self._hold():
                return

    async def _hold(self) -> bool:
        """True while this process has (its part of) the network, also while the database is away:
        nobody else can take it then before the lease is over."""
        wall, network, alone = self._clock.wall(), self._adapter.network, self._adapter.traits.alone
        most = None
        if alone and self._held_until is not None:
            # A server that does not answer can take longer than the lease.
            most = max(self._held_until - wall, self._holding.every).total_seconds()
        try:
            async with asyncio.timeout(most):
                processes = await self._store.hold(
                    network, self._process, self._holding.lease, alone=alone
                )
        except StoreAway as away:
            return self._goes_on_without_store(str(away))
        except TimeoutError:
            return self._goes_on_without_store("The database does not answer.")
        except Exception:
            # One network must not take the others along.
            _log.warning("holding failed", network=network, exc_info=True)
            return self._goes_on_without_store("It is not known who has the network.")
        if processes:
            self._held_until = wall + self._holding.lease
            self._adapter.share(processes)
            return True
        if self._held_until is not None:
            self._held_until = None
            _log.warning("another process has the network", network=network)
        elif not self._said_held:
            _log.info("standing by", network=network)
        self._said_held = True
        return False

    def _goes_on_without_store(self, away: str) -> bool:
        if not self._adapter.traits.alone:
            # Nobody else is kept from it, and people want to read what is the matter.
            return True
        if self._held_until is not None and self._clock.wall() < self._held_until:
            return True
        self._held_until = None
        self._say_away(away)
        return False

    async def _inherit(self) -> bool:
        """Take over what a process that is no more has left behind; false if that is to wait."""
        if self._adapter.traits.alone:
            try:
                await self._store.take_over(self._adapter.network)
            except StoreAway as away:
                self._say_away(str(away))
                return False
        return True

    def _say_away(self, away: str) -> None:
        if not self._said_away:
            _log.warning(f"{away} The network waits for it.", network=self._adapter.network)
        self._said_away = True


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
