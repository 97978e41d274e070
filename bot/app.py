"""Puts the parts together and runs them; the only place that knows all of them."""

import os
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Never
from zoneinfo import ZoneInfo

from bot import defaults
from bot.clock import ReplayClock, SystemClock
from bot.command import Context
from bot.commands import understood
from bot.engine import Engine, readable
from bot.messages import Channel, Invocation, Profile, Response, User
from bot.moments import when_meant
from bot.names import Finder
from bot.ports import Clock, Store
from bot.rules import Rules
from bot.schedule import Schedule
from bot.sources import YEARS, Imported, NotASchedule
from bot.sources import read as read_schedule
from bot.times import Reader, long_day

if TYPE_CHECKING:
    from bot.adapters.console.adapter import Screen


_TIME = re.compile(
    r"(?P<day>.*?)\b(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>[ap]m)?", re.IGNORECASE
)


class CannotStart(Exception):
    """The program cannot do what was asked; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the parts are made from. `start` and `speed` are None where the time is real."""

    schedule: Path
    timezone: ZoneInfo | None = None
    database: str = defaults.DATABASE
    rules: Rules = Rules()
    start: datetime | None = None
    speed: float | None = None


def setup(config: Path | None) -> Setup:
    """The setup from a file and the environment; the defaults where neither says anything.
    Raises CannotStart."""
    # The settings take some tenths of a second to load: most questions do without.
    if config is None and not any(n.upper().startswith(defaults.ENVIRONMENT) for n in os.environ):
        return Setup(defaults.schedule_path())
    from bot.config import BadSettings, load

    try:
        settings = load(config)
    except BadSettings as problem:
        raise CannotStart(str(problem)) from None
    zone = ZoneInfo(settings.event.timezone) if settings.event.timezone else None
    rules = Rules(before=settings.reminders.before, hours=settings.event.hours)
    clock = settings.clock
    return Setup(
        settings.event.schedule,
        zone,
        settings.database.url,
        rules,
        clock.start if clock else None,
        clock.speed if clock else None,
    )


def load_schedule(path: Path, timezone: ZoneInfo | None, title: str | None = None) -> Imported:
    """The schedule in a file of any format; zone and title count where the file names none.
    Raises CannotStart."""
    try:
        return read_schedule(path.read_bytes(), timezone, title)
    except OSError as problem:
        raise CannotStart(f"The schedule {path} cannot be read: {problem.strerror}.") from None
    except NotASchedule as problem:
        raise CannotStart(f"{path}: {problem}") from None


def kept_schedule(path: Path, timezone: ZoneInfo | None) -> Schedule | None:
    """The schedule that a file holds already; None where there is none that can be read."""
    try:
        return read_schedule(path.read_bytes(), timezone).schedule if path.is_file() else None
    except (OSError, NotASchedule):
        return None


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


async def ask(setup: Setup, schedule: Schedule, user: User | None, line: str) -> Response:
    """Answer one line. Nobody in particular asks if `user` is None: then only what is personal
    opens the database. Raises CannotStart."""
    clock = _Standing(setup.start or SystemClock().now())
    rules = replace(setup.rules, greets=False, page=None)
    asker = user or console_user("you")
    invocation = Invocation(None, asker, Channel(asker.network, asker.id, private=True), line)
    meant = understood(readable(line))
    if user is None and not (meant and meant[0].personal):
        engine = Engine(schedule, _NoStore(), clock, rules)
        engine.introduce(asker, Profile(known=True))
        return await engine.respond(invocation)
    store = await open_store(setup.database, clock, schedule)
    try:
        return await Engine(schedule, store, clock, rules).respond(invocation)
    finally:
        await store.close()


async def chat(setup: Setup, schedule: Schedule, user: User) -> None:
    """Talk in the terminal, with reminders, until the input ends."""
    from bot.adapters.console.adapter import Console
    from bot.courier import Courier
    from bot.ticker import ticking

    clock: Clock = SystemClock()
    if setup.start is not None:
        clock = ReplayClock(setup.start, setup.speed or 1.0)
    store = await open_store(setup.database, clock, schedule)
    engine = Engine(schedule, store, clock, setup.rules)
    console = Console(user, _screen(user, store, schedule, clock, setup))
    courier = Courier(schedule, store, clock, [console], setup.rules)
    try:
        if setup.start is not None:
            await store.rewind(user.network, setup.start)
        await courier.start()
        async with ticking(courier.tick):
            await console.run(engine.respond)
        await courier.tick()
        await courier.finish()
    finally:
        await store.close()


def console_user(name: str) -> User:
    """Who sits at this terminal."""
    from bot.adapters.console.adapter import user_called

    return user_called(name)


async def open_store(url: str, clock: Clock, schedule: Schedule) -> Store:
    """The database of this event: the numbers of sessions mean others elsewhere. Raises
    CannotStart."""
    from bot.store.sql import SqlStore, StoreFailed

    try:
        store = SqlStore(url, clock)
    except StoreFailed as problem:
        raise CannotStart(str(problem)) from None
    known = await store.read("event", "name")
    if known is None:
        await store.keep("event", "name", schedule.event)
    elif known != schedule.event:
        await store.close()
        raise CannotStart(
            f"The database holds bookmarks of {known!r}: name another one for"
            f" {schedule.event!r}, like --database sqlite:///other.db"
        )
    return store


def _screen(user: User, store: Store, schedule: Schedule, clock: Clock, setup: Setup) -> "Screen":
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from bot.adapters.console.pipe import Pipe

        return Pipe(sys.stdin, sys.stdout)
    from bot.adapters.console.prompt import Prompt, Words
    from bot.commands import every

    reader = Reader(schedule.timezone, hours=setup.rules.hours)

    def shown() -> str:
        now = clock.now()
        return f"{reader.weekday(now)[:3]} {reader.clock(now)}"

    words = Words([c.name for c in every()], [*schedule.rooms, *schedule.people])
    welcome = schedule.event
    if setup.start is not None:
        start = setup.start.astimezone(schedule.timezone)
        welcome += f", replayed from {long_day(start.date())}, {reader.clock(start)}"
        welcome += f" on, {setup.speed or 1:g} times as fast"
    return Prompt(user, store, f"{welcome}.", shown, words)


async def _unasked(*_: object, **__: object) -> Never:
    raise AssertionError("only what is personal asks the database")


class _NoStore:
    """Implements `ports.Store` for questions that ask nothing of it, so that none is opened."""

    load = recall = apply = staticmethod(_unasked)
    claim = settle = release = outdated = take_over = rewind = staticmethod(_unasked)
    read = keep = close = staticmethod(_unasked)


class _Standing:
    """A clock that stands still: one question is asked at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        return self._moment

    def wall(self) -> datetime:
        """The real moment, UTC."""
        return SystemClock().wall()
