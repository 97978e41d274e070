"""Puts the parts together and runs them; the only place that knows all of them."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.clock import ReplayClock, StandingClock, SystemClock
from bot.commands import understood
from bot.engine import Engine, readable
from bot.live import overlaid
from bot.messages import Channel, Invocation, Profile, Response, User
from bot.patience import Holding, Patience
from bot.ports import Adapter, CannotSpeak, Clock
from bot.programme import last_day
from bot.rules import Rules
from bot.schedule import Schedule
from bot.scratch import Scratch
from bot.setup import CannotStart, Setup
from bot.storing import Store, StoreAway
from bot.times import Reader, long_day
from bot.versions import Version

_log = logging.getLogger(__name__)

_FOLLOWED_EVERY = 2.0
"""Seconds after which a chat sees what organisers have changed elsewhere."""
_LETTING_GO = 2.0
"""Seconds for saying that this process is no more: others find out by themselves."""

_LIKE = "--database sqlite:///other.db"

if TYPE_CHECKING:
    from bot.adapters.console.adapter import Screen
    from bot.following import Following
    from bot.tally import Tally


async def ask(setup: Setup, schedule: Schedule, user: User | None, line: str) -> Response:
    """Answer one line. Nobody in particular asks if `user` is None: then only what is personal
    opens the database. Raises CannotStart."""
    clock = StandingClock(setup.start or SystemClock().now())
    rules = replace(setup.rules, greets=False, page=None)
    asker = user or console_user("you")
    invocation = Invocation(None, asker, Channel(asker.network, asker.id, private=True), line)
    meant = understood(readable(line))
    if user is None and not (meant and meant[0].personal):
        engine = Engine(schedule, Scratch(), clock, rules)
        engine.introduce(asker, Profile(known=True))
        return await engine.respond(invocation)
    store = await open_store(setup.database, clock, schedule)
    try:
        schedule = await _as_it_holds(schedule, store)
        return await Engine(schedule, store, clock, rules).respond(invocation)
    finally:
        await store.close()


async def chat(setup: Setup, schedule: Schedule, user: User, *, organises: bool = False) -> None:
    """Talk in the terminal, with reminders, until the input ends; as an organiser, if wanted.
    Raises CannotStart."""
    from bot.adapters.console.adapter import Console
    from bot.following import Following
    from bot.store.alone import alone
    from bot.store.opening import StoreFailed

    clock = clock_of(setup)
    try:
        with alone(setup.database):
            store = await open_store(setup.database, clock, schedule)
            following = Following(store, await _numbered(schedule, store))
            schedule = await following.latest() or schedule
            screen = _screen(user, store, schedule, clock, setup, organises=organises)
            console = Console(user, screen, organises=organises)
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
                keep_for_good()
                await serve(
                    schedule, store, clock, setup.rules, [console],
                    versions=following.versions(_FOLLOWED_EVERY), following=following,
                    changes_in=setup.changes_in,
                    process=process, restarts=False,
                )  # fmt: skip
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
    following: "Following | None" = None,
    changes_in: Sequence[tuple[str, str]] = (),
    process: str | None = None,
    stopping: asyncio.Event | None = None,
    tally: "Tally | None" = None,
    restarts: bool = True,
    patience: Patience = Patience(),
    holding: Holding = Holding(),
) -> None:
    """Answer and remind on some networks, until there is nobody left to talk to, or until
    `stopping` is set (by SIGTERM, if it is None): then what is under way settles first. What comes
    from `versions` is followed; organisers are listened to where `following` knows what they
    change, and the channels of `changes_in`, each as network and name, hear of it. An adapter that
    fails is started again if `restarts`, else its failure comes out. `process` is the name under
    which this process already holds a network, if it does. Raises CannotSpeak when no network will
    have us, with what the last one says; what others have said before stands in the log."""
    import structlog

    from bot.courier import Courier
    from bot.desk import Desk
    from bot.followers import Followers
    from bot.hold import Hold
    from bot.poster import Poster
    from bot.supervisor import Supervisor
    from bot.tally import Tally

    process, tally = process or str(uuid4()), tally or Tally()

    async def renew() -> None:
        await followers.renew()

    desk = None
    if following is not None:
        desk = Desk(adapters, following, store, clock, rules, tally, renew, changes_in)
    engine = Engine(schedule, store, clock, rules, desk)
    couriers = [
        Courier(adapter, schedule, store, clock, rules, tally, patience) for adapter in adapters
    ]
    posters = [Poster(adapter, schedule, store, clock, rules, patience) for adapter in adapters]
    followers = Followers(engine, couriers, posters, following)
    # Who asks first would wait for it, and everybody else with them.
    await followers.take(schedule)

    async def follow(versions: AsyncIterator[Schedule]) -> None:
        try:
            await followers.follow(versions)
        except Exception:
            # Reminders of the programme as it is known are better than none.
            _log.exception("the schedule is not followed any more")

    refusals = dict[str, str]()

    async def speak(supervisor: Supervisor, network: str, stopping: asyncio.Event) -> None:
        try:
            await supervisor.run(engine.respond, stopping)
        except CannotSpeak as refusal:
            # One network must not take the others along. What the last one says is raised.
            refusals[network] = str(refusal)
            if len(refusals) < len(adapters):
                structlog.get_logger(__name__).error(str(refusal), network=network)

    follows = asyncio.create_task(follow(versions)) if versions is not None else None
    try:
        with stopped_by(signal.SIGTERM) if stopping is None else nullcontext(stopping) as stops:
            async with asyncio.TaskGroup() as networks:
                for adapter, courier, poster in zip(adapters, couriers, posters, strict=True):
                    hold = Hold(adapter, store, clock, process, holding)
                    supervisor = Supervisor(adapter, courier, poster, hold, restarts=restarts)
                    networks.create_task(speak(supervisor, adapter.network, stops))
    except* Exception as failures:
        raise failures.exceptions[0] from None
    finally:
        if follows is not None:
            follows.cancel()
        with suppress(StoreAway, TimeoutError):
            async with asyncio.timeout(_LETTING_GO):
                await store.let_go(process)
    if adapters and len(refusals) == len(adapters):
        network, why = list(refusals.items())[-1]
        raise CannotSpeak(f"{network}: {why}")


@contextmanager
def stopped_by(*signals: signal.Signals) -> Iterator[asyncio.Event]:
    """What is set when one of these signals comes."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows knows no such signals.
        for each in signals:
            loop.add_signal_handler(each, stopping.set)
    try:
        yield stopping
    finally:
        with suppress(NotImplementedError):
            for each in signals:
                loop.remove_signal_handler(each)


def clock_of(setup: Setup) -> Clock:
    """The real time, or a replay that begins now."""
    return SystemClock() if setup.start is None else ReplayClock(setup.start, setup.speed or 1.0)


def keep_for_good() -> None:
    """Spare what there is by now, libraries and programme, from garbage collection: each full one
    would look at all of it again, and keep everybody waiting for a tenth of a second."""
    gc.collect()
    gc.freeze()


def console_user(name: str) -> User:
    """Who sits at this terminal."""
    from bot.adapters.console.adapter import user_called

    return user_called(name)


@asynccontextmanager
async def database(setup: Setup) -> AsyncIterator[Store]:
    """The database as it is, beside whoever else works on it. Raises CannotStart, also for what
    goes wrong with it in the block, and if there is none yet."""
    from bot.store.opening import StoreFailed, looked_into, shown
    from bot.store.sql import SqlStore

    try:
        if looked_into(setup.database).revision is None:
            raise CannotStart(
                f"There is no database {shown(setup.database)} yet: name the settings of the one"
                " that is meant, with --config FILE."
            )
        store = SqlStore(setup.database, SystemClock())
        try:
            yield store
        finally:
            await store.close()
    except (StoreFailed, StoreAway) as problem:
        raise CannotStart(str(problem)) from None


async def open_store(url: str, clock: Clock, schedule: Schedule, like: str = _LIKE) -> Store:
    """The database of this event: the numbers of sessions mean others elsewhere; another one is
    named `like` this. Raises CannotStart."""
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
        raise CannotStart(of_another_event(known, schedule, like))
    return store


async def _as_it_holds(schedule: Schedule, store: Store) -> Schedule:
    """With those numbers, and with what was changed live."""
    return overlaid(await _numbered(schedule, store), await store.live())


async def _numbered(schedule: Schedule, store: Store) -> Schedule:
    """With the numbers that the sessions have in this database, if it holds a version of the
    schedule: bookmarks are kept by them."""
    version = await store.version()
    return schedule if version is None else as_numbered(schedule, version)


def as_numbered(schedule: Schedule, version: Version) -> Schedule:
    """With the numbers that the sessions have in a version that is kept."""
    from bot.sources.versions.identity import kept
    from bot.updating import restored

    return kept(restored(version.document), schedule)


def of_another_event(known: str, schedule: Schedule, like: str) -> str:
    """Why a database cannot be used, and how to name another one."""
    return (
        f"The database holds bookmarks of {known!r}: name another one for"
        f" {schedule.event!r}, like {like}"
    )


def _screen(
    user: User, store: Store, schedule: Schedule, clock: Clock, setup: Setup, *, organises: bool
) -> "Screen":
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from bot.adapters.console.pipe import Pipe

        return Pipe(sys.stdin, sys.stdout)
    from bot.adapters.console.prompt import Prompt, Words
    from bot.commands import every

    reader = Reader(schedule.timezone, hours=setup.rules.hours)

    def shown() -> str:
        now = clock.now()
        return f"{reader.weekday(now)[:3]} {reader.clock(now)}"

    commands = [c.name for c in every() if organises or not c.organising]
    words = Words(commands, [*schedule.rooms, *schedule.people])
    welcome = f"{schedule.event}{_replayed(setup, reader)}."
    return Prompt(user, store, welcome, shown, words)


def introduced(setup: Setup, schedule: Schedule) -> str:
    """In a few words for an organiser: which event, how large, where in time."""
    reader = Reader(schedule.timezone, hours=setup.rules.hours)
    number = sum(not session.removed for session in schedule.sessions)
    size = "1 session" if number == 1 else f"{number} sessions"
    when = _replayed(setup, reader) if setup.start else _before_or_after(schedule, reader)
    return f"{schedule.event}, {size}, times in {reader.zone.key}{when}"


def _before_or_after(schedule: Schedule, reader: Reader) -> str:
    """When the event begins, or has ended, in real time; nothing while it lasts."""
    now, opens, closes = SystemClock().now(), schedule.opens, schedule.closes
    if opens is not None and now < opens:
        day = schedule.day_of(opens)
        return f", begins on {long_day(day)} {day.year} at {reader.clock(opens)}"
    if closes is not None and now >= closes:
        return f", ended on {last_day(schedule)}"
    return ""


def _replayed(setup: Setup, reader: Reader) -> str:
    if setup.start is None:
        return ""
    start, speed = setup.start.astimezone(reader.zone), setup.speed or 1
    day = long_day(start.date())
    return f", replayed from {day}, {reader.clock(start)} on, {speed:g} times as fast"
