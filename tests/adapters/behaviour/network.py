"""What the behaviour suite sees of a network: people who write to the bot, and what they read.

What a network cannot do is data, with the reason; the tests that need it are not made for it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from tests.adapters.bot import WholeBot


class Ability(Enum):
    """What not every network can do."""

    CHANNEL = "people talk with the bot where others read it"
    MARKS = "a mark before it makes a command of what is said in a channel"
    CROWD = "several people talk with one bot"
    PAGES = "a long answer stops, and goes on when more is asked for"
    EMPHASIS = "a title can stand out"
    BOTS = "bots can be told from people"
    POSTS = "what comes up is posted to channels"
    MASKS = "somebody who proves nothing is known by where they are"
    PROOF = "somebody can prove who they are, as an organiser has to"
    LOGOUT = "whoever has proved it can take that back, and stay"
    AGAIN = "what somebody has said can come to the bot again"
    ONCE = "what may have arrived already does not arrive a second time"


class Someone(Protocol):
    """A person. Lines are read in the order in which they come, without their emphasis."""

    @property
    def name(self) -> str: ...

    def says(self, line: str) -> None:
        """To the bot alone."""
        ...

    def says_in_channel(self, text: str) -> None: ...

    async def reads(self, count: int = 1) -> list[str]:
        """The next lines that the bot writes to this person alone."""
        ...

    async def reads_in_channel(self, count: int = 1) -> list[str]:
        """The next lines that the bot writes to the channel."""
        ...

    async def asks(self, line: str) -> list[str]:
        """The whole answer to a line that is said to the bot alone; `more` begins anew then."""
        ...

    async def told(self) -> list[str]:
        """The next notice."""
        ...

    async def rest(self) -> list[str]:
        """All that the bot has written and that was not read yet, when everything that was said
        until now has been answered."""
        ...

    async def emphasized(self, line: str) -> str:
        """What stands out in the last line of an answer."""
        ...

    async def comes_again(self) -> None:
        """What was said last to the bot alone comes to it once more, and has been dealt with."""
        ...

    async def logs_out(self) -> None:
        """From now on nobody vouches for who this is."""
        ...


class Talk(Protocol):
    """A bot on a network, and people who come to it. It and they end with the block."""

    @property
    def bot(self) -> WholeBot[Any]: ...

    @property
    def beware(self) -> tuple[str, ...]:
        """What is said here besides to whoever bookmarks."""
        ...

    @property
    def proof(self) -> str:
        """What is said here besides to whoever is refused what organisers may do."""
        ...

    async def comes(self, name: str) -> Someone:
        """Somebody comes, to the channel where there is one."""
        ...

    async def comes_as_if(self, name: str) -> Someone:
        """Somebody else comes who is called like this organiser."""
        ...

    async def comes_as_bot(self, name: str) -> Someone:
        """Somebody comes who says to be a bot."""
        ...

    def notice(self, *lines: str) -> list[str]:
        """How these lines arrive as a notice."""
        ...

    def post(self, *lines: str) -> list[str]:
        """How these lines arrive where nobody has asked, with a heading first."""
        ...

    def typed(self, line: str) -> str:
        """How a command is written that is to be typed in the channel."""
        ...

    def typed_again(self, line: str) -> str:
        """The same in what is answered to somebody alone who has asked in the channel."""
        ...

    def in_channel(self, name: str, *lines: str) -> list[str]:
        """How these lines arrive in the channel, for whom they answer."""
        ...


@dataclass(frozen=True, slots=True)
class Network:
    """A network for tests. `begin` takes settings of the adapter, among them `organisers` by the
    names under which they come; `fixture` is the server that it is given as well, by name."""

    name: str
    begin: Callable[..., AbstractAsyncContextManager[Talk]]
    fixture: str | None = None
    lacks: Mapping[Ability, str] = field(default_factory=dict)


Begin = Callable[..., AbstractAsyncContextManager[Talk]]
"""Begins to talk on one network; takes settings of its adapter."""
