"""What people should have been told: an independent judge of every message that is sent."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.document import Button, Heading, Item, Reply
from bot.schedule import Facts, Schedule, Session

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

    def opens(self, start: datetime) -> tuple[datetime, datetime]:
        """From when on a reminder may come, and from when on it has to."""
        usual = start - timedelta(minutes=self.before)
        if self.snooze is None or self.snooze >= start:
            return usual, usual
        return (self.snooze, usual) if self.snooze < usual else (self.snooze, self.snooze)


@dataclass
class Oracle:
    """Follows what is published, typed, claimed, sent and read; raises AssertionError."""

    drops: bool
    schedule: Schedule
    marks: dict[Pair, Mark] = field(default_factory=dict)
    usual: dict[str, int] = field(default_factory=dict)
    blocked: dict[str, datetime] = field(default_factory=dict)
    unsettled: dict[Pair, list[str]] = field(default_factory=lambda: defaultdict(list))
    settled: set[tuple[str, int]] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    said: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    parted: set[tuple[str, int]] = field(default_factory=set)
    reminds: set[tuple[str, int]] = field(default_factory=set)
    fresh: dict[str, str] = field(default_factory=dict)

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
        self.marks.pop((user, id), None)
        self.unsettled.pop((user, id), None)

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
        mark.snooze, mark.muted, mark.announced = again, False, None
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

    def claimed(self, user: str, key: str, ids: list[int], now: datetime) -> None:
        if key not in self.attempted:
            other = self.fresh.setdefault(user, key)
            assert other == key, f"{user} gets two new messages at one tick"
            # A move that is a reminder too stays one, also if it goes out after the owner has
            # asked for fewer minutes: it says how soon the session starts.
            self.reminds |= {(key, id) for id in ids if self._is_due(user, id, now)}
        # What goes out again without a part cannot be told from the whole by its id: that part
        # may come a second time rather than never.
        whole = self.said.setdefault((user, key), set(ids))
        self.parted |= {(key, id) for id in whole.difference(ids)}
        self.attempted.add(key)
        for id in ids:
            self.unsettled[user, id].append(key)

    def _is_due(self, user: str, id: int, now: datetime) -> bool:
        session, mark = self.session(id), self.marks[user, id]
        start = session.slot.start
        return not session.cancelled and mark.opens(start)[1] <= now < start

    def settle(self, key: str, ids: list[int]) -> None:
        for id in ids:
            self.settled.add((key, id))
        for (_, id), keys in self.unsettled.items():
            if id in ids and key in keys:
                keys.clear()

    def called(self, user: str, reply: Reply, until: datetime, now: datetime) -> None:
        """A message is on its way to the network."""
        for title, session in _said(reply):
            mark = self.marks.get((user, session.id))
            assert mark is not None, f"{user} has not bookmarked {session.id}"
            assert session.facts == self.session(session.id).facts, "that is not true any more"
            start = session.slot.start
            assert ("Cancelled" in title) == session.cancelled, title
            if title.startswith("Starts "):
                assert not session.cancelled, "a reminder of a cancelled session"
                assert not mark.muted, "a reminder although reminders are off"
                assert now < start, "a reminder of something that has started"
                assert now < until <= start, "a reminder may go out after the start"
                assert now >= mark.opens(start)[0], "a reminder before its time"
                wrong = start - now - _left(title)
                assert abs(wrong) <= timedelta(seconds=30), f"{title} It is {start - now}"

    def read(self, user: str, key: str, reply: Reply, now: datetime) -> None:
        """The user sees a message."""
        for title, session in _said(reply):
            mark = self.marks[user, session.id]
            start = session.slot.start
            if title.startswith("Starts "):
                again = mark.announced == start and not self._may_repeat(mark, session.id)
                assert not again, f"{user} is reminded of {session.id} twice"
            else:
                known = _same(mark.believed, session.facts)
                doubtful = len(self.unsettled[user, session.id]) > 1
                assert not known or doubtful, f"{user} knows this about {session.id}"
                mark.moved_since = True
            mark.believed = session.facts
            reminds = (key, session.id) in self.reminds and not session.cancelled and now < start
            if title.startswith("Starts ") or reminds or self._is_due(user, session.id, now):
                mark.announced, mark.announced_by, mark.moved_since = start, key, False

    def _may_repeat(self, mark: Mark, id: int) -> bool:
        in_doubt = (mark.announced_by, id) not in self.settled
        parted = (mark.announced_by, id) in self.parted
        return in_doubt and (mark.moved_since or parted or not self.drops)

    def fails(self, user: str, until: datetime) -> None:
        """Nothing can be expected for this user before that moment."""
        self.blocked[user] = max(until, self.blocked.get(user, until))

    def nothing_is_owed(self, now: datetime) -> None:
        """To be asked after a tick at which all went well."""
        for (user, id), mark in self.marks.items():
            if now < self.blocked.get(user, now):
                continue
            session = self.session(id)
            slot = session.slot
            # What is over is not opened again by a later end alone: that is no news.
            if mark.closed is None and now < max(slot.until, mark.believed.slot.until):
                assert _same(mark.believed, session.facts), f"{user} is wrong about {id}"
            due = mark.opens(slot.start)[1] <= now < slot.start
            if due and not session.cancelled and not mark.muted:
                assert mark.announced == slot.start, f"{user} is not reminded of {id}"


def _said(reply: Reply) -> Iterator[tuple[str, Session]]:
    """Each session of a message with what is said about it."""
    title = ""
    for block in reply:
        match block:
            case Heading(spans):
                title = "".join(span for span in spans if isinstance(span, str))
            case Item(session):
                yield title, session
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
