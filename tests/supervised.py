"""What tests of the supervisor share: a network that says what happens to it, and processes.

The processes are supervisors in this one, each with a store of its own on the same database."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Never

from sqlalchemy import create_engine, event, text

from bot.courier import Courier
from bot.hold import Hold
from bot.messages import AddBookmark, User
from bot.patience import Holding, Patience
from bot.ports import Clock, Receive, Seen
from bot.poster import Poster
from bot.rules import Rules
from bot.store.sql import SqlStore
from bot.supervisor import Supervisor
from bot.tally import Tally
from tests.summit import NETWORK, Recorder, folsom

HOLDING = Holding(lease=timedelta(seconds=25), every=timedelta(milliseconds=10))
RULES = Rules(greets=False)
# The end of a claim's lease is not what these tests wait for.
PATIENCE = Patience(lease=timedelta(hours=1), sending=timedelta(minutes=30))


async def for_ever() -> None:
    """As an adapter runs."""
    await asyncio.Event().wait()


@dataclass
class Line(Recorder):
    """A network that says what happens to it; `behave` is what its adapter does meanwhile."""

    behave: Callable[[], Awaitable[None]] = for_ever
    stuck: bool = False
    happened: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    processes: int = 1
    sees: Callable[[User], None] | None = None

    def __post_init__(self) -> None:
        self.before_taking = self._writes

    async def run(self, receive: Receive, seen: Seen) -> None:
        self.sees = seen
        self.happened.put_nowait("speaks")
        try:
            await self.behave()
        finally:
            self.happened.put_nowait("is silent")

    async def _writes(self, user: User, key: str) -> None:
        self.happened.put_nowait(f"writes {user.id} {key}")
        if self.stuck:
            await for_ever()

    def share(self, processes: int) -> None:
        if processes != self.processes:
            self.happened.put_nowait(f"is one of {processes}")
        self.processes = processes

    async def next(self) -> str:
        """What happens next."""
        async with asyncio.timeout(60):
            return await self.happened.get()


class Process:
    """A supervisor, with all that it needs."""

    def __init__(self, name: str, database: str, clock: Clock, line: Line, options: Any) -> None:
        self.name, self.line, self.stopping = name, line, asyncio.Event()
        self.store = SqlStore(database, clock)
        self._missed = asyncio.Semaphore(0)
        self._note_misses()
        patience = options.pop("patience", PATIENCE)
        self.courier = Courier(line, folsom(), self.store, clock, RULES, Tally(), patience)
        poster = Poster(line, folsom(), self.store, clock, RULES)
        hold = Hold(line, self.store, clock, name, options.pop("holding", HOLDING))
        supervisor = Supervisor(line, self.courier, poster, hold, **options)
        self.runs = asyncio.create_task(supervisor.run(_nobody_asks, self.stopping))

    async def dies(self) -> None:
        """As if it were killed: what is under way is left as it is."""
        tasks = (self.runs, *self.courier._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def misses_the_store(self, times: int) -> None:
        """Until it has asked a store that is away so often."""
        self._missed = asyncio.Semaphore(0)
        async with asyncio.timeout(60):
            for _ in range(times):
                await self._missed.acquire()

    def _note_misses(self) -> None:
        loop = asyncio.get_running_loop()

        @event.listens_for(self.store._engine, "handle_error")
        def missed(_context: object) -> None:
            loop.call_soon_threadsafe(lambda: self._missed.release())


async def bookmark(database: str, clock: Clock, *names: str, network: str = NETWORK) -> None:
    """These people are to be reminded of session 12."""
    session = folsom().session(12)
    assert session is not None
    store = SqlStore(database, clock)
    for name in names:
        wish = AddBookmark(session.facts, session.id, 5, own_before=False)
        await store.apply(User(network, name, name), [wish], None)
    await store.close()


def executed(database: str, statement: str) -> list[Any]:
    """What an organiser does by hand: the rows that it gives."""
    engine = create_engine(database)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


async def _nobody_asks(*_: object) -> Never:
    raise AssertionError("nobody asks")
