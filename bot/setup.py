"""What the parts are made from: the settings in force, the schedule, and where a replay starts."""

import asyncio
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import defaults
from bot.addresses import Source, Url
from bot.clock import SystemClock
from bot.command import Context
from bot.fairness import Fairness
from bot.looked import Failed, Fetched
from bot.looking import look
from bot.moments import when_meant
from bot.names import Finder
from bot.rules import Rules
from bot.schedule import Schedule
from bot.sources import YEARS, Imported, NotASchedule
from bot.sources import read as read_schedule
from bot.sources.fields import Fields
from bot.sources.fields import of as fields_of
from bot.times import Reader

if TYPE_CHECKING:
    from bot.config import Network

_TIME = re.compile(
    r"(?P<day>.*?)\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>[ap]m)?", re.IGNORECASE
)


class CannotStart(Exception):
    """The program cannot do what was asked; the message is one sentence that says what to do."""


class CannotFetch(CannotStart):
    """The schedule cannot be had from where it is published."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the parts are made from. `start` and `speed` are None where the time is real;
    `fairness` and the host and port of `metrics` count where many people ask: on `networks`, and so
    do `refresh`, how often a published schedule is looked at, and `changes_in`, the channels that
    hear what changed, each as network and name. `fields` says what is called how in a schedule
    that is a list."""

    schedule: Source
    timezone: ZoneInfo | None = None
    database: str = field(default=defaults.DATABASE, repr=False)  # a password may stand in it
    rules: Rules = Rules()
    start: datetime | None = None
    speed: float | None = None
    networks: Sequence["Network"] = ()
    fairness: Fairness | None = Fairness()
    metrics: tuple[str, int] | None = None
    refresh: timedelta = timedelta(seconds=defaults.REFRESH)
    changes_in: Sequence[tuple[str, str]] = ()
    fields: Fields | None = None


def configured(config: Path | None, *, speaks: bool = True) -> Setup:
    """The setup from a file and the environment; the defaults where neither says anything. Whoever
    speaks on no network needs no secrets. Raises CannotStart."""
    # The settings take some tenths of a second to load: most questions do without.
    if config is None and not any(n.upper().startswith(defaults.ENVIRONMENT) for n in os.environ):
        return Setup(defaults.schedule_path())
    from bot.config import load, with_stand_ins
    from bot.mistakes import BadSettings

    try:
        settings = load(config, None if speaks else with_stand_ins)
    except BadSettings as problem:
        raise CannotStart(str(problem)) from None
    zone = ZoneInfo(settings.event.timezone) if settings.event.timezone else None
    rules = Rules(
        before=settings.reminders.before,
        hours=settings.event.hours,
        quiet=settings.reminders.quiet_hours,
    )
    clock, metrics = settings.clock, settings.metrics
    named = (channel.partition("/") for channel in settings.event.changes_in)
    return Setup(
        settings.event.schedule,
        zone,
        settings.database.url,
        rules,
        clock.start if clock else None,
        clock.speed if clock else None,
        settings.networks,
        settings.fairness.fairness,
        (metrics.host, metrics.port) if metrics else None,
        timedelta(seconds=settings.event.refresh),
        [(network, name) for network, _, name in named],
        fields_of(settings.event.fields) if settings.event.fields else None,
    )


def load_schedule(
    source: Source,
    timezone: ZoneInfo | None,
    title: str | None = None,
    fields: Fields | None = None,
) -> Imported:
    """The schedule in a file or at an address, of any format; zone and title count where the source
    names none, `fields` where it is a list of no known form. Nothing else may run in this thread's
    event loop. Raises CannotStart, CannotFetch if there is nothing to be read."""
    found = (
        asyncio.run(look(source, at_start=True)) if isinstance(source, Url) else _in_file(source)
    )
    if not isinstance(found, Fetched):
        reason = found.reason if isinstance(found, Failed) else "nothing is there"
        raise CannotFetch(cannot_fetch(source, reason))
    try:
        return read_schedule(found.content, timezone, title, fields)
    except NotASchedule as problem:
        raise CannotStart(f"{source}: {problem}") from None


def cannot_fetch(source: Source, reason: str) -> str:
    """A sentence about a schedule that is not to be had."""
    match source:
        case Url():
            return f"The schedule {source} cannot be fetched: {reason}."
        case _:
            return f"The schedule {source} cannot be read: {reason}."


def _in_file(path: Path) -> Fetched | Failed:
    try:
        return Fetched(path.read_bytes())
    except OSError as problem:
        return Failed(problem.strerror or "it is not there")


def pointed_at(setup: Setup, count: int) -> str:
    """A line that says that the schedule was not read as a whole, and how to see why."""
    show = ["summit-bot", "schedule", "show", str(setup.schedule)]
    if setup.timezone is not None:
        show += ["--timezone", setup.timezone.key]
    what = "1 entry" if count == 1 else f"{count} entries"
    lists = f"{shlex.join(show)} lists {'it' if count == 1 else 'them'}."
    return f"{what} of {setup.schedule} could not be read: {lists}"


def kept_schedule(path: Path, timezone: ZoneInfo | None) -> Schedule | None:
    """The schedule that a file holds already, None where there is no file or nothing in it. Raises
    CannotStart where it holds anything else: that would be lost, and with it maybe all ids."""
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError as problem:
        raise CannotStart(f"{path} exists, and cannot be read: {problem.strerror}.") from None
    try:
        return read_schedule(content, timezone).schedule if content.strip() else None
    except NotASchedule:
        raise CannotStart(
            f"{path} exists, and is no schedule that could be imported again: name another file, or"
            " remove it first."
        ) from None


def moment_meant(words: str, schedule: Schedule) -> datetime:
    """A moment (UTC) from ISO 8601 or `Monday 9:20`, at the event. Raises CannotStart."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        moment = _day_and_time(words, schedule)
    if moment.year not in YEARS:
        raise CannotStart(
            f"{words!r} is out of all reason: years go from {YEARS[0]} to {YEARS[-1]}."
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=schedule.timezone)).astimezone(UTC)


def _day_and_time(words: str, schedule: Schedule) -> datetime:
    """Other than in a chat, `Monday 3:50` is in the night: nothing is guessed."""
    opens = schedule.opens or SystemClock().now()
    context = Context(opens, Finder(schedule), Reader(schedule.timezone), Rules().before)
    match = _TIME.fullmatch(words.strip())
    try:
        at = _time(match["hour"], match["minute"], match["half"]) if match else None
    except ValueError:
        at = None
    when = when_meant(match["day"] if match else "", context)
    if at is None or when.at is not None or when.rest:
        raise CannotStart(
            f"{words!r} is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'."
        )
    return replace(when, at=at).moment(schedule, schedule.day_of(opens))


def _time(hour: str, minute: str | None, half: str | None) -> time:
    if half is None:
        return time(int(hour), int(minute or 0))
    if int(hour) not in range(1, 13):
        raise ValueError(hour)
    return time(int(hour) % 12 + (12 if half.lower() == "pm" else 0), int(minute or 0))
