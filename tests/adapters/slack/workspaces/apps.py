"""Apps on the double, and the settings that go with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession

from bot.adapters.slack.manifest import manifest, with_stand_ins
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.sealing import fresh_key
from bot.adapters.slack.workspaces.workspaces import Workspaces
from bot.storing import Store
from tests.servers.slack.apps import App
from tests.servers.slack.server import SlackServer
from tests.summit import StandingClock, at

KEY = fresh_key()
PUBLIC = "https://bot.example.org"


def new_app(server: SlackServer, **table: Any) -> App:
    """An app as these settings want it, which nobody has installed yet."""
    return server.slack.create_app(manifest(Slack(**with_stand_ins(table))))


def several(server: SlackServer, **table: Any) -> tuple[App, dict[str, Any]]:
    """An app for several workspaces, and its settings."""
    app = new_app(server, client_id="1", public_url=PUBLIC, **table)
    return app, {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "public_url": PUBLIC,
        "token_key": KEY,
        **table,
    }


def settings_of(server: SlackServer, app: App, **table: Any) -> Slack:
    """The settings that an organiser copies from the pages of the app."""
    given = {
        "api_url": server.api_url,
        "app_token": app.app_token,
        "signing_secret": app.signing_secret,
        **table,
    }
    return Slack(**given)


@asynccontextmanager
async def workspaces_of(settings: Slack, store: Store) -> AsyncIterator[Workspaces]:
    """The workspaces, as long as they are needed."""
    async with ClientSession() as http:
        workspaces = Workspaces(settings, store, StandingClock(at(16, 9)), http)
        try:
            yield workspaces
        finally:
            await workspaces.close()
