"""The stage of random play: processes that can die at any step, and a network that can fail."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event

from bot.courier import Courier
from bot.document import Reply
from bot.engine import Engine
from bot.messages import Bookmark, Channel, Invocation, Profile, User
from bot.names import Finder
from bot.patience import Patience
from bot.ports import Receive, Seen, Traits, TryLater, Unreachable
from bot.rules import Rules
from bot.schedule import Schedule, Session
from bot.store.sql import SqlStore, T, _in_transaction
from bot.storing import Candidates, Claim, Claimed, Judge, Lease, Outcome, PutOff, Told
from bot.tally import Tally
from bot.times import Reader
from tests.reminder_oracle import Oracle
from tests.summit import NETWORK, StandingClock

PATIENCE = Patience()
_A_WHILE = timedelta(seconds=7)
_SLOWNESS = timedelta(seconds=3)


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
    A_WHILE = "asks to wait so long"
    BROKEN = "fails without taking it"
    UNCLEAR = "takes it and fails"
    SLOW = "takes it after some seconds"
    HANGS = "neither takes it nor answers"
    MUTE = "takes it and does not answer"


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

    async def load(self, user: User, bookmarks: bool) -> Profile:
        # One process of one person at a time asks: there are none to be asked for together.
        [profile] = await self._load([(user, bookmarks)])
        return profile

    # Threads would only take time. Another process may be quicker between any two transactions.
    async def _write(self, work: Callable[..., T], *arguments: object) -> T:
        await asyncio.sleep(0)
        self._fate.live()
        return _in_transaction(self._engine, work, arguments)

    async def _read(self, work: Callable[..., T], *arguments: object) -> T:
        await asyncio.sleep(0)
        self._fate.live()
        reading = self._engine.execution_options(reads_only=True)
        return _in_transaction(reading, work, arguments)

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease, most: int
    ) -> list[Claim]:
        def judged(bookmark: Bookmark) -> Claimed | None:
            claimed = judge(bookmark)
            if claimed is not None:
                self._at_commit = Step.CLAIMING
            return claimed

        try:
            claims = await super().claim(network, candidates, judged, lease, most)
        finally:
            self._at_commit = None
        assert len(claims) <= most, "more messages under way than the network allows"
        for claim in claims:
            ids = [claimed.bookmark.session_id for claimed in claim.items]
            self._oracle.claimed(id(self), claim.user.id, claim.message, ids, lease)
        if claims:
            self._fate.reach(Step.CLAIMED)
        return claims

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        await asyncio.sleep(0)
        self._fate.live()
        self._at_commit = Step.SETTLING
        try:
            await super().settle(outcomes)
        finally:
            self._at_commit = None
        for outcome in outcomes:
            match outcome:
                case Told(message, facts):
                    self._oracle.settled_as_told(message, list(facts))
                case PutOff(message, until, _, claimed_until):
                    self._oracle.put_off(message, until, claimed_until, self._clock.now())
        self._fate.reach(Step.SETTLED)


@dataclass
class Network:
    """Sends to the oracle what the users read; broken in the ways in which networks are."""

    oracle: Oracle
    clock: StandingClock
    traits: Traits
    weather: Weather = Weather.FAIR
    taken: set[tuple[str, str]] = field(default_factory=set)
    in_the_air: set[tuple[str, str]] = field(default_factory=set)
    calls: int = 0
    failures: list[AssertionError] = field(default_factory=list)


@dataclass
class Line:
    """One process's connection to the network."""

    net: Network
    fate: Fate
    network: str = NETWORK
    under_way: int = 0

    @property
    def traits(self) -> Traits:
        return self.net.traits

    @property
    def coming_up(self) -> Sequence[Channel]:
        return ()

    @property
    def channels(self) -> Sequence[Channel]:
        return ()

    def organises(self, user: User) -> bool:
        return False

    async def run(self, receive: Receive, seen: Seen) -> None:
        await asyncio.Event().wait()

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        net, flight = self.net, (user.id, key)
        self.fate.live()
        net.calls += 1
        self.under_way += 1
        try:
            assert self.under_way <= self.traits.in_flight, "too many are under way"
            assert flight not in net.in_the_air, "one message is sent twice at once"
            assert again or flight not in net.taken, "what has arrived is sent as if it were new"
            net.in_the_air.add(flight)
            try:
                await self._send(user, reply, key, until)
            finally:
                net.in_the_air.remove(flight)
        except AssertionError as failure:
            # The courier catches what a network raises; the judgement must come through.
            net.failures.append(failure)
        finally:
            self.under_way -= 1

    async def _send(self, user: User, reply: Reply, key: str, until: datetime) -> None:
        net, weather, now = self.net, self.net.weather, self.net.clock.now()
        parts = net.oracle.called(user.id, key, reply, until, now)
        self.fate.reach(Step.SENDING)
        match weather:
            case Weather.GONE:
                net.oracle.fails(user.id, now + PATIENCE.absence)
                raise Unreachable("nobody is there")
            case Weather.LATER:
                net.oracle.fails(user.id, now + PATIENCE.longest_pause)
                raise TryLater
            case Weather.A_WHILE:
                net.oracle.fails(user.id, now + _A_WHILE)
                raise TryLater(_A_WHILE)
            case Weather.BROKEN:
                raise ConnectionResetError
            case Weather.HANGS:
                await asyncio.Event().wait()
            case Weather.SLOW:
                await asyncio.sleep(_SLOWNESS.total_seconds())
        if net.clock.now() >= until:
            net.oracle.fails(user.id, net.clock.now() + _A_WHILE)
            raise TryLater(_A_WHILE)
        if not (net.oracle.drops and (user.id, key) in net.taken):
            net.oracle.read(key, parts)
        net.taken.add((user.id, key))
        self.fate.reach(Step.SENT)
        match weather:
            case Weather.UNCLEAR:
                raise ConnectionResetError
            case Weather.MUTE:
                await asyncio.Event().wait()

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        raise AssertionError("nothing is posted to channels")

    def share(self, processes: int) -> None:
        pass


class Process:
    """One life of the program: everything here is lost when it dies."""

    def __init__(self, database: SqlEngine, net: Network, schedule: Schedule, rules: Rules) -> None:
        self.fate = Fate()
        self._net = net
        self._store = MortalStore(database, net.clock, net.oracle, self.fate)
        self._engine = Engine(schedule, self._store, net.clock, rules)
        line = Line(net, self.fate)
        self._courier = Courier(line, schedule, self._store, net.clock, rules, Tally(), PATIENCE)

    async def begin(self) -> None:
        """As the supervisor does it."""
        if self._net.traits.alone:
            await self._store.take_over(NETWORK)
            self._net.oracle.taken_over()

    def publish(self, schedule: Schedule) -> None:
        self._engine.replace(Finder(schedule))
        self._courier.replace(schedule)

    async def say(self, user: str, line: str) -> Reply:
        channel = Channel(NETWORK, user, private=True)
        invocation = Invocation(None, User(NETWORK, user, user), channel, line)
        return (await self._engine.respond(invocation)).reply

    async def tick(self) -> None:
        """One tick; what is taken meanwhile is settled by the next one."""
        with suppress(Crash):
            await self._courier.tick()

    async def tick_and_settle(self) -> None:
        """One tick, and another one if something is to be settled."""
        await self.tick()
        if self._courier._under_way:
            await asyncio.sleep(0)
        if self._courier._outcomes:
            await self.tick()

    @property
    def idle(self) -> bool:
        """True if nothing of this process is under way."""
        return not self._courier._under_way

    async def finish(self) -> None:
        """End in good order."""
        with suppress(Crash):
            await self._courier.finish()

    async def die(self) -> None:
        """End at once: what is under way does not reach the network any more."""
        self.fate.dead = True
        tasks = list(self._courier._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._store.close()


def schedule_of(sessions: Sequence[Session]) -> Schedule:
    return Schedule("Play", ZoneInfo("America/Los_Angeles"), sessions)
