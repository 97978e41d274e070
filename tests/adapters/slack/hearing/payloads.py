"""Payloads as Slack sends them (https://docs.slack.dev/reference/interaction-payloads and
.../reference/events), with as much beside what is read as there is in fact."""

from typing import Any

Payload = dict[str, Any]

TEAM, ADA, BOT, CHANNEL, DM = "T01", "U07", "U0BOT", "C07", "D07"
TS, TRIGGER, URL = (
    "1700000000.000100",
    "13345224609.738474920.8088930838d",
    "https://hooks.example/1",
)
_COMMON: Payload = {
    "token": "secret", "api_app_id": "A01", "enterprise": None, "is_enterprise_install": False,
    "team": {"id": TEAM, "domain": "folsom"},
    "user": {"id": ADA, "username": "ada", "name": "ada", "team_id": TEAM},
    "trigger_id": TRIGGER,
}  # fmt: skip


def slash(text: str = "next Marina", **more: Any) -> Payload:
    return {
        "token": "secret", "team_id": TEAM, "team_domain": "folsom", "channel_id": CHANNEL,
        "channel_name": "summit", "user_id": ADA, "user_name": "ada", "command": "/summit",
        "text": text, "api_app_id": "A01", "is_enterprise_install": "false", "response_url": URL,
        "trigger_id": TRIGGER, **more,
    }  # fmt: skip


def event(inner: Payload, id: str = "Ev01", **more: Any) -> Payload:
    return {
        "token": "secret", "team_id": TEAM, "api_app_id": "A01", "event": inner,
        "type": "event_callback", "event_id": id, "event_time": 1700000000,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True,
             "is_enterprise_install": False},
        ],
        "is_ext_shared_channel": False, "event_context": "4-x", **more,
    }  # fmt: skip


def message(text: str = "next", **more: Any) -> Payload:
    """In the chat with the bot."""
    return {
        "type": "message", "user": ADA, "ts": TS, "text": text, "channel": DM, "channel_type": "im",
        "team": TEAM, "client_msg_id": "c", "event_ts": TS, "blocks": [], **more,
    }  # fmt: skip


def mention(text: str = f"<@{BOT}> next", **more: Any) -> Payload:
    """In a channel."""
    return {
        "type": "app_mention", "user": ADA, "ts": TS, "text": text, "channel": CHANNEL,
        "team": TEAM, "event_ts": TS, "blocks": [], **more,
    }  # fmt: skip


def home_opened(tab: str = "home") -> Payload:
    return {"type": "app_home_opened", "user": ADA, "channel": DM, "tab": tab, "event_ts": TS}


def user_change(**user: Any) -> Payload:
    return {"type": "user_change", "user": {"id": ADA, "team_id": TEAM, **user}, "event_ts": TS}


def pressed(action: Payload | None = None, **more: Any) -> Payload:
    """On a message in a channel, which everybody sees."""
    return {
        "type": "block_actions", **_COMMON, "response_url": URL,
        "container": {"type": "message", "message_ts": TS, "channel_id": CHANNEL,
                      "is_ephemeral": False},
        "channel": {"id": CHANNEL, "name": "summit"},
        "message": {"type": "message", "ts": TS, "user": BOT, "blocks": []},
        "state": {"values": {}},
        "actions": [action or button()],
        **more,
    }  # fmt: skip


def pressed_alone(action: Payload | None = None, **more: Any) -> Payload:
    """On a message that one person alone sees: nothing is told of it but its place."""
    found = pressed(action, **more)
    found["container"] = {**found["container"], "is_ephemeral": True}
    del found["message"]
    return found


def pressed_in(view: Payload, action: Payload | None = None) -> Payload:
    return {
        "type": "block_actions", **_COMMON, "container": {"type": "view", "view_id": view["id"]},
        "view": view, "actions": [action or button()],
    }  # fmt: skip


def button(value: str | None = "bookmark 42", action: str = "bookmark-42") -> Payload:
    held = {} if value is None else {"value": value}
    return {"type": "button", "action_id": action, "block_id": "b", "action_ts": "1", **held}


def view(kind: str, **more: Any) -> Payload:
    return {
        "id": "V01", "team_id": TEAM, "type": kind, "hash": "1.a", "private_metadata": "kept",
        "callback_id": "details", "state": {"values": {}}, "blocks": [], "root_view_id": "V01",
        "app_id": "A01", **more,
    }  # fmt: skip


def submitted(values: Payload) -> Payload:
    shown = view("modal", state={"values": values})
    return {"type": "view_submission", **_COMMON, "view": shown, "response_urls": []}


def shortcut(text: Any = "See [42] &amp; you", **more: Any) -> Payload:
    return {
        "type": "message_action", **_COMMON, "callback_id": "bookmark_in_message",
        "action_ts": "1.0", "response_url": URL, "channel": {"id": CHANNEL, "name": "summit"},
        "message_ts": TS, "message": {"type": "message", "ts": TS, "user": "U08", "text": text},
        **more,
    }  # fmt: skip
