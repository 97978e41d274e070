"""Lets through an update of the schedule that was held back, and says what it changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.clock import SystemClock
from bot.publisher import bulletins, news
from bot.setup import CannotStart, Setup
from bot.sources.comparison import compared, summary, written
from bot.storing import Store, StoreAway, Version
from bot.text import block_line
from bot.times import Reader
from bot.updating import restored

NOTHING = "Nothing is held back."

Say = Callable[[str], None]


async def accept(setup: Setup, say: Say, *, dry: bool = False) -> None:
    """Let through what is held back; if `dry`, only say what that would change. Raises
    CannotStart."""
    from bot.store.opening import StoreFailed
    from bot.store.sql import SqlStore

    clock = SystemClock()
    try:
        store = SqlStore(setup.database, clock)
        try:
            held = await store.version(held=True)
            if held is None:
                say(NOTHING)
            else:
                await _let_through(setup, store, held, clock.now(), say, dry=dry)
        finally:
            await store.close()
    except (StoreFailed, StoreAway) as problem:
        raise CannotStart(str(problem)) from None


async def _let_through(
    setup: Setup, store: Store, held: Version, now: datetime, say: Say, *, dry: bool
) -> None:
    current = await store.version()
    assert current is not None, "what is held back follows on something"
    schedule = restored(held.document)
    changes = compared(restored(current.document), schedule)
    reader = Reader(schedule.timezone, hours=setup.rules.hours)
    for block in written(changes):
        say(block_line(block, reader))
    if dry:
        say(f"This is held back: it {held.head.why}.")
        return
    told = bulletins(news(changes, reader), setup.changes_in, now) if changes else []
    head = replace(held.head, at=now, why="")
    if not await store.publish(replace(held, head=head), told):
        raise CannotStart("The schedule has changed at this very moment: try again.")
    say(f"Accepted: {summary(changes)}. What runs on this database follows within seconds.")
