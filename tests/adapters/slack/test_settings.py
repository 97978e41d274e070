"""What `[slack]` may say, and the sentences where it cannot be used."""

from pathlib import Path

import pytest

from bot.adapters.slack.settings import Slack
from bot.config import load
from tests.test_config import _clean_environment, file, refusal

__all__ = ["_clean_environment"]

ONE = "[slack]\nbot_token = 'xoxb-geheim'\n"
SOCKET = f"{ONE}app_token = 'xapp-geheim'\n"
SEVERAL = (
    "[slack]\nclient_id = '1.2'\nclient_secret = 'geheim'\npublic_url = 'https://bot.example.org/'\n"
    "token_key = 'geheim'\napp_token = 'xapp-geheim'\n"
)


def one(path: Path) -> Slack:
    [network] = load(path).slack
    return network


def test_a_workspace_needs_two_tokens_and_nothing_else(tmp_path: Path) -> None:
    slack = one(file(tmp_path, SOCKET))
    assert (slack.mode, slack.command, slack.rate) == ("socket", "/summit", 5.0)
    assert not slack.installs


def test_http_is_bound_to_this_machine_unless_told_otherwise(tmp_path: Path) -> None:
    slack = one(file(tmp_path, f"{ONE}mode = 'http'\nsigning_secret = 'geheim'\n"))
    assert (slack.mode, slack.host, slack.port) == ("http", "127.0.0.1", 3000)


def test_several_workspaces_install_the_app(tmp_path: Path) -> None:
    slack = one(file(tmp_path, f"{SEVERAL}coming_up = ['T01/C07']\n"))
    assert slack.installs
    assert slack.public_url == "https://bot.example.org"


def test_announcements_go_to_each_channel_once(tmp_path: Path) -> None:
    text = f"{SOCKET}channels = ['C07', 'T01/C08']\ncoming_up = ['C08', 'C09', 'T01/C07']\n"
    assert one(file(tmp_path, text)).all_channels == ("C07", "T01/C08", "C09")
    text = f"{SEVERAL}channels = ['T01/C07']\ncoming_up = ['T02/C07', 'T01/C07']\n"
    assert one(file(tmp_path, text)).all_channels == ("T01/C07", "T02/C07")


def test_an_organiser_is_one_in_their_workspace(tmp_path: Path) -> None:
    alone = one(file(tmp_path, f"{SOCKET}organisers = ['U07', 'T02/W08']\n"))
    people = ("T01/U07", "T02/U07", "T01/W08", "T02/W08", "T01/U09", "T01/T99.U07", "T01/", "U07")
    assert [user for user in people if alone.names_organiser(user)] == [
        "T01/U07", "T02/U07", "T02/W08",
    ]  # fmt: skip
    several = one(file(tmp_path, f"{SEVERAL}organisers = ['T01/U07']\n"))
    assert [user for user in people if several.names_organiser(user)] == ["T01/U07"]


def test_organisers_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOT_SLACK__ORGANISERS", '["U07"]')
    monkeypatch.setenv("SUMMIT_BOT_SLACK__CHANNELS", '["C07"]')
    slack = one(file(tmp_path, SOCKET))
    assert (slack.organisers, slack.channels) == (["U07"], ["C07"])


def test_secrets_come_from_the_environment_and_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOT_SLACK__BOT_TOKEN", "xoxb-geheim")
    monkeypatch.setenv("SUMMIT_BOT_SLACK__APP_TOKEN", "xapp-geheim")
    slack = one(file(tmp_path, "[slack]\n"))
    assert slack.bot_token is not None
    assert slack.bot_token.get_secret_value() == "xoxb-geheim"
    assert "geheim" not in f"{slack!r} {slack}"


_COMMAND = 'slack.command: it must look like "/summit": small letters, digits, - and _.'
_CHANNEL = (
    'slack.coming_up.0: it must be the id of a channel like "C0123456789" (in its details, at the'
    ' bottom), or "T0123456789/C0123456789" in one of several workspaces.'
)
_PERSON = (
    'slack.organisers.0: it must be the id of a person like "U0123456789" (in their profile, behind'
    ' the three dots: Copy member ID), or "T0123456789/U0123456789" in one of several workspaces.'
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[slack]", "slack: it needs an app_token (xapp-…), here or in the environment"
         ' (SUMMIT_BOT_SLACK__APP_TOKEN), or mode = "http".'),
        ("[slack]\nmode = 'http'", "slack: it needs a signing_secret, here or in the environment"
         ' (SUMMIT_BOT_SLACK__SIGNING_SECRET), or mode = "socket".'),
        ("[slack]\napp_token = 'xapp-1'", "slack: it needs a bot_token (xoxb-…), here or in the"
         " environment (SUMMIT_BOT_SLACK__BOT_TOKEN), or, for several workspaces, a client_id."),
        (f"{SEVERAL}bot_token = 'xoxb-1'", "slack: bot_token is for one workspace, client_id for"
         " several: leave one of them out."),
        ("[slack]\napp_token = 'xapp-1'\nclient_id = '1'\npublic_url = 'https://a'", "slack:"
         " several workspaces need client_secret, token_key too."),
        (f"{SEVERAL}coming_up = ['C07']", "slack: coming_up: where there are several workspaces a"
         ' channel is written with its own, like "T0123456789/C0123456789".'),
        (f"{SEVERAL}channels = ['T01/C07', 'C07']", "slack: channels: where there are several"
         ' workspaces a channel is written with its own, like "T0123456789/C0123456789".'),
        (f"{SEVERAL}organisers = ['T01/U07', 'U07']", "slack: organisers: where there are several"
         ' workspaces a person is written with their own, like "T0123456789/U0123456789".'),
        *((f"{SOCKET}organisers = ['{name}']", _PERSON)
          for name in ("ada", "@ada", "Ada Lovelace", "", "*", "u0123456789", "<@U07>", "C07",
                       "T01/", "T01/U07/U08")),
        (f"{SOCKET}channels = ['summit']", _CHANNEL.replace("coming_up", "channels")),
        (f"{SOCKET}command = 'summit'", _COMMAND),
        (f"{SOCKET}command = '/Summit'", _COMMAND),
        (f"{SOCKET}command = '/remind'", "slack.command: /remind is Slack's own: choose another."),
        (f"{SOCKET}coming_up = ['#general']", _CHANNEL),
        (f"{SOCKET}api_url = 'slack.com'",
         'slack.api_url: it must be a URL like "https://bot.example.org".'),
        (f"{SOCKET}mode = 'rtm'", "slack.mode: it must be 'socket' or 'http'."),
        (f"{SOCKET}rate = 0", "slack.rate: it must be greater than 0."),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_plain_words(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(file(tmp_path, text)) == f"own.toml: {sentence}"
