"""The manifest: what Slack takes, with the scopes that are used and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.adapters.slack
from bot.adapters.slack.events import (
    APP_METHODS,
    BOT_EVENTS,
    BOT_SCOPES,
    EVENTS,
    METHODS,
    SHORTCUT,
)
from bot.adapters.slack.manifest import manifest, with_stand_ins
from bot.adapters.slack.settings import Slack
from tests.servers.slack.manifest import InvalidManifest, read_manifest
from tests.servers.slack.scopes import EVENT_SCOPES

URL = "https://bot.example.org/summit"
OF_THE_LIBRARY = {"oauth.v2.access"}
_METHOD = re.compile(r"(apps|auth|chat|conversations|oauth|users|views)(\.[a-zA-Z0-9]+)+")


def slack(**table: Any) -> Slack:
    return Slack(**with_stand_ins(table))


SEVERAL = {"client_id": "1.2", "public_url": "https://bot.example.org"}


@pytest.mark.parametrize("table", [{}, SEVERAL, {"mode": "http"}, {"display_name": "a" * 35}])
@pytest.mark.parametrize("url", [None, URL])
def test_slack_takes_it(table: dict[str, Any], url: str | None) -> None:
    read_manifest(manifest(slack(**table), url))


def test_what_slack_does_not_take_would_be_seen() -> None:
    made = manifest(slack())
    made["features"]["shortcuts"][0]["name"] = "Bookmark a session in this message"
    with pytest.raises(InvalidManifest, match="features/shortcuts/0/name"):
        read_manifest(made)


def test_over_socket_mode_it_needs_no_address() -> None:
    made = read_manifest(manifest(slack()))
    assert made.socket_mode
    assert (made.events_url, made.interactivity_url) == (None, None)
    assert [command.url for command in made.commands.values()] == [None]
    assert made.redirect_urls == ()


def test_over_http_everything_comes_to_one_address() -> None:
    made = read_manifest(manifest(slack(), URL))
    assert not made.socket_mode
    comes_to = f"{URL}/slack/events"
    assert (made.events_url, made.interactivity_url) == (comes_to, comes_to)
    assert [command.url for command in made.commands.values()] == [comes_to]


def test_where_it_is_installed_people_come_back_to_the_public_address() -> None:
    made = read_manifest(manifest(slack(**SEVERAL)))
    assert made.redirect_urls == ("https://bot.example.org/slack/oauth_redirect",)


def test_who_may_install_it_may_do_so_for_a_whole_organisation() -> None:
    made = [manifest(slack(**table))["settings"] for table in ({}, SEVERAL)]
    assert [settings["org_deploy_enabled"] for settings in made] == [False, True]


def test_it_is_called_as_configured() -> None:
    made = read_manifest(manifest(slack(command="/folsom", display_name="Folsom")))
    assert (made.name, made.bot_name, list(made.commands)) == ("Folsom", "Folsom", ["/folsom"])


def test_people_see_a_home_tab_a_chat_they_can_write_in_and_a_shortcut() -> None:
    made = read_manifest(manifest(slack()))
    assert (made.home_tab, made.messages_tab, made.messages_tab_read_only) == (True, True, False)
    assert made.interactivity
    assert [(s.name, s.type) for s in made.shortcuts.values()] == [
        ("Bookmark a session", "message")
    ]
    assert list(made.shortcuts) == [SHORTCUT]
    [command] = made.commands.values()
    assert not command.should_escape


def test_the_whole_manifest() -> None:
    made = manifest(slack())
    assert made["settings"] == {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "app_uninstalled",
                "message.im",
                "tokens_revoked",
                "user_change",
            ]
        },
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": True,
        "token_rotation_enabled": False,
    }
    assert made["oauth_config"] == {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "chat:write",
                "commands",
                "groups:history",
                "im:history",
                "im:write",
                "users:read",
            ]
        }
    }


def sources() -> Iterator[ast.Module]:
    [folder] = bot.adapters.slack.__path__
    for file in sorted(Path(folder).rglob("*.py")):
        if file.name != "events.py":
            yield ast.parse(file.read_text(encoding="utf-8"))


def called() -> set[str]:
    """The names of methods that stand in the adapter's code."""
    return {
        node.value
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _METHOD.fullmatch(node.value)
    }


def test_every_method_that_is_called_has_its_scopes_and_no_other_is_named() -> None:
    assert called() | OF_THE_LIBRARY == METHODS.keys() | APP_METHODS.keys()


def test_the_scopes_are_those_of_what_is_called_and_heard() -> None:
    used = {scope for method in called() for scope in METHODS.get(method, ())}
    heard = {EVENT_SCOPES[event] for event in BOT_EVENTS} - {""}
    assert used | heard | {"commands"} == set(BOT_SCOPES)
    assert manifest(slack())["oauth_config"]["scopes"]["bot"] == sorted(used | heard | {"commands"})


def test_the_events_need_what_slack_says_they_need() -> None:
    assert {event: "".join(needs) for event, needs in EVENTS.items()} == {
        event: EVENT_SCOPES[event] for event in BOT_EVENTS
    }


def test_secrets_that_do_not_exist_yet_are_stood_in_for() -> None:
    assert not slack().installs
    assert not slack(mode="http").installs
    assert slack(token_key="key", public_url="https://bot.example.org").installs
    assert with_stand_ins({"token_key": "key"}, URL)["public_url"] == URL
    kept = {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "geheim"}
    assert with_stand_ins(kept, URL) == kept
