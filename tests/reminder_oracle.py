"""What people should have been told: an independent judge of every message that is sent."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.document import Button, Heading, Item, Reply, Span, Time
from bot.rules import Rules
from bot.schedule import Facts, Schedule, Session
from bot.storing import Lease
from bot.waves import EARLIEST

USUAL = 5
Pair = tuple[str, int]
"""A user and the id of a session."""


@dataclass
class Mark:
    """A bookmark as its owner sees it: what they wished for, and what they have read."""

    before: int
    own: bool
    believed: Facts
    muted: bool = False
    snooze: datetime | None = None
    announced: datetime | None = None
    announced_by: str = ""
    moved_since: bool = False
    closed: Facts | None = None
    # A start that news announced so early that a wave may have begun, or not.
    perhaps: datetime | None = None
    snoozes: int = 0

    def opens(self, start: datetime) -> datetime:
        """From when on a reminder has to come."""
        usual = start - timedelta(minutes=self.before)
        return usual if self.snooze is None or self.snooze >= start else max(self.snooze, usual)

    def may_open(self, start: datetime) -> datetime:
        """From when on a reminder may come if the network is slow."""
        wave = start - timedelta(minutes=USUAL) - EARLIEST
        if self.snooze is not None and self.snooze < start:
            wave = max(self.snooze, wave)
        return min(self.opens(start), wave)


@dataclass(frozen=True)
class Part:
    """What a message on its way says about one session, and what that will mean to its reader."""

    mark: Mark
    snoozes: int
    session: Session
    reminds: bool
    announces: bool
    perhaps: bool
    may_repeat: bool


@dataclass
class Oracle:
    """Follows what is published, typed, claimed, sent and read; raises AssertionError."""

    drops: bool
    slow: bool
    rules: Rules
    schedule: Schedule
    marks: dict[Pair, Mark] = field(default_factory=dict)
    usual: dict[str, int] = field(default_factory=dict)
    blocked: dict[str, datetime] = field(default_factory=dict)
    held: dict[Pair, datetime] = field(default_factory=dict)
    current: dict[Pair, str] = field(default_factory=dict)
    unsettled: dict[Pair, list[str]] = field(default_factory=lambda: defaultdict(list))
    doubtful: dict[tuple[str, int], bool] = field(default_factory=dict)
    may_repeat: dict[tuple[str, int], bool] = field(default_factory=dict)
    settled: set[tuple[str, int]] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    said: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    parted: set[tuple[str, int]] = field(default_factory=set)
    reminds: set[tuple[str, int]] = field(default_factory=set)
    fresh: dict[tuple[int, str], str] = field(default_factory=dict)

    def session(self, id: int) -> Session:
        session = self.schedule.session(id)
        assert session is not None
        return session

    # What people type.

    def bookmark(self, user: str, id: int, minutes: int | None, now: datetime) -> bool:
        """True if the bookmark is new or changes."""
        facts, had = self.session(id).facts, self.marks.get((user, id))
        if now >= facts.slot.until:
            return False
        usual = self.usual.get(user, USUAL)
        if had is None:
            self.marks[user, id] = Mark(minutes or usual, minutes is not None, facts)
            return True
        own = had.own or minutes is not None
        before = minutes or (had.before if had.own else usual)
        if (had.before, had.own, had.muted) == (before, own, False):
            # The command answers that nothing is to be done, as any question would be answered.
            return False
        had.before, had.own, had.muted, had.believed = before, own, False, facts
        return True

    def unbookmark(self, user: str, id: int) -> None:
        for kept in (self.marks, self.unsettled, self.held, self.current):
            kept.pop((user, id), None)

    def forget(self, user: str) -> None:
        for pair in [pair for pair in self.marks if pair[0] == user]:
            self.unbookmark(*pair)
        self.usual.pop(user, None)

    def mute(self, user: str, muted: bool, id: int | None) -> None:
        for pair, mark in self.marks.items():
            if pair[0] == user and id in (None, pair[1]):
                mark.muted = muted

    def prefer(self, user: str, minutes: int) -> None:
        self.usual[user] = minutes
        for pair, mark in self.marks.items():
            if pair[0] == user and not mark.own:
                mark.before = minutes

    def snooze(self, user: str, id: int, again: datetime, now: datetime) -> bool:
        """True if the snooze is possible."""
        mark, session = self.marks.get((user, id)), self.session(id)
        if mark is None or session.cancelled or not now < again < session.slot.start:
            return False
        mark.snooze, mark.muted, mark.announced, mark.perhaps = again, False, None, None
        mark.snoozes += 1
        self.reminds -= {(key, id) for key in self.unsettled[user, id]}
        return True

    # What the courier does.

    def tick(self, now: datetime) -> None:
        self.fresh.clear()
        for (_, id), mark in self.marks.items():
            facts = self.session(id).facts
            if now >= max(facts.slot.until, mark.believed.slot.until):
                mark.closed = facts
            elif mark.closed is not None and not _same(mark.closed, facts):
                mark.closed = None

    def claimed(self, process: int, user: str, key: str, ids: list[int], lease: Lease) -> None:
        now = lease.now
        if key not in self.attempted:
            other = self.fresh.setdefault((process, user), key)
            assert other == key, f"{user} gets two new messages at one tick"
            # A move that is a reminder too stays one, also if it goes out after the owner has
            # asked for fewer minutes: it says how soon the session starts.
            self.reminds |= {(key, id) for id in ids if self._is_due(user, id, now)}
        # What goes out again without a part cannot be told from the whole by its id: that part
        # may come a second time rather than never.
        whole = self.said.setdefault((user, key), set(ids))
        self.parted |= {(key, id) for id in whole.difference(ids)}
        for id in whole.difference(ids):
            if self.current.get((user, id)) == key:
                self.current.pop((user, id))
                self.held.pop((user, id), None)
        self.attempted.add(key)
        for id in ids:
            free = now >= self.held.get((user, id), now)
            # Whoever snoozes has read what is under way.
            assert free or self.marks[user, id].snoozes, "another process has claimed this"
            # As it was at the claim: whoever had it before may settle while this is on its way.
            self.doubtful[key, id] = bool(self.unsettled[user, id])
            self.may_repeat[key, id] = self._may_repeat(self.marks[user, id], id)
            self.unsettled[user, id].append(key)
            self.current[user, id] = key
            self.held[user, id] = lease.until

    def _is_due(self, user: str, id: int, now: datetime) -> bool:
        session, mark = self.session(id), self.marks[user, id]
        start = session.slot.start
        return not session.cancelled and mark.opens(start) <= now < start

    def settled_as_told(self, key: str, ids: list[int]) -> None:
        """Counts where the message is still the one under way."""
        for pair in [pair for pair, current in self.current.items() if current == key]:
            if pair[1] in ids:
                self.settled.add((key, pair[1]))
                self.unsettled[pair].clear()
                self.current.pop(pair)
                self.held.pop(pair, None)

    def put_off(
        self, key: str, until: datetime, claimed_until: datetime | None, now: datetime
    ) -> None:
        """The claim ends, not later than the network asked for; unless it is another one by now."""
        for pair in [pair for pair, current in self.current.items() if current == key]:
            if claimed_until is None or self.held.get(pair, claimed_until) <= claimed_until:
                assert until <= max(now, self.blocked.get(pair[0], now)), "put off for too long"
                self.held[pair] = until

    def taken_over(self) -> None:
        """The claims of a process that is no more have ended."""
        self.held.clear()

    def called(
        self, user: str, key: str, reply: Reply, until: datetime, now: datetime
    ) -> list[Part]:
        """A message is on its way to the network."""
        return [
            self._judged(user, key, lead, session, until, now) for lead, session in _said(reply)
        ]

    def _judged(
        self,
        user: str,
        key: str,
        lead: tuple[Span, ...],
        session: Session,
        until: datetime,
        now: datetime,
    ) -> Part:
        title = "".join(span for span in lead if isinstance(span, str))
        mark, id, start = self.marks.get((user, session.id)), session.id, session.slot.start
        assert mark is not None, f"{user} has not bookmarked {id}"
        assert session.facts == self.session(id).facts, "that is not true any more"
        assert ("Cancelled" in title) == session.cancelled, title
        reminds = title.startswith("Starts ")
        if reminds:
            assert not session.cancelled, "a reminder of a cancelled session"
            assert not mark.muted, "a reminder although reminders are off"
            assert now < start, "a reminder of something that has started"
            assert now < until <= start, "a reminder may go out after the start"
            if now >= mark.opens(start):
                wrong = start - now - _left(title)
                assert abs(wrong) <= timedelta(seconds=30), f"{title} It is {start - now}"
            else:
                assert self.slow, "a reminder before its time"
                assert now >= mark.may_open(start), "a reminder earlier than any wave"
                assert lead == ("Starts at ", Time(start), ":"), lead
        elif not self.doubtful[key, id]:
            assert not _same(mark.believed, session.facts), f"{user} knows this about {id}"
            assert not self._waits(mark, session, now), f"{user} is told of {id} at night"
        held_to = (key, id) in self.reminds and not session.cancelled and now < start
        announces = reminds or held_to or self._is_due(user, id, now)
        return Part(
            mark,
            mark.snoozes,
            session,
            reminds,
            announces,
            perhaps=self.slow and not session.cancelled and mark.may_open(start) <= now < start,
            may_repeat=self.may_repeat[key, id],
        )

    def read(self, key: str, parts: list[Part]) -> None:
        """The user sees a message, perhaps some seconds later."""
        for part in parts:
            mark, session = part.mark, part.session
            start = session.slot.start
            mark.believed = session.facts
            if part.snoozes != mark.snoozes:
                continue  # its owner wants to be reminded once more than by this
            if part.reminds:
                again = mark.announced == start and not part.may_repeat
                assert not again, f"somebody is reminded of {session.id} twice"
            else:
                mark.moved_since = True
            if part.announces:
                mark.announced, mark.announced_by, mark.moved_since = start, key, False
            elif part.perhaps:
                mark.perhaps = start

    def _may_repeat(self, mark: Mark, id: int) -> bool:
        in_doubt = (mark.announced_by, id) not in self.settled
        parted = (mark.announced_by, id) in self.parted
        return in_doubt and (mark.moved_since or parted or not self.drops)

    def _waits(self, mark: Mark, session: Session, now: datetime) -> bool:
        """News about what is not soon does not come at night."""
        far = self.rules.news_before(now, self.schedule.timezone)
        return far is not None and min(mark.believed.slot.start, session.slot.start) >= far

    def fails(self, user: str, until: datetime) -> None:
        """Nothing can be expected for this user before that moment."""
        self.blocked[user] = max(until, self.blocked.get(user, until))

    def nothing_is_owed(self, now: datetime) -> None:
        """To be asked after a tick at which all went well."""
        for (user, id), mark in self.marks.items():
            if now < max(self.blocked.get(user, now), self.held.get((user, id), now)):
                continue
            session = self.session(id)
            slot = session.slot
            # What is over is not opened again by a later end alone: that is no news.
            matters = mark.closed is None and now < max(slot.until, mark.believed.slot.until)
            if matters and not self._waits(mark, session, now):
                assert _same(mark.believed, session.facts), f"{user} is wrong about {id}"
            if self._is_due(user, id, now) and not mark.muted:
                told = slot.start in (mark.announced, mark.perhaps)
                assert told, f"{user} is not reminded of {id}"


def _said(reply: Reply) -> Iterator[tuple[tuple[Span, ...], Session]]:
    """Each session of a message with what is said about it."""
    lead: tuple[Span, ...] = ()
    for block in reply:
        match block:
            case Heading(spans):
                lead = spans
            case Item(session):
                yield lead, session
            case Button():
                pass
            case _:
                raise AssertionError(block)


def _same(one: Facts, other: Facts) -> bool:
    if one.cancelled or other.cancelled:
        return one.cancelled == other.cancelled
    here, there = one.slot, other.slot
    return (one.title, here.start, here.rooms) == (other.title, there.start, there.rooms)


def _left(title: str) -> timedelta:
    """The time that a title names: `Starts in 1 hour 5 minutes:`."""
    named = dict.fromkeys(("hours", "minutes"), 0)
    for number, unit in re.findall(r"(\d+) (hour|minute)", title):
        named[f"{unit}s"] = int(number)
    return timedelta(**named)
