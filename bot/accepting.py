"""Lets through an update of the schedule that was held back, and says what it changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from getpass import getuser

from bot.app import console_user, database
from bot.clock import SystemClock
from bot.messages import Audit
from bot.reporting import bulletins, holds, news
from bot.setup import CannotStart, Setup
from bot.sources.versions.comparison import summary, written
from bot.storing import Store
from bot.text import block_line
from bot.times import Reader
from bot.updating import numbered, restored, succession, version_of
from bot.updating import written as written_down
from bot.versions import Version

NOTHING = "Nothing is held back."

Say = Callable[[str], None]


async def accept(setup: Setup, say: Say, *, dry: bool = False) -> None:
    """Let through what is held back; if `dry`, only say what that would change. Raises
    CannotStart."""
    async with database(setup) as store:
        held = await store.version(held=True)
        if held is None:
            say(NOTHING)
        else:
            await _let_through(setup, store, held, SystemClock().now(), say, dry=dry)


async def _let_through(
    setup: Setup, store: Store, held: Version, now: datetime, say: Say, *, dry: bool
) -> None:
    # First what tells of anything that happens meanwhile.
    heads, current, live = await store.heads(), await store.version(), await store.live()
    assert current is not None, "what is held back follows on something"
    old = restored(current.document)
    # What was added live since it was read may stand in it.
    schedule, document = written_down(numbered(old, restored(held.document), live, heads.highest))
    follows = succession(old, schedule, live)
    reader = Reader(schedule.timezone, hours=setup.rules.hours)
    for block in written(follows.changes):
        say(block_line(block, reader))
    if follows.contradicted:
        say(holds(follows.contradicted))
    if dry:
        say(f"This is held back: it {held.head.why}.")
        return
    told = bulletins(news(follows, reader), setup.changes_in, now)
    version = version_of(replace(held.head, at=now, why=""), schedule, document)
    if not await store.publish(version, told, acts=heads.acts, settled=follows.settled):
        raise CannotStart("The schedule has changed at this very moment: try again.")
    what = f"accepted an update of the schedule: {summary(follows.changes)}"
    await store.apply(console_user(_login()), [Audit(what)], None)
    say(f"Accepted: {summary(follows.changes)}. What runs on this database follows within seconds.")


def _login() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # as in a container whose users have no names
        return "somebody"
