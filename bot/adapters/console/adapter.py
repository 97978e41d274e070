"""Talks with the one user of a terminal, through a screen."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.document import Reply
from bot.messages import Channel, Invocation, User
from bot.ports import Receive, Seen, Traits
from bot.times import Reader


class Screen(Protocol):
    """Where lines come from, and replies and notices are drawn."""

    def lines(self) -> AsyncIterator[str]:
        """What is typed, until the input ends."""
        ...

    def draw(self, reply: Reply, reader: Reader, notice: bool) -> None:
        """Show a reply, or a notice that nobody asked for just now."""
        ...


def user_called(name: str) -> User:
    """Who sits at a terminal. Each is a network of their own: a notice for somebody else waits
    until they sit down."""
    return User(f"console-{name}", name, name)


class Console:
    """Implements `ports.Adapter` for one user at one screen."""

    def __init__(self, user: User, screen: Screen, organises: bool = False) -> None:
        """Whoever sits there may do what organisers do if they are said to be one."""
        self._user = user
        self._screen = screen
        self._organises = organises

    @property
    def network(self) -> str:
        """The name that its user carries."""
        return self._user.network

    @property
    def traits(self) -> Traits:
        """A terminal takes whatever is written."""
        return Traits(in_flight=100)

    @property
    def coming_up(self) -> Sequence[Channel]:
        """A terminal has no channels."""
        return ()

    @property
    def channels(self) -> Sequence[Channel]:
        """A terminal has no channels."""
        return ()

    def organises(self, user: User) -> bool:
        """True for whoever sits there, if they were said to be an organiser."""
        return self._organises and user == self._user

    async def run(self, receive: Receive, seen: Seen) -> None:
        """Answer every line until the input ends."""
        here = Channel(self.network, self._user.id, private=True)
        async for line in self._screen.lines():
            response = await receive(Invocation(None, self._user, here, line))
            self._screen.draw(response.reply, response.reader, notice=False)

    async def send(
        self,
        user: User,
        reply: Reply,
        reader: Reader,
        key: str,
        until: datetime,
        again: bool = False,
    ) -> None:
        """Show a notice to the user."""
        self._screen.draw(reply, reader, notice=True)

    async def post(
        self, channel: Channel, reply: Reply, reader: Reader, key: str, again: bool = False
    ) -> None:
        """Show a message to the channel, which is this terminal."""
        self._screen.draw(reply, reader, notice=True)

    def share(self, processes: int) -> None:
        """A terminal has no pace to share."""
