"""The payloads of commands and interactions, as Slack makes them.

https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from typing import Any

from tests.servers.slack.apps import App
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.opened import View
from tests.servers.slack.users import User

Payload = dict[str, Any]


def command(
    app: App, user: User, channel: Channel, name: str, text: str, trigger: str, url: str
) -> Payload:
    """https://docs.slack.dev/interactivity/implementing-slash-commands/#app_command_handling"""
    team = user.workspace
    return {
        "token": app.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    }


def pressed_on_message(
    app: App, user: User, message: Message, actions: list[Payload], state: Payload, trigger: str,
    url: str,
) -> Payload:  # fmt: skip
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload

    Of a message that one person alone sees nothing but its place is told: "message" is missing.
    """
    alone = message.seen_only_by is not None
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel.id,
        "is_ephemeral": alone,
    }
    if message.thread_ts is not None:
        container["thread_ts"] = message.thread_ts
    return {
        **_pressed(app, user, trigger),
        "container": container,
        "channel": _channel(message.channel),
        **({} if alone else {"message": message.as_json()}),
        "state": {"values": state},
        "response_url": url,
        "actions": actions,
    }


def pressed_on_view(
    app: App, user: User, view: View, actions: list[Payload], trigger: str
) -> Payload:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    return {
        **_pressed(app, user, trigger),
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_json(),
        "actions": actions,
    }


def _pressed(app: App, user: User, trigger: str) -> Payload:
    return {
        "type": "block_actions",
        **_common(app, user),
        "trigger_id": trigger,
    }


def submitted(app: App, user: User, view: View, trigger: str) -> Payload:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    return {
        "type": "view_submission",
        **_common(app, user),
        "trigger_id": trigger,
        "view": view.as_json(),
        "response_urls": [],
    }


def closed(app: App, user: User, view: View, cleared: bool) -> Payload:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    return {
        "type": "view_closed",
        **_common(app, user),
        "view": view.as_json(),
        "is_cleared": cleared,
    }


def message_shortcut(
    app: App, user: User, message: Message, callback: str, trigger: str, url: str, at: float
) -> Payload:
    """https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    return {
        "type": "message_action",
        **_common(app, user),
        "action_ts": f"{at:.6f}",
        "callback_id": callback,
        "trigger_id": trigger,
        "response_url": url,
        "channel": _channel(message.channel),
        "message_ts": message.ts,
        "message": message.as_json(),
    }


def global_shortcut(app: App, user: User, callback: str, trigger: str, at: float) -> Payload:
    """https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    return {
        "type": "shortcut",
        **_common(app, user),
        "action_ts": f"{at:.6f}",
        "callback_id": callback,
        "trigger_id": trigger,
    }


def _common(app: App, user: User) -> Mapping[str, Any]:
    team = user.workspace
    return {
        "user": {
            "id": user.id, "username": user.name, "name": user.name, "team_id": team.id,
        },
        "api_app_id": app.id,
        "token": app.verification_token,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }  # fmt: skip


def _channel(channel: Channel) -> Payload:
    return {"id": channel.id, "name": channel_name(channel)}


def channel_name(channel: Channel) -> str:
    """https://docs.slack.dev/interactivity/implementing-slash-commands/: not every name is told."""
    match channel.kind:
        case "im":
            return "directmessage"
        case "private":
            return "privategroup"
        case _:
            return channel.name
