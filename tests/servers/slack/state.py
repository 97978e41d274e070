"""All of Slack that there is: apps and workspaces, what is said, and what is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.servers.slack.apps import App, Installation
from tests.servers.slack.changes import (
    Change,
    Deleted,
    Edited,
    Joined,
    Left,
    Opened,
    Posted,
    ProfileChanged,
    Published,
    Revoked,
    Uninstalled,
    Updated,
    Whispered,
)
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.clock import Clock
from tests.servers.slack.contents import Content
from tests.servers.slack.lifetimes import Lifetimes, Trigger
from tests.servers.slack.manifest import read_manifest
from tests.servers.slack.opened import View, new_hash
from tests.servers.slack.users import User
from tests.servers.slack.workspaces import Workspace
from tests.servers.slack.world import World

__all__ = [
    "App", "Change", "Channel", "Installation", "Message", "Slack", "Trigger", "User", "View",
    "Workspace",
]  # fmt: skip


class Slack:
    """Everything happens at once, and everybody in `watchers` is told of it, in order.

    `url` is where the double listens, once it does. Whatever is done here is Slack's own doing:
    nothing is checked, and no limit applies; that is the Web API's work.
    """

    def __init__(self, clock: Clock = time.time) -> None:
        self.world = World(clock)
        self.url = ""
        self.apps: dict[str, App] = {}
        self.workspaces: dict[str, Workspace] = {}
        self.views: dict[str, View] = {}
        self.lifetimes = Lifetimes(self.world)
        # Each token ever given out that is no longer valid, with the error that it gets.
        self.dead: dict[str, str] = {}

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def now(self) -> float:
        return self.world.clock()

    @property
    def watchers(self) -> list[Callable[[Change], None]]:
        return self.world.watchers

    def create_workspace(self, id: str | None = None, name: str = "Summit") -> Workspace:
        made = Workspace(id or self.world.ids.next("T"), name, name.lower(), self.world)
        self.workspaces[made.id] = made
        return made

    def create_app(self, manifest: Mapping[str, Any]) -> App:
        """From its manifest, with an app-level token for Socket Mode. Raises InvalidManifest."""
        read = read_manifest(manifest)
        number = self.world.ids.next("")
        made = App(f"A{number}", self.world, read, f"{number}.{number}")
        made.create_app_token()
        self.apps[made.id] = made
        return made

    # Who holds a token.

    def installation_of(self, token: str) -> Installation | None:
        for app in self.apps.values():
            for one in app.installations.values():
                if token in one.tokens:
                    return one
        return None

    def app_of(self, token: str) -> App | None:
        """Of an app-level token."""
        return next((app for app in self.apps.values() if token in app.app_tokens), None)

    # What lives for a moment.

    def issue_trigger(self, app: App, workspace: Workspace, user: User) -> str:
        return self.lifetimes.issue_trigger(app, workspace, user)

    def spend_trigger(self, app: App, trigger_id: str) -> Trigger:
        return self.lifetimes.spend_trigger(app, trigger_id)

    def issue_ticket(self, app: App) -> str:
        return self.lifetimes.issue_ticket(app)

    def spend_ticket(self, ticket: str) -> App | None:
        return self.lifetimes.spend_ticket(ticket)

    def grant(
        self, app: App, workspace: Workspace, user: User, redirect_uri: str | None,
        scopes: Iterable[str] | None = None,
    ) -> str:  # fmt: skip
        return self.lifetimes.grant(app, workspace, user, redirect_uri, scopes)

    # Messages.

    def post(
        self, channel: Channel, author: User, content: Content, thread_ts: str | None = None,
        app: App | None = None,
    ) -> Message:  # fmt: skip
        """`app`: it was that app which sent it."""
        message = self._message(channel, author, content, thread_ts, app, None)
        self.world.tell(Posted(message))
        return message

    def whisper(
        self, channel: Channel, to: User, author: User, content: Content,
        thread_ts: str | None = None, app: App | None = None,
    ) -> Message:  # fmt: skip
        """An ephemeral message."""
        message = self._message(channel, author, content, thread_ts, app, to)
        self.world.tell(Whispered(message))
        return message

    def _message(
        self, channel: Channel, author: User, content: Content, thread_ts: str | None,
        app: App | None, to: User | None,
    ) -> Message:  # fmt: skip
        installation = None if app is None else app.installations[channel.workspace.id]
        ts = self.world.timestamp()
        message = Message(channel, ts, author, content, installation, thread_ts, to)
        channel.add(message)
        return message

    def edit(self, message: Message, content: Content) -> None:
        before = message.as_json()
        message.content = content
        message.revisions.append(content)
        if message.seen_only_by is None:
            message.edited_ts = self.world.timestamp()
        self.world.tell(Edited(message, before))

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.world.tell(Deleted(message))

    # Views.

    def open_view(
        self, installed: Installation, user: User, view: dict[str, Any],
        previous: View | None = None,
    ) -> View:  # fmt: skip
        """On top of `previous`; without one, instead of all that was open of this app."""
        stack = user.modals.setdefault(installed.app.id, [])
        if previous is None:
            for one in stack:
                one.open = False
            stack.clear()
        made = self._view(installed, user, view, previous)
        stack.append(made)
        self.world.tell(Opened(made))
        return made

    def _view(
        self, installed: Installation, user: User, view: dict[str, Any], previous: View | None
    ) -> View:
        id = self.world.ids.next("V")
        made = View(id, installed, user, view, new_hash(self.now()), previous)
        self.views[id] = made
        return made

    def update_view(self, view: View, new: dict[str, Any]) -> None:
        view.replace(new, new_hash(self.now()))
        self.world.tell(Updated(view))

    def close_view(self, view: View, whole: bool = False) -> None:
        """It and what lies on it; with `whole`, all that lies below it too."""
        stack = view.user.modals.get(view.app.id, [])
        if view not in stack:
            return
        at = 0 if whole else stack.index(view)
        for one in stack[at:]:
            one.open = False
        del stack[at:]

    def publish(self, installed: Installation, user: User, view: dict[str, Any]) -> View:
        """The Home tab of one person."""
        there = user.home.get(installed.app.id)
        if there is None:
            there = self._view(installed, user, view, None)
            user.home[installed.app.id] = there
        else:
            there.replace(view, new_hash(self.now()))
        self.world.tell(Published(there))
        return there

    # People and apps that come, change and go.

    def join(self, channel: Channel, user: User) -> None:
        channel.members[user.id] = user
        self.world.tell(Joined(channel, user))

    def leave(self, channel: Channel, user: User) -> None:
        del channel.members[user.id]
        self.world.tell(Left(channel, user))

    def change_profile(self, user: User, **fields: Any) -> None:
        """As `change_profile(ada, tz="Europe/Berlin", display_name="Ada")`."""
        for name, value in fields.items():
            if name not in ("tz", "name", "real_name", "display_name", "deleted"):
                raise TypeError(f"profiles have no {name}")
            setattr(user, name, value)
        user.updated = self.now()
        self.world.tell(ProfileChanged(user))

    def deactivate(self, user: User) -> None:
        self.change_profile(user, deleted=True)

    def reactivate(self, user: User) -> None:
        self.change_profile(user, deleted=False)

    def revoke(self, token: str) -> None:
        """A bot token. KeyError if it is none."""
        found = self.installation_of(token)
        if found is None:
            raise KeyError(token)
        del found.tokens[token]
        self.dead[token] = "token_revoked"
        self.world.tell(Revoked(found, token))

    def uninstall(self, installation: Installation) -> None:
        """All its tokens die, and its bot user is gone.

        https://docs.slack.dev/reference/events/app_uninstalled; tokens_revoked comes as well.
        """
        tokens = list(installation.tokens)
        installation.tokens.clear()
        installation.active = False
        installation.bot_user.deleted = True
        for token in tokens:
            self.dead[token] = "account_inactive"
        for token in tokens:
            self.world.tell(Revoked(installation, token))
        self.world.tell(Uninstalled(installation))
