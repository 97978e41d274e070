"""The protocols at the borders: clocks, adapters, organisers; and the errors of speaking."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.document import Reply
from bot.messages import Channel, Invocation, Response, User
from bot.overview import Overview
from bot.schedule import Schedule
from bot.times import Reader


class TryLater(Exception):
    """The network does not take it now; `after` is how long to wait, None if it did not say. Others
    may be written to meanwhile if that is `personal`."""

    def __init__(self, after: timedelta | None = None, *, personal: bool = False) -> None:
        super().__init__("the network does not take messages now")
        self.after = after
        self.personal = personal


class Unreachable(Exception):
    """The user or channel cannot be written to; `reason` completes "because ..."."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotSpeak(Exception):
    """The network will not have us, and to try again will not help; the message is one sentence
    that says what to do."""


class Clock(Protocol):
    """Where the programme is in time, and what time it really is."""

    def now(self) -> datetime:
        """The moment of the programme, UTC."""
        ...

    def wall(self) -> datetime:
        """The real moment, UTC: for leases and pauses."""
        ...

    @property
    def speed(self) -> float:
        """How much of the programme passes in a second of real time, in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Traits:
    """What a network allows.

    `in_flight` messages may be under way to it at a time, of one process; `rate` is how many it
    takes a second (real time) of all together, None if that is of no concern; `drops_repeats` says
    that what is sent again under its key arrives once; `alone` that it allows one connection under
    one name, so that one process has it and the others stand by. `burst` messages go out at once
    beside the `rate`, after a while in which nothing was said. `remedy` is a sentence that tells an
    organiser how the network can be made to take more, `proof` one that tells people how to prove
    who they are, where not everybody has. What holds may change at any time.
    """

    in_flight: int
    rate: float | None = None
    drops_repeats: bool = False
    alone: bool = True
    burst: int = 0
    remedy: str = ""
    proof: str = ""


Receive = Callable[[Invocation], Awaitable[Response]]
Seen = Callable[[User], None]


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

    @property
    def coming_up(self) -> Sequence[Channel]:
        """The channels that want to hear what starts where."""
        ...

    @property
    def channels(self) -> Sequence[Channel]:
        """The channels that announcements go to: all that the settings name."""
        ...

    def organises(self, user: User) -> bool:
        """True for an organiser whom the network itself vouches for."""
        ...

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Answer what people write, until cancelled or until there is nobody left to talk to.
        Whoever could not be written to, and can be again, is `seen`. Raises CannotSpeak."""
        ...

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        """Write to a user; returns once the network has it. `key` names the message: a network
        that can drop a repeat drops it by this. `again` says that one of this key may have arrived
        already, whoever sent it. Raises TryLater or Unreachable."""
        ...

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """Write to a channel; like `send`."""
        ...

    def share(self, processes: int) -> None:
        """So many processes speak on this network, this one among them: keep to one's part."""
        ...


class Desk(Protocol):
    """What an engine asks about organisers."""

    def admits(self, user: User) -> bool:
        """True for an organiser whom the network vouches for."""
        ...

    @property
    def published(self) -> Schedule | None:
        """What is published, without what was changed live."""
        ...

    def proof(self, user: User) -> str:
        """A sentence that says how somebody on this network proves who they are; empty where
        everybody has."""
        ...

    async def overview(self, *, whole: bool) -> Overview:
        """How everything is; the next waves, and whom nobody could reach, only if the `whole` of it
        is wanted. Raises StoreAway."""
        ...

    async def renew(self) -> None:
        """Let all parts follow what holds by now, after something was changed live. Raises
        StoreAway."""
        ...
