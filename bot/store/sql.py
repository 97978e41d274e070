"""The store on SQLAlchemy: synchronous statements on threads of their own, one of them writing."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from bot.live import LiveChange
from bot.messages import Effect, Profile, User
from bot.ports import Clock
from bot.schedule import Edition, Session
from bot.store import (
    adopting,
    bulletins,
    claims,
    deliveries,
    holders,
    invocations,
    keeping,
    live,
    organising,
    people,
    posts,
    settling,
    versions,
    waiting,
)
from bot.store.opening import opened, reason
from bot.store.together import Together
from bot.storing import (
    Audited,
    Bulletin,
    BulletinClaim,
    Candidates,
    Claim,
    Delivery,
    Judge,
    Lease,
    Memo,
    Outcome,
    Post,
    StoreAway,
)
from bot.versions import Head, Heads, Version

T = TypeVar("T")

_READERS = 2


class SqlStore:
    """Implements `storing.Store`. Every call is one transaction on a thread beside the event loop;
    loads that come together share one."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Open the database, with its tables made where they are missing. Raises StoreFailed."""
        self._clock = clock
        self._engine = opened(url)
        self._reading = self._engine.execution_options(reads_only=True)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        # Asked for with each command.
        self._profiles = Together[tuple[User, bool], Profile](self._load)

    async def load(self, user: User, bookmarks: bool) -> Profile:
        """What is known of a user; their bookmarks only if asked for."""
        return await self._profiles.ask((user, bookmarks))

    async def recall(self, user: User, invocation: str) -> str | None:
        """The record of an invocation of this user that has already taken effect."""
        return await self._read(invocations.recall, user, invocation)

    async def apply(self, user: User, effects: Sequence[Effect], memo: Memo | None) -> bool:
        """Carry out all effects, and remember the invocation; false if it has taken effect before,
        another correction has come in between, or a session's number is not new."""
        return await self._write(invocations.apply, user, effects, memo, self._clock.wall())

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease, most: int
    ) -> list[Claim]:
        """Reserve up to `most` messages: tests, what users are owed about their bookmarks, the
        soonest start first, and letters."""
        return await self._write(claims.claim, network, candidates, judge, lease, most)

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
        return await self._read(keeping.read, owner, key)

    async def read_all(self, under: str, key: str) -> Mapping[str, str]:
        """What is kept under this key by all owners whose names begin so, by owner."""
        return await self._read(keeping.read_all, under, key)

    async def keep(self, owner: str, key: str, value: str | None) -> None:
        """Keep something small for an adapter; None keeps it no more."""
        await self._write(keeping.keep, owner, key, value)

    async def take_in(self, network: str, delivery: str, lease: timedelta) -> Delivery:
        """What is known of a delivery; what is new or in doubt is the caller's for so long."""
        return await self._write(deliveries.take_in, network, delivery, self._clock.wall(), lease)

    async def dealt_with(self, network: str, delivery: str) -> None:
        """A delivery is done."""
        await self._write(deliveries.dealt_with, network, delivery, self._clock.wall())

    async def let_go_of(self, network: str, delivery: str) -> None:
        """Nothing was said to a delivery: the next time it is new, unless it is in doubt."""
        await self._write(deliveries.let_go_of, network, delivery)

    async def heads(self) -> Heads:
        """What is known of the versions of the schedule that are kept."""
        return await self._read(versions.heads)

    async def version(self, *, held: bool = False) -> Version | None:
        """The version that counts, or the one that is held back."""
        return await self._read(versions.version, held)

    async def publish(
        self,
        version: Version,
        bulletins: Sequence[Bulletin] = (),
        *,
        acts: int = 0,
        settled: Sequence[LiveChange] = (),
    ) -> bool:
        """Let this version count, if it follows on the one that does so far, and organisers have
        done nothing since `acts`; the live changes that are settled go."""
        wall = self._clock.wall()
        return await self._write(versions.publish, version, bulletins, acts, settled, wall)

    async def live(self) -> tuple[LiveChange, ...]:
        """What organisers have changed, in the order in which they did."""
        return await self._read(live.changes)

    async def audited(self, most: int) -> list[Audited]:
        """What organisers did last, the latest first."""
        return await self._read(organising.audited, most)

    async def unreached(self) -> Mapping[str, Mapping[str, int]]:
        """How many users the last message to them did not reach, by network and reason."""
        return await self._read(waiting.unreached)

    async def hold_back(
        self, version: Version, bulletins: Sequence[Bulletin] = (), *, acts: int = 0
    ) -> bool:
        """Keep this version beside the one that counts, if it follows on that, and organisers
        have done nothing since `acts`."""
        wall = self._clock.wall()
        return await self._write(versions.hold_back, version, bulletins, acts, wall)

    async def confirm(self, head: Head) -> None:
        """The source says the same as the version that counts, if it has this number."""
        await self._write(versions.confirm, head)

    async def claim_bulletins(
        self,
        network: str,
        channels: Sequence[str],
        lease: Lease,
        edition: Edition | None = None,
    ) -> list[BulletinClaim]:
        """Reserve what channels of a network are to be told, if the programme is at this edition;
        what is for all is for these."""
        # There hardly ever is anything, and whoever writes waits for others who do.
        if not await self._read(bulletins.waiting, network, lease.now):
            return []
        return await self._write(_claim_bulletins, network, channels, lease, edition)

    async def adopt(self, user: User, by: User) -> None:
        """Make everything of one user another's, on the same network."""
        await self._write(adopting.adopt, user, by)

    async def close(self) -> None:
        """Finish what is being written."""
        await asyncio.get_running_loop().run_in_executor(None, self._writer.shutdown)
        self._readers.shutdown()
        self._engine.dispose()

    async def _write(self, work: Callable[..., T], *arguments: object) -> T:
        return await self._on(self._writer, self._engine, work, *arguments)

    async def _read(self, work: Callable[..., T], *arguments: object) -> T:
        return await self._on(self._readers, self._reading, work, *arguments)

    async def _load(self, asked: Sequence[tuple[User, bool]]) -> Sequence[Profile]:
        return await self._read(people.load_all, asked)

    async def _on(
        self,
        threads: ThreadPoolExecutor,
        engine: Engine,
        work: Callable[..., T],
        *arguments: object,
    ) -> T:
        transaction = partial(_in_transaction, engine, work, arguments)
        return await asyncio.get_running_loop().run_in_executor(threads, transaction)


def _claim_bulletins(
    connection: Connection, network: str, channels: Sequence[str], lease: Lease,
    edition: Edition | None,
) -> list[BulletinClaim]:  # fmt: skip
    knows = versions.is_at(connection, edition)
    return bulletins.claim(connection, network, channels, lease) if knows else []


def _in_transaction(engine: Engine, work: Callable[..., T], arguments: tuple[object, ...]) -> T:
    worked = False
    try:
        with engine.begin() as connection:
            done = work(connection, *arguments)
            worked = True
    except (IntegrityError, DataError):
        raise  # what the tables refuse is a mistake of the program
    except DBAPIError as problem:
        # It may have been committed, and only the answer to that is lost.
        away = f"The database cannot be used now ({reason(problem)})."
        raise StoreAway(away, in_doubt=worked) from problem
    return done
