"""The whole bot, for tests: engine, courier, supervisor and database as `run` has them, in the
process of the test; only the clock of the programme is a double."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, cast
from weakref import WeakSet

from bot import app
from bot.clock import SystemClock
from bot.following import Following
from bot.live import overlaid
from bot.patience import Holding, Patience
from bot.ports import Adapter, Clock
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.setup import moment_meant
from bot.store.sql import SqlStore
from bot.storing import Claim, Store, StoreAway
from bot.tally import Tally
from tests.summit import changed

_SECONDS = 60.0
"""What anything may take on a machine that is busy."""
# A process that was killed has its network for so long.
_HOLDING = Holding(lease=timedelta(seconds=1), every=timedelta(seconds=0.1))
_owner: ContextVar["WholeBot[Any] | None"] = ContextVar("owner", default=None)

A = TypeVar("A", bound=Adapter)


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


class WholeBot(Generic[A]):
    """A process of the bot. Owns its database's connection and its tasks, from `start` to `stop` or
    `kill`, and from the next `start` on again."""

    def __init__(
        self, make: Callable[[Store, Clock], Sequence[A]], database: str, at: str,
        schedule: Schedule, rules: Rules, patience: Patience, ready: str = "speaking",
        hang_up: Callable[[A], None] = lambda _: None,
    ) -> None:  # fmt: skip
        """The bot is on a network when a line of its log begins with what is `ready`; `hang_up`
        ends the connection of an adapter as the system does for a process that is no more."""
        self._make = make
        self._ready = ready
        self._hang_up = hang_up
        self.database = database
        self.schedule = schedule
        self.rules = rules
        self.patience = patience
        self.clock = MovedClock(moment_meant(at, schedule))
        self.log: list[Logged] = []
        self.tally = Tally()
        self.adapters: dict[str, A] = {}
        self.store: Store
        self._ticks = Counter[str]()
        self.tasks = WeakSet["asyncio.Task[Any]"]()
        self._returned = set[int]()
        self._news = asyncio.Event()
        self._listener = _Listener(self)
        self._stopping = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    @property
    def adapter(self) -> A:
        """The one of the only network."""
        [adapter] = self.adapters.values()
        return adapter

    async def start(self, *, joins: bool = True) -> None:
        """Begin, and wait until the bot is on all networks."""
        logger = logging.getLogger("bot")
        logger.setLevel(logging.INFO)
        logger.addHandler(self._listener)
        asyncio.get_running_loop().set_task_factory(_noting_owners)
        self._stopping, self._versions = asyncio.Event(), asyncio.Queue[Schedule]()
        self._mortal = _Mortal(SqlStore(self.database, self.clock), self._ticked)
        self.store = cast(Store, self._mortal)
        made = self._make(self.store, self.clock)
        self.adapters = {adapter.network: adapter for adapter in made}
        token = _owner.set(self)
        self._serving = asyncio.create_task(self._serve())
        self._serving.add_done_callback(lambda _: self._wake())
        _owner.reset(token)
        if joins:
            await self.joined()

    async def _serve(self) -> None:
        self._following = Following(self.store, self.schedule)
        schedule = await self._following.latest() or self.schedule
        await app.serve(
            schedule, self.store, self.clock, self.rules, list(self.adapters.values()),
            versions=self._new_versions(), following=self._following, stopping=self._stopping,
            tally=self.tally, patience=self.patience, holding=_HOLDING,
        )  # fmt: skip

    async def joined(self, network: str | None = None, within: float = _SECONDS) -> None:
        """Wait until the bot is there, once more for each call; on all networks, or on this
        one."""
        for name in [network] if network else self.adapters:
            await self.logs(self._ready, network=name, within=within)

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
            self._hang_up(adapter)
        while ours := [task for task in self.tasks if not task.done()]:
            for task in ours:
                task.cancel()
            await asyncio.gather(*ours, return_exceptions=True)
        await self._end()

    @asynccontextmanager
    async def killed(self, *, after: str = "", before: str = "") -> AsyncIterator[None]:
        """Kill it as soon as it has called, or when it is to call, what the store calls so, at some
        moment from the beginning of the block on; it is dead at its end."""
        self._mortal.dies_after, self._mortal.dies_before = after, before
        yield
        async with asyncio.timeout(_SECONDS):
            await self._mortal.died.wait()
        await self.kill()

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
        logger = logging.getLogger("bot")
        logger.removeHandler(self._listener)
        if not any(isinstance(handler, _Listener) for handler in logger.handlers):
            logger.setLevel(logging.NOTSET)

    # The programme.

    def go(self, at: str) -> None:
        """Put the clock to a time like `Tuesday 14:00`."""
        self.clock.moment = moment_meant(at, self.schedule)

    def wait(self, minutes: float) -> None:
        """Let time of the programme pass."""
        self.clock.moment += timedelta(minutes=minutes)

    async def ticks(self, within: float = _SECONDS) -> None:
        """Wait until what is owed by now has been sent, on all networks."""
        # The tick that is under way may have looked at the clock before.
        enough = {network: self._ticks[network] + 2 for network in self.adapters}
        async with asyncio.timeout(within):
            while any(self._ticks[network] < number for network, number in enough.items()):
                await self._news.wait()

    def _ticked(self, network: str) -> None:
        self._ticks[network] += 1
        self._wake()

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
        self._following.published = self.schedule
        self._following.schedule = overlaid(self.schedule, self._following.live)
        self._versions.put_nowait(self._following.schedule)
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
        said: Any = record.msg
        values = dict(said) if isinstance(said, dict) else {"event": record.getMessage()}
        self.log.append(Logged(str(values.pop("event")), record.levelno, values))
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _has_ended(self) -> bool:
        return self._serving is not None and self._serving.done()


class _Listener(logging.Handler):
    """Notes what one bot logs."""

    def __init__(self, bot: WholeBot[Any]) -> None:
        super().__init__(logging.INFO)
        self._bot = bot

    def emit(self, record: logging.LogRecord) -> None:
        if _owner.get() is self._bot:
            self._bot.notes(record)


class _Mortal:
    """A store that a killed process does not reach any more, which it becomes at the call that it
    `dies_after`, or `dies_before`; `ticked` is called whenever it has claimed for a network what is
    owed there."""

    def __init__(self, store: SqlStore, ticked: Callable[[str], None]) -> None:
        self.store = store
        self.dead = False
        self.died = asyncio.Event()
        self.dies_after = ""
        self.dies_before = ""
        self._ticked = ticked

    async def claim(self, network: str, *more: Any) -> list[Claim]:
        """As the store's; a courier asks for it at each tick."""
        claims: list[Claim] = await self.__getattr__("claim")(network, *more)
        self._ticked(network)
        return claims

    def __getattr__(self, name: str) -> Any:
        if self.dead:
            raise StoreAway("The process is dead.")
        called = getattr(self.store, name)
        return self._last(name, called) if name in (self.dies_after, self.dies_before) else called

    def _last(self, name: str, called: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, with which the process dies: nobody hears what came of it."""

        async def call(*given: Any, **named: Any) -> None:
            if name == self.dies_after:
                await called(*given, **named)
            self.dead = True
            self.died.set()
            await asyncio.Event().wait()

        return call


def _noting_owners(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any
) -> "asyncio.Task[Any]":
    """Makes a task, and notes it with the bot in whose name it is made."""
    task = asyncio.Task(coroutine, loop=loop, **more)
    if (owner := _owner.get()) is not None:
        owner.tasks.add(task)
    return task
