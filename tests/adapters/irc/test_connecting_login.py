"""Logging in with SASL while connecting, and again when services come back."""

import base64
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.document import reply, text
from bot.messages import Channel
from bot.ports import CannotSpeak
from bot.times import Reader
from tests.adapters.irc.connecting import (
    CHANNEL,
    LONG,
    RULES,
    alone_on,
    check,
    now,
    quick_time,
)
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.nickserv import register
from tests.servers.strict_irc import CAPABILITIES, Account, Rules, StrictServer

SESAME: dict[str, Any] = {"account": "bots", "password": "sesame"}
WRONG: dict[str, Any] = {"account": "bots", "password": "basil"}
READER = Reader(ZoneInfo("America/Los_Angeles"))
FAILED = '"SASL authentication failed"'


def server_with(password: str = "sesame", rules: Rules = RULES, **more: Any) -> StrictServer:
    return StrictServer(replace(rules, **more), [Account("bots", password)])


def mechanisms_used(server: StrictServer) -> list[str]:
    """In this order, by the bot."""
    known = ("AUTHENTICATE PLAIN", "AUTHENTICATE SCRAM-SHA-256", "AUTHENTICATE EXTERNAL")
    said = [sent.line for sent in server.log if sent.line in known]
    return [line.removeprefix("AUTHENTICATE ") for line in said]


@pytest.mark.parametrize(
    ("setting", "offered", "used"),
    [
        ("auto", ("PLAIN", "EXTERNAL", "SCRAM-SHA-256"), ["SCRAM-SHA-256"]),
        ("auto", ("PLAIN",), ["PLAIN"]),
        ("plain", ("PLAIN", "EXTERNAL", "SCRAM-SHA-256"), ["PLAIN"]),
        ("scram-sha-256", ("PLAIN", "SCRAM-SHA-256"), ["SCRAM-SHA-256"]),
    ],
)
async def test_the_right_password(setting: str, offered: tuple[str, ...], used: list[str]) -> None:
    async with (
        server_with(sasl=offered) as server,
        alone_on(server, sasl=setting, **SESAME) as bot,
    ):
        assert server.account_of("summitbot") == "bots"
        assert mechanisms_used(server) == used
        assert bot.log[2]["event"] == "Logged in as bots (SASL)."
        await bot.answers(server)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("auto", f"SCRAM-SHA-256: {FAILED}; PLAIN: {FAILED}"),
        ("plain", f"PLAIN: {FAILED}"),
        ("scram-sha-256", f"SCRAM-SHA-256: {FAILED}"),
    ],
)
async def test_the_wrong_password(setting: str, said: str) -> None:
    sentence = (
        f"The network did not let the bot log in as 'bots' ({said}): check account and password."
    )
    async with server_with() as server:
        with pytest.raises(CannotSpeak) as checked:
            await check(server, sasl=setting, **WRONG)
        with pytest.raises(CannotSpeak) as run:
            async with alone_on(server, sasl=setting, **WRONG):
                pass
        assert [str(checked.value), str(run.value)] == [sentence, sentence]
        assert server.nicks == []


async def test_the_wrong_password_where_an_account_is_not_required() -> None:
    async with (
        server_with() as server,
        alone_on(server, sasl="plain", account_required=False, **WRONG) as bot,
    ):
        assert bot.log[0] == {
            "event": f"The network did not let the bot log in as 'bots' (PLAIN: {FAILED}): check"
            " account and password.",
            "level": "warning",
        }
        assert server.account_of("summitbot") is None
        await bot.answers(server)


async def test_a_server_that_does_not_know_the_password_gets_none() -> None:
    async with server_with(sasl_forged=True) as server:
        with pytest.raises(CannotSpeak) as caught:
            await check(server, **SESAME)
        assert str(caught.value) == (
            "The server did not prove that it knows the password of 'bots', as SCRAM-SHA-256 asks:"
            " check that server and port are those of your network."
        )
        assert mechanisms_used(server) == ["SCRAM-SHA-256"]


@pytest.mark.parametrize(
    ("length", "chunks"),
    # \0bots\0 are six bytes, and three bytes are four characters.
    [(291, [396]), (293, [400, 1]), (294, [400, 1]), (295, [400, 4]), (594, [400, 400, 1])],
)
async def test_a_long_password_goes_in_chunks(length: int, chunks: list[int]) -> None:
    password = "s" * length
    async with (
        server_with(password) as server,
        alone_on(server, sasl="plain", account="bots", password=password),
    ):
        assert server.account_of("summitbot") == "bots"
        said = [line for line in server.sent_by("summitbot") if line.startswith("AUTHENTICATE ")]
        pieces = [line.removeprefix("AUTHENTICATE ") for line in said[1:]]
        assert [len(piece) for piece in pieces] == chunks
        whole = "".join(pieces).replace("+", "") if pieces[-1] == "+" else "".join(pieces)
        assert base64.b64decode(whole) == f"\0bots\0{password}".encode()


async def test_real_services(inspircd: Server) -> None:
    await register(inspircd, "plainbot", "sesame-sesame")
    settings: dict[str, Any] = {"nick": "saslbot", "account": "plainbot"}
    async with (
        alone_on(inspircd, password="sesame-sesame", **settings) as bot,
        Person(inspircd.host, inspircd.port, "grace") as grace,
    ):
        assert bot.log[2]["event"] == "Logged in as plainbot (SASL)."
        grace.send("WHOIS saslbot")
        assert await grace.hears(" 330 ") == (
            ":inspircd.example.org 330 grace saslbot plainbot :is logged in as"
        )
    with pytest.raises(CannotSpeak) as caught:
        await check(inspircd, password="basil-basil", **settings)
    assert str(caught.value) == (
        f"The network did not let the bot log in as 'plainbot' (PLAIN: {FAILED}): check account"
        " and password."
    )


async def test_capabilities_in_many_lines() -> None:
    async with server_with(cap_bytes=20) as server, alone_on(server, **SESAME) as bot:
        assert server.account_of("summitbot") == "bots"
        wanted = CAPABILITIES - {"away-notify"}
        assert server.capabilities_of("summitbot") == wanted
        await bot.answers(server)


async def test_services_go_and_come_back() -> None:
    async with server_with() as server, alone_on(server, **SESAME) as bot:
        server.cap_del("sasl")
        server.services(False)
        server.logout("summitbot")
        await bot.answers(server)
        assert server.account_of("summitbot") is None
        async with Person(server.host, server.port, "ada", caps=["account-notify"]) as ada:
            await ada.join(CHANNEL)
            server.services(True)
            server.cap_new("sasl")
            assert await ada.hears("ACCOUNT") == ":summitbot!~summitbot@127.0.0.1 ACCOUNT bots"
        assert mechanisms_used(server) == ["SCRAM-SHA-256", "SCRAM-SHA-256"]
        await bot.answers(server)


async def test_services_that_come_late() -> None:
    rules = replace(RULES, capabilities=CAPABILITIES - {"sasl"})
    async with server_with(rules=rules) as server:
        server.services(False)
        async with alone_on(server, account_required=False, **SESAME):
            assert server.account_of("summitbot") is None
            async with Person(server.host, server.port, "ada", caps=["account-notify"]) as ada:
                await ada.join(CHANNEL)
                server.services(True)
                server.cap_new("sasl")
                assert await ada.hears("ACCOUNT") == ":summitbot!~summitbot@127.0.0.1 ACCOUNT bots"


async def test_a_bot_that_needs_services_waits_for_them() -> None:
    """They may be away for a while when the bot starts."""
    async with server_with() as server:
        server.services(False)
        with quick_time():
            async with alone_on(server, joins=False, **SESAME) as bot:
                said = await bot.logs("disconnected", LONG)
                assert said["reason"] == (
                    "The network did not let the bot log in as 'bots' (SCRAM-SHA-256: \"SASL"
                    ' authentication aborted"; PLAIN: "SASL authentication aborted"): check account'
                    " and password."
                )
                began = now()
                server.services(True)
                await bot.joined(LONG)
                assert now() - began < 5
                assert server.account_of("summitbot") == "bots"


async def test_capabilities_that_go_and_come() -> None:
    """Whether something was taken is known in another way then."""
    line, channel = reply(text("Hello.")), Channel("irc", CHANNEL)
    ways = ("echo-message", "labeled-response")
    async with server_with() as server, alone_on(server) as bot:
        for gone in ((), ways[:1], ways):
            server.cap_del(*gone)
            await bot.answers(server)
            await bot.adapter.post(channel, line, READER, "key")
        server.cap_new(*ways)
        await bot.answers(server)
        await bot.adapter.post(channel, line, READER, "key")
        said = [sent for sent in server.sent_by("summitbot") if "Hello." in sent]
        assert said == [
            f"PRIVMSG {CHANNEL} :Hello.",
            f"@label=m1 PRIVMSG {CHANNEL} :Hello.",
            f"PRIVMSG {CHANNEL} :Hello.",
            f"PRIVMSG {CHANNEL} :Hello.",
        ]
        assert ways[0] in server.capabilities_of("summitbot")
