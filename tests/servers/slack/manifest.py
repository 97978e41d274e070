"""App manifests: refused where Slack's schema refuses them, and read.

https://docs.slack.dev/reference/app-manifest, and its schema at slackapi/manifest-schema. What no
app of this kind has (functions, workflows, datastores, …) is an unknown key here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from tests.servers.slack.blocks.checks import (
    Check,
    array,
    boolean,
    document,
    integer,
    one_of,
    problem,
    string,
)
from tests.servers.slack.scopes import BOT_SCOPES, EVENT_SCOPES

_REQUEST_URL = string(3500, 1, r"https?://.*")
_SCOPES = array(string(50, 1), 255)
_EVENTS = array(string(50, 1), 100, unique=True)
_COMMAND = document(
    {
        # A slash command's name has no capitals and no blanks: assumed from the form at
        # https://docs.slack.dev/interactivity/implementing-slash-commands; the schema asks for "/".
        "command": string(32, 2, r"/[^\sA-Z/]+"),
        "url": string(3000, 1, r"https?://.*"),
        "description": string(2000, 1),
        "usage_hint": string(1000, 1),
        "should_escape": boolean,
    },
    ("command", "description"),
)
_SHORTCUT = document(
    {
        "name": string(24, 1),
        "type": one_of("message", "global"),
        "callback_id": string(255, 1),
        "description": string(150, 1),
    },
    ("name", "type", "callback_id", "description"),
)


def _color(value: Any, pointer: str, problems: list[str]) -> None:
    string(7, 4, r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")(value, pointer, problems)


_DISPLAY = document(
    {
        "name": string(35, 1),
        "description": string(140, 1),
        "background_color": _color,
        "long_description": string(4000, 175),
    },
    ("name",),
)
_FEATURES = document({
    "app_home": document({
        "home_tab_enabled": boolean,
        "messages_tab_enabled": boolean,
        "messages_tab_read_only_enabled": boolean,
    }),
    "bot_user": document(
        {"display_name": string(80, 1, r"[\w .'-]+"), "always_online": boolean}, ("display_name",)
    ),
    "shortcuts": array(_SHORTCUT, 10, 1),
    "slash_commands": array(_COMMAND, 50, 1),
    "unfurl_domains": array(string()),
})  # fmt: skip
_OAUTH = document({
    "redirect_urls": array(string(2500), 1000, unique=True),
    "scopes": document({
        "bot": _SCOPES, "user": _SCOPES, "bot_optional": _SCOPES, "user_optional": _SCOPES
    }),
    "token_management_enabled": boolean,
    "pkce_enabled": boolean,
})  # fmt: skip
_SETTINGS = document({
    "allowed_ip_address_ranges": array(string(), 10, 1),
    "event_subscriptions": document({
        "request_url": _REQUEST_URL, "bot_events": _EVENTS, "user_events": _EVENTS,
    }),
    "interactivity": document(
        {
            "is_enabled": boolean, "request_url": _REQUEST_URL,
            "message_menu_options_url": _REQUEST_URL,
        },
        ("is_enabled",),
    ),
    "org_deploy_enabled": boolean,
    "socket_mode_enabled": boolean,
    "token_rotation_enabled": boolean,
    "is_hosted": boolean,
})  # fmt: skip
_MANIFEST: Check = document(
    {
        "$schema": string(),
        "_metadata": document({
            "schema_version": integer(), "min_version": integer(), "major_version": integer(1, 2),
            "minor_version": integer(),
        }),
        "display_information": _DISPLAY,
        "features": _FEATURES,
        "oauth_config": _OAUTH,
        "settings": _SETTINGS,
    },
    ("display_information",),
    lambda value, pointer, problems: _together(value, pointer, problems),
)  # fmt: skip


class InvalidManifest(Exception):
    """Slack would not make an app of it; one sentence a problem, with where it is."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """`url` is None where the app is heard over Socket Mode."""

    command: str
    description: str
    url: str | None
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str
    type: Literal["message", "global"]
    callback_id: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the app is set up for."""

    raw: Mapping[str, Any]
    name: str
    bot_name: str | None
    bot_scopes: frozenset[str]
    bot_events: frozenset[str]
    commands: Mapping[str, SlashCommand]
    shortcuts: Mapping[str, Shortcut]
    socket_mode: bool
    interactivity: bool
    interactivity_url: str | None
    events_url: str | None
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    redirect_urls: tuple[str, ...]


def read_manifest(raw: Mapping[str, Any]) -> Manifest:
    """Raises `InvalidManifest`."""
    problems: list[str] = []
    _MANIFEST(raw, "", problems)
    if problems:
        raise InvalidManifest(problems)
    features, settings = raw.get("features", {}), raw.get("settings", {})
    home, bot = features.get("app_home", {}), features.get("bot_user", {})
    events, interactivity = (
        settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    )  # fmt: skip
    oauth = raw.get("oauth_config", {})
    commands = [
        SlashCommand(
            one["command"], one["description"], one.get("url"), one.get("usage_hint", ""),
            one.get("should_escape", False),
        )
        for one in features.get("slash_commands", [])
    ]  # fmt: skip
    shortcuts = [
        Shortcut(one["name"], cast(Literal["message", "global"], one["type"]), one["callback_id"])
        for one in features.get("shortcuts", [])
    ]
    return Manifest(
        raw=raw,
        name=raw["display_information"]["name"],
        bot_name=bot.get("display_name"),
        bot_scopes=frozenset(oauth.get("scopes", {}).get("bot", ())),
        bot_events=frozenset(events.get("bot_events", ())),
        commands={one.command: one for one in commands},
        shortcuts={one.callback_id: one for one in shortcuts},
        socket_mode=settings.get("socket_mode_enabled", False),
        interactivity=interactivity.get("is_enabled", False),
        interactivity_url=interactivity.get("request_url"),
        events_url=events.get("request_url"),
        home_tab=home.get("home_tab_enabled", False),
        # Assumed: whoever says nothing of it gets a Messages tab that nobody can write in.
        messages_tab=home.get("messages_tab_enabled", True),
        messages_tab_read_only=home.get("messages_tab_read_only_enabled", True),
        redirect_urls=tuple(oauth.get("redirect_urls", ())),
    )


def _together(value: dict[str, Any], pointer: str, problems: list[str]) -> None:
    """What the schema cannot say, and Slack checks when the app is made."""
    features, settings = value.get("features", {}), value.get("settings", {})
    events, interactivity = (
        settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    )  # fmt: skip
    scopes = value.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    socket = settings.get("socket_mode_enabled", False)
    commands = features.get("slash_commands", [])
    if len({one["command"] for one in commands}) < len(commands):
        problem(problems, "a command is there twice", "/features/slash_commands")
    shortcuts = features.get("shortcuts", [])
    if len({one["callback_id"] for one in shortcuts}) < len(shortcuts):
        problem(problems, "a callback_id is there twice", "/features/shortcuts")
    if scopes and "bot_user" not in features:
        problem(problems, "bot scopes need a bot_user", "/features/bot_user")
    for at, scope in enumerate(scopes):
        if scope not in BOT_SCOPES:
            problem(problems, f"unknown scope: {scope}", f"/oauth_config/scopes/bot/{at}")
    # https://docs.slack.dev/reference/scopes/commands: commands and shortcuts need it.
    if (commands or shortcuts) and "commands" not in scopes:
        problem(problems, "slash commands and shortcuts need the scope commands", "/oauth_config")
    # https://docs.slack.dev/reference/events: each event's page names the scopes it needs.
    for at, event in enumerate(events.get("bot_events", [])):
        where = f"/settings/event_subscriptions/bot_events/{at}"
        if event not in EVENT_SCOPES:
            problem(problems, f"unknown event: {event}", where)
        elif EVENT_SCOPES[event] and EVENT_SCOPES[event] not in scopes:
            problem(problems, f"{event} needs the scope {EVENT_SCOPES[event]}", where)
    # https://docs.slack.dev/interactivity: shortcuts and components are part of interactivity.
    if shortcuts and not interactivity.get("is_enabled"):
        problem(problems, "shortcuts need interactivity", "/settings/interactivity")
    # https://docs.slack.dev/apis/events-api/using-socket-mode: without it everything needs a URL.
    if not socket:
        if events.get("bot_events") and "request_url" not in events:
            problem(problems, "missing required field: request_url",
                    "/settings/event_subscriptions")  # fmt: skip
        if interactivity.get("is_enabled") and "request_url" not in interactivity:
            problem(problems, "missing required field: request_url", "/settings/interactivity")
        for at, one in enumerate(commands):
            if "url" not in one:
                problem(problems, "missing required field: url", f"/features/slash_commands/{at}")
