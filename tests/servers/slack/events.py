"""What happens in a workspace, as events for the apps that are subscribed to it.

https://docs.slack.dev/apis/events-api/ and https://docs.slack.dev/reference/events
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from tests.servers.slack.apps import Installation
from tests.servers.slack.changes import (
    Change,
    Deleted,
    Edited,
    Posted,
    ProfileChanged,
    Revoked,
    Uninstalled,
)
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.deliveries import Deliveries
from tests.servers.slack.delivering import Delivery
from tests.servers.slack.scopes import EVENT_SCOPES
from tests.servers.slack.state import Slack
from tests.servers.slack.users import User

_NAMES = {"public": "channels", "private": "groups", "im": "im"}
_TYPES = {"public": "channel", "private": "group", "im": "im"}
"""https://docs.slack.dev/reference/events/message"""


class Events:
    """Hears every change of the state, and tells the apps that are there, subscribed and allowed
    to know."""

    def __init__(self, slack: Slack, deliveries: Deliveries) -> None:
        self._slack = slack
        self._deliveries = deliveries
        self._numbers = count(1)
        self._more: Mapping[str, Any] = {}

    @contextmanager
    def saying(self, **more: Any) -> Iterator[None]:
        """What is posted in this block says this besides, like its subtype; lacks what is None."""
        self._more = more
        try:
            yield
        finally:
            self._more = {}

    def heard(self, change: Change) -> None:
        """A watcher of the state."""
        match change:
            case Posted(message):
                self._said(message)
            case Edited(message, before) if message.seen_only_by is None:
                after = message.as_json()
                more: dict[str, Any] = {"message": after, "previous_message": before}
                self._hidden("message_changed", message, more)
            case Deleted(message) if message.seen_only_by is None:
                more = {"deleted_ts": message.ts, "previous_message": message.as_json()}
                self._hidden("message_deleted", message, more)
            case ProfileChanged(user):
                self._profile(user)
            case Uninstalled(installation):
                self._tell(installation, "app_uninstalled", {"type": "app_uninstalled"})
            case Revoked(installation):
                self._revoked(installation)

    def home_opened(self, installation: Installation, user: User) -> Delivery | None:
        """https://docs.slack.dev/reference/events/app_home_opened"""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": installation.workspace.dm(user, installation.bot_user).id,
            "tab": "home",
        }
        view = user.home.get(installation.app.id)
        if view is not None:
            event["view"] = view.as_json()
        return self._tell(installation, "app_home_opened", event)

    def _said(self, message: Message) -> None:
        channel = message.channel
        event = {
            **self._basics(message),
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": _TYPES[channel.kind],
            **self._more,
        }
        event = {key: value for key, value in event.items() if value is not None}
        for installation in self._there(channel):
            self._tell(installation, f"message.{_NAMES[channel.kind]}", event)
            bot = installation.bot_user
            named = f"<@{bot.id}>" in message.text
            if named and message.author is not bot and channel.kind != "im":
                mention = {**event, "type": "app_mention"}
                del mention["channel_type"]
                self._tell(installation, "app_mention", mention)

    def _basics(self, message: Message) -> dict[str, Any]:
        # An app would need a scope of its own to be told the metadata of messages.
        said = message.as_json(metadata=False)
        if message.app is None and not message.author.is_bot:
            # https://docs.slack.dev/reference/events/message: made by the client of a person.
            name = uuid.uuid5(uuid.NAMESPACE_OID, f"{message.channel.id} {message.ts}")
            said = {"client_msg_id": str(name), **said}
        return said

    def _hidden(self, subtype: str, message: Message, more: Mapping[str, Any]) -> None:
        """https://docs.slack.dev/reference/events/message/message_changed, …/message_deleted"""
        channel, now = message.channel, self._now()
        event = {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "ts": now,
            "event_ts": now,
            "channel_type": _TYPES[channel.kind],
            **more,
        }
        for installation in self._there(channel):
            self._tell(installation, f"message.{_NAMES[channel.kind]}", event)

    def _profile(self, user: User) -> None:
        """https://docs.slack.dev/reference/events/user_change"""
        event = {
            "type": "user_change",
            "user": user.as_json(self._slack.now()),
            "cache_ts": int(self._slack.now()),
        }
        for app in list(self._slack.apps.values()):
            installation = app.installations.get(user.workspace.id)
            if installation is not None and installation.active:
                self._tell(installation, "user_change", event)

    def _revoked(self, installation: Installation) -> None:
        """https://docs.slack.dev/reference/events/tokens_revoked"""
        tokens = {"oauth": [], "bot": [installation.bot_user.id]}
        self._tell(installation, "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})

    def _there(self, channel: Channel) -> Iterator[Installation]:
        """The apps whose bot is a member."""
        for app in list(self._slack.apps.values()):
            found = app.installations.get(channel.workspace.id)
            if found is not None and found.active and found.bot_user.id in channel.members:
                yield found

    def _tell(
        self, installation: Installation, name: str, event: Mapping[str, Any]
    ) -> Delivery | None:
        """None if the app is not subscribed to it, or lacks the scope."""
        app = installation.app
        scope = EVENT_SCOPES[name]
        if name not in app.manifest.bot_events:
            return None
        if scope and scope not in installation.scopes:
            return None
        return self._deliveries.send(app, self._callback(installation, event))

    def _callback(self, installation: Installation, event: Mapping[str, Any]) -> dict[str, Any]:
        """https://docs.slack.dev/apis/events-api/#callback-field"""
        app, team, number = installation.app, installation.workspace.id, next(self._numbers)
        authorization = {
            "enterprise_id": None,
            "team_id": team,
            "user_id": installation.bot_user.id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": app.verification_token,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": {"event_ts": self._now(), **event},
            "type": "event_callback",
            "event_id": f"Ev{number:09}",
            "event_time": int(self._slack.now()),
            "authorizations": [authorization] if installation.active else [],
            "is_ext_shared_channel": False,
            "event_context": f"4-double-{number}",
        }

    def _now(self) -> str:
        return self._slack.world.timestamp()
