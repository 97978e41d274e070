"""Random play: whatever happens, everybody learns what is true, in time, and once."""

import asyncio
import atexit
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, inspect

from bot.schedule import Session, Slot
from bot.store.sql import _opened
from tests.reminder_mutants import MUTANTS
from tests.reminder_oracle import Oracle
from tests.reminder_play import ABSENCE, Network, Process, Step, Weather, schedule_of
from tests.summit import StandingClock

PLAYS = int(os.environ.get("PLAYS", "0"))
"""How many new plays to make: PLAYS=5000 ./check -k everybody; the ordinary run plays the same
300 each time, so that it is green or red for everybody alike."""

OPENING = datetime(2012, 4, 16, 16, 20, tzinfo=UTC)
STARTS = [OPENING + timedelta(minutes=m) for m in (8, 12, 40, 150)]
ROOMS = ["Seacliff", "Bayview"]
TITLES = ["Keynote", "Panel"]
LENGTH = timedelta(minutes=20)
USERS = ["ada", "bob"]
IDS = [1, 2, 3]

Then = bool | Step | Weather
"""What comes next: nothing, a tick, one that the process dies of, or one in bad weather."""

users = st.sampled_from(USERS)
ids = st.sampled_from([1, 1, 2, 3])
minutes = st.sampled_from([1, 2, 5, 10, 30, 60, 120])
thens: st.SearchStrategy[Then] = st.sampled_from(
    [True, True, True, True, False, False, *Step, *Weather]
)
spans = st.sampled_from([0, 1, 20, 30, 60, 180, 600]).map(lambda s: timedelta(seconds=s))
changes = st.one_of(
    st.fixed_dictionaries({"start": st.sampled_from(STARTS)}),
    st.fixed_dictionaries({"rooms": st.sampled_from([(room,) for room in ROOMS])}),
    st.fixed_dictionaries({"title": st.sampled_from(TITLES)}),
    st.fixed_dictionaries({"cancelled": st.booleans()}),
    st.fixed_dictionaries({"long": st.sampled_from([LENGTH, 3 * LENGTH])}),
)


@cache
def database() -> Engine:
    """A file in memory where there is some: it need not survive the machine."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    place = tempfile.mkdtemp(dir=memory)
    atexit.register(shutil.rmtree, place)
    return _opened(f"sqlite:///{place}/play.db")


def programme() -> list[Session]:
    return [
        Session(id, f"g{id}", TITLES[0], Slot(start, start + LENGTH, (ROOMS[0],)))
        for id, start in zip(IDS, (STARTS[0], STARTS[0], STARTS[2]), strict=True)
    ]


class Play(RuleBasedStateMachine):
    """Several users, sessions and lives of the process, in front of one judge."""

    @initialize(drops=st.booleans(), in_flight=st.sampled_from([1, 10]), before=minutes)
    def begin(self, drops: bool, in_flight: int, before: int) -> None:
        self.runner = asyncio.Runner()
        with database().begin() as connection:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f"DELETE FROM {table}")
        self.sessions = {session.id: session for session in programme()}
        self.clock = StandingClock(OPENING)
        self.oracle = Oracle(drops, schedule_of(list(self.sessions.values())))
        self.net = Network(self.oracle, self.clock, in_flight)
        self.process: Process | None = None
        for user, id in (("ada", 1), ("ada", 2), ("bob", 1)):
            self.bookmark(user, id, before)

    # Time and the programme.

    @rule(by=spans, then=thens)
    def advance(self, by: timedelta, then: Then) -> None:
        self.clock.advance(by)
        self.happens(then)

    @rule(id=ids, before=st.sampled_from([0, 1, 2, 5, 10]), off=st.sampled_from([-1, 0]))
    def advance_to(self, id: int, before: int, off: int) -> None:
        """To the edge of a window."""
        start = self.sessions[id].slot.start
        moment = start - timedelta(minutes=before, seconds=-off)
        self.clock.moment = max(self.clock.moment, moment)

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
        self.clock.advance(by)
        self.publish(was)
        self.happens(back)

    def publish(self, session: Session) -> None:
        self.sessions[session.id] = session
        self.oracle.schedule = schedule_of(list(self.sessions.values()))
        if self.process is not None:
            self.process.publish(self.oracle.schedule)

    # What people type.

    @rule(user=users, id=ids, before=st.none() | minutes, then=thens)
    def bookmark(self, user: str, id: int, before: int | None, then: Then = False) -> None:
        changes = self.oracle.bookmark(user, id, before, self.now)
        line = f"bookmark {id}" if before is None else f"remind {id} {before}"
        self.say(user, line, "Bookmarked. ", changes)
        self.happens(then)

    @rule(user=users, id=ids, then=thens)
    def unbookmark(self, user: str, id: int, then: Then = False) -> None:
        had = (user, id) in self.oracle.marks
        self.say(user, f"unbookmark {id}", "Bookmark removed", had)
        self.oracle.unbookmark(user, id)
        self.happens(then)

    @rule(user=users, muted=st.booleans(), id=st.none() | ids, then=thens)
    def mute(self, user: str, muted: bool, id: int | None, then: Then = False) -> None:
        self.say(user, f"remind {'off' if muted else 'on'} {id or ''}")
        self.oracle.mute(user, muted, id)
        self.happens(then)

    @rule(user=users, before=minutes, then=thens)
    def prefer(self, user: str, before: int, then: Then = False) -> None:
        self.say(user, f"settings before {before}")
        self.oracle.prefer(user, before)
        self.happens(then)

    @rule(user=users, id=ids, after=st.none() | st.sampled_from([1, 3]), then=thens)
    def snooze(self, user: str, id: int, after: int | None, then: Then = False) -> None:
        start = self.sessions[id].slot.start
        again = self.now + timedelta(minutes=after) if after else start - timedelta(minutes=2)
        possible = self.oracle.snooze(user, id, again, self.now)
        self.say(user, f"snooze {id} {after or ''}", "I will remind you again", possible)
        self.happens(then)

    @rule(user=users, then=thens)
    def forget(self, user: str, then: Then = False) -> None:
        self.say(user, "forget me yes", "Everything", True)
        self.oracle.forget(user)
        self.happens(then)

    def say(self, user: str, line: str, lead: str = "", expected: bool = True) -> None:
        reply = self.run(self.up().say(user, line))
        first = str(getattr(reply.blocks[0], "spans", ("",))[0])
        assert first.startswith(lead) == expected, (line, reply)

    # The process.

    @rule(then=thens)
    def happens(self, then: Then) -> None:
        """What `Then` says."""
        match then:
            case Step():
                self.crash(then)
            case Weather():
                self.net.weather = then
                self.ticks()
                self.net.weather = Weather.FAIR
            case True:
                if self.ticks():
                    self.oracle.nothing_is_owed(self.now)
            case False:
                pass

    def crash(self, step: Step) -> None:
        process = self.up()
        process.fate.step = step
        self.oracle.tick(self.now)
        if self.run(process.tick()):
            process.fate.step = None
            return
        self.down()

    @rule()
    def restart(self) -> None:
        self.down()

    def ticks(self) -> bool:
        """One tick; true if all that is owed has to be said by now."""
        self.oracle.tick(self.now)
        calls = self.net.calls
        assert self.run(self.up().tick())
        return self.net.in_flight > len(USERS) * len(IDS) or calls == self.net.calls

    def up(self) -> Process:
        """The process, started if there is none."""
        if self.process is None:
            self.process = Process(database(), self.net, self.oracle.schedule)
            self.run(self.process.courier.start())
        return self.process

    def down(self) -> None:
        if self.process is not None:
            self.run(self.process.store.close())
            self.process = None

    def run(self, what: Any) -> Any:
        return self.runner.run(what)

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def teardown(self) -> None:
        """At the end the network is up, and everybody gets to know."""
        if not hasattr(self, "runner"):
            return
        try:
            self.clock.advance(ABSENCE)
            for _ in range(20):
                if self.ticks():
                    break
            self.oracle.nothing_is_owed(self.now)
        finally:
            self.down()
            self.runner.close()


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


@pytest.mark.timeout(0)
def test_everybody_learns_what_is_true_in_time_and_once() -> None:
    plays = playing(PLAYS or 300, Phase.generate, Phase.shrink, fixed=not PLAYS)
    run_state_machine_as_test(Play, settings=plays)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_simpler_design_is_found_out(
    mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Play, settings=playing(400, Phase.generate, fixed=True))
