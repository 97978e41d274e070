"""An app that is installed, and calls the Web API of the double."""

import copy
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import Hands, Limits, SlackServer, slack
from tests.servers.slack.apps import App, Installation
from tests.servers.slack.channels import Channel
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace

SCOPES = [
    "app_mentions:read", "channels:history", "channels:read", "chat:write", "commands",
    "groups:history", "groups:read", "im:history", "im:read", "im:write", "users:read",
]  # fmt: skip


def manifest(change: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """Of an app on Socket Mode that has everything; changed, where a test needs it."""
    made: dict[str, Any] = {
        "display_information": {"name": "Summit Bot"},
        "features": {
            "app_home": {
                "home_tab_enabled": True, "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Summit Bot", "always_online": True},
            "slash_commands": [{"command": "/summit", "description": "The programme"}],
            "shortcuts": [{
                "name": "Bookmark", "type": "message", "callback_id": "bookmark",
                "description": "Bookmark a session",
            }],
        },
        "oauth_config": {
            "redirect_urls": ["https://bot.example.org/slack"],
            "scopes": {"bot": list(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {"bot_events": ["app_mention", "message.im"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }  # fmt: skip
    if change is not None:
        made = copy.deepcopy(made)
        change(made)
    return made


@dataclass
class Calling:
    """`ada` and the bot are in `channel`; `clock` stands still."""

    server: SlackServer
    clock: Hands
    team: Workspace
    app: App
    installed: Installation
    ada: User
    channel: Channel
    session: aiohttp.ClientSession
    client: AsyncWebClient

    def client_of(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token, base_url=self.server.api_url, session=self.session, retry_handlers=[]
        )

    async def refused(self, method: str, **arguments: Any) -> str:
        """The error that a call ends with."""
        return (await self.refusal(method, **arguments))["error"]  # type: ignore[no-any-return]  # JSON

    async def refusal(self, method: str, **arguments: Any) -> dict[str, Any]:
        """All that the answer says besides `ok`."""
        with pytest.raises(SlackApiError) as caught:
            await self.client.api_call(method, json=arguments)
        body: dict[str, Any] = dict(caught.value.response.data)
        assert body.pop("ok") is False
        return body

    async def refused_form(self, method: str, **arguments: Any) -> str:
        """The same for methods that take no JSON."""
        with pytest.raises(SlackApiError) as caught:
            await self.client.api_call(method, params=arguments)
        return str(caught.value.response["error"])

    def trigger(self) -> str:
        return self.server.slack.issue_trigger(self.app, self.team, self.ada)


@asynccontextmanager
async def calling(
    limits: Limits | None = None, change: Callable[[dict[str, Any]], None] | None = None
) -> AsyncIterator[Calling]:
    clock = Hands()
    async with slack(limits, clock) as server, aiohttp.ClientSession() as session:
        team = server.slack.create_workspace("T01")
        app = server.slack.create_app(manifest(change))
        installed = app.install(team)
        ada = team.add_user("ada", id="U01", tz="Europe/Berlin")
        channel = team.add_channel("summit", id="C01", members=[ada, installed.bot_user])
        client = AsyncWebClient(
            installed.bot_token, base_url=server.api_url, session=session, retry_handlers=[]
        )
        yield Calling(server, clock, team, app, installed, ada, channel, session, client)


def scopes(*removed: str, added: tuple[str, ...] = ()) -> Callable[[dict[str, Any]], None]:
    """A change of the manifest."""

    def change(made: dict[str, Any]) -> None:
        bot = made["oauth_config"]["scopes"]["bot"]
        made["oauth_config"]["scopes"]["bot"] = [one for one in bot if one not in removed]
        made["oauth_config"]["scopes"]["bot"] += added
        made["settings"]["event_subscriptions"]["bot_events"] = []

    return change


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": plain(text), **more}


def button(label: str = "Press", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(label), **more}


def actions(*elements: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*leaves: Mapping[str, Any]) -> dict[str, Any]:
    part = {"type": "rich_text_section", "elements": list(leaves)}
    return {"type": "rich_text", "elements": [part]}


def said(text: str, **style: bool) -> dict[str, Any]:
    """A text of rich text."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def modal(*blocks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Details"), "blocks": list(blocks), **more}


def home(*blocks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks), **more}
