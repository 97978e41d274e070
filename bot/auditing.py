"""Says what organisers did: the audit log, the latest first."""

from collections.abc import Callable

from bot.app import database
from bot.setup import Setup

NOTHING = "No organiser has done anything yet."


async def audit(setup: Setup, say: Callable[[str], None], most: int) -> None:
    """Say who did what and when, a line each, in UTC. Raises CannotStart."""
    async with database(setup) as store:
        found = await store.audited(most)
    for one in found:
        name = f" ({one.user.name})" if one.user.name else ""
        say(f"{one.at:%Y-%m-%d %H:%M:%SZ} {one.user.network} {one.user.id}{name}: {one.what}")
    if not found:
        say(NOTHING)
