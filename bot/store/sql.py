"""The store on SQLAlchemy: synchronous statements on threads of their own, one of them writing."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from bot.messages import Effect, Profile, User
from bot.ports import Candidates, Claim, Clock, Judge, Lease, Outcome, Post, StoreAway
from bot.schedule import Session
from bot.store import claims, holders, people, posts, settling, waiting
from bot.store.inserting import insert
from bot.store.opening import opened, reason
from bot.store.tables import kept

T = TypeVar("T")

_READERS = 2


class SqlStore:
    """Implements `ports.Store`. Every call is one transaction on a thread beside the event loop."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Open the database, with its tables made where they are missing. Raises StoreFailed."""
        self._clock = clock
        self._engine = opened(url)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")

    async def load(self, user: User, bookmarks: bool) -> Profile:
        """What is known of a user; their bookmarks only if asked for."""
        return await self._read(people.load, user, bookmarks)

    async def recall(self, network: str, invocation: str) -> str | None:
        """The remembered reply to an invocation that has already taken effect."""
        return await self._read(people.recall, network, invocation)

    async def apply(
        self, user: User, effects: Sequence[Effect], remember: tuple[str, str] | None
    ) -> str | None:
        """Carry out all effects, and remember an invocation's id with its reply; or, if it has
        taken effect before, return the reply that it got then."""
        return await self._write(people.apply, user, effects, remember, self._clock.wall())

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease
    ) -> list[Claim]:
        """Reserve messages to users who are owed something, the soonest start first."""
        return await self._write(claims.claim, network, candidates, judge, lease)

    async def claim_posts(
        self, network: str, wanted: Sequence[tuple[str, datetime]], lease: Lease
    ) -> list[Post]:
        """Reserve what channels have not heard yet about these starts."""
        return await self._write(posts.claim, network, wanted, lease)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Note what became of messages, where they are still ours."""
        await self._write(settling.settle, outcomes)

    async def unreminded(
        self, network: str, sessions: Collection[Session], *, under_way: bool
    ) -> Mapping[int, int]:
        """How many bookmarks of these sessions still wait for a reminder, by id of the session."""
        wall = self._clock.wall()
        return await self._read(waiting.unreminded, network, sessions, under_way, wall)

    async def outdated(self, network: str, sessions: Collection[Session]) -> set[int]:
        """Ids of those sessions that somebody on a network knows otherwise."""
        return await self._read(waiting.outdated, network, sessions)

    async def hold(self, network: str, process: str, lease: timedelta, *, alone: bool) -> int:
        """Take part in a network for so long; how many processes do, 0 if another has it alone."""
        if self._engine.dialect.name == "sqlite":
            return 1  # `alone` has seen to that
        now = self._clock.wall()
        return await self._write(holders.hold, network, process, now, now + lease, alone)

    async def let_go(self, process: str) -> None:
        """Take part in no network any more."""
        await self._write(holders.let_go, process)

    async def take_over(self, network: str) -> None:
        """End the claims that a process which is no more has left on its network."""
        await self._write(settling.take_over, network, self._clock.wall())

    async def rewind(self, network: str, moment: datetime) -> None:
        """Forget what was told on a network at or after this moment of the programme."""
        await self._write(settling.rewind, network, moment)

    async def read(self, owner: str, key: str) -> str | None:
        """What an adapter has kept under this key."""
        return await self._read(_read_kept, owner, key)

    async def keep(self, owner: str, key: str, value: str) -> None:
        """Keep something small for an adapter."""
        await self._write(_keep, owner, key, value)

    async def close(self) -> None:
        """Finish what is being written."""
        await asyncio.get_running_loop().run_in_executor(None, self._writer.shutdown)
        self._readers.shutdown()
        self._engine.dispose()

    async def _write(self, work: Callable[..., T], *arguments: object) -> T:
        return await self._on(self._writer, self._engine, work, *arguments)

    async def _read(self, work: Callable[..., T], *arguments: object) -> T:
        reading = self._engine.execution_options(reads_only=True)
        return await self._on(self._readers, reading, work, *arguments)

    async def _on(
        self,
        threads: ThreadPoolExecutor,
        engine: Engine,
        work: Callable[..., T],
        *arguments: object,
    ) -> T:
        transaction = partial(_in_transaction, engine, work, arguments)
        return await asyncio.get_running_loop().run_in_executor(threads, transaction)


def _in_transaction(engine: Engine, work: Callable[..., T], arguments: tuple[object, ...]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection, *arguments)
    except (IntegrityError, DataError):
        raise  # what the tables refuse is a mistake of the program
    except DBAPIError as problem:
        raise StoreAway(f"The database cannot be used now ({reason(problem)}).") from problem


def _read_kept(connection: Connection, owner: str, key: str) -> str | None:
    wanted = (kept.c.owner == owner) & (kept.c.key == key)
    return connection.execute(select(kept.c.value).where(wanted)).scalar_one_or_none()


def _keep(connection: Connection, owner: str, key: str, value: str) -> None:
    new = insert(connection, kept).values(owner=owner, key=key, value=value)
    replaced = new.on_conflict_do_update(index_elements=["owner", "key"], set_={"value": value})
    connection.execute(replaced)
