"""The whole bot on Slack, in the process of the test, on the double of the tests."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack.adapter import SlackAdapter
from bot.adapters.slack.manifest import manifest, with_stand_ins
from bot.adapters.slack.sending import delivery
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.sealing import fresh_key
from bot.patience import Patience
from bot.rules import Rules
from bot.schedule import Schedule
from tests.adapters.bot import Logged, WholeBot
from tests.databases import new_database
from tests.servers.programs import free_port
from tests.servers.slack import SlackServer
from tests.servers.slack.apps import App
from tests.summit import folsom

__all__ = ["RULES", "Bot", "Home", "Logged", "app_on", "bot_on", "url_of"]

Bot = WholeBot[SlackAdapter]
RULES = Rules(greets=False)
_KNOWN = "Listens over"
"""How the line of the log begins that says that the bot hears Slack."""
_FAST = {"rate": 1_000.0, "burst": 1_000}
_KEY = fresh_key()


@dataclass(frozen=True, slots=True)
class Home:
    """An app as Slack knows it, and what `[slack]` says for it."""

    app: App
    settings: Slack


def app_on(
    server: SlackServer, mode: str = "socket", *, several: bool = False, **table: Any
) -> Home:
    """A new app, made from the manifest that the bot prints: installed in the only workspace, or
    to be installed by `several`. `table` is more of `[slack]`, which is as fast as it can be where
    the double has no limits."""
    usual: dict[str, Any] = {"mode": mode, "api_url": server.api_url, "port": free_port()}
    if not server.api.limits.rates:
        usual |= _FAST
    url = f"http://127.0.0.1:{usual['port']}"
    table = usual | ({"client_id": "?", "public_url": url} if several else {}) | table
    settings = Slack(**with_stand_ins(table))
    app = server.slack.create_app(manifest(settings, url if mode == "http" else None))
    secrets: dict[str, Any] = {"app_token": app.app_token, "signing_secret": app.signing_secret}
    if several:
        secrets |= {"client_id": app.client_id, "client_secret": app.client_secret,
                    "token_key": _KEY}  # fmt: skip
    else:
        [team] = server.slack.workspaces.values() or [server.slack.create_workspace("T01")]
        secrets["bot_token"] = app.install(team).bot_token
    return Home(app, Slack(**table | secrets))


@asynccontextmanager
async def bot_on(
    server: SlackServer, home: Home | None = None, mode: str = "socket", *,
    database: str | None = None, port: int | None = None, at: str = "Monday 9:20",
    schedule: Schedule | None = None, rules: Rules = RULES, patience: Patience = Patience(),
    joins: bool = True, **table: Any,
) -> AsyncIterator[Bot]:  # fmt: skip
    """A bot of this app, or of a new one (`app_on`), until the end of the block; with `joins=False`
    it is not waited for.

    Without the URL of a `database` it has one of its own. `port` is where a replica listens, if it
    is not the first.
    """
    settings = (home or app_on(server, mode, **table)).settings
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    with (
        tempfile.TemporaryDirectory(prefix="summit-bot-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        if not server.api.limits.rates:
            # Where the double counts nothing, nobody waits for the next second of a channel.
            patch.setattr(delivery, "_A_CHANNEL", (10_000, 1.0))
            patch.setattr(delivery, "_A_MINUTE", dict.fromkeys(delivery._A_MINUTE, 10_000))
        bot = Bot(
            lambda store, clock: [SlackAdapter(settings, store, clock)],
            database or new_database(Path(folder)), at, schedule or folsom(), rules, patience,
            _KNOWN,
        )  # fmt: skip
        try:
            await bot.start(joins=joins)
            yield bot
        finally:
            await bot.close()


def url_of(home: Home, port: int | None = None) -> str:
    """Where a bot of this app listens over HTTP."""
    return f"http://127.0.0.1:{port or home.settings.port}"
