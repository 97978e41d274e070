"""The stage of random play: a process that can die at any step, and a network that can fail."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event

from bot.courier import LEASE, Courier
from bot.document import Reply
from bot.engine import Engine
from bot.messages import Bookmark, Channel, Invocation, User
from bot.notices import Notice
from bot.ports import (
    Candidates,
    Claim,
    Judge,
    Lease,
    Receive,
    Told,
    Traits,
    TryLater,
    Unreachable,
)
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.store.sql import SqlStore, T, _in_transaction
from bot.times import Reader
from tests.reminder_oracle import Oracle
from tests.summit import NETWORK, StandingClock

PAUSE = timedelta(seconds=5)
ABSENCE = timedelta(minutes=1)


class Crash(BaseException):
    """The process is no more."""


class Step(StrEnum):
    """Where a process can die."""

    CLAIMING = "before the claim is committed"
    CLAIMED = "after the claim is committed"
    SENDING = "before the network has the message"
    SENT = "after the network has the message"
    SETTLING = "before the message is settled"
    SETTLED = "after the message is settled"


class Weather(StrEnum):
    """What the network does with a message."""

    FAIR = "takes it"
    GONE = "says that the user cannot be written to"
    LATER = "asks to wait"
    BROKEN = "fails without taking it"
    UNCLEAR = "takes it and fails"


@dataclass
class Fate:
    """When the process dies: as soon as it comes to this step."""

    step: Step | None = None
    dead: bool = False

    def reach(self, step: Step) -> None:
        self.live()
        if step is self.step:
            self.dead = True
            raise Crash(step)

    def live(self) -> None:
        if self.dead:
            raise Crash


class MortalStore(SqlStore):
    """The real store, in a process that may die around every commit."""

    def __init__(self, engine: SqlEngine, clock: StandingClock, oracle: Oracle, fate: Fate) -> None:
        # Opening the file anew in each life would take most of the time; tests/store does that.
        self._engine = engine
        self._clock = clock
        self._oracle = oracle
        self._fate = fate
        self._at_commit: Step | None = None
        event.listen(engine, "commit", self._commits)

    def _commits(self, _connection: object) -> None:
        if self._at_commit is not None:
            self._fate.reach(self._at_commit)

    async def close(self) -> None:
        event.remove(self._engine, "commit", self._commits)
        self._engine.dispose()

    # Nothing runs beside it here: threads would only take time.
    async def _write(self, work: Callable[..., T], *arguments: object) -> T:
        return _in_transaction(self._engine, work, arguments)

    async def _read(self, work: Callable[..., T], *arguments: object) -> T:
        reading = self._engine.execution_options(reads_only=True)
        return _in_transaction(reading, work, arguments)

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease
    ) -> list[Claim]:
        self._fate.live()

        def judged(bookmark: Bookmark) -> Notice | None:
            notice = judge(bookmark)
            if notice is not None:
                self._at_commit = Step.CLAIMING
            return notice

        claims = await super().claim(network, candidates, judged, lease)
        self._at_commit = None
        assert len(claims) <= lease.most, "more messages under way than the network allows"
        for claim in claims:
            ids = [claimed.bookmark.session_id for claimed in claim.items]
            self._oracle.claimed(claim.user.id, claim.message, ids, self._clock.now())
        if claims:
            self._fate.reach(Step.CLAIMED)
        return claims

    async def settle(self, told: Told) -> None:
        self._fate.live()
        self._at_commit = Step.SETTLING
        await super().settle(told)
        self._at_commit = None
        self._oracle.settle(told.message, list(told.facts))
        self._fate.reach(Step.SETTLED)

    async def release(self, message: str, until: object, failure: str | None) -> None:
        self._fate.live()
        await super().release(message, until, failure)  # type: ignore[arg-type]  # passed on


@dataclass
class Network:
    """Sends to the oracle what the users read; broken in the ways in which networks are."""

    oracle: Oracle
    clock: StandingClock
    in_flight: int
    weather: Weather = Weather.FAIR
    taken: set[tuple[str, str]] = field(default_factory=set)
    calls: int = 0
    failures: list[AssertionError] = field(default_factory=list)


@dataclass
class Line:
    """One process's connection to the network."""

    net: Network
    fate: Fate
    network: str = NETWORK

    @property
    def traits(self) -> Traits:
        return Traits(self.net.in_flight)

    async def run(self, receive: Receive) -> None:
        await asyncio.Event().wait()

    async def send(self, user: User, reply: Reply, reader: Reader, key: str, until: object) -> None:
        net, now = self.net, self.net.clock.now()
        net.calls += 1
        try:
            net.oracle.called(user.id, reply, until, now)  # type: ignore[arg-type]  # passed on
            self.fate.reach(Step.SENDING)
            if net.weather is Weather.GONE:
                net.oracle.fails(user.id, now + ABSENCE)
                raise Unreachable("nobody is there")
            if net.weather is Weather.LATER:
                net.oracle.fails(user.id, now + PAUSE)
                raise TryLater
            if net.weather is Weather.BROKEN:
                net.oracle.fails(user.id, now + LEASE)
                raise ConnectionResetError
            if not (net.oracle.drops and (user.id, key) in net.taken):
                net.oracle.read(user.id, key, reply, now)
            net.taken.add((user.id, key))
            self.fate.reach(Step.SENT)
            if net.weather is Weather.UNCLEAR:
                net.oracle.fails(user.id, now + LEASE)
                raise ConnectionResetError
        except AssertionError as failure:
            # The courier catches what a network raises; the judgement must come through.
            net.failures.append(failure)

    async def post(self, channel: Channel, reply: Reply, reader: Reader, key: str) -> None:
        raise AssertionError("nothing is posted to channels")


class Process:
    """One life of the program: everything here is lost when it dies."""

    def __init__(self, database: SqlEngine, net: Network, schedule: Schedule) -> None:
        self.fate = Fate()
        self.net = net
        rules = Rules(greets=False)
        self.store = MortalStore(database, net.clock, net.oracle, self.fate)
        self.engine = Engine(schedule, self.store, net.clock, rules)
        self.courier = Courier(schedule, self.store, net.clock, [Line(net, self.fate)], rules)

    def publish(self, schedule: Schedule) -> None:
        self.engine.replace(schedule)
        self.courier.replace(schedule)

    async def say(self, user: str, line: str) -> Reply:
        channel = Channel(NETWORK, user, private=True)
        invocation = Invocation(None, User(NETWORK, user, user), channel, line)
        return (await self.engine.respond(invocation)).reply

    async def tick(self) -> bool:
        """One tick until all has settled; False if the process died of it."""
        with suppress(Crash):
            await self.courier.tick()
        await self.courier.finish()
        if self.net.failures:
            raise self.net.failures[0]
        return not self.fate.dead


def schedule_of(sessions: Sequence[Session]) -> Schedule:
    return Schedule("Play", ZoneInfo("America/Los_Angeles"), sessions)
