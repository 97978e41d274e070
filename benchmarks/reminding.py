"""One process that reminds, and watches itself meanwhile: `python -m benchmarks.reminding ...`.

It says "ready" when it is, reads on its standard input when something has to happen (real time,
seconds), and writes what it saw as JSON when the input ends.
"""

import asyncio
import json
import logging
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter

from benchmarks import crowd
from bot.app import keep_for_good
from bot.clock import ReplayClock, StandingClock, SystemClock
from bot.courier import Courier
from bot.document import Reply
from bot.engine import Engine
from bot.logs import to_standard_error
from bot.messages import Channel, Invocation, User
from bot.notices import MOST_BEFORE
from bot.ports import Receive, Traits
from bot.rules import Rules
from bot.store.sql import SqlStore
from bot.tally import Tally
from bot.ticker import ticking
from bot.times import Reader

IN_FLIGHT = 500
"""Messages that may be under way to the network at a time."""

_LOOK_EVERY = 0.001
_ASK_EVERY = 0.005
_TICK_EVERY = 0.03
_READS = 5
_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Seen:
    """What a process saw. Durations are in seconds, memory in bytes; `told` are the users that
    were written to, the last of them at `last` (real time, seconds since 1970)."""

    told: list[str] = field(default_factory=list)
    last: float = 0
    blocked: float = 0
    answers: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    outdated: list[float] = field(default_factory=list)
    unreminded: list[float] = field(default_factory=list)
    peak: int = 0


class _Taker:
    """A network that takes everything at once."""

    network = crowd.NETWORK
    traits = Traits(in_flight=IN_FLIGHT, alone=False)
    coming_up: Sequence[Channel] = ()
    channels: Sequence[Channel] = ()

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    async def run(self, receive: Receive, seen: Callable[[User], None]) -> None:
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
        self._seen.told.append(user.id)
        self._seen.last = time.time()

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        raise AssertionError("nothing is posted to channels")

    def organises(self, user: User) -> bool:
        return False

    def share(self, processes: int) -> None:
        pass


async def wave(url: str, people: int) -> Seen:
    """Remind everybody of a session, from a moment that is given on the standard input; people
    ask questions meanwhile. Until the input ends."""
    seen, schedule, rules = Seen(), crowd.schedule(), Rules(greets=False)
    store = SqlStore(url, SystemClock())
    due = float(await _said("ready"))
    clock = ReplayClock(crowd.between(schedule) - timedelta(seconds=due - time.time()))
    courier = Courier(_Taker(seen), schedule, store, clock, rules, Tally())
    engine = Engine(schedule, store, clock, rules)

    async def ask() -> None:
        await asyncio.sleep(due - time.time())
        for number in count():
            user = crowd.person(number % people + 1)
            line = "bookmarks" if number % 2 else "now"
            invocation = Invocation(None, user, Channel(user.network, user.id, private=True), line)
            begun = perf_counter()
            response = await engine.respond(invocation)
            seen.answers.append(perf_counter() - begun)
            assert response.command == line
            await asyncio.sleep(_ASK_EVERY)

    keep_for_good()
    async with _beside(_look(seen)), _beside(ask()), ticking(courier.tick):
        await asyncio.to_thread(sys.stdin.read)
    await courier.finish()
    await store.close()
    return seen


async def idle(url: str, ticks: int) -> Seen:
    """So many ticks at a moment when nothing is due, and what is read from time to time."""
    seen, schedule = Seen(), crowd.schedule()
    clock = StandingClock(crowd.between(schedule))
    store = SqlStore(url, clock)
    courier = Courier(_Taker(seen), schedule, store, clock, Rules(), Tally())
    soon = schedule.starting(clock.now(), clock.now() + timedelta(minutes=MOST_BEFORE))
    await courier.tick()
    keep_for_good()
    await _said("ready")
    async with _beside(_look(seen)):
        for _ in range(ticks):
            await _timed(courier.tick, seen.ticks)
        for _ in range(_READS):
            await _timed(lambda: store.outdated(crowd.NETWORK, schedule.sessions), seen.outdated)
            await _timed(
                lambda: store.unreminded(crowd.NETWORK, soon, under_way=False), seen.unreminded
            )
    await store.close()
    return seen


async def _said(line: str) -> str:
    """What is answered to a line on the standard output."""
    print(line, flush=True)
    return await asyncio.to_thread(sys.stdin.readline)


async def _timed(work: Callable[[], Awaitable[object]], taken: list[float]) -> None:
    await asyncio.sleep(_TICK_EVERY)
    begun = perf_counter()
    await work()
    taken.append(perf_counter() - begun)


async def _look(seen: Seen) -> None:
    """See for how long the event loop lets nobody in."""
    while True:
        begun = perf_counter()
        await asyncio.sleep(_LOOK_EVERY)
        seen.blocked = max(seen.blocked, perf_counter() - begun - _LOOK_EVERY)


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Let this run until the end of the block; it may not end earlier."""
    task = asyncio.create_task(work)
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.wait([task])


def _peak() -> int:
    """The most memory that this process has held, in bytes. What the system counts for a process
    includes what its parent held before it began (getrusage(2)), so Linux is asked otherwise."""
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    to_standard_error(logging.WARNING)
    match arguments:
        case ["wave", url, people]:
            seen = asyncio.run(wave(url, int(people)))
        case ["idle", url, ticks]:
            seen = asyncio.run(idle(url, int(ticks)))
        case _:
            sys.exit("wave URL PEOPLE, or idle URL TICKS")
    seen.peak = _peak()
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main(sys.argv[1:])
