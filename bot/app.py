"""Puts the parts together and runs them; the only place that knows all of them."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from bot import defaults
from bot.arguments import when_meant
from bot.clock import ReplayClock, SystemClock
from bot.command import Context
from bot.engine import Engine
from bot.messages import Channel, Invocation, Profile, Response, User
from bot.names import Finder
from bot.ports import Clock, Store
from bot.rules import Rules
from bot.schedule import Schedule
from bot.sources import Imported, NotASchedule
from bot.sources import read as read_schedule
from bot.times import Reader, long_day

if TYPE_CHECKING:
    from bot.adapters.console.adapter import Screen


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


def setup(config: Path | None, environment: Iterable[str]) -> Setup:
    """The setup from a file and the environment; the defaults where neither says anything."""
    if config is None and not any(name.startswith("SUMMIT_BOT_") for name in environment):
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


def moment_meant(words: str, schedule: Schedule) -> datetime:
    """A moment (UTC) from ISO 8601 or `Monday 9:20`, at the event. Raises CannotStart."""
    try:
        moment = datetime.fromisoformat(words)
        return (moment if moment.tzinfo else moment.replace(tzinfo=schedule.timezone)).astimezone(
            UTC
        )
    except ValueError:
        pass
    opens = schedule.opens or SystemClock().now()
    context = Context(opens, Finder(schedule), Reader(schedule.timezone), Rules().before)
    when = when_meant(words, context)
    if when.at is None or when.rest:
        raise CannotStart(
            f"{words!r} is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'."
        )
    return schedule.moment(when.day or schedule.day_of(opens), when.at)


async def ask(setup: Setup, schedule: Schedule, user: User | None, line: str) -> Response:
    """Answer one line. Nobody in particular asks if `user` is None: then only what is personal
    opens the database."""
    clock = _Standing(setup.start or SystemClock().now())
    opening = _Opening(setup.database, clock)
    asker = user or console_user("you")
    store = cast(Store, opening)
    engine = Engine(schedule, store, clock, replace(setup.rules, greets=False, page=None))
    if user is None:
        engine.introduce(asker, Profile(known=True))
    here = Channel(asker.network, asker.id, private=True)
    try:
        return await engine.respond(Invocation(None, asker, here, line))
    finally:
        await opening.close()


async def chat(setup: Setup, schedule: Schedule, user: User) -> None:
    """Talk in the terminal, with reminders, until the input ends."""
    from bot.adapters.console.adapter import Console
    from bot.courier import Courier
    from bot.ticker import ticking

    clock: Clock = SystemClock()
    if setup.start is not None:
        clock = ReplayClock(setup.start, setup.speed or 1.0)
    store = open_store(setup.database, clock)
    engine = Engine(schedule, store, clock, setup.rules)
    console = Console(user, _screen(user, store, schedule, clock, setup))
    courier = Courier(schedule, store, clock, [console], setup.rules)
    try:
        if setup.start is not None:
            await store.rewind(setup.start)
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


def open_store(url: str, clock: Clock) -> Store:
    """The database. Raises CannotStart."""
    from bot.store.sql import SqlStore, StoreFailed

    try:
        return SqlStore(url, clock)
    except StoreFailed as problem:
        raise CannotStart(str(problem)) from None


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


class _Opening:
    """A store that is opened when something is first asked of it: most questions ask nothing."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._store: Store | None = None

    def __getattr__(self, name: str) -> Any:
        if self._store is None:
            self._store = open_store(self._url, self._clock)
        return getattr(self._store, name)

    async def close(self) -> None:
        """Close the store, if it was opened."""
        if self._store is not None:
            await self._store.close()


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
