"""Logging in with NickServ where there is no SASL; and servers that want a password themselves."""

from dataclasses import replace
from typing import Any

import pytest

from bot.ports import CannotSpeak
from tests.adapters.irc.connecting import LONG, RULES, alone_on, check, quick_time
from tests.servers.inspircd import inspircd as start_inspircd
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server, Wanted
from tests.servers.ngircd import ngircd as start_ngircd
from tests.servers.nickserv import register
from tests.servers.strict_irc import CAPABILITIES, Account, Rules, StrictServer

SESAME: dict[str, Any] = {"account": "bots", "password": "sesame"}
WRONG: dict[str, Any] = {"account": "bots", "password": "basil"}
INVALID = (
    "NickServ did not let the bot log in (Invalid password for bots.): check `account` and"
    " `password`, or leave them out."
)


def without_sasl() -> StrictServer:
    rules = replace(RULES, capabilities=CAPABILITIES - {"sasl"})
    return StrictServer(rules, [Account("bots", "sesame")])


async def test_the_right_password() -> None:
    async with without_sasl() as server, alone_on(server, **SESAME) as bot:
        assert server.account_of("summitbot") == "bots"
        said = server.sent_by("summitbot")
        # Channels may be for people with an account.
        assert [line for line in said if line.startswith(("PRIVMSG", "JOIN"))] == [
            "PRIVMSG NickServ :IDENTIFY bots sesame",
            "JOIN #summit",
        ]
        assert bot.log[2]["event"] == "Logged in as bots (NickServ)."
        await bot.answers(server)


async def test_the_wrong_password() -> None:
    async with without_sasl() as server:
        with pytest.raises(CannotSpeak) as checked:
            await check(server, **WRONG)
        with pytest.raises(CannotSpeak) as run:
            async with alone_on(server, **WRONG):
                pass
        assert [str(checked.value), str(run.value)] == [INVALID, INVALID]


async def test_the_wrong_password_where_an_account_is_not_required() -> None:
    async with (
        without_sasl() as server,
        alone_on(server, account_required=False, **WRONG) as bot,
    ):
        assert bot.log[0] == {"event": INVALID, "level": "warning"}
        await bot.answers(server)


async def test_a_password_without_an_account_is_for_the_nick() -> None:
    rules = replace(RULES, capabilities=CAPABILITIES - {"sasl"})
    async with (
        StrictServer(rules, [Account("summitbot", "sesame")]) as server,
        alone_on(server, password="sesame") as bot,
    ):
        assert server.account_of("summitbot") == "summitbot"
        assert bot.log[2]["event"] == "Logged in as summitbot (NickServ)."


async def test_real_services(inspircd: Server) -> None:
    await register(inspircd, "nickserved", "sesame-sesame")
    settings: dict[str, Any] = {"nick": "nickservbot", "account": "nickserved", "sasl": "off"}
    async with (
        alone_on(inspircd, password="sesame-sesame", **settings) as bot,
        Person(inspircd.host, inspircd.port, "ada") as ada,
    ):
        assert bot.log[2]["event"] == "Logged in as nickserved (NickServ)."
        ada.send("WHOIS nickservbot")
        assert await ada.hears(" 330 ") == (
            ":inspircd.example.org 330 ada nickservbot nickserved :is logged in as"
        )
    with pytest.raises(CannotSpeak) as caught:
        await check(inspircd, password="basil-basil", **settings)
    assert str(caught.value) == INVALID.replace("bots", "nickserved")


async def test_services_that_are_away_when_the_bot_starts() -> None:
    """They will come back: the bot does not give up."""
    away = "NickServ is not there: the services are away, it seems, or there are none."
    async with without_sasl() as server:
        server.services(False)
        with pytest.raises(CannotSpeak) as caught:
            await check(server, **SESAME)
        assert str(caught.value) == away
        with quick_time():
            async with alone_on(server, joins=False, **SESAME) as bot:
                assert (await bot.logs("disconnected", LONG))["reason"] == away
                server.services(True)
                await bot.joined(LONG)
                assert server.account_of("summitbot") == "bots"


async def test_a_network_without_services(ngircd: Server) -> None:
    with pytest.raises(CannotSpeak) as caught:
        await check(ngircd, nick="servicebot", **SESAME)
    assert str(caught.value) == (
        "NickServ is not there: the services are away, it seems, or there are none."
    )
    async with alone_on(ngircd, nick="servicebot", account_required=False, **SESAME) as bot:
        await bot.answers(ngircd)


async def test_somebody_else_who_calls_themselves_services() -> None:
    """A network lets nobody do that; and what they say counts for nothing once it is settled."""
    async with (
        without_sasl() as server,
        alone_on(server, nickserv="Guardian", account_required=False, **SESAME) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        ada.send("NOTICE summitbot :You are now identified for bots.")
        await bot.answers(server)
        assert server.account_of("summitbot") is None
        assert bot.adapter._link is not None
        assert bot.adapter._link.connection.identification.account is None


async def test_the_password_of_the_server() -> None:
    async with StrictServer(Rules(burst=None, password="door key")) as server:
        async with alone_on(server, server_password="door key") as bot:
            assert bot.nick == "summitbot"
        for wrong in ({"server_password": "basil"}, {}):
            with pytest.raises(CannotSpeak) as caught:
                await check(server, **wrong)
            assert str(caught.value) == (
                "127.0.0.1 wants another password: check `server_password`."
            )


@pytest.mark.parametrize("software", ["ngircd", "inspircd"])
async def test_the_password_of_a_real_server(software: str) -> None:
    start, said = {
        "ngircd": (start_ngircd, "Access denied: Bad password?"),
        "inspircd": (
            start_inspircd,
            "Closing link: (summitbot@127.0.0.1) [Access denied by configuration]",
        ),
    }[software]
    with start(Wanted(password="sesame-sesame")) as server:
        async with alone_on(server, server_password="sesame-sesame") as bot:
            assert bot.nick == "summitbot"
        for wrong in ({"server_password": "basil"}, {}):
            with pytest.raises(CannotSpeak) as caught:
                await check(server, **wrong)
            assert str(caught.value) == (
                f"127.0.0.1 does not take the bot ({said}): check `server_password`, or ask the"
                " network's staff."
            )
