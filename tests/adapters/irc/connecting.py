"""What tests of connections share: an adapter by itself, `check`, and time that passes quickly."""

import asyncio
import logging
import math
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.adapters.irc.adapter import IrcAdapter
from bot.adapters.irc.settings import Irc
from bot.checking import shown
from bot.clock import StandingClock
from bot.engine import Engine
from bot.messages import User
from bot.ports import Clock, Receive
from bot.rules import Rules as BotRules
from bot.setup import moment_meant
from bot.store.sql import SqlStore
from bot.storing import Store
from tests.databases import new_database
from tests.servers.certificates import Certificates
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer
from tests.summit import folsom

CHANNEL = "#summit"
RULES = Rules(speed=0.05, burst=None, new_targets=None, inbound=None)
"""A strict server that lets everybody speak as fast as they can. Its own time is slow, so that
quick time finds little to stop at."""
LONG = 3600.0
"""Seconds of quick time in which anything happens."""
_QUIET = 0.01
_GRAINS = 2**20


class Where(Protocol):
    """A server to connect to."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


def settings_for(at: Where, **settings: Any) -> Irc:
    """What `[irc]` says for a bot in #summit that speaks as fast as it can."""
    usual = {
        "server": at.host, "port": at.port, "tls": False, "channels": [CHANNEL],
        "rate": 10_000.0, "burst": 10_000,
    }  # fmt: skip
    return Irc(**{**usual, **settings})


@asynccontextmanager
async def alone_on(
    at: Where, *, store: Store | None = None, clock: Clock | None = None, joins: bool = True,
    receive: Receive | None = None, **settings: Any,
) -> AsyncIterator["Alone"]:  # fmt: skip
    """An adapter that runs by itself, in its channels, until the end of the block; with
    `joins=False` it is not waited for. The engine answers, unless something else is to `receive`
    what people write."""
    async with _kept(store, clock) as (own, given):
        adapter = Alone(settings_for(at, **settings), own, given, receive)
        try:
            if joins:
                await adapter.joined()
            yield adapter
        finally:
            await adapter.stop()


async def check(at: Where, **settings: Any) -> list[str]:
    """What `check` says of a server, as it is shown. Raises CannotSpeak."""
    async with _kept(None, None) as (store, clock):
        adapter = IrcAdapter(settings_for(at, **settings), store, clock)
        return list(map(shown, await adapter.check()))


@asynccontextmanager
async def _kept(store: Store | None, clock: Clock | None) -> AsyncIterator[tuple[Store, Clock]]:
    clock = clock or StandingClock(moment_meant("Monday 9:20", folsom()))
    if store is not None:
        yield store, clock
        return
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as folder:
        own = SqlStore(new_database(Path(folder)), clock)
        try:
            yield own, clock
        finally:
            await own.close()


class Alone:
    """An adapter that answers and reconnects, without the courier, which never rests."""

    def __init__(
        self, settings: Irc, store: Store, clock: Clock, receive: Receive | None = None
    ) -> None:
        monday = StandingClock(moment_meant("Monday 9:20", folsom()))
        engine = Engine(folsom(), store, monday, BotRules(greets=False))
        self.adapter = IrcAdapter(settings, store, clock)
        self.log: list[dict[str, Any]] = []
        self._returned = 0
        self._news = asyncio.Event()
        self._listener = _Listener(settings.name, self)
        logging.getLogger("bot").setLevel(logging.INFO)
        logging.getLogger("bot").addHandler(self._listener)
        self._running = asyncio.create_task(self.adapter.run(receive or engine.respond, _ignore))
        self._running.add_done_callback(lambda _: self._news.set())

    @property
    def nick(self) -> str:
        """What it is called now."""
        assert self.adapter._link is not None, "the bot is not connected"
        return self.adapter._link.connection.roster.me

    def notes(self, said: dict[str, Any]) -> None:
        """It has logged this."""
        self.log.append({key: value for key, value in said.items() if key != "network"})
        self._news.set()

    async def logs(self, event: str, within: float = 60.0) -> dict[str, Any]:
        """The next line of the log that begins so; others before it are passed over. If the adapter
        ends before, what it ended with is raised."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for said in self.log[self._returned :]:
                        self._returned += 1
                        if said["event"].startswith(event):
                            return said
                    if self._running.done():
                        await self._running
                        raise AssertionError("the adapter has ended without a word")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            lines = "\n  ".join(map(str, self.log))
            raise AssertionError(f"the log did not say {event!r}:\n  {lines}") from None

    async def joined(self, within: float = 60.0) -> None:
        """Wait until it knows what holds in its channels, once more for each call."""
        await self.logs("In five minutes", within)

    async def ends(self, within: float = 60.0) -> None:
        """Wait for its end. Raises what it ends with."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._running)

    async def stop(self) -> None:
        """As the supervisor does it when the program stops."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        logging.getLogger("bot").removeHandler(self._listener)

    async def answers(self, server: Where, channel: str = CHANNEL) -> None:
        """It answers somebody who comes and asks in a channel."""
        async with Person(server.host, server.port, "asker") as asker:
            await asker.join(channel)
            asker.say(channel, "!next Marina")
            await asker.hears(f" {channel} :asker: Next in Marina")


class _Listener(logging.Handler):
    """Notes what is logged of one network."""

    def __init__(self, network: str, owner: Alone) -> None:
        super().__init__(logging.INFO)
        self._network = network
        self._owner = owner

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, dict) and record.msg.get("network") == self._network:
            self._owner.notes(dict(record.msg))


def _ignore(_: User) -> None:
    """Nobody waits for anything."""


@contextmanager
def quick_time(step: float = 1.0) -> Iterator[None]:
    """Real pauses in a moment: whenever nothing has happened for a hundredth of a second, `step`
    seconds more have passed, or what is left until the next thing that waits for its time.

    Nothing else takes time, neither work on a machine that is busy nor a thread that is waited for.
    All in this process live by this clock, the strict server too. It never goes back."""
    loop: Any = asyncio.get_running_loop()
    selector = loop._selector
    select, time, run_in_executor = selector.select, loop.time, loop.run_in_executor
    moment, in_threads = _whole(time()), 0

    def quickly(timeout: float | None = None) -> Any:
        nonlocal moment
        moment += 1 / _GRAINS  # what comes later has a later time
        if timeout is None or timeout <= 0:
            return select(timeout)
        events = select(min(timeout, _QUIET))
        if not events and not in_threads:
            moment += _whole(min(timeout, step))
        return events

    def in_thread(*arguments: Any) -> Any:
        nonlocal in_threads
        in_threads += 1
        future = run_in_executor(*arguments)
        future.add_done_callback(returned)
        return future

    def returned(_: object) -> None:
        nonlocal in_threads
        in_threads -= 1

    selector.select, loop.run_in_executor = quickly, in_thread
    loop.time = lambda: moment
    try:
        yield
    finally:
        selector.select, loop.run_in_executor = select, run_in_executor
        ahead = moment - time()
        loop.time = lambda: time() + ahead


def _whole(seconds: float) -> float:
    """A little more, so that sums and differences are exact."""
    return math.ceil(seconds * _GRAINS) / _GRAINS


def now() -> float:
    """Seconds, by the clock of the loop."""
    return asyncio.get_running_loop().time()


def tls_of(certificates: Certificates, name: str = "server") -> ssl.SSLContext:
    """A server that shows a certificate, and likes to see one of the same authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_cert_chain(certificates.of(name).file, certificates.of(name).key)
    return context


def strict(certificates: Certificates, name: str = "server", **more: Any) -> StrictServer:
    """A strict server with TLS."""
    return StrictServer(more.pop("rules", RULES), tls=tls_of(certificates, name), **more)


async def passes(seconds: float) -> None:
    """Let quick time pass."""
    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Odd:
    """A server that behaves oddly."""

    host: str
    port: int


@asynccontextmanager
async def odd_server(
    behaves: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[Odd]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # The bot may hang up whenever it wants.
            with suppress(OSError):
                await behaves(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Odd(*server.sockets[0].getsockname()[:2])
