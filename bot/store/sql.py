"""The store on SQLAlchemy: synchronous statements on threads of their own, one of them writing."""

import asyncio
import re
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.messages import Effect, Profile, User
from bot.ports import Candidates, Claim, Clock, Judge, Lease, Told
from bot.schedule import Session
from bot.store import claims, migrations, people
from bot.store.tables import kept

T = TypeVar("T")

_READERS = 2
_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000")


class StoreFailed(Exception):
    """The database cannot be opened; the message is one sentence for the organiser."""


class SqlStore:
    """Implements `ports.Store`. Every call is one transaction on a thread beside the event loop."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Open the database, with its tables made where they are missing. Raises StoreFailed."""
        self._clock = clock
        self._engine = _opened(url)
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

    async def settle(self, told: Told) -> None:
        """Note what was told, where the message is still ours."""
        await self._write(claims.settle, told)

    async def release(self, message: str, until: datetime, failure: str | None) -> None:
        """Let this be claimed again from `until` (real time) on, noting why it failed."""
        await self._write(claims.release, message, until, failure)

    async def outdated(self, sessions: Collection[Session]) -> set[int]:
        """Ids of those sessions that somebody knows otherwise."""
        return await self._read(claims.outdated, sessions)

    async def take_over(self, network: str) -> None:
        """End the leases that a courier which is no more has left on its network."""
        await self._write(claims.take_over, network)

    async def rewind(self, network: str, moment: datetime) -> None:
        """Forget what was told on a network at or after this moment of the programme."""
        await self._write(claims.rewind, network, moment)

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
    with engine.begin() as connection:
        return work(connection, *arguments)


def _opened(url: str) -> Engine:
    """The database, upgraded. Raises StoreFailed."""
    try:
        engine = create_engine(make_url(url))
    except (ArgumentError, ValueError):
        # A password may stand in it also where the rest is no URL.
        shown = re.sub(r":[^:/@]*@", ":***@", url)
        raise StoreFailed(
            f"{shown!r} is no database URL; one looks like sqlite:///summit-bot.db"
        ) from None
    except ImportError as missing:
        place = make_url(url).render_as_string(hide_password=True)
        raise StoreFailed(
            f"The database {place} needs a driver that is not installed: {missing.name}."
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        migrations.upgrade(engine)
    except migrations.TooNew as newer:
        engine.dispose()
        raise StoreFailed(
            f"The database was written by a newer Summit Bot (revision {newer.revision}):"
            " start that one, or name another database."
        ) from None
    except SQLAlchemyError as problem:
        engine.dispose()
        reason = str(getattr(problem, "orig", problem)).splitlines()[0]
        place = make_url(url).render_as_string(hide_password=True)
        remedy = (
            "another program is using it" if "locked" in reason else "check that it may be written"
        )
        raise StoreFailed(f"The database {place} cannot be opened ({reason}): {remedy}.") from None
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late; BEGIN is sent below.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        # A transaction that reads first and writes later may not be upgraded: it would fail.
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _read_kept(connection: Connection, owner: str, key: str) -> str | None:
    wanted = (kept.c.owner == owner) & (kept.c.key == key)
    return connection.execute(select(kept.c.value).where(wanted)).scalar_one_or_none()


def _keep(connection: Connection, owner: str, key: str, value: str) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(kept).values(owner=owner, key=key, value=value)
    replaced = new.on_conflict_do_update(index_elements=["owner", "key"], set_={"value": value})
    connection.execute(replaced)
