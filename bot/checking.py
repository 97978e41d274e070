"""Tells an organiser whether `run` would go well, part by part, and changes nothing."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.finding import Finding
from bot.addresses import Url
from bot.app import clock_of, introduced, of_another_event
from bot.clock import SystemClock
from bot.defaults import ACCEPT
from bot.ports import CannotSpeak
from bot.running import ANOTHER, NO_NETWORK
from bot.schedule import Schedule
from bot.scratch import Scratch
from bot.setup import CannotStart, Setup, configured, load_schedule, pointed_at
from bot.times import duration
from bot.versions import Heads

if TYPE_CHECKING:
    from bot.config import Network
    from bot.store.opening import Found, StoreFailed

_LONGEST = 600.0
"""Seconds for one network to answer; adapters have limits of their own for each of its servers."""

Say = Callable[[str], None]


async def check(config: Path | None, say: Say) -> bool:
    """Say line by line how settings, schedule, database and networks are; true if all is well."""
    try:
        setup = configured(config)
    except CannotStart as problem:
        say(f"Settings: {_no(problem)}")
        return _concluded(False, say)
    say(f"Settings: {config if config is not None else 'no file (name one with --config)'}")
    found = _looked_into(setup)
    schedule = await asyncio.to_thread(_schedule, setup, found, say)
    kept = _database(setup, found, schedule, say)
    well = [schedule is not None, kept is not None, bool(setup.networks)]
    if not setup.networks:
        say(f"Networks: {_no(NO_NETWORK)}")
    well += [await _network(network, setup, Scratch(kept or {}), say) for network in setup.networks]
    return _concluded(all(well), say)


def shown(finding: Finding) -> str:
    """As it stands on the screen."""
    return _no(finding.sentence) if finding.wrong else finding.sentence


def _no(sentence: object) -> str:
    """What would not go well; the last line names these words."""
    return f"no: {sentence}"


def _concluded(well: bool, say: Say) -> bool:
    say("All is well: `run` would start." if well else "`run` would not go well: see what says no.")
    return well


def _looked_into(setup: Setup) -> "Found | StoreFailed":
    from bot.store.opening import StoreFailed, looked_into

    try:
        return looked_into(setup.database, whole=True)
    except StoreFailed as problem:
        return problem


def _schedule(setup: Setup, found: "Found | StoreFailed", say: Say) -> Schedule | None:
    """As it can be had now; to look for it an event loop of its own is run."""
    try:
        imported = load_schedule(setup.schedule, setup.timezone, fields=setup.fields)
    except CannotStart as problem:
        say(f"Schedule: {_no(problem)}")
        if not isinstance(found, Exception) and found.heads.current is not None:
            say("  `run` would begin with what was there last")
        return None
    say(f"Schedule: {introduced(setup, imported.schedule)}")
    if isinstance(setup.schedule, Url):
        say(f"  fetched from {setup.schedule}")
    if imported.warnings:
        say(f"  {pointed_at(setup, len(imported.warnings))}")
    return imported.schedule


def _say_versions(heads: Heads, say: Say) -> None:
    wall = SystemClock().now()
    if heads.current is not None:
        at, seen = (_ago(moment, wall) for moment in (heads.current.at, heads.current.seen))
        say(f"  schedule: version {heads.current.number}, changed {at}, last seen {seen}")
    if heads.held is not None:
        say(f"  held back {_ago(heads.held.at, wall)} is an update: it {heads.held.why};"
            f" `{ACCEPT}` lets it through")  # fmt: skip


def _ago(moment: datetime, wall: datetime) -> str:
    minutes = (wall - moment) // timedelta(minutes=1)
    return f"{duration(minutes)} ago" if minutes > 0 else "just now"


def _database(
    setup: Setup, found: "Found | StoreFailed", schedule: Schedule | None, say: Say
) -> Mapping[tuple[str, str], str] | None:
    """What adapters have kept there, by owner and key; None if the database cannot be used."""
    from bot.store.migrations import HEAD
    from bot.store.opening import shown

    if isinstance(found, Exception):
        say(f"Database: {_no(found)}")
        return None
    other = schedule is not None and found.event not in (None, schedule.event)
    if schedule is not None and other and not _goes_on(found, schedule):
        other_event = of_another_event(str(found.event), schedule, ANOTHER)
        say(f"Database: {_no(other_event)}")
        return None
    held = f"holds bookmarks of {found.event}" if found.event else "holds nothing yet"
    made = "made" if found.revision is None else f"upgraded from revision {found.revision}"
    later = "" if found.revision == HEAD else f"; its tables will be {made}"
    say(f"Database: {shown(setup.database)} {held}{later}")
    _say_versions(found.heads, say)
    if schedule is not None and other:
        say(f"  called {schedule.event!r} by now: that waits until `{ACCEPT}` lets it through")
    return found.kept


def _goes_on(found: "Found", schedule: Schedule) -> bool:
    """True if it is the event that the database knows, under another name."""
    from bot.updating import is_another_event, restored

    known = found.version
    return known is not None and not is_another_event(restored(known.document), schedule)


async def _network(network: "Network", setup: Setup, scratch: Scratch, say: Say) -> bool:
    """Say what its adapter finds; what it would keep is forgotten, and whoever runs beside it keeps
    the database."""
    from bot import networks

    say(f"{network.name}:")
    try:
        async with asyncio.timeout(_LONGEST):
            speaker = networks.speaker(network, scratch, clock_of(setup))
            found = await speaker.check()
            for finding in found:
                say(f"  {shown(finding)}")
            return not any(finding.wrong for finding in found)
    except CannotSpeak as refusal:
        say(f"  {_no(refusal)}")
    except TimeoutError:
        say(f"  {_no(f'It has not answered within {_LONGEST:g} seconds.')}")
    except Exception as failure:
        # One network must not take the others along; a text could stand in what it says.
        say(f"  {_no(f'To look at it failed ({type(failure).__name__}).')}")
    return False
