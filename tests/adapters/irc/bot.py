"""The whole bot on IRC, for tests: engine, courier, supervisor and database as `run` has them, in
the process of the test; only the clock of the programme is a double."""

import asyncio
import gc
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, cast
from weakref import WeakSet

from bot import app
from bot.adapters.irc.adapter import IrcAdapter
from bot.adapters.irc.settings import Irc
from bot.clock import SystemClock
from bot.patience import Holding, Patience
from bot.ports import Store, StoreAway
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.setup import moment_meant
from bot.store.sql import SqlStore
from bot.tally import Tally
from tests.servers.irc_server import Server
from tests.summit import changed, folsom

CHANNEL = "#summit"
RULES = Rules(greets=False)
_FAST = {"rate": 10_000.0, "burst": 10_000}
_SECONDS = 20.0
"""What anything may take on a machine that is busy."""
# A process that was killed has its network for so long.
_HOLDING = Holding(lease=timedelta(seconds=1), every=timedelta(seconds=0.1))
_owner: ContextVar["Bot | None"] = ContextVar("owner", default=None)


class Where(Protocol):
    """A server to connect to: a `Server`, or a `StrictServer`."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


class MovedClock:
    """The programme's time moves when a test says so; real time goes on."""

    speed = 1.0

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def wall(self) -> datetime:
        return SystemClock().wall()


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log: its event, and the values beside it."""

    event: str
    level: int
    values: dict[str, Any]

    @property
    def network(self) -> str | None:
        found: str | None = self.values.get("network")
        return found


def irc_settings(server: Where, **settings: Any) -> Irc:
    """What `[irc]` says for a bot in #summit, as fast as it can where the server has no limits."""
    usual: dict[str, Any] = {
        "server": server.host, "port": server.port, "tls": False, "channels": [CHANNEL],
    }  # fmt: skip
    if isinstance(server, Server):
        usual |= {} if server.limits else _FAST
        usual |= {"server_password": server.password} if server.password else {}
    return Irc(**usual | settings)


@asynccontextmanager
async def bot_on(
    server: Where, *, database: str | None = None, at: str = "Monday 9:20",
    schedule: Schedule | None = None, rules: Rules = RULES, patience: Patience = Patience(),
    joins: bool = True, **settings: Any,
) -> AsyncIterator["Bot"]:  # fmt: skip
    """A bot in its channels, until the end of the block; with `joins=False` it is not waited for.

    `settings` are those of `[irc]`. Without the URL of a `database` it has one of its own.
    """
    networks = [irc_settings(server, **settings)]
    async with bots_on(
        networks, database=database, at=at, schedule=schedule, rules=rules, patience=patience,
        joins=joins,
    ) as bot:  # fmt: skip
        yield bot


@asynccontextmanager
async def bots_on(
    networks: Sequence[Irc], *, database: str | None = None, at: str = "Monday 9:20",
    schedule: Schedule | None = None, rules: Rules = RULES, patience: Patience = Patience(),
    joins: bool = True,
) -> AsyncIterator["Bot"]:  # fmt: skip
    """As `bot_on`, on several networks at once."""
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as folder:
        url = database or f"sqlite:///{Path(folder) / 'summit.db'}"
        bot = Bot(networks, url, at, schedule or folsom(), rules, patience)
        try:
            await bot.start(joins=joins)
            yield bot
        finally:
            await bot.close()


class Bot:
    """A process of the bot. Owns its database's connection and its tasks, from `start` to `stop` or
    `kill`, and from the next `start` on again."""

    def __init__(
        self, networks: Sequence[Irc], database: str, at: str, schedule: Schedule, rules: Rules,
        patience: Patience,
    ) -> None:  # fmt: skip
        self.networks = networks
        self.database = database
        self.schedule = schedule
        self.rules = rules
        self.patience = patience
        self.clock = MovedClock(moment_meant(at, schedule))
        self.log: list[Logged] = []
        self.tally = Tally()
        self.adapters: dict[str, IrcAdapter] = {}
        self.store: Store
        self.tasks = WeakSet["asyncio.Task[Any]"]()
        self._returned = set[int]()
        self._news = asyncio.Event()
        self._listener = _Listener(self)
        self._stopping = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    @property
    def adapter(self) -> IrcAdapter:
        """The one of the only network."""
        [adapter] = self.adapters.values()
        return adapter

    async def start(self, *, joins: bool = True) -> None:
        """Begin, and wait until the bot is in its channels on all networks."""
        logger = logging.getLogger("bot")
        logger.setLevel(logging.INFO)
        logger.addHandler(self._listener)
        asyncio.get_running_loop().set_task_factory(_noting_owners)
        self._stopping, self._versions = asyncio.Event(), asyncio.Queue[Schedule]()
        self._mortal = _Mortal(SqlStore(self.database, self.clock))
        self.store = cast(Store, self._mortal)
        self.adapters = {
            each.name: IrcAdapter(each, self.store, self.clock) for each in self.networks
        }
        token = _owner.set(self)
        self._serving = asyncio.create_task(self._serve())
        self._serving.add_done_callback(lambda _: self._wake())
        _owner.reset(token)
        if joins:
            await self.joined()

    async def _serve(self) -> None:
        await app.serve(
            self.schedule, self.store, self.clock, self.rules, list(self.adapters.values()),
            versions=self._new_versions(), stopping=self._stopping, tally=self.tally,
            patience=self.patience, holding=_HOLDING,
        )  # fmt: skip

    async def joined(self, network: str | None = None, within: float = _SECONDS) -> None:
        """Wait until the bot knows what holds in its channels, once more for each call; on all
        networks, or on this one."""
        for name in [network] if network else self.adapters:
            await self.logs("In five minutes", network=name, within=within)

    async def stop(self) -> None:
        """As after SIGTERM."""
        self._stopping.set()
        await self.ends()

    async def ends(self, within: float = _SECONDS) -> None:
        """Wait until the bot ends. Raises what it ended with, CannotSpeak as a rule."""
        assert self._serving is not None, "the bot does not run"
        try:
            async with asyncio.timeout(within):
                await asyncio.shield(self._serving)
        finally:
            if self._serving.done():
                await self._end()

    async def kill(self) -> None:
        """As after SIGKILL: nobody is told anything, and nothing more reaches the database. It has
        its networks for another second."""
        assert self._serving is not None, "the bot does not run"
        self._mortal.dead = True
        for adapter in self.adapters.values():
            _abort(adapter)
        while ours := [task for task in self.tasks if not task.done()]:
            for task in ours:
                task.cancel()
            await asyncio.gather(*ours, return_exceptions=True)
        await self._end()

    async def restart(self) -> None:
        """Stop and start, with the same database."""
        await self.stop()
        await self.start()

    async def close(self) -> None:
        """Stop, if it runs."""
        if self._serving is not None and self._serving.done():
            await self._end()
        elif self._serving is not None:
            await self.stop()

    async def _end(self) -> None:
        self._serving = None
        await self._mortal.store.close()
        logging.getLogger("bot").removeHandler(self._listener)
        # What `serve` has spared from garbage collection would stay for all other tests.
        gc.unfreeze()

    # The programme.

    def go(self, at: str) -> None:
        """Put the clock to a time like `Tuesday 14:00`."""
        self.clock.moment = moment_meant(at, self.schedule)

    def wait(self, minutes: float) -> None:
        """Let time of the programme pass."""
        self.clock.moment += timedelta(minutes=minutes)

    async def change(self, id: int, **facts: object) -> None:
        """Publish a new version in which a session has other `at`, `room`, `title`, `cancelled`."""
        await self.publish(
            changed(session, self.schedule, **facts) if session.id == id else session
            for session in self.schedule.sessions
        )

    async def publish(self, sessions: Iterable[Session]) -> None:
        """Publish a new version with these sessions; it holds when this returns."""
        old = self.schedule
        self.schedule = Schedule(
            old.event, old.timezone, sessions, rooms=old.rooms.values(), venue=old.venue,
            people=old.people.values(), day_change=old.day_change,
        )  # fmt: skip
        self._versions.put_nowait(self.schedule)
        await self._versions.join()

    async def _new_versions(self) -> AsyncIterator[Schedule]:
        while True:
            yield await self._versions.get()
            # Whoever asks for the next one follows this one.
            self._versions.task_done()

    # The log.

    async def logs(
        self, what: str | Callable[[Logged], bool], *, network: str | None = None,
        within: float = _SECONDS,
    ) -> Logged:  # fmt: skip
        """The first line of the log not yet returned whose event begins with the text, or that the
        function is true for. If the bot ends before, what it ended with is raised."""

        def fits(line: Logged) -> bool:
            right = what(line) if callable(what) else line.event.startswith(what)
            return right and network in (None, line.network)

        def found() -> int | None:
            numbered = enumerate(self.log)
            return next((n for n, e in numbered if n not in self._returned and fits(e)), None)

        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while found() is None and not self._has_ended():
                    await self._news.wait()
        number = found()
        if number is None:
            if self._has_ended():
                await self.ends()
            said = "\n  ".join(f"{line.event} {line.values}" for line in self.log)
            raise AssertionError(f"the log did not say {what!r} in {within} s:\n  {said}")
        self._returned.add(number)
        return self.log[number]

    def notes(self, record: logging.LogRecord) -> None:
        """The bot has logged this."""
        values = (
            dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        )
        self.log.append(Logged(str(values.pop("event")), record.levelno, values))
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _has_ended(self) -> bool:
        return self._serving is not None and self._serving.done()


class _Listener(logging.Handler):
    """Notes what one bot logs."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(logging.INFO)
        self._bot = bot

    def emit(self, record: logging.LogRecord) -> None:
        if _owner.get() is self._bot:
            self._bot.notes(record)


class _Mortal:
    """A store that a killed process does not reach any more."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        if self.dead:
            raise StoreAway("The process is dead.")
        return getattr(self.store, name)


def _noting_owners(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any
) -> "asyncio.Task[Any]":
    """Makes a task, and notes it with the bot in whose name it is made."""
    task = asyncio.Task(coroutine, loop=loop, **more)
    if (owner := _owner.get()) is not None:
        owner.tasks.add(task)
    return task


def _abort(adapter: IrcAdapter) -> None:
    """End a connection without a word, as the system does for a process that is no more."""
    if adapter._link is not None:
        adapter._link.connection._wire._connection.transport.abort()
