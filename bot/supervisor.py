"""Keeps one network going: speaks on it while this process holds it, and ends in good order."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import structlog

from bot.backoff import pause
from bot.courier import Courier
from bot.hold import Hold
from bot.ports import Adapter, CannotSpeak, Receive
from bot.poster import Poster
from bot.ticker import ticking

_log = structlog.get_logger(__name__)

_RECONNECT = timedelta(seconds=1)
_LONGEST_RECONNECT = timedelta(minutes=1)
_LAST_WORDS = 2.0
"""Seconds for the database, when what is under way has been given up."""


class Supervisor:
    """Runs one network in this process, or stands by while another process has it."""

    def __init__(
        self,
        adapter: Adapter,
        courier: Courier,
        poster: Poster,
        hold: Hold,
        *,
        restarts: bool = True,
    ) -> None:
        """An adapter that fails is started again if `restarts`, else its failure comes out of
        `run`."""
        self._adapter = adapter
        self._courier = courier
        self._poster = poster
        self._hold = hold
        self._restarts = restarts

    async def run(self, receive: Receive, stopping: asyncio.Event) -> None:
        """Until there is nobody left to talk to, or until told to stop: then what is under way
        settles first, and nothing is left held. Raises CannotSpeak."""
        over = False
        while not (over or stopping.is_set()):
            if await self._takes(stopping):
                over = await self._take_part(receive, stopping)
            else:
                await _first(stopping.wait(), self._hold.pause())

    async def _takes(self, stopping: asyncio.Event) -> bool:
        """True if this process has the network now; a database that does not answer delays nobody
        who wants to stop."""
        taking = asyncio.create_task(self._hold.take())
        await _first(taking, stopping.wait())
        if stopping.is_set():
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            return False
        return taking.result()

    async def _take_part(self, receive: Receive, stopping: asyncio.Event) -> bool:
        """Speak while the network is held; true if there is nobody left to talk to."""
        _log.info("speaking", network=self._adapter.network)
        speaking = asyncio.create_task(self._speak(receive))
        limit = asyncio.timeout(None)
        try:
            async with limit:
                async with ticking(self._courier.tick), ticking(self._poster.tick):
                    await _first(speaking, self._hold.keep(), stopping.wait())
                    over, ours = speaking.done(), self._hold.ours
                    if not over:
                        # As long as the network takes more a tick would go on.
                        limit.reschedule(self._courier.hush() + _LAST_WORDS)
                    if not ours:
                        # Another process may speak by now.
                        speaking.cancel()
                if over and not speaking.exception():
                    await self._courier.tick()
                # What is under way needs the connection until it has settled.
                await self._courier.finish(ours=ours)
        except TimeoutError:
            _log.warning("What was sent last may be sent again.", network=self._adapter.network)
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
                return await self._adapter.run(receive, self._courier.seen)
            except CannotSpeak:
                raise
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
