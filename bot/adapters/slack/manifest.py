"""The app manifest: what Slack has to know of the app, for the settings in force."""

from typing import Any

from bot.adapters.slack.events import (
    BOT_EVENTS,
    BOT_SCOPES,
    EVENTS_PATH,
    REDIRECT_PATH,
    SHORTCUT,
)
from bot.adapters.slack.settings import Slack

_DESCRIPTION = "The programme of the conference: what is on, what comes next, and reminders."
_LONG_DESCRIPTION = (
    "Ask what is on now, what comes next in a room, and which sessions somebody leads. Bookmark"
    " sessions with a press of a button: a few minutes before one of them starts, and whenever it"
    " moves or is cancelled, the bot writes you a direct message. Your agenda is on its Home tab."
)
_STAND_IN = "not known yet"


def manifest(settings: Slack, http_url: str | None = None) -> dict[str, Any]:
    """The manifest of an app that Slack reaches below `http_url`; without one it is reached over
    Socket Mode (https://docs.slack.dev/reference/app-manifest)."""
    calls = {} if http_url is None else {"request_url": http_url + EVENTS_PATH}
    command: dict[str, Any] = {
        "command": settings.command,
        "description": _DESCRIPTION,
        "usage_hint": "next Marina · lead Thierry · help",
        # People and channels of Slack mean nothing to the programme: names come as they were typed.
        "should_escape": False,
    }
    if http_url is not None:
        command["url"] = http_url + EVENTS_PATH
    oauth: dict[str, Any] = {"scopes": {"bot": list(BOT_SCOPES)}}
    if settings.installs:
        oauth["redirect_urls"] = [f"{settings.public_url}{REDIRECT_PATH}"]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": settings.display_name,
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": settings.display_name, "always_online": True},
            "shortcuts": [
                {
                    "name": "Bookmark a session",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Bookmark a session that this message is about",
                }
            ],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**calls, "bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **calls},
            # An organisation (Enterprise Grid) may install it in all of its workspaces at once.
            "org_deploy_enabled": settings.installs,
            "socket_mode_enabled": http_url is None,
            "token_rotation_enabled": False,
        },
    }


def with_stand_ins(given: Any, http_url: str | None = None) -> Any:
    """A table of settings, or a list of them, in which something stands for each secret that is
    missing: Slack makes them for an app that exists. It is for several workspaces if anything in it
    says so; they reach it below `http_url` if it does not say where."""
    if isinstance(given, list):
        return [with_stand_ins(table, http_url) for table in given]
    if not isinstance(given, dict):
        return given  # which is no table, and will be refused
    several = any(key in given for key in ("client_id", "client_secret", "token_key"))
    missing = ["app_token", "signing_secret"]
    missing += ["client_id", "client_secret", "token_key"] if several else ["bot_token"]
    reached = {"public_url": http_url} if several and http_url is not None else {}
    return dict.fromkeys(missing, _STAND_IN) | reached | given
