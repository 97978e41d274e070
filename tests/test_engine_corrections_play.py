"""Random play of messages, corrections and what is delivered again, beside a model that keeps for
each message what its latest wording did."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import Engine
from bot.messages import Channel, Invocation, User
from bot.text import lines
from tests.summit import NETWORK, Summit, folsom

FOLSOM = folsom()
USUAL = 5
TROUBLE = "That did not work just now, and nothing was changed. Try again in a minute."
EVERY_RUN = count()

Marks = dict[int, tuple[int, bool]]
"""What somebody has bookmarked: the minutes, and whether they were chosen for this session."""


@dataclass(frozen=True, slots=True)
class Add:
    session: int
    minutes: int
    own: bool


@dataclass(frozen=True, slots=True)
class Drop:
    session: int


Change = Add | Drop | None


def remind(session: int, minutes: int | None, marks: Marks) -> Change:
    had = marks.get(session)
    chosen = minutes or (had[0] if had is not None and had[1] else None)
    wanted = (chosen or USUAL, chosen is not None)
    return Add(session, *wanted) if had != wanted else None


def unbookmark(session: int, marks: Marks) -> Change:
    return Drop(session) if session in marks else None


LINES: dict[str, Callable[[Marks], Change]] = {
    "remind 5": lambda marks: remind(5, None, marks),
    "remind 5 20": lambda marks: remind(5, 20, marks),
    "remind 12": lambda marks: remind(12, None, marks),
    "unbookmark 5": lambda marks: unbookmark(5, marks),
    "now": lambda marks: None,
}


@dataclass(eq=False, slots=True)
class Event:
    """A message, or a correction of one; `recorded` if it changes nothing when it comes again."""

    id: str
    user: str
    line: str
    corrects: "Event | None" = None
    recorded: bool = False

    @property
    def is_by_somebody_else(self) -> bool:
        return self.corrects is not None and self.corrects.user != self.user


@dataclass(slots=True)
class Latest:
    """What the latest wording of a message has done, and those wordings that did nothing before
    one did something."""

    change: Change = None
    made: int | None = None
    idle: list[Event] = field(default_factory=list)


class Model:
    """Which bookmarks there ought to be."""

    def __init__(self) -> None:
        self.marks: dict[str, Marks] = {}
        self._latest: dict[tuple[str, str], Latest] = {}

    def restart(self) -> None:
        for latest in self._latest.values():
            latest.idle.clear()

    def deliver(self, event: Event) -> None:
        if event.recorded:
            return
        first = event.corrects or event
        latest = self._latest.setdefault((event.user, first.id), Latest())
        marks = self.marks.get(event.user, {})
        others = {session: mark for session, mark in marks.items() if session != latest.made}
        change = LINES[event.line](others)
        if change is None and latest.change is None:
            latest.idle.append(event)
            return
        for one in (event, *latest.idle):
            one.recorded = True
        latest.idle.clear()
        if change == latest.change:
            return
        made = None
        match change:
            case Add(session, minutes, own):
                made = session if session not in others else None
                others[session] = (minutes, own)
            case Drop(session):
                del others[session]
        self.marks[event.user] = others
        if not event.is_by_somebody_else:
            first.recorded = True
            latest.change, latest.made = change, made


class Play:
    """Ada and Bob at one engine, and the model of it. What was delivered before `_saved` is known
    to have been answered, and does not come again."""

    def __init__(self, summit: Summit) -> None:
        self._summit = summit
        self._engine = summit.engine
        self._run = next(EVERY_RUN)
        self._model = Model()
        self._events: list[Event] = []
        self._saved = 0

    def _user(self, name: str) -> User:
        return User(NETWORK, f"{name} {self._run}")

    async def new(self, user: str, line: str, _pick: int) -> None:
        await self._say(user, line, None)

    async def correct(self, user: str, line: str, pick: int) -> None:
        own = [event for event in self._events if event.user == user and event.corrects is None]
        if own:
            await self._say(user, line, own[-1 - pick % len(own)])

    async def correct_somebody_else(self, user: str, line: str, pick: int) -> None:
        others = [e for e in self._events if e.user != user and e.corrects is None and e.recorded]
        if others:
            await self._say(user, line, others[-1 - pick % len(others)])

    async def again(self, _user: str, _line: str, pick: int) -> None:
        unsaved = self._events[self._saved :]
        if unsaved:
            await self._deliver(unsaved[-1 - pick % len(unsaved)])

    async def crash(self, _user: str, _line: str, pick: int) -> None:
        summit = self._summit
        self._engine = Engine(summit.schedule, summit.store, summit.clock, summit.rules)
        self._model.restart()
        self._saved = max(self._saved, len(self._events) - pick)
        for event in self._events[self._saved :]:
            await self._deliver(event)

    async def _say(self, user: str, line: str, corrects: Event | None) -> None:
        event = Event(f"{self._run}/{len(self._events)}", user, line, corrects)
        self._events.append(event)
        await self._deliver(event)

    async def _deliver(self, event: Event) -> None:
        user, first = self._user(event.user), event.corrects
        invocation = Invocation(
            event.id, user, Channel(NETWORK, user.id, True), event.line,
            corrects=first.id if first is not None else None,
        )  # fmt: skip
        response = await self._engine.respond(invocation)
        assert TROUBLE not in lines(response.reply, response.reader)
        self._model.deliver(event)
        await self.check(event.user)

    async def check(self, name: str) -> None:
        profile = await self._summit.store.load(self._user(name), bookmarks=True)
        there = {mark.session_id: (mark.before, mark.own_before) for mark in profile.bookmarks}
        assert there == self._model.marks.get(name, {})


STEPS = (
    Play.new, Play.new, Play.new, Play.correct, Play.correct, Play.correct, Play.correct,
    Play.correct_somebody_else, Play.again, Play.crash,
)  # fmt: skip
Step = tuple[Callable[[Play, str, str, int], Awaitable[None]], str, str, int]
STEP = st.tuples(
    st.sampled_from(STEPS),
    st.sampled_from(["ada", "ada", "ada", "bob"]),
    st.sampled_from(list(LINES)),
    st.integers(0, 3),
)


@pytest.mark.every_database
def test_the_bookmarks_are_those_of_the_latest_wordings(database: str) -> None:
    summit = Summit(database, FOLSOM, "Monday 9:02")

    async def play(steps: list[Step]) -> None:
        game = Play(summit)
        for step, user, line, pick in steps:
            await step(game, user, line, pick)
        for user in ("ada", "bob"):
            await game.check(user)

    @settings(max_examples=300)
    @given(st.lists(STEP, min_size=4, max_size=16))
    def plays(steps: list[Step]) -> None:
        asyncio.run(play(steps))

    try:
        plays()
    finally:
        asyncio.run(summit.store.close())
