"""Settings of networks, one or several: from a file and the environment, and what is refused."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import config
from bot.adapters.irc.settings import Irc
from bot.adapters.matrix.settings import Matrix
from bot.adapters.slack.settings import Slack
from bot.config import load
from bot.fairness import Fairness
from bot.mistakes import BadSettings
from bot.setup import configured
from tests.test_config import _clean_environment, file, refusal

__all__ = ["_clean_environment"]

ONE = "[irc]\nserver = 'a'\n"
FIRST = "[[irc]]\nserver = 'a'\n"
SECOND = f"{FIRST}[[irc]]\nname = 'my-net.org'\nserver = 'b'\n"
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def test_one_table_is_one_network(tmp_path: Path) -> None:
    assert load(file(tmp_path, ONE)).networks == (Irc(name="irc", server="a"),)
    assert load(file(tmp_path, FIRST)).networks == (Irc(name="irc", server="a"),)
    assert load(file(tmp_path, "")).networks == ()


def test_a_list_is_several(tmp_path: Path) -> None:
    assert load(file(tmp_path, SECOND)).networks == (
        Irc(name="irc", server="a"),
        Irc(name="my-net.org", server="b"),
    )


def test_the_environment_names_the_key_of_the_one_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOT_IRC__TLS", "false")
    monkeypatch.setenv("summit_bot_irc__channels", '["#a", "#b key"]')
    monkeypatch.setenv("SUMMIT_BOT_IRC__RATE", "2.5")
    assert load(file(tmp_path, f"{ONE}tls = true\n")).networks == (
        Irc(server="a", tls=False, channels=["#a", "#b key"], rate=2.5),
    )


@pytest.mark.parametrize(
    ("value", "server"),
    [("b", "b"), ("[::1]:6697", "[::1]:6697"), ('["b", "c:6667"]', ["b", "c:6667"])],
)
def test_a_server_in_the_environment_is_one_or_a_list(
    value: str, server: str | list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOT_IRC__SERVER", value)
    assert load(file(tmp_path, ONE)).networks == (Irc(server=server),)
    assert load(None).networks == (Irc(server=server),)


def test_the_environment_names_the_network_among_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOT_IRC__IRC__PORT", "1")
    monkeypatch.setenv("SUMMIT_BOT_IRC__MY_NET_ORG__PORT", "2")
    assert [network.port for network in load(file(tmp_path, SECOND)).irc] == [1, 2]


def test_certificates_stand_in_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = file(tmp_path, f"{SECOND}certificate = 'a.pem'\ncertificate_key = '/b.key'\n")
    first, second = load(own).irc
    assert (first.certificate, second.certificate) == (None, tmp_path / "a.pem")
    assert second.certificate_key == Path("/b.key")
    monkeypatch.setenv("SUMMIT_BOT_IRC__MY_NET_ORG__CERTIFICATE", "a.pem")
    assert load(own).irc[1].certificate == Path("a.pem")


_CHANNEL = 'it must be a channel like "#summit", or "#summit key".'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("irc = 5", "irc must be a table, like [irc]."),
        ("irc = [5]", "irc must be a table, like [irc]."),
        ("[irc]", "irc.server: it is missing."),
        (f"{ONE}prot = 5", "irc.prot: there is no such key."),
        (f"{ONE}port = 0", "irc.port: it must be greater than or equal to 1."),
        (f"{ONE}tls = 'often'", "irc.tls: it must be true or false."),
        (f"{ONE}sasl = 'x'",
         "irc.sasl: it must be 'auto', 'plain', 'external', 'scram-sha-256' or 'off'."),
        (f"{ONE}sasl = 'plain'", "irc: sasl = 'plain' needs account and password."),
        (f"{ONE}channels = '#a'", "irc.channels: it must be a list in brackets."),
        (f"{ONE}channels = ['#a', 'b']", f"irc.channels.1: {_CHANNEL}"),
        (f"{ONE}password = 5", "irc.password: it must be a text in quotation marks."),
        ("[irc]\nserver = 5", "irc.server: it must be a text in quotation marks."),
        ("[irc]\nserver = 'a b'", "irc.server: it must be one word."),
        ("[irc]\nserver = ['a', 'b c']", "irc.server.1: it must be one word."),
        (f"{SECOND}port = 0",
         'irc "my-net.org": port: it must be greater than or equal to 1.'),
        (f"{SECOND}prot = 5", 'irc "my-net.org": prot: there is no such key.'),
        (f"{SECOND}channels = ['#a', 'b']", f'irc "my-net.org": channels.1: {_CHANNEL}'),
        (f"{SECOND}sasl = 'plain'",
         "irc \"my-net.org\": sasl = 'plain' needs account and password."),
        (f"{SECOND}account = 'a'",
         'irc "my-net.org": account needs a password, here or in the environment (as in'
         " SUMMIT_BOT_IRC__PASSWORD), or else a certificate, and TLS."),
        (f"{FIRST}[[irc]]\nname = 5", "irc 2: name: it must be a text in quotation marks."),
        (f"{FIRST}{FIRST}",
         'irc: give each network a name of its own: "irc" and "irc" are too much alike.'),
        (f"{SECOND}[[irc]]\nname = 'my.net.org'\nserver = 'c'",
         'irc: give each network a name of its own: "my-net.org" and "my.net.org" are too much'
         " alike."),
        (f"{ONE}name = 'console-ada'",
         'irc: the program itself uses the name "console-ada": choose another.'),
        (f"{ONE}name = 'event'", 'irc: the program itself uses the name "event": choose another.'),
        ("[fairness]\ncommands = -1",
         "fairness.commands: it must be greater than or equal to 0."),
        ("[fairness]\nseconds = 0", "fairness.seconds: it must be greater than 0."),
        ("[metrics]", "metrics.port: it is missing."),
        ("[metrics]\nport = 65536", "metrics.port: it must be less than or equal to 65535."),
    ],
)  # fmt: skip
def test_mistake_in_a_file_is_named_in_plain_words(
    tmp_path: Path, text: str, sentence: str
) -> None:
    assert refusal(file(tmp_path, text)) == f"own.toml: {sentence}"


@pytest.mark.parametrize(
    ("text", "name", "value", "sentence"),
    [
        (ONE, "SUMMIT_BOT_IRC__PASSWORD", "secret\n",
         "SUMMIT_BOT_IRC__PASSWORD: it must stand on one line."),
        (ONE, "SUMMIT_BOT_IRC__CHANNELS", '["secret"]', f"SUMMIT_BOT_IRC__CHANNELS: {_CHANNEL}"),
        (ONE, "SUMMIT_BOT_IRC__CHANNELS", "#secret",
         'SUMMIT_BOT_IRC__CHANNELS: it must be a list in brackets, like ["a", "b"].'),
        (ONE, "SUMMIT_BOT_IRC__SERVER", '["a", "secret b"]',
         "SUMMIT_BOT_IRC__SERVER: it must be one word."),
        (ONE, "SUMMIT_BOT_IRC__PASWORD", "secret", "The environment: there is no setting"
         " SUMMIT_BOT_IRC__PASWORD: write SUMMIT_BOT_IRC__PASSWORD."),
        (ONE, "SUMMIT_BOT_IRC__IRC__PASSWORD", "secret", "The environment: there is no setting"
         " SUMMIT_BOT_IRC__IRC__PASSWORD: write SUMMIT_BOT_IRC__PASSWORD."),
        (SECOND, "SUMMIT_BOT_IRC__PASSWORD", "secret", "The environment: there is no setting"
         " SUMMIT_BOT_IRC__PASSWORD: write SUMMIT_BOT_IRC__IRC__PASSWORD."),
        (SECOND, "SUMMIT_BOT_IRC__MY_NET_ORG__PORT", "x",
         "SUMMIT_BOT_IRC__MY_NET_ORG__PORT: it must be a whole number."),
        ("", "SUMMIT_BOT_IRC__PASSWORD", "secret", "own.toml: irc.server: it is missing."),
        ("irc = 5", "SUMMIT_BOT_IRC__PASSWORD", "secret",
         "own.toml: irc must be a table, like [irc]."),
    ],
)  # fmt: skip
def test_mistake_in_the_environment_names_the_variable_and_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    text: str, name: str, value: str, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value)
    assert refusal(file(tmp_path, text)) == sentence


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = "password = 'geheim'\nserver_password = 'geheim'\naccount = 'a'\n"
    database = "[database]\nurl = 'postgresql+psycopg://ada:geheim@db/summit'\n"
    own = file(tmp_path, f"{database}{SECOND}{secrets}")
    monkeypatch.setenv("SUMMIT_BOT_IRC__IRC__PASSWORD", "geheim")
    settings = load(own)
    assert [n.password and n.password.get_secret_value() for n in settings.irc] == [
        "geheim", "geheim"
    ]  # fmt: skip
    assert "geheim" not in f"{settings!r} {settings} {configured(own)!r}"
    for mistake in ("port = 'x'", "sasl = 'external'", "prot = 5"):
        with pytest.raises(BadSettings) as refused:
            load(file(tmp_path, f"{database}{SECOND}{secrets}{mistake}\n"))
        assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "fairness"),
    [
        ("", Fairness(30, timedelta(seconds=1))),
        ("[fairness]\ncommands = 5\nseconds = 2.5", Fairness(5, timedelta(seconds=2.5))),
        ("[fairness]\ncommands = 0", None),
    ],
)
def test_what_is_fair_is_a_setting(text: str, fairness: Fairness | None, tmp_path: Path) -> None:
    assert configured(file(tmp_path, text)).fairness == fairness


def test_metrics_are_off_unless_their_table_is_there(tmp_path: Path) -> None:
    assert configured(file(tmp_path, "")).metrics is None
    assert configured(file(tmp_path, "[metrics]\nport = 1")).metrics == ("127.0.0.1", 1)


def test_the_example_has_every_key_and_holds_with_all_of_them(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = re.sub(r"(?m)^# (?=\[[a-z]+\]|[a-z_]+ = )", "", text)
    tables = tomllib.loads(everything)
    assert {name: sorted(keys) for name, keys in tables.items()} == {
        name: sorted(model.model_fields) for name, model in config._TABLES.items()
    }
    # One workspace or several: not both.
    for one, several in [
        ('bot_token = "xoxb-secret"', ""), ('"C0123456789"', '"T01/C07"'),
        ('"U0123456789"', '"T01/U07"'),
    ]:  # fmt: skip
        assert one in everything
        everything = everything.replace(one, several)
    (tmp_path / "all.toml").write_text(everything)
    settings = load(tmp_path / "all.toml")
    [irc], [matrix], [slack] = settings.irc, settings.matrix, settings.slack
    own = {"server", "server_password", "certificate", "certificate_key", "account", "password",
           "channels", "coming_up", "organisers", "recipients"}  # fmt: skip
    assert irc.model_dump(exclude=own) == Irc(server="irc.libera.chat").model_dump(exclude=own)
    own = {"password", "access_token", "device_id", "store", "rooms", "coming_up", "organisers",
           "invitations", "ignore", "rate", "burst", "chat_rate"}  # fmt: skip
    usual = Matrix(
        homeserver="https://matrix.example.org", user_id="@summitbot:example.org",
        password=SecretStr("secret"),
    )  # fmt: skip
    assert matrix.model_dump(exclude=own) == usual.model_dump(exclude=own)
    assert matrix.store == tmp_path / "matrix-store"
    own = {"app_token", "signing_secret", "client_id", "client_secret", "public_url", "token_key",
           "bot_token", "channels", "coming_up", "organisers"}  # fmt: skip
    least = Slack(bot_token=SecretStr("secret"), app_token=SecretStr("secret"))
    assert slack.model_dump(exclude=own) == least.model_dump(exclude=own)
