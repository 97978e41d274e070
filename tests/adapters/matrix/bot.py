"""The whole bot on Matrix, in the process of the test, on a Synapse of the tests."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.adapters.matrix.adapter import MatrixAdapter
from bot.adapters.matrix.settings import Matrix
from bot.patience import Patience
from bot.rules import Rules
from bot.schedule import Schedule
from tests.adapters.bot import Logged, WholeBot
from tests.servers.accounts import Account
from tests.servers.synapse import Synapse
from tests.summit import folsom

__all__ = ["RULES", "Bot", "Logged", "bot_on", "matrix_settings"]

Bot = WholeBot[MatrixAdapter]
RULES = Rules(greets=False)
_KNOWN = "Listens in"
"""How the line of the log begins that says that the bot knows its rooms."""


def matrix_settings(server: Synapse, account: Account, folder: Path, **settings: Any) -> Matrix:
    """What `[matrix]` says for a bot with this account, as fast as it can where the server has no
    limits; its keys are in the folder."""
    usual: dict[str, Any] = {
        "homeserver": server.url, "user_id": account.user,
        "password": SecretStr(account.password), "store": folder / "matrix-store",
    }  # fmt: skip
    if not server.limits:
        usual |= {"rate": 0, "chat_rate": 1000.0, "chat_burst": 1000}
    return Matrix(**usual | settings)


@asynccontextmanager
async def bot_on(
    server: Synapse, *, account: Account | None = None, folder: Path | None = None,
    at: str = "Monday 9:20", schedule: Schedule | None = None, rules: Rules = RULES,
    patience: Patience = Patience(), joins: bool = True, **settings: Any,
) -> AsyncIterator[Bot]:  # fmt: skip
    """A bot with a new account, if it is given none, until the end of the block; with `joins=False`
    it is not waited for.

    `settings` are those of `[matrix]`. Its database and its keys are in the `folder`, or in one of
    its own.
    """
    account = account or await server.accounts.register("summitbot")
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as own:
        place = folder or Path(own)
        network = matrix_settings(server, account, place, **settings)
        bot = Bot(
            lambda store, clock: [MatrixAdapter(network, store, clock)],
            f"sqlite:///{place / 'summit.db'}", at, schedule or folsom(), rules, patience, _KNOWN,
        )  # fmt: skip
        try:
            await bot.start(joins=joins)
            yield bot
        finally:
            await bot.close()
