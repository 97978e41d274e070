"""The whole bot on IRC, in the process of the test, connected to a server of the tests."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from bot.adapters.irc.adapter import IrcAdapter
from bot.adapters.irc.settings import Irc
from bot.patience import Patience
from bot.rules import Rules
from bot.schedule import Schedule
from tests.adapters.bot import Logged, WholeBot
from tests.databases import new_database
from tests.servers.irc_server import Server
from tests.servers.strict_irc import StrictServer
from tests.summit import folsom

__all__ = ["CHANNEL", "RULES", "Bot", "Logged", "Where", "bot_on", "bots_on", "irc_settings"]

Bot = WholeBot[IrcAdapter]
CHANNEL = "#summit"
RULES = Rules(greets=False)
_FAST = {"rate": 10_000.0, "burst": 10_000}
_KNOWN = "In five minutes"
"""How the line of the log begins that says that the bot knows all about its channels."""


class Where(Protocol):
    """A server to connect to: a `Server`, or a `StrictServer`."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


def irc_settings(server: Where, **settings: Any) -> Irc:
    """What `[irc]` says for a bot in #summit, as fast as it can where the server has no limits."""
    usual: dict[str, Any] = {
        "server": server.host, "port": server.port, "tls": False, "channels": [CHANNEL],
    }  # fmt: skip
    if isinstance(server, StrictServer):
        # It forgets faster where time passes more quickly.
        usual["target_every"] = 1 / server.rules.speed
    if isinstance(server, Server):
        usual |= {} if server.limits else _FAST
        usual |= {"server_password": server.password} if server.password else {}
    return Irc(**usual | settings)


@asynccontextmanager
async def bot_on(
    server: Where, *, database: str | None = None, at: str = "Monday 9:20",
    schedule: Schedule | None = None, rules: Rules = RULES, patience: Patience = Patience(),
    joins: bool = True, **settings: Any,
) -> AsyncIterator[Bot]:  # fmt: skip
    """A bot in its channels, until the end of the block; with `joins=False` it is not waited for.

    `settings` are those of `[irc]`. Without the URL of a `database` it has one of its own.
    """
    networks = [irc_settings(server, **settings)]
    async with bots_on(
        networks, database=database, at=at, schedule=schedule, rules=rules, patience=patience,
        joins=joins,
    ) as bot:  # fmt: skip
        yield bot


@asynccontextmanager
async def bots_on(
    networks: Sequence[Irc], *, database: str | None = None, at: str = "Monday 9:20",
    schedule: Schedule | None = None, rules: Rules = RULES, patience: Patience = Patience(),
    joins: bool = True,
) -> AsyncIterator[Bot]:  # fmt: skip
    """As `bot_on`, on several networks at once."""
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as folder:
        url = database or new_database(Path(folder))
        bot = Bot(
            lambda store, clock: [IrcAdapter(each, store, clock) for each in networks],
            url, at, schedule or folsom(), rules, patience, _KNOWN, _hang_up,
        )  # fmt: skip
        try:
            await bot.start(joins=joins)
            yield bot
        finally:
            await bot.close()


def _hang_up(adapter: IrcAdapter) -> None:
    if adapter._link is not None:
        adapter._link.connection._wire._connection.transport.abort()
