"""The nick that the bot wants: another one while it is taken, and back as soon as it is free."""

from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from bot.ports import CannotSpeak
from tests.adapters.irc.connecting import CHANNEL, LONG, RULES, alone_on, check, now, quick_time
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.strict_irc import Account, Kill, StrictServer

TAKEN_BACK = ":summitbot_!~summitbot@127.0.0.1 NICK :summitbot"


async def test_the_holder_quits() -> None:
    async with StrictServer(RULES) as server, AsyncExitStack() as later:
        holder = Person(server.host, server.port, "SummitBot")
        await later.enter_async_context(holder)
        await holder.join(CHANNEL)
        async with (
            alone_on(server) as bot,
            Person(server.host, server.port, "ada") as ada,
        ):
            assert bot.log[2]["event"] == (
                "summitbot is taken; it is taken back as soon as it is free."
            )
            await ada.join(CHANNEL)
            await bot.answers(server)
            began = now()
            await later.aclose()
            assert await ada.hears(" NICK ") == TAKEN_BACK
            assert now() - began < 5
            assert bot.nick == "summitbot"
            await bot.answers(server)


async def test_the_holder_takes_another_one() -> None:
    async with (
        StrictServer(RULES) as server,
        Person(server.host, server.port, "summitbot") as holder,
    ):
        await holder.join(CHANNEL)
        async with alone_on(server) as bot:
            began = now()
            holder.send("NICK grace")
            assert await holder.hears(":summitbot_!") == (
                ":summitbot_!~summitbot@127.0.0.1 JOIN #summit"
            )
            assert await holder.hears(" NICK :summitbot") == TAKEN_BACK
            assert now() - began < 5
            await bot.answers(server)


async def test_a_holder_whom_the_bot_does_not_see() -> None:
    async with (
        StrictServer(RULES) as server,
        Person(server.host, server.port, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        async with Person(server.host, server.port, "summitbot") as holder, alone_on(server):
            with quick_time():
                began = now()
                holder.send("NICK grace")
                assert await ada.hears(" NICK ", LONG) == TAKEN_BACK
                assert now() - began < 35


async def test_services_give_it_back() -> None:
    """To who is logged in: as a rule it is our own lost connection that has it."""
    own: dict[str, Any] = {"account": "summitbot", "password": "sesame"}
    async with (
        StrictServer(RULES, [Account("summitbot", "sesame")]) as server,
        Person(server.host, server.port, "summitbot") as holder,
        alone_on(server, **own) as bot,
    ):
        await holder.is_disconnected()
        assert server.kills == [
            Kill("summitbot", "Killed (NickServ (REGAIN command used by summitbot_))")
        ]
        assert bot.nick == "summitbot"
        await bot.answers(server)


async def test_services_keep_it() -> None:
    own: dict[str, Any] = {"account": "summitbot", "password": "sesame"}
    async with StrictServer(RULES, [Account("summitbot", "sesame")]) as server:
        server.hold("summitbot")
        async with alone_on(server, **own) as bot:
            assert bot.nick == "summitbot"


async def test_services_give_the_bot_another_nick() -> None:
    async with (
        StrictServer(RULES) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        server.rename("summitbot", "Guest1")
        assert await ada.hears(" NICK ") == ":summitbot!~summitbot@127.0.0.1 NICK :Guest1"
        ada.say(CHANNEL, "Guest1: next Marina")
        [first] = await ada.heard_from("Guest1", 1)
        assert first.startswith("ada: Next in Marina"), first
        with quick_time():
            assert await ada.hears(" NICK ", LONG) == (
                ":Guest1!~summitbot@127.0.0.1 NICK :summitbot"
            )
        await bot.answers(server)


async def test_another_host() -> None:
    """Texts are cut by the length of the mask with which they are relayed."""
    host = "a." * 30 + "example"
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        server.chghost("summitbot", "robot", host)
        await bot.answers(server)
        assert bot.adapter._link is not None
        space = bot.adapter._link.connection.space(CHANNEL)
        assert space == 512 - len(f":summitbot!robot@{host} PRIVMSG {CHANNEL} :\r\n")


async def test_nicks_may_be_no_longer() -> None:
    rules = replace(RULES, nick_length=9)
    async with (
        StrictServer(rules) as server,
        Person(server.host, server.port, "summitbot"),
        alone_on(server) as bot,
    ):
        assert bot.nick == "summitbo3"


async def test_a_nick_that_nobody_may_have() -> None:
    async with StrictServer(RULES) as server:
        with pytest.raises(CannotSpeak) as caught:
            await check(server, nick="1bot")
        assert str(caught.value) == (
            "127.0.0.1 does not allow the nick '1bot': choose another one with `nick`."
        )


@pytest.mark.parametrize("software", ["ngircd", "inspircd"])
async def test_real_servers(software: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(software)
    channel = "#nicks"
    async with Person(server.host, server.port, "ada") as ada, AsyncExitStack() as later:
        await ada.join(channel)
        holder = Person(server.host, server.port, "nickbot")
        await later.enter_async_context(holder)
        await holder.join(channel)
        async with alone_on(server, nick="nickbot", channels=[channel]) as bot:
            assert bot.nick == "nickbot_"
            await later.aclose()
            assert (await ada.hears(" NICK ")).endswith(" NICK :nickbot")
            await bot.answers(server, channel)
