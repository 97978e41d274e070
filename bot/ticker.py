"""APScheduler wakes the courier; it keeps no reminders, only this one interval."""

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
    """Call `tick` at every interval while this is open; what it raises is logged."""

    async def once() -> None:
        try:
            await tick()
        except Exception:
            # A tick that fails must not end the ones after it.
            _log.exception("tick failed")

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
        scheduler.shutdown(wait=False)
