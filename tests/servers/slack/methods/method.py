"""What a method is, and who calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.servers.slack.apps import App, Installation
from tests.servers.slack.arguments import Kind
from tests.servers.slack.channels import Channel
from tests.servers.slack.errors import Refused
from tests.servers.slack.limits import Counter
from tests.servers.slack.state import Slack
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace


class NoBot(Exception):
    """A programming mistake in the double: a method without a bot asks for it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `installation` by a bot token, `app` by an app-level one, nobody with neither.
    `basic` are the user and password of HTTP Basic."""

    slack: Slack
    counter: Counter
    token: str = ""
    installation: Installation | None = None
    app_only: App | None = None
    scopes: frozenset[str] = frozenset()
    basic: tuple[str, str] | None = None

    @property
    def bot(self) -> Installation:
        if self.installation is None:
            raise NoBot
        return self.installation

    @property
    def app(self) -> App:
        return self.app_only or self.bot.app

    @property
    def workspace(self) -> Workspace:
        return self.bot.workspace

    def channel(self, id: str) -> Channel:
        """One that this app may know of: private ones and direct messages only where it takes
        part. https://docs.slack.dev/reference/methods/conversations.info#errors"""
        found = self.workspace.channels.get(id)
        if found is None:
            raise Refused("channel_not_found")
        if found.kind != "public" and self.bot.bot_user.id not in found.members:
            raise Refused("channel_not_found")
        return found

    def user(self, id: str) -> User:
        found = self.workspace.users.get(id)
        if found is None:
            raise Refused("user_not_found")
        return found

    def need(self, scope: str) -> None:
        """https://docs.slack.dev/reference/scopes: the answer says which one is needed."""
        if scope not in self.scopes:
            raise missing(scope, self.scopes)


def missing(scope: str, provided: frozenset[str]) -> Refused:
    return Refused("missing_scope", needed=scope, provided=",".join(sorted(provided)))


Run = Callable[[Caller, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """`tier` is calls a minute for an app in a workspace, None where no such limit is documented;
    of "50+ per minute" there are those that are promised. `takes_json`: what writes takes a body of
    JSON, what reads does not."""

    name: str
    run: Run
    kinds: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    token: Literal["bot", "app", "any", "none"] = "bot"
    takes_json: bool = False
    tier: int | None = 50
