"""The commands that prepare an app on Slack, before there is one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.cli import main
from tests.servers.slack.manifest import Manifest, read_manifest
from tests.test_config import _clean_environment

__all__ = ["_clean_environment"]

Captured = pytest.CaptureFixture[str]


def printed(captured: Captured, *arguments: str) -> Manifest:
    assert main(["slack", "manifest", *arguments]) == 0
    said = captured.readouterr()
    assert said.err == ""
    made: dict[str, Any] = json.loads(said.out)
    return read_manifest(made)


def refused(captured: Captured, *arguments: str) -> str:
    assert main(["slack", "manifest", *arguments]) == 1
    said = captured.readouterr()
    assert said.out == ""
    return said.err.removeprefix("summit-bot: ").rstrip("\n")


def config(folder: Path, text: str) -> str:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_manifest_needs_no_settings_and_no_tokens(capsys: Captured) -> None:
    made = printed(capsys)
    assert (made.name, list(made.commands), made.socket_mode) == ("Summit Bot", ["/summit"], True)


def test_it_needs_no_library_that_speaks_slack() -> None:
    script = (
        "import sys; from bot.cli import main; main(['slack', 'manifest'])\n"
        "loaded = {'slack_sdk', 'slack_bolt', 'aiohttp', 'nio'} & set(sys.modules)\n"
        "sys.exit(', '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)


def test_it_is_for_the_settings_in_force(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config(tmp_path, "[slack]\ncommand = '/folsom'\ndisplay_name = 'Folsom'\n")
    monkeypatch.setenv("SUMMIT_BOT_SLACK__DISPLAY_NAME", "Folsom Bot")
    made = printed(capsys, "--config", file)
    assert (made.name, list(made.commands)) == ("Folsom Bot", ["/folsom"])


def test_what_is_missing_of_other_networks_does_not_matter(
    tmp_path: Path, capsys: Captured
) -> None:
    file = config(tmp_path, "[matrix]\nuser_id = '@bot:example.org'\n[slack]\ncommand = '/x'\n")
    assert list(printed(capsys, "--config", file).commands) == ["/x"]


def test_over_http_it_names_where_slack_reaches_the_bot(tmp_path: Path, capsys: Captured) -> None:
    comes_to = "https://bot.example.org/slack/events"
    made = printed(capsys, "--http", "https://bot.example.org/")
    assert (made.socket_mode, made.events_url) == (False, comes_to)
    http = "[slack]\nmode = 'http'\n"
    assert refused(capsys, "--config", config(tmp_path, http)) == (
        'mode = "http" needs --http with the URL that Slack reaches, like https://bot.example.org'
    )
    known = config(tmp_path, f"{http}public_url = 'https://bot.example.org'\n")
    assert printed(capsys, "--config", known).events_url == comes_to
    assert refused(capsys, "--http", "http://bot.example.org") == (
        "--http takes a URL that Slack reaches, like https://bot.example.org"
    )


def test_for_several_workspaces_it_says_where_people_come_back_to(
    tmp_path: Path, capsys: Captured
) -> None:
    file = config(tmp_path, "[slack]\ntoken_key = 'key'\npublic_url = 'https://bot.example.org'\n")
    made = printed(capsys, "--config", file)
    assert made.redirect_urls == ("https://bot.example.org/slack/oauth_redirect",)
    assert made.socket_mode


def test_of_several_apps_one_is_named(tmp_path: Path, capsys: Captured) -> None:
    file = config(
        tmp_path,
        "[[slack]]\nname = 'folsom'\ncommand = '/folsom'\n"
        "[[slack]]\nname = 'hall'\ncommand = '/hall'\n",
    )
    assert list(printed(capsys, "--config", file, "--name", "hall").commands) == ["/hall"]
    assert refused(capsys, "--config", file) == "which one? Say --name with one of folsom, hall"
    assert refused(capsys, "--config", file, "--name", "lobby") == (
        "there is no app 'lobby' in [slack], only folsom, hall"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[slack]\ncommand = '/remind'\n",
            "slack.command: /remind is Slack's own: choose another.",
        ),
        ("[slack]\ncolour = 'red'\n", "slack.colour: there is no such key."),
        ("slack = 3\n", "slack must be a table, like [slack]."),
        ("slack = [3]\n", "slack must be a table, like [slack]."),
        ("[slack", None),
    ],
)
def test_settings_that_cannot_be_used_are_said_in_one_sentence(
    tmp_path: Path, capsys: Captured, text: str, said: str | None
) -> None:
    file = config(tmp_path, text)
    sentence = refused(capsys, "--config", file)
    assert "\n" not in sentence
    if said is not None:
        assert sentence == f"{file}: {said}"


def test_a_key_is_new_each_time_and_can_be_used(capsys: Captured) -> None:
    assert main(["slack", "key"]) == 0
    assert main(["slack", "key"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first != second
    assert Fernet(second).decrypt(Fernet(second).encrypt(b"xoxb-1")) == b"xoxb-1"
