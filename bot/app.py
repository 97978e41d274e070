"""Puts the parts together and runs them; the only place that knows all of them."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Never

from bot.clock import ReplayClock, StandingClock, SystemClock
from bot.commands import understood
from bot.engine import Engine, readable
from bot.messages import Channel, Invocation, Profile, Response, User
from bot.ports import Clock, Store
from bot.schedule import Schedule
from bot.setup import CannotStart, Setup
from bot.times import Reader, long_day

if TYPE_CHECKING:
    from bot.adapters.console.adapter import Screen


async def ask(setup: Setup, schedule: Schedule, user: User | None, line: str) -> Response:
    """Answer one line. Nobody in particular asks if `user` is None: then only what is personal
    opens the database. Raises CannotStart."""
    clock = StandingClock(setup.start or SystemClock().now())
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
