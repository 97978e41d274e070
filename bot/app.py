"""Puts the parts together and runs them; the only place that knows all of them."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Never
from uuid import uuid4

from bot.clock import ReplayClock, StandingClock, SystemClock
from bot.commands import understood
from bot.engine import Engine, readable
from bot.messages import Channel, Invocation, Profile, Response, User
from bot.patience import Holding, Patience
from bot.ports import Adapter, Clock, Store, StoreAway
from bot.rules import Rules
from bot.schedule import Schedule
from bot.setup import CannotStart, Setup
from bot.times import Reader, long_day

_log = logging.getLogger(__name__)

_LETTING_GO = 2.0
"""Seconds for saying that this process is no more: others find out by themselves."""

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
    """Talk in the terminal, with reminders, until the input ends. Raises CannotStart."""
    from bot.adapters.console.adapter import Console
    from bot.store.alone import alone
    from bot.store.opening import StoreFailed

    clock: Clock = SystemClock()
    if setup.start is not None:
        clock = ReplayClock(setup.start, setup.speed or 1.0)
    try:
        with alone(setup.database):
            store = await open_store(setup.database, clock, schedule)
            console = Console(user, _screen(user, store, schedule, clock, setup))
            process = str(uuid4())
            try:
                # Whoever chats under this name elsewhere is not to be reminded again.
                if not await store.hold(user.network, process, Holding().lease, alone=True):
                    raise CannotStart(
                        f"Somebody called {user.name!r} is chatting on this database: take another"
                        " name with --as, or wait half a minute if that chat has crashed."
                    )
                if setup.start is not None:
                    await store.rewind(user.network, setup.start)
                await serve(
                    schedule, store, clock, setup.rules, [console], process=process, restarts=False
                )
            finally:
                await store.close()
    except (StoreFailed, StoreAway) as problem:
        raise CannotStart(str(problem)) from None


async def serve(
    schedule: Schedule,
    store: Store,
    clock: Clock,
    rules: Rules,
    adapters: Sequence[Adapter],
    *,
    versions: AsyncIterator[Schedule] | None = None,
    process: str | None = None,
    restarts: bool = True,
    patience: Patience = Patience(),
    holding: Holding = Holding(),
) -> None:
    """Answer and remind on some networks, following later versions of the schedule, until there is
    nobody left to talk to, or a signal to end comes (SIGTERM): then what is under way settles
    first. An adapter that fails is started again if `restarts`, else its failure comes out.
    `process` is the name under which this process already holds a network, if it does."""
    from bot.announcer import Announcer
    from bot.courier import Courier
    from bot.hold import Hold
    from bot.supervisor import Supervisor
    from bot.tally import Tally

    process, tally, stopping = process or str(uuid4()), Tally(), asyncio.Event()
    engine = Engine(schedule, store, clock, rules)
    couriers = [
        Courier(adapter, schedule, store, clock, rules, tally, patience) for adapter in adapters
    ]
    announcers = [
        Announcer(adapter, schedule, store, clock, rules, patience) for adapter in adapters
    ]

    async def follow(versions: AsyncIterator[Schedule]) -> None:
        try:
            async for version in versions:
                engine.replace(version)
                for courier, announcer in zip(couriers, announcers, strict=True):
                    courier.replace(version)
                    announcer.replace(version)
        except Exception:
            # Reminders of the programme as it is known are better than none.
            _log.exception("the schedule is not followed any more")

    keep_for_good()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows knows no such signal.
        loop.add_signal_handler(signal.SIGTERM, stopping.set)
    following = asyncio.create_task(follow(versions)) if versions is not None else None
    try:
        async with asyncio.TaskGroup() as networks:
            for adapter, courier, announcer in zip(adapters, couriers, announcers, strict=True):
                hold = Hold(adapter, store, clock, process, holding)
                supervisor = Supervisor(adapter, courier, announcer, hold, restarts=restarts)
                networks.create_task(supervisor.run(engine.respond, stopping))
    except* Exception as failures:
        raise failures.exceptions[0] from None
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGTERM)
        if following is not None:
            following.cancel()
        with suppress(StoreAway, TimeoutError):
            async with asyncio.timeout(_LETTING_GO):
                await store.let_go(process)


def keep_for_good() -> None:
    """Spare what there is by now, libraries and programme, from garbage collection: each full one
    would look at all of it again, and keep everybody waiting for a tenth of a second."""
    gc.collect()
    gc.freeze()


def console_user(name: str) -> User:
    """Who sits at this terminal."""
    from bot.adapters.console.adapter import user_called

    return user_called(name)


async def open_store(url: str, clock: Clock, schedule: Schedule) -> Store:
    """The database of this event: the numbers of sessions mean others elsewhere. Raises
    CannotStart."""
    from bot.store.opening import StoreFailed
    from bot.store.sql import SqlStore

    try:
        store = SqlStore(url, clock)
    except StoreFailed as problem:
        raise CannotStart(str(problem)) from None
    try:
        known = await store.read("event", "name")
        if known is None:
            await store.keep("event", "name", schedule.event)
            return store
    except StoreAway as away:
        await store.close()
        raise CannotStart(str(away)) from None
    if known != schedule.event:
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
    claim = claim_posts = settle = unreminded = outdated = staticmethod(_unasked)
    hold = let_go = take_over = rewind = staticmethod(_unasked)
    read = keep = close = staticmethod(_unasked)
