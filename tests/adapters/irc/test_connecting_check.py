"""What `check` says, sentence by sentence, and that it leaves everything as it was."""

from dataclasses import replace
from typing import Any

import pytest

from tests.adapters.irc.connecting import CHANNEL, RULES, alone_on, check
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.nickserv import register
from tests.servers.strict_irc import Account, Rules, StrictServer, channels

GUEST = "Not logged in: people whose mode +R is set cannot be written to."
ECHO = "That messages were taken is known from the server's echo."
NO_VOICE = (
    "#summit: no voice, so the server lets the bot begin to write to 10 people, and to one more"
    " each 60 seconds: ask an operator for /mode #summit +v."
)
USUAL: dict[str, Any] = {"rate": 1.8, "burst": 4}
STRICT = (
    "Capabilities: account-notify, account-tag, batch, cap-notify, chghost, echo-message,"
    " extended-join, labeled-response, message-tags, multi-prefix, server-time, userhost-in-names."
)


async def test_without_a_voice() -> None:
    async with StrictServer(RULES) as server:
        assert await check(server, **USUAL) == [
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
            GUEST,
            STRICT,
            ECHO,
            NO_VOICE,
            "In five minutes 14 reminders fit.",
        ]
        assert server.nicks == []


async def test_with_a_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    enter = channels.enter
    monkeypatch.setattr(  # as ChanServ does it
        channels, "enter", lambda net, client, channel, _: enter(net, client, channel, {"v"})
    )
    own: dict[str, Any] = {"account": "bots", "password": "sesame"}
    async with StrictServer(RULES, [Account("bots", "sesame")]) as server:
        assert await check(server, **USUAL, **own) == [
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
            "Logged in as bots (SASL).",
            STRICT.replace("server-time", "sasl, server-time"),
            ECHO,
            "#summit: a voice, so its members can be written to at any pace.",
            "In five minutes 544 reminders fit, 2,176 if they say the same.",
        ]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (RULES, "Organisers: whoever is logged in as ada, bob."),
        (
            replace(RULES, capabilities=RULES.capabilities - {"account-tag"}),
            "Organisers: whoever is logged in as ada, bob, and in a channel with the bot.",
        ),
        (
            replace(RULES, capabilities=frozenset(), whox=False),
            "no: Nobody can be known as ada, bob, and organise: the server has no accounts.",
        ),
    ],
)
async def test_who_the_organisers_are(rules: Rules, sentence: str) -> None:
    async with StrictServer(rules) as server:
        lines = await check(server, organisers=["ada", "bob"])
        assert lines[:2] == [
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
            GUEST,
        ]
        assert lines[2] == sentence
        assert [line for line in lines[3:] if "ada" in line] == []


async def test_a_server_without_accounts_is_a_warning_in_the_log() -> None:
    rules = replace(RULES, capabilities=frozenset(), whox=False)
    async with StrictServer(rules) as server, alone_on(server, organisers=["ada"]) as bot:
        found = [line["level"] for line in bot.log if line["event"].startswith("Nobody can be")]
        assert found == ["warning"]


async def test_ngircd(ngircd: Server) -> None:
    assert await check(ngircd, **USUAL, nick="checkbot", channels=["#check"]) == [
        f"Registered on ngircd.example.org (127.0.0.1:{ngircd.port}, without encryption) as"
        " checkbot.",
        GUEST,
        "Capabilities: multi-prefix.",
        "That messages were taken is known from a PING behind them.",
        "#check: mode +o, so its members can be written to at any pace.",
        "In five minutes 544 reminders fit.",
    ]


async def test_inspircd(inspircd: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(inspircd.ca_file))
    await register(inspircd, "checker", "sesame-sesame")
    said = await check(
        inspircd, **USUAL, nick="checkbot", channels=["#check"], account="checker",
        password="sesame-sesame", tls=True, port=inspircd.tls_port,
    )  # fmt: skip
    assert said == [
        f"Registered on inspircd.example.org (127.0.0.1:{inspircd.tls_port}, over TLS) as"
        " checkbot.",
        "Logged in as checker (SASL).",
        STRICT.replace("labeled", "extended-monitor, labeled").replace("server-", "sasl, server-"),
        ECHO,
        "#check: no voice; none is needed here, as far as is known.",
        "In five minutes 544 reminders fit, 10,880 if they say the same.",
    ]


async def test_while_the_bot_runs() -> None:
    async with (
        StrictServer(RULES, [Account("summitbot", "sesame")]) as server,
        Person(server.host, server.port, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        own: dict[str, Any] = {"account": "summitbot", "password": "sesame"}
        async with alone_on(server, **own) as bot:
            assert await check(server, **USUAL, **own) == [
                f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
                " summitbot_.",
                "summitbot is taken just now, perhaps by the bot that is running.",
                "Logged in as summitbot (SASL).",
                STRICT.replace("server-time", "sasl, server-time"),
                ECHO,
                NO_VOICE,
                "In five minutes 14 reminders fit.",
            ]
            assert server.nicks == ["ada", "summitbot"]
            assert bot.nick == "summitbot"
            await bot.answers(server)
            assert not any("disconnected" in line["event"] for line in bot.log)
            # `check` says nothing to anybody.
            assert [line for line in server.sent_by("summitbot_") if "PRIVMSG" in line] == []
