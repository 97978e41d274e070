"""The bot comes back after whatever has ended its connection, and how long it waits for that."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.ports import CannotSpeak
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
from tests.servers.strict_irc import StrictServer

ERROR = "strict.example has closed the connection: Closing Link: 127.0.0.1"


async def comes_back(bot: Alone) -> tuple[str, str, float]:
    """Why it was away, how long it meant to be, and how many seconds it was."""
    said = await bot.logs("disconnected", LONG)
    began = now()
    await bot.joined(LONG)
    return said["reason"], said["again_in"], now() - began


@pytest.mark.parametrize("_again", range(3))  # pauses are random
async def test_a_server_that_is_gone_for_forty_seconds(_again: int) -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        with quick_time():
            await passes(100)
            await server.stop()
            await passes(40)
            await server.start()
            began = now()
            await bot.joined(LONG)
            assert now() - began < 16
        await bot.answers(server)


async def test_pauses_grow_and_differ() -> None:
    async with (
        StrictServer(RULES) as server,
        alone_on(server) as bot,
        alone_on(server, nick="other", name="other") as other,
    ):
        with quick_time():
            await server.stop()
            began = now()
            times: dict[Alone, list[float]] = {bot: [], other: []}
            for one, moments in times.items():
                for _ in range(5):
                    await one.logs("disconnected", LONG)
                    moments.append(now() - began)
            assert times[bot] != times[other]
            pauses = [int(line["again_in"][:-1]) for line in bot.log if "again_in" in line][:5]
            bounds = [(2, 4), (4, 8), (7, 15), (7, 15), (7, 15)]
            assert all(low <= p <= high for p, (low, high) in zip(pauses, bounds, strict=True)), (
                pauses
            )


async def test_a_server_that_stops_answering() -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        with quick_time():
            began = now()
            server.mute("summitbot")
            said = await bot.logs("disconnected", LONG)
            assert said["reason"] == "strict.example does not answer any more."
            assert 45 <= now() - began < 60
            await bot.joined(LONG)
        await bot.answers(server)


async def test_a_quiet_network_is_not_a_dead_one() -> None:
    rules = replace(RULES, ping_seconds=None)
    async with StrictServer(rules) as server, alone_on(server) as bot:
        with quick_time(5):
            await passes(600)
        pings = [line for line in server.sent_by("summitbot") if line.startswith("PING")]
        assert 20 <= len(pings) <= 30
        assert [line["event"] for line in bot.log if line["event"] == "disconnected"] == []


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda server: server.kill("summitbot", "spam"),
         f"{ERROR} (Killed (strict.example (spam)))."),
        (lambda server: server.drop("summitbot"), "strict.example has closed the connection."),
    ],
)  # fmt: skip
async def test_the_connection_ends(happens: Callable[[StrictServer], None], reason: str) -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        with quick_time():
            await passes(100)
            happens(server)
            why, meant, seconds = await comes_back(bot)
            assert (why, meant in ("1s", "2s"), seconds < 3) == (reason, True, True)
        await bot.answers(server)


async def test_a_server_that_throttles() -> None:
    async with StrictServer(RULES) as server:
        server.throttle_connections(1)
        with quick_time():
            async with alone_on(server, joins=False) as bot:
                why, meant, seconds = await comes_back(bot)
                assert (why, meant) == (
                    "127.0.0.1 does not take the bot (Reconnecting too fast, throttled): it is"
                    " tried again later.",
                    "90s",
                )
                assert 90 <= seconds < 95


@pytest.mark.parametrize("text", [
    "Trying to reconnect too fast.",
    "Closing Link: 127.0.0.1 (Too many connections from your host)",
    "Your host is trying to (re)connect too fast -- throttled",
])  # fmt: skip
async def test_other_words_of_throttling(text: str) -> None:
    async with StrictServer(RULES) as server:
        server.throttle_connections(1, text)
        with quick_time():
            async with alone_on(server, joins=False) as bot:
                _, meant, _ = await comes_back(bot)
                assert meant == "90s"


async def test_a_ban_from_the_server() -> None:
    banned = (
        "{} does not take the bot (You are banned from this server- no bots): ask the network's"
        " staff to let it in; it is tried again from time to time."
    )
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        with quick_time(5):
            await passes(100)
            server.kline("*@127.*", "no bots")
            said = await bot.logs("disconnected", LONG)
            assert (said["reason"], said["again_in"]) == (banned.format("strict.example"), "600s")
            began = now()
            said = await bot.logs("disconnected", LONG)
            assert (said["reason"], said["again_in"]) == (banned.format("127.0.0.1"), "600s")
            assert 600 <= now() - began < 605
            with pytest.raises(CannotSpeak) as caught:
                await check(server, nick="checking")
            assert str(caught.value) == banned.format("127.0.0.1")
            server.unkline("*@127.*")
            await bot.joined(LONG)
            assert 1200 <= now() - began < 1210
        await bot.answers(server)


async def test_a_netsplit() -> None:
    async with (
        StrictServer(RULES) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        ada.say("summitbot", "bookmark 12")
        assert await ada.heard_from("summitbot", 1) == [
            "Bookmarked. I will remind you 5 minutes before, at 10:55am."
        ]
        server.netsplit(["ada"])
        await bot.answers(server)
        server.netjoin()
        ada.say("summitbot", "bookmarks")
        heard = await ada.heard_from("summitbot", 2)
        assert any("[12]" in line for line in heard), heard


async def test_stopping_says_goodbye() -> None:
    async with (
        StrictServer(RULES) as server,
        Person(server.host, server.port, "ada") as ada,
        alone_on(server) as bot,
    ):
        await ada.join(CHANNEL)
        await bot.stop()
        assert re.sub("~.*@", "@", await ada.hears("QUIT")) == (
            ":summitbot!@127.0.0.1 QUIT :Quit: Back soon."
        )


async def test_stopping_while_it_waits() -> None:
    async with StrictServer(RULES) as server:
        await server.stop()
        async with alone_on(server, joins=False) as bot:
            await bot.logs("disconnected")
            began = now()
            await bot.stop()
            assert now() - began < 0.5
        await server.start()
