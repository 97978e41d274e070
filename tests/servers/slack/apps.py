"""Apps, and their installations in workspaces."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.slack.ids import token
from tests.servers.slack.manifest import Manifest
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace
from tests.servers.slack.world import World


@dataclass(eq=False)
class Installation:
    """An app in a workspace. `bot_token` is the newest one; `tokens` are all that are valid, each
    with its scopes. Inactive once the app has been removed."""

    app: App
    workspace: Workspace
    bot_user: User
    bot_id: str
    bot_token: str
    scopes: frozenset[str]
    active: bool = True
    tokens: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def team_id(self) -> str:
        return self.workspace.id


@dataclass(eq=False)
class App:
    """As on its pages at Slack; `internal` False: sold outside the directory, so that it may ask
    for history once a minute.

    https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
    """

    id: str
    world: World
    manifest: Manifest
    client_id: str
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    internal: bool = True
    app_tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    installations: dict[str, Installation] = field(default_factory=dict)

    @property
    def app_token(self) -> str:
        """The first one, which may open sockets."""
        return next(iter(self.app_tokens))

    def create_app_token(self, scopes: Iterable[str] = ("connections:write",)) -> str:
        made = token("xapp-1")
        self.app_tokens[made] = frozenset(scopes)
        return made

    def install(self, workspace: Workspace, scopes: Iterable[str] | None = None) -> Installation:
        """With the scopes of the manifest unless told. A second time it is the same installation,
        with another token; its bot user stays who it was."""
        granted = self.manifest.bot_scopes if scopes is None else frozenset(scopes)
        made = token("xoxb")
        there = self.installations.get(workspace.id)
        if there is None:
            bot_id = self.world.ids.next("B")
            user = workspace.add_user(
                "".join((self.manifest.bot_name or self.manifest.name).lower().split()),
                real_name=self.manifest.bot_name or self.manifest.name,
            )
            user.is_bot, user.app_id, user.bot_id = True, self.id, bot_id
            there = Installation(self, workspace, user, bot_id, made, granted)
            self.installations[workspace.id] = there
        there.active, there.bot_user.deleted = True, False
        there.bot_token, there.scopes = made, granted
        there.tokens[made] = granted
        return there
