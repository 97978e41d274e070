"""Makes the adapter of each configured network; its library is loaded here, and nowhere else."""

from typing import Protocol, assert_never

from bot.adapters.finding import Finding
from bot.adapters.irc.settings import Irc
from bot.adapters.matrix.settings import Matrix
from bot.adapters.slack.settings import Slack
from bot.config import Network
from bot.ports import Adapter, Clock
from bot.storing import Store


class Speaker(Adapter, Protocol):
    """An adapter that can tell beforehand how it will fare."""

    async def check(self) -> list[Finding]:
        """Log in, look around and leave; what an organiser wants to know. Raises CannotSpeak where
        the network will not have us."""
        ...


def speaker(network: Network, store: Store, clock: Clock) -> Speaker:
    """The adapter that speaks on a network."""
    match network:
        case Irc():
            from bot.adapters.irc.adapter import IrcAdapter

            return IrcAdapter(network, store, clock)
        case Matrix():
            from bot.adapters.matrix.adapter import MatrixAdapter

            return MatrixAdapter(network, store, clock)
        case Slack():
            from bot.adapters.slack.adapter import SlackAdapter

            return SlackAdapter(network, store, clock)
        case _:
            assert_never(network)
