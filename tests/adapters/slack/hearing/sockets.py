"""A bot that listens to the double, over Socket Mode or HTTP."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from bot.adapters.slack.hearing.acknowledging import Acknowledged, Answered
from bot.adapters.slack.hearing.authorizing import Authorized
from bot.adapters.slack.hearing.heard import Heard, Slash
from bot.adapters.slack.hearing.socket import listen
from bot.adapters.slack.hearing.web import serve
from bot.adapters.slack.manifest import manifest
from bot.adapters.slack.settings import Slack
from bot.storing import Store
from tests.adapters.slack.hearing.ears import PATIENCE, SETTINGS, Ears, ears
from tests.adapters.slack.hearing.payloads import TEAM
from tests.servers.slack import SlackServer, slack
from tests.servers.slack.apps import App
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.people import Person
from tests.servers.slack.websocket import Socket

PING = 1.0


@dataclass(frozen=True, slots=True)
class There:
    """The double with the app in one workspace, and somebody to talk to it."""

    server: SlackServer
    app: App
    ada: Person
    openings: list[None] = field(default_factory=list)

    async def authorize(self, team: str | None, _enterprise: str | None) -> Authorized | None:
        """Where it is installed."""
        found = self.app.installations.get(team or "")
        if found is None:
            return None
        return Authorized(found.bot_token, found.bot_user.id, found.bot_id)

    def opened(self) -> None:
        """A bot has been told that its socket is in use."""
        self.openings.append(None)
        self.server.bell.ring()

    async def opens(self, count: int) -> None:
        """Waits for so many openings since the beginning."""
        await self.server.bell.until(
            lambda: len(self.openings) >= count, lambda: f"opening number {count}"
        )

    async def sockets(self, count: int = 1) -> Sequence[Socket]:
        """Waits until so many are open."""
        return await self.server.sockets.opened(self.app, count)


@asynccontextmanager
async def there(
    delivering: Delivering | None = None, http_url: str | None = None
) -> AsyncIterator[There]:
    async with slack(delivering=delivering or Delivering.quick()) as server:
        team = server.slack.create_workspace(TEAM)
        app = server.slack.create_app(manifest(SETTINGS, http_url))
        app.install(team)
        yield There(server, app, await server.person("ada"))


async def echo(heard: Heard) -> Answered | None:
    """Commands are answered with what they say."""
    return Acknowledged(f"You said: {heard.text}") if isinstance(heard, Slash) else None


@asynccontextmanager
async def listening(
    slack: There, *, store: Store | None = None, ping: float = PING, within: float = 2.5
) -> AsyncIterator[Ears]:
    """Until the end of the block, from when the first socket is open."""
    before = len(slack.openings)
    async with (
        ears(store, slack.authorize, within, api_url=slack.server.api_url) as bot,
        aiohttp.ClientSession() as http,
    ):
        bot.answer = echo
        task = asyncio.create_task(
            listen(
                bot.hearing.app, slack.app.app_token, http,
                api_url=slack.server.api_url, ping=ping, network=SETTINGS.name,
                opened=slack.opened,
            )
        )  # fmt: skip
        try:
            await slack.opens(before + 1)
            yield bot
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def over_http(app: App, port: int = 0) -> Slack:
    """At any free port, unless told."""
    settings = Slack.model_validate(
        {"mode": "http", "bot_token": "xoxb-1", "signing_secret": app.signing_secret}
    )
    return settings.model_copy(update={"port": port})


@asynccontextmanager
async def serving(
    slack: There, *, store: Store | None = None, oauth: AsyncOAuthFlow | None = None
) -> AsyncIterator[tuple[Ears, str]]:
    """Until the end of the block, from when it listens; its URL."""
    async with ears(store, slack.authorize, api_url=slack.server.api_url) as bot:
        bot.answer = echo
        ports = asyncio.Queue[int]()
        task = asyncio.create_task(
            serve(bot.hearing.app, over_http(slack.app), oauth, ready=ports.put_nowait)
        )
        try:
            async with asyncio.timeout(PATIENCE):
                port = await ports.get()
            yield bot, f"http://127.0.0.1:{port}"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
