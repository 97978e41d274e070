"""Manifests that Slack would not make an app of."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.servers.slack.manifest import InvalidManifest, Shortcut, SlashCommand, read_manifest
from tests.servers_tests.slack.calling import SCOPES, manifest

Change = Callable[[dict[str, Any]], None]


def _set(path: str, value: Any) -> Change:
    def change(made: dict[str, Any]) -> None:
        *way, last = path.split("/")
        for key in way:
            made = made[int(key)] if isinstance(made, list) else made.setdefault(key, {})
        made[last] = value

    return change


def _without(path: str) -> Change:
    def change(made: dict[str, Any]) -> None:
        *way, last = path.split("/")
        for key in way:
            made = made[key]
        del made[last]

    return change


def _command(**keys: Any) -> Change:
    return _set("features/slash_commands", [{"command": "/x", "description": "x", **keys}])


def _shortcut(**keys: Any) -> Change:
    given = {"name": "x", "type": "message", "callback_id": "x", "description": "x", **keys}
    return _set("features/shortcuts", [given])


def test_a_manifest_is_read() -> None:
    read = read_manifest(manifest())
    assert (read.name, read.bot_name, read.bot_scopes) == (
        "Summit Bot", "Summit Bot", frozenset(SCOPES),
    )  # fmt: skip
    assert read.bot_events == {"app_mention", "message.im"}
    assert read.commands == {"/summit": SlashCommand("/summit", "The programme", None, "", False)}
    assert read.shortcuts == {"bookmark": Shortcut("Bookmark", "message", "bookmark")}
    assert (read.socket_mode, read.interactivity, read.home_tab) == (True, True, True)
    assert (read.messages_tab, read.messages_tab_read_only) == (True, False)
    assert read.redirect_urls == ("https://bot.example.org/slack",)


def test_a_manifest_needs_a_name_alone() -> None:
    assert read_manifest({"display_information": {"name": "x"}}).bot_scopes == frozenset()


EVENTS = "/settings/event_subscriptions"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_without("display_information"), "missing required field: display_information"),
        (_set("surprise", 1), "invalid additional property: surprise"),
        (_set("features/surprise", 1), "invalid additional property: surprise"),
        (_set("settings/surprise", 1), "invalid additional property: surprise"),
        (_set("display_information/name", "x" * 36), "must be less than 36 characters"),
        (_set("display_information/description", "x" * 141), "must be less than 141 characters"),
        (_set("display_information/long_description", "x"), "must be more than 174 characters"),
        (_set("display_information/background_color", "red!"), "must match the pattern"),
        (_set("features/bot_user/display_name", "x" * 81), "must be less than 81 characters"),
        (_set("features/app_home/home_tab_enabled", "yes"), "must provide a boolean"),
        (_command(command="summit"), "must match the pattern"),
        (_command(command="/" + "x" * 32), "must be less than 33 characters"),
        (_command(description=""), "must be more than 0 characters"),
        (_command(usage_hint="x" * 1001), "must be less than 1001 characters"),
        (_command(url="ftp://x"), "must match the pattern"),
        (_set("features/slash_commands", []), "no fewer than 1 items allowed"),
        (_shortcut(name="x" * 25), "must be less than 25 characters"),
        (_shortcut(type="user"), "must be one of: message, global"),
        (_shortcut(callback_id="x" * 256), "must be less than 256 characters"),
        (_shortcut(description="x" * 151), "must be less than 151 characters"),
        (_set(EVENTS[1:] + "/bot_events", ["app_mention"] * 2), "the same item twice"),
        (_set(EVENTS[1:] + "/bot_events", ["message.nowhere"]), "unknown event: message.nowhere"),
        (_set("oauth_config/scopes/bot", ["chat:shout"]), "unknown scope: chat:shout"),
        (_without("features/bot_user"), "bot scopes need a bot_user"),
        (_set("settings/interactivity", {}), "missing required field: is_enabled"),
        (_set("settings/interactivity/is_enabled", False), "shortcuts need interactivity"),
    ],
)  # fmt: skip
def test_what_the_schema_forbids_is_refused(change: Change, problem: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(manifest(change))
    assert problem in str(caught.value)


def test_an_event_needs_its_scope() -> None:
    change = _set("oauth_config/scopes/bot", ["app_mentions:read", "commands"])
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(manifest(change))
    assert caught.value.problems == [
        f"message.im needs the scope im:history [json-pointer:{EVENTS}/bot_events/1]"
    ]


def test_commands_and_shortcuts_need_the_scope_commands() -> None:
    change = _set("oauth_config/scopes/bot", ["app_mentions:read", "im:history"])
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(manifest(change))
    assert caught.value.problems == [
        "slash commands and shortcuts need the scope commands [json-pointer:/oauth_config]"
    ]


def test_a_command_and_a_callback_id_are_there_once() -> None:
    def twice(made: dict[str, Any]) -> None:
        made["features"]["slash_commands"] *= 2
        made["features"]["shortcuts"] *= 2

    with pytest.raises(InvalidManifest) as caught:
        read_manifest(manifest(twice))
    assert caught.value.problems == [
        "a command is there twice [json-pointer:/features/slash_commands]",
        "a callback_id is there twice [json-pointer:/features/shortcuts]",
    ]


def test_without_socket_mode_everything_needs_a_url() -> None:
    change = _set("settings/socket_mode_enabled", False)
    with pytest.raises(InvalidManifest) as caught:
        read_manifest(manifest(change))
    assert caught.value.problems == [
        f"missing required field: request_url [json-pointer:{EVENTS}]",
        "missing required field: request_url [json-pointer:/settings/interactivity]",
        "missing required field: url [json-pointer:/features/slash_commands/0]",
    ]


def test_with_urls_it_needs_no_socket_mode() -> None:
    def change(made: dict[str, Any]) -> None:
        url = "https://bot.example.org/slack/events"
        made["settings"]["socket_mode_enabled"] = False
        made["settings"]["event_subscriptions"]["request_url"] = url
        made["settings"]["interactivity"]["request_url"] = url
        made["features"]["slash_commands"][0]["url"] = url

    assert read_manifest(manifest(change)).commands["/summit"].url is not None
