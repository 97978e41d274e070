"""The protocol of a store, the values that go into it and come out of it, and its error."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from bot.live import LiveChange
from bot.messages import Bookmark, Effect, Preferences, Profile, User
from bot.notices import Notice
from bot.schedule import Edition, Facts, Session
from bot.versions import Head, Heads, Version

BULLETIN_LIFE = timedelta(hours=6)
"""For how long (real time) what a channel is to be told is of use."""
LETTER_LIFE = timedelta(days=1)
"""For how long (real time) what somebody is to be told besides is of use."""


class StoreAway(Exception):
    """The database cannot be used now; the message is one sentence for the organiser. What was to
    be done has not been done, unless that is `in_doubt`."""

    def __init__(self, message: str, *, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.in_doubt = in_doubt


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where owed notices can be: sessions that start within the longest time before, and today's
    facts of sessions that changed. What an ended lease left behind is looked at anyway.

    Reminders of the starts in `early` are all due; news about what starts at `news_before` or
    later is not. Nothing is news where the database is at another `edition` of the programme by
    now: whoever asks does not know what holds.
    """

    starting: Sequence[Session]
    changed: Sequence[Session]
    now: datetime
    early: Collection[datetime] = ()
    news_before: datetime | None = None
    edition: Edition | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """One bookmark of a claim, as it was when it was claimed, what its owner is owed, and from
    when on the reminder of its start is due."""

    bookmark: Bookmark
    notice: Notice
    opens: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """What a user is to be told once, as `record.packed` writes it, if that can be done until a
    moment of real time (UTC)."""

    reply: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message to one user: all that they are owed at this tick.

    Its items are empty if it is a `letter`, or else the test notice that the user asked for.
    `again` if a message of this id may have arrived already; `failures` is how often it has been
    put off in a row, which is not counted of a test. It ends by itself at `until` (real time, UTC).
    """

    message: str
    user: User
    preferences: Preferences
    items: tuple[Claimed, ...]
    until: datetime
    again: bool = False
    failures: int = 0
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A message was taken at `now` (programme time, UTC): these facts of sessions are told, and of
    those in `announced` the start too."""

    message: str
    facts: Mapping[int, Facts]
    announced: Collection[int]
    now: datetime


@dataclass(frozen=True, slots=True)
class PutOff:
    """A message was not taken, or may not have been: its claim ends at `until` (real time, UTC).
    `failure` is why the user could not be written to. A claim that another process has made since
    `claimed_until`, when this one ended by itself, is left alone."""

    message: str
    until: datetime
    failure: str | None = None
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Freed:
    """A message that was put off to `put_off_to` may go from `until` on (both real time, UTC): its
    user can be written to again. A claim made since is left alone."""

    message: str
    until: datetime
    put_off_to: datetime


@dataclass(frozen=True, slots=True)
class Post:
    """The right to post what comes up at a start to a channel, until a moment of real time (UTC);
    `failures` is how often it has been put off in a row. `again` if it was tried before, and may
    have arrived already."""

    channel: str
    start: datetime
    message: str
    until: datetime
    failures: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """A channel has this message."""

    message: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a channel of a network is to be told once, as `record.packed` writes it, if that can be
    done until a moment of real time (UTC)."""

    network: str
    channel: str
    reply: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class BulletinClaim:
    """The right to post a bulletin, until a moment of real time (UTC); `failures` is how often that
    was tried before, also by a process that has not lived to put it off."""

    bulletin: Bulletin
    message: str
    until: datetime
    failures: int

    @property
    def again(self) -> bool:
        """True if it may have arrived already."""
        return self.failures > 0


@dataclass(frozen=True, slots=True)
class Audited:
    """What an organiser did, a sentence, at a moment of real time (UTC)."""

    at: datetime
    user: User
    what: str


Outcome = Told | Posted | PutOff | Freed


@dataclass(frozen=True, slots=True)
class Lease:
    """What is reserved is so from `now` to `until` (real time, UTC)."""

    now: datetime
    until: datetime


Judge = Callable[[Bookmark], Claimed | None]


class Delivery(Enum):
    """What is known of something that a network delivers until it is told that it has arrived."""

    NEW = "new"
    UNDER_WAY = "under way"
    """Somebody is dealing with it: another task or process."""
    IN_DOUBT = "in doubt"
    """Who dealt with it last did not finish, and may have answered."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Memo:
    """What is remembered of an invocation, under its id: the record of what it did.

    If it `corrects` another one of the same user, its record takes the place of that one's, which
    was `former` (None if there was none), so that the next correction finds it there; and it is
    remembered for those `earlier` wordings of the same message of which there is no record.
    """

    id: str
    record: str
    corrects: str | None = None
    former: str | None = None
    earlier: Sequence[str] = ()


class Store(Protocol):
    """What has to be remembered. Every call is one transaction, and raises StoreAway if the
    database cannot be used."""

    async def load(self, user: User, bookmarks: bool) -> Profile:
        """What is known of a user; their bookmarks only if asked for."""
        ...

    async def recall(self, user: User, invocation: str) -> str | None:
        """The record of an invocation of this user (or of somebody who has been forgotten) that has
        already taken effect."""
        ...

    async def apply(self, user: User, effects: Sequence[Effect], memo: Memo | None) -> bool:
        """Carry out all effects, and remember the invocation. False, and nothing happens, if that
        invocation has taken effect before, another correction of the same message has come in
        between, or a session would be added live under a number that is not new."""
        ...

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease, most: int
    ) -> list[Claim]:
        """Reserve up to `most` messages: tests, what users are owed about their bookmarks, the
        soonest start first, and letters."""
        ...

    async def claim_posts(
        self, network: str, wanted: Sequence[tuple[str, datetime]], lease: Lease
    ) -> list[Post]:
        """Reserve what these channels, by id, have not heard yet about these starts."""
        ...

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Note what became of messages, where they are still ours."""
        ...

    async def unreminded(
        self, network: str, sessions: Collection[Session], *, under_way: bool
    ) -> Mapping[int, int]:
        """For each of these sessions how many bookmarks still wait for a reminder of its start, by
        id; those under way (or put off) count only if `under_way`."""
        ...

    async def outdated(self, network: str, sessions: Collection[Session]) -> set[int]:
        """Ids of those sessions that somebody on a network knows otherwise."""
        ...

    async def hold(self, network: str, process: str, lease: timedelta, *, alone: bool) -> int:
        """Take part in a network for so long (real time), or go on with it; the result is how many
        processes do, this one included. 0 if another one does that has to be `alone`."""
        ...

    async def let_go(self, process: str) -> None:
        """Take part in no network any more."""
        ...

    async def take_over(self, network: str) -> None:
        """End the claims that a process which is no more has left on the network it had alone."""
        ...

    async def rewind(self, network: str, moment: datetime) -> None:
        """Forget reminders and snoozes at or after this moment of the programme: a replay starts
        there."""
        ...

    async def read(self, owner: str, key: str) -> str | None:
        """What an adapter has kept under this key."""
        ...

    async def read_all(self, under: str, key: str) -> Mapping[str, str]:
        """What is kept under this key by all owners whose names begin with `under`, by owner."""
        ...

    async def keep(self, owner: str, key: str, value: str | None) -> None:
        """Keep something small for an adapter; None keeps it no more. What belongs to a user is
        kept for the owner `network/id`, and goes where the user goes."""
        ...

    async def take_in(self, network: str, delivery: str, lease: timedelta) -> Delivery:
        """What is known of a delivery, by the network's own name for it. What was new or in doubt
        is the caller's to deal with, for so long (real time); of those who ask at the same moment
        exactly one has it. It is remembered for two days."""
        ...

    async def dealt_with(self, network: str, delivery: str) -> None:
        """A delivery is done, whoever has it by now."""
        ...

    async def let_go_of(self, network: str, delivery: str) -> None:
        """Nothing was said to a delivery, for certain, and it was not dealt with: the next time it
        is new. If somebody before may have said something, its lease ends by itself, and then it is
        in doubt as before."""
        ...

    async def heads(self) -> Heads:
        """What is known of the versions of the schedule that are kept."""
        ...

    async def version(self, *, held: bool = False) -> Version | None:
        """The version that counts, or the one that is held back."""
        ...

    async def publish(
        self,
        version: Version,
        bulletins: Sequence[Bulletin] = (),
        *,
        acts: int = 0,
        settled: Sequence[LiveChange] = (),
    ) -> bool:
        """Let this version count, with what channels are to be told of it; nothing is held back any
        more, and the live changes in `settled` are no longer needed. False, and nothing happens, if
        it does not follow on the one that counts by now, or organisers have done more than these
        `acts`."""
        ...

    async def live(self) -> tuple[LiveChange, ...]:
        """What organisers have changed on top of the version that counts, in the order in which
        they did."""
        ...

    async def audited(self, most: int) -> list[Audited]:
        """What organisers did last, the latest first."""
        ...

    async def unreached(self) -> Mapping[str, Mapping[str, int]]:
        """How many users the last message to them did not reach, by network and reason."""
        ...

    async def hold_back(
        self, version: Version, bulletins: Sequence[Bulletin] = (), *, acts: int = 0
    ) -> bool:
        """Keep this version in place of what is held back, until it is published or dropped. False,
        and nothing happens, if it does not follow on the one that counts by now, or organisers have
        done more than these `acts`."""
        ...

    async def confirm(self, head: Head) -> None:
        """The source says the same as the version that counts, if it has this number (and has that
        digest, etag and so on by now): nothing is held back any more."""
        ...

    async def claim_bulletins(
        self,
        network: str,
        channels: Sequence[str],
        lease: Lease,
        edition: Edition | None = None,
    ) -> list[BulletinClaim]:
        """Reserve what channels of a network are to be told; what is for all of them is for these,
        by id, from now on. Nothing, where the database is at another `edition` of the programme:
        whoever asks does not know what holds of the sessions that it names."""
        ...

    async def adopt(self, user: User, by: User) -> None:
        """Make everything of one user another's, on the same network: they turned out to be one
        person. What that one has already (a bookmark, the preferences, a kept value) stays."""
        ...

    async def close(self) -> None:
        """Finish what is being written."""
        ...
