"""The protocols at the borders: clocks, stores and adapters; and the two errors of sending."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.document import Reply
from bot.messages import (
    Bookmark,
    Channel,
    Effect,
    Invocation,
    Preferences,
    Profile,
    Response,
    User,
)
from bot.notices import Notice
from bot.schedule import Facts, Session
from bot.times import Reader


class TryLater(Exception):
    """The network does not take it now; `after` is how long to wait, None if it did not say."""

    def __init__(self, after: timedelta | None = None) -> None:
        super().__init__("the network does not take messages now")
        self.after = after


class Unreachable(Exception):
    """The user or channel cannot be written to; `reason` completes "because ..."."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Clock(Protocol):
    """Where the programme is in time, and what time it really is."""

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        ...

    def wall(self) -> datetime:
        """The real moment, UTC: for leases and pauses."""
        ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What a network allows: how many messages may be under way to it at a time."""

    in_flight: int


Receive = Callable[[Invocation], Awaitable[Response]]


class Adapter(Protocol):
    """Speaks one chat network."""

    @property
    def network(self) -> str:
        """The name that its users carry."""
        ...

    @property
    def traits(self) -> Traits:
        """What the network allows."""
        ...

    async def run(self, receive: Receive) -> None:
        """Answer what people write, until cancelled or until there is nobody left to talk to."""
        ...

    async def send(
        self, user: User, reply: Reply, reader: Reader, key: str, until: datetime
    ) -> None:
        """Write to a user; returns once the network has it. `key` names the message: a network
        that can drop a repeat drops it by this. Raises TryLater or Unreachable."""
        ...

    async def post(self, channel: Channel, reply: Reply, reader: Reader, key: str) -> None:
        """Write to a channel; like `send`."""
        ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where owed notices can be: sessions that start within the longest time before, and today's
    facts of sessions that changed. What an ended lease left behind is looked at anyway."""

    starting: Sequence[Session]
    changed: Sequence[Session]
    now: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """One bookmark of a claim, as it was when it was claimed, and what its owner is owed."""

    bookmark: Bookmark
    notice: Notice


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one message to one user: all that they are owed at this tick.

    Its items are empty if it is the test notice that the user asked for.
    """

    message: str
    user: User
    preferences: Preferences
    items: tuple[Claimed, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A message was taken at `now` (programme time, UTC): these facts of sessions are told, and of
    those in `announced` the start too."""

    message: str
    facts: Mapping[int, Facts]
    announced: Collection[int]
    now: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """From `now` to `until` (real time, UTC) up to `most` messages are reserved."""

    now: datetime
    until: datetime
    most: int


Judge = Callable[[Bookmark], Notice | None]


class Store(Protocol):
    """What has to be remembered. Every call is one transaction."""

    async def load(self, user: User, bookmarks: bool) -> Profile:
        """What is known of a user; their bookmarks only if asked for."""
        ...

    async def recall(self, network: str, invocation: str) -> str | None:
        """The remembered reply to an invocation that has already taken effect."""
        ...

    async def apply(
        self, user: User, effects: Sequence[Effect], remember: tuple[str, str] | None
    ) -> str | None:
        """Carry out all effects, and remember an invocation's id with its reply. If that invocation
        has taken effect before, nothing happens, and the result is the reply it got then."""
        ...

    async def claim(
        self, network: str, candidates: Candidates, judge: Judge, lease: Lease
    ) -> list[Claim]:
        """Reserve messages to users who are owed something, the soonest start first."""
        ...

    async def settle(self, told: Told) -> None:
        """Note what was told, where the message is still ours."""
        ...

    async def release(self, message: str, until: datetime, failure: str | None) -> None:
        """Let this be claimed again from `until` (real time) on, noting why it failed."""
        ...

    async def outdated(self, sessions: Collection[Session]) -> set[int]:
        """Ids of those sessions that somebody knows otherwise; read once, at the start."""
        ...

    async def take_over(self, network: str) -> None:
        """End the leases that a courier which is no more has left on its network."""
        ...

    async def rewind(self, network: str, moment: datetime) -> None:
        """Forget reminders and snoozes at or after this moment of the programme: a replay starts
        there."""
        ...

    async def read(self, owner: str, key: str) -> str | None:
        """What an adapter has kept under this key."""
        ...

    async def keep(self, owner: str, key: str, value: str) -> None:
        """Keep something small for an adapter."""
        ...

    async def close(self) -> None:
        """Finish what is being written."""
        ...
