"""Channels: joined with keys, and again after whatever has put the bot out of them."""

from dataclasses import replace

import pytest

from tests.adapters.irc.connecting import (
    CHANNEL,
    LONG,
    RULES,
    Alone,
    alone_on,
    check,
    now,
    passes,
    quick_time,
)
from tests.servers.irc_person import Person
from tests.servers.irc_server import OPERATOR, Server
from tests.servers.strict_irc import StrictServer

KEYED = [f"{CHANNEL} opensesame"]


async def joins_after(bot: Alone) -> float:
    """How many seconds of quick time it is until the bot is in a channel again."""
    began = now()
    await bot.logs("joined", LONG)
    return now() - began


async def test_a_kick() -> None:
    async with StrictServer(RULES) as server:
        server.set_mode(CHANNEL, "+k", "opensesame")
        async with alone_on(server, channels=KEYED) as bot:
            with quick_time(5):
                for pause in (60, 120, 240, 480, 600, 600):
                    server.kick(CHANNEL, "summitbot", "quiet, please")
                    assert await bot.logs("kicked", LONG) == {
                        "event": "kicked",
                        "channel": CHANNEL,
                        "by": "strict.example",
                        "again_in": f"{pause}s",
                        "level": "warning",
                    }
                    assert pause <= await joins_after(bot) < pause + 5
        assert server.sent_by("summitbot").count(f"JOIN {CHANNEL} opensesame") == 7


async def test_a_ban() -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        with quick_time(5):
            server.ban(CHANNEL, "summitbot!*@*")
            server.kick(CHANNEL, "summitbot", "banned")
            await bot.logs("kicked", LONG)
            for pause in (120, 240, 480, 600, 600):
                assert await bot.logs("cannot join", LONG) == {
                    "event": "cannot join",
                    "channel": CHANNEL,
                    "reason": "the bot is banned there: let an operator lift the ban",
                    "again_in": f"{pause}s",
                    "level": "warning",
                }
            server.set_mode(CHANNEL, "-b", "summitbot!*@*")
            assert await joins_after(bot) < 605
        await bot.answers(server)


async def test_an_invitation() -> None:
    async with StrictServer(RULES) as server:
        server.set_mode(CHANNEL, "+i")
        async with alone_on(server) as bot:
            with quick_time():
                assert [line["reason"] for line in bot.log if "reason" in line] == [
                    "it is for people who were invited: let an operator invite the bot"
                ]
                await passes(15)
                server.invite(CHANNEL, "summitbot")
                assert await joins_after(bot) < 5
            assert server.members(CHANNEL) == {"summitbot": ""}


async def test_nobody_is_followed_elsewhere() -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        server.invite("#elsewhere", "summitbot")
        await bot.answers(server)
        assert server.members("#elsewhere") == {}


async def test_a_channel_that_leads_to_another_one() -> None:
    """As Libera does it with +f: it is left, and the wanted one is tried again."""
    async with (
        StrictServer(RULES) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        with quick_time():
            await ada.join("##summit")
            server.kick(CHANNEL, "summitbot", "moved")
            server.set_mode(CHANNEL, "+i")
            server.raw(
                "summitbot",
                b":strict.example 470 summitbot #summit ##summit :Forwarding to another\r\n",
            )
            server._net.channel("##summit").members[server._net.named("summitbot")] = set()
            server._net.named("summitbot").channels.add(server._net.channel("##summit"))
            server.raw("summitbot", b":summitbot!~summitbot@127.0.0.1 JOIN ##summit\r\n")
            assert await ada.hears(" PART ", LONG) == (
                ":summitbot!~summitbot@127.0.0.1 PART ##summit"
            )
            assert (await bot.logs("cannot join", LONG))["reason"] == "it leads to another one"
            server.set_mode(CHANNEL, "-i")
            assert await joins_after(bot) < 125


@pytest.mark.parametrize(
    ("shut", "why"),
    [
        (("+l", "0"), "the channel is full"),
        (("+i",), "it is for people who were invited: let an operator invite the bot"),
        (("+b", "*!*@*"), "the bot is banned there: let an operator lift the ban"),
        (("+k", "other"), 'the key is another one: write it as "#channel key"'),
        (("+r",), "it is for people with an account: set `account` and `password`"),
    ],
)
async def test_why_a_channel_is_not_joined(shut: tuple[str, ...], why: str) -> None:
    async with StrictServer(RULES) as server:
        server.set_mode(CHANNEL, *shut)
        assert f"{CHANNEL}: not joined, {why}." in await check(server)


async def test_names_that_no_channel_has_and_too_many_channels() -> None:
    async with StrictServer(replace(RULES, max_channels=1)) as server:
        said = await check(server, channels=["#one", "#two", "#" + "x" * 60])
        assert [line for line in said if "not joined" in line] == [
            "#two: not joined, the server lets nobody into more channels.",
            f"#{'x' * 60}: not joined, no channel can be called so.",
        ]


async def test_channels_that_do_not_fit_into_a_line() -> None:
    names = [f"#{'summit' * 7}{number}" for number in range(30)]
    async with StrictServer(RULES) as server, alone_on(server, channels=names):
        assert [server.members(name) for name in names] == [{"summitbot": ""}] * 30


async def test_keys_of_some() -> None:
    channels = ["#a", "#b bee", "#c", "#d dee"]
    async with StrictServer(RULES) as server:
        server.set_mode("#b", "+k", "bee")
        server.set_mode("#d", "+k", "dee")
        async with alone_on(server, channels=channels):
            assert [server.members(name[:2]) for name in channels] == [{"summitbot": ""}] * 4


async def test_kicked_as_soon_as_it_is_in() -> None:
    """As ChanServ's AKICK does it; what was asked for on joining is answered after the kick."""
    async with StrictServer(RULES) as server, alone_on(server, joins=False) as bot:
        await bot.logs("joined")
        server.kick(CHANNEL, "summitbot", "not you")
        with quick_time():
            await bot.joined(LONG)
            assert 60 <= await joins_after(bot) < 65


@pytest.mark.parametrize("software", ["ngircd", "inspircd"])
async def test_real_servers(software: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(software)
    # On this inspircd nobody has a channel for coming first.
    command = {"ngircd": "MODE", "inspircd": "SAMODE"}[software]
    shut = {
        "#shut-k": ("+k other", 'the key is another one: write it as "#channel key"'),
        "#shut-i": ("+i", "it is for people who were invited: let an operator invite the bot"),
        "#shut-b": ("+b *!*@*", "the bot is banned there: let an operator lift the ban"),
        "#shut-l": ("+l 1", "the channel is full"),
    }
    async with Person(server.host, server.port, "keeper") as keeper:
        keeper.send(f"OPER {' '.join(OPERATOR)}")
        for channel, (mode, _) in shut.items():
            await keeper.join(channel)
            keeper.send(f"{command} {channel} {mode}")
        await keeper.is_up_to_date()
        said = await check(server, nick="shutbot", channels=[*shut, "#open"])
        assert sorted(line for line in said if "not joined" in line) == sorted(
            f"{channel}: not joined, {why}." for channel, (_, why) in shut.items()
        )
