"""APScheduler wakes the courier; it keeps no reminders, only this one interval."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

_log = logging.getLogger(__name__)

EVERY = timedelta(seconds=0.5)
"""Real time between two ticks."""


@asynccontextmanager
async def ticking(tick: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Call `tick` at every interval while this is open; what it raises is logged, once until it
    changes."""
    running = asyncio.Lock()
    failing: type[Exception] | None = None

    async def once() -> None:
        nonlocal failing
        async with running:
            try:
                await tick()
            except Exception as failure:
                # A tick that fails must not end the ones after it, nor say the same each time.
                if type(failure) is not failing:
                    _log.exception("tick failed")
                failing = type(failure)
            else:
                failing = None

    # That a tick takes longer than the pause between two of them is no news to anybody.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = AsyncIOScheduler(timezone="UTC")
    # The default grace of one second would skip a late tick without a word.
    scheduler.add_job(
        once,
        "interval",
        seconds=EVERY.total_seconds(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        try:
            # The scheduler would cancel a tick between its claim and what it claimed for.
            async with running:
                pass
        finally:
            scheduler.shutdown(wait=False)
