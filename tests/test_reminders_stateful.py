"""Random play: whatever happens, everybody learns what is true, in time, and once."""

import asyncio
import atexit
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, assert_never

import pytest
from hypothesis import HealthCheck, Phase, reject, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, inspect

from bot import backoff
from bot.ports import Traits
from bot.rules import QuietHours, Rules
from bot.schedule import Schedule, Session, Slot
from bot.store.opening import opened
from tests.reminder_mutants import MUTANTS
from tests.reminder_oracle import Oracle
from tests.reminder_play import PATIENCE, Network, Process, Step, Weather, schedule_of
from tests.reminder_time import SimulatedLoop
from tests.servers.postgres import empty
from tests.summit import StandingClock

T = TypeVar("T")

PLAYS = int(os.environ.get("PLAYS", "0"))
"""How many new plays to make: PLAYS=5000 ./check -k everybody; the ordinary run plays the same
200 each time, so that it is green or red for everybody alike."""

OPENING = datetime(2012, 4, 16, 16, 20, tzinfo=UTC)
STARTS = [OPENING + timedelta(minutes=m) for m in (8, 12, 40, 150)]
ROOMS = ["Seacliff", "Bayview"]
TITLES = ["Keynote", "Panel"]
LENGTH = timedelta(minutes=20)
USERS = ["ada", "bob"]
IDS = [1, 2, 3, 4]

QUIET = QuietHours(time(9), time(9, 40))
PROCESSES = (0, 1)


class Act(StrEnum):
    """What processes do."""

    NOTHING = "nothing"
    TICK = "send what is owed, and settle it"
    ONE_TICK = "send what is owed; it is settled by the next tick, whenever that comes"
    ALL_TICK = "tick all at once"


@dataclass(frozen=True)
class Then:
    """What comes next, in one of the processes: an act, a death, or a tick in bad weather."""

    what: Act | Step | Weather
    who: int = 0


NOTHING = Then(Act.NOTHING)
_OFTEN = [*[Act.TICK] * 5, *[Act.NOTHING] * 3, Act.ONE_TICK, *[Act.ALL_TICK] * 2]

users = st.sampled_from(USERS)
ids = st.sampled_from([1, 1, 2, 3, 4])
minutes = st.sampled_from([1, 2, 5, 10, 30, 60, 120])
thens = st.sampled_from(
    [Then(what, who) for who in PROCESSES for what in (*_OFTEN, *Step, *Weather)]
)
weathers = st.sampled_from([*[Weather.FAIR] * 8, *Weather])
whose = st.sampled_from(PROCESSES)
spans = st.sampled_from([0, 1, 20, 30, 60, 180, 600]).map(lambda s: timedelta(seconds=s))
changes = st.one_of(
    st.fixed_dictionaries({"start": st.sampled_from(STARTS)}),
    st.fixed_dictionaries({"rooms": st.sampled_from([(room,) for room in ROOMS])}),
    st.fixed_dictionaries({"title": st.sampled_from(TITLES)}),
    st.fixed_dictionaries({"cancelled": st.booleans()}),
    st.fixed_dictionaries({"long": st.sampled_from([LENGTH, 3 * LENGTH])}),
)


def renamed(title: str) -> st.SearchStrategy[dict[str, Any]]:
    """News for sure."""
    return st.just({"title": title})


@cache
def database() -> Engine:
    """A file in memory where there is some: it need not survive the machine."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    place = tempfile.mkdtemp(dir=memory)
    atexit.register(shutil.rmtree, place)
    return opened(f"sqlite:///{place}/play.db")


def programme() -> list[Session]:
    return [
        Session(id, f"g{id}", TITLES[0], Slot(start, start + LENGTH, (ROOMS[0],)))
        for id, start in zip(IDS, (STARTS[0], STARTS[0], *STARTS[2:]), strict=True)
    ]


class Play(RuleBasedStateMachine):
    """Several users, sessions, processes and lives of them, in front of one judge."""

    place = staticmethod(database)

    @initialize(
        drops=st.booleans(),
        in_flight=st.sampled_from([1, 10]),
        before=minutes,
        alone=st.booleans(),
        rate=st.sampled_from([None, None, 0.006, 0.002]),
        quiet=st.sampled_from([None, None, QUIET]),
    )
    def begin(
        self,
        drops: bool,
        in_flight: int,
        before: int,
        alone: bool,
        rate: float | None,
        quiet: QuietHours | None,
    ) -> None:
        backoff._RANDOM.seed(0)
        self.clock = StandingClock(OPENING)
        self.runner = asyncio.Runner(loop_factory=lambda: SimulatedLoop(self.clock))
        with self.place().begin() as connection:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"DELETE FROM {table}")
        self.sessions = {session.id: session for session in programme()}
        self.conduct = Rules(greets=False, quiet=quiet)
        self.oracle = Oracle(drops, rate is not None, self.conduct, self.schedule())
        self.net = Network(self.oracle, self.clock, Traits(in_flight, rate, drops, alone))
        self.processes: dict[int, Process] = {}
        for user, id in (("ada", 1), ("ada", 2), ("bob", 1), ("bob", 4)):
            self.bookmark(user, id, before)

    # Time and the programme.

    @rule(by=spans, then=thens)
    def advance(self, by: timedelta, then: Then) -> None:
        self.wait(self.now + by)
        self.happens(then)

    @rule(id=ids, before=st.sampled_from([0, 1, 2, 5, 10, 35]), off=st.sampled_from([-1, 0]))
    def advance_to(self, id: int, before: int, off: int) -> None:
        """To the edge of a window."""
        start = self.sessions[id].slot.start
        self.wait(start - timedelta(minutes=before, seconds=-off))

    def wait(self, moment: datetime) -> None:
        if moment > self.now:
            self.run(asyncio.sleep((moment - self.now).total_seconds()))
            self.clock.moment = moment

    @rule(id=ids, change=changes, then=thens)
    def change(self, id: int, change: dict[str, Any], then: Then) -> None:
        session = self.sessions[id]
        slot = session.slot
        start, long = change.get("start", slot.start), change.get("long", slot.until - slot.start)
        slot = Slot(start, start + long, change.get("rooms", slot.rooms))
        title = change.get("title", session.title)
        cancelled = change.get("cancelled", session.cancelled)
        self.publish(replace(session, title=title, slot=slot, cancelled=cancelled))
        self.happens(then)

    @rule(id=ids, change=changes, away=thens, by=spans, back=thens)
    def change_and_back(
        self, id: int, change: dict[str, Any], away: Then, by: timedelta, back: Then
    ) -> None:
        was = self.sessions[id]
        self.change(id, change, away)
        self.wait(self.now + by)
        self.publish(was)
        self.happens(back)

    @rule(
        id=ids,
        told=changes | renamed("Talk"),
        first=weathers,
        by=spans,
        true=st.none() | changes | renamed("Workshop"),
        second=weathers,
        who=whose,
    )
    def stand_still(
        self,
        id: int,
        told: dict[str, Any],
        first: Weather,
        by: timedelta,
        true: dict[str, Any] | None,
        second: Weather,
        who: int,
    ) -> None:
        """What became of a message is not settled before its claim ends."""
        self.change(id, told, NOTHING)
        self.net.weather = first
        self.oracle.tick(self.now)
        self.run(self.up(who).tick())
        self.net.weather = Weather.FAIR
        self.wait(self.now + PATIENCE.lease + by)
        self.change(id, true or {}, Then(second, 1 - who))
        self.happens(Then(Act.TICK, who))

    def publish(self, session: Session) -> None:
        self.sessions[session.id] = session
        self.oracle.schedule = self.schedule()
        for process in self.processes.values():
            process.publish(self.oracle.schedule)

    def schedule(self) -> Schedule:
        return schedule_of(list(self.sessions.values()))

    # What people type.

    @rule(user=users, id=ids, before=st.none() | minutes, then=thens)
    def bookmark(self, user: str, id: int, before: int | None, then: Then = NOTHING) -> None:
        changes = self.oracle.bookmark(user, id, before, self.now)
        line = f"bookmark {id}" if before is None else f"remind {id} {before}"
        self.say(user, line, "Bookmarked. ", changes, who=then.who)
        self.happens(then)

    @rule(user=users, id=ids, then=thens)
    def unbookmark(self, user: str, id: int, then: Then = NOTHING) -> None:
        had = (user, id) in self.oracle.marks
        self.say(user, f"unbookmark {id}", "Bookmark removed", had, who=then.who)
        self.oracle.unbookmark(user, id)
        self.happens(then)

    @rule(user=users, muted=st.booleans(), id=st.none() | ids, then=thens)
    def mute(self, user: str, muted: bool, id: int | None, then: Then = NOTHING) -> None:
        self.say(user, f"remind {'off' if muted else 'on'} {id or ''}", who=then.who)
        self.oracle.mute(user, muted, id)
        self.happens(then)

    @rule(user=users, before=minutes, then=thens)
    def prefer(self, user: str, before: int, then: Then = NOTHING) -> None:
        self.say(user, f"settings before {before}", who=then.who)
        self.oracle.prefer(user, before)
        self.happens(then)

    @rule(user=users, id=ids, after=st.none() | st.sampled_from([1, 3]), then=thens)
    def snooze(self, user: str, id: int, after: int | None, then: Then = NOTHING) -> None:
        start = self.sessions[id].slot.start
        again = self.now + timedelta(minutes=after) if after else start - timedelta(minutes=2)
        possible = self.oracle.snooze(user, id, again, self.now)
        self.say(
            user, f"snooze {id} {after or ''}", "I will remind you again", possible, who=then.who
        )
        self.happens(then)

    @rule(user=users, then=thens)
    def forget(self, user: str, then: Then = NOTHING) -> None:
        self.say(user, "forget me yes", "Everything", who=then.who)
        self.oracle.forget(user)
        self.happens(then)

    def say(self, user: str, line: str, lead: str = "", expected: bool = True, *, who: int) -> None:
        reply = self.run(self.up(who).say(user, line))
        first = str(getattr(reply.blocks[0], "spans", ("",))[0])
        assert first.startswith(lead) == expected, (line, reply)

    # The processes.

    @rule(then=thens)
    def happens(self, then: Then) -> None:
        """What `Then` says."""
        match then.what:
            case Step():
                self.crash(then.what, then.who)
            case Weather():
                self.net.weather = then.what
                self.ticks(then.who)
                self.net.weather = Weather.FAIR
            case Act.TICK:
                if self.ticks(then.who):
                    self.oracle.nothing_is_owed(self.now)
            case Act.ONE_TICK:
                self.oracle.tick(self.now)
                self.run(self.up(then.who).tick())
            case Act.ALL_TICK:
                self.all_tick()
            case Act.NOTHING:
                pass
            case _:
                assert_never(then.what)

    def all_tick(self) -> None:
        self.oracle.tick(self.now)
        here = [self.up(who) for who in PROCESSES]
        self.run(_all(process.tick_and_settle() for process in dict.fromkeys(here)))

    def crash(self, step: Step, who: int) -> None:
        process = self.up(who)
        process.fate.step = step
        self.oracle.tick(self.now)
        self.run(process.tick_and_settle())
        if process.fate.dead:
            self.down(who)
        process.fate.step = None

    @rule(who=whose, in_order=st.booleans())
    def restart(self, who: int, in_order: bool) -> None:
        if in_order and (process := self.processes.get(self.seat(who))):
            self.run(process.finish())
        self.down(who)

    def ticks(self, who: int) -> bool:
        """One tick; true if all that is owed has to be said by now."""
        process, began = self.up(who), self.now
        self.oracle.tick(began)
        self.run(process.tick_and_settle())
        return process.idle and began == self.now

    def up(self, who: int) -> Process:
        """The process, started if there is none."""
        seat = self.seat(who)
        if seat not in self.processes:
            schedule = self.oracle.schedule
            self.processes[seat] = Process(self.place(), self.net, schedule, self.conduct)
            self.run(self.processes[seat].begin())
        return self.processes[seat]

    def down(self, who: int) -> None:
        process = self.processes.pop(self.seat(who), None)
        if process is not None:
            self.run(process.die())

    def seat(self, who: int) -> int:
        """There is one process where the network allows one alone."""
        return 0 if self.net.traits.alone else who

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        result = self.runner.run(what)
        if self.net.failures:
            raise self.net.failures[0]
        return result

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def teardown(self) -> None:
        """At the end the network is up, and everybody gets to know."""
        if not hasattr(self, "runner"):
            return
        try:
            # What comes after a first broken promise says nothing about the reason.
            if sys.exception() is None:
                self.ends_well()
        finally:
            for process in self.processes.values():
                self.runner.run(process.die())
            self.runner.close()

    def ends_well(self) -> None:
        self.wait(self.now + PATIENCE.absence)
        assert self.ticks(0), "something is under way for longer than it may be"
        self.oracle.nothing_is_owed(self.now)
        calls = self.net.calls
        self.ticks(1)
        assert calls == self.net.calls or self.oracle.slow, "what is told is told again"


class Hunt(Play):
    """Looks for one verdict: a play that comes to another one before does not count."""

    verdict = ""

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        with self.hunting():
            return super().run(what)

    def ends_well(self) -> None:
        with self.hunting():
            super().ends_well()

    @contextmanager
    def hunting(self) -> Iterator[None]:
        try:
            yield
        except AssertionError as found:
            if not re.search(self.verdict, str(found)):
                reject()
            raise


async def _all(what: Iterable[Coroutine[Any, Any, None]]) -> None:
    await asyncio.gather(*what)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def playing(most: int, *phases: Phase, fixed: bool = False) -> settings:
    """How to play: at most so many plays, always the same ones if `fixed`."""
    return settings(
        max_examples=most,
        phases=phases,
        derandomize=fixed,
        database=None,
        stateful_step_count=30,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


@pytest.mark.long
@pytest.mark.timeout(0)
def test_everybody_learns_what_is_true_in_time_and_once() -> None:
    plays = playing(PLAYS or 200, Phase.generate, Phase.shrink, fixed=not PLAYS)
    run_state_machine_as_test(Play, settings=plays)


def test_postgresql_plays_along(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(postgresql)
    engine = opened(postgresql)
    monkeypatch.setattr(Play, "place", staticmethod(lambda: engine))
    run_state_machine_as_test(Play, settings=playing(20, Phase.generate, fixed=True))
    engine.dispose()


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("mutant", "verdict"),
    [pytest.param(*broken, id=broken[0].__name__) for broken in MUTANTS.items()],
)
def test_a_simpler_design_is_found_out(
    mutant: Callable[[pytest.MonkeyPatch], None], verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    monkeypatch.setattr(Hunt, "verdict", verdict)
    with pytest.raises(AssertionError, match=verdict):
        # What is drawn depends on all modules that are loaded, so on all of the tests: a play in a
        # thousand finds what is hidden best.
        run_state_machine_as_test(Hunt, settings=playing(12_000, Phase.generate, fixed=True))
