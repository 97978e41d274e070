"""A reminder waits for people who are not there, and goes out when they come in time."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.adapters.irc import connection
from bot.adapters.irc.sending import delivery
from bot.messages import User
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOOKMARKED,
    BOT,
    FAST,
    REMINDER,
    RYU,
    asks,
    easy,
    guest,
    have_bookmarked,
    person,
    told,
)
from tests.servers.strict_irc import Account, Rules, StrictServer

ADA = Account("ada", "sesame")
LOGIN = ("ada", "sesame")
NO_MONITOR = easy(monitor=None)


def watched(server: StrictServer) -> list[str]:
    """The lines with which the bot waited for people."""
    return [line for line in server.sent_by(BOT) if line.startswith(("MONITOR", "ISON"))]


@pytest.mark.parametrize("rules", [easy(), NO_MONITOR])
async def test_who_joins_in_time_is_reminded(rules: Rules) -> None:
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_bookmarks_say_why_nothing_has_come() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        # What has become of a message is noted at the next tick.
        await have_bookmarked(bot, [guest("bob")])
        await bot.logs("unreachable")
        bot.go("Monday 11:01")
        async with person(server, "ada") as ada:
            assert await asks(ada, "bookmarks", 2) == [
                "You have 1 bookmark:",
                f"[12] Mon {RYU} \xb7 on now (the last message did not reach you: you were not"
                " online)",
            ]
            assert len(await told(ada)) == 2


async def test_who_takes_the_known_nick_again_is_reminded() -> None:
    async with StrictServer(easy(), [ADA]) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada", sasl=LOGIN) as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        async with person(server, "countess") as ada:
            await ada.join(CHANNEL)
            server.login("countess", "ada")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_a_guest_who_comes_back_to_their_nick_is_reminded() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        async with person(server, "ada_", user="ada") as ada:
            await ada.join(CHANNEL)
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            ada.send("NICK ada")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_monitor_finds_who_comes_to_no_common_channel() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        async with person(server, "ada") as ada:
            assert await ada.heard_from(BOT, 1) == [REMINDER]
        assert watched(server) == ["MONITOR + ada"]


async def test_monitor_finds_who_is_in_no_common_channel_all_the_time() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_ison_finds_who_is_in_no_common_channel_where_there_is_no_monitor() -> None:
    async with StrictServer(NO_MONITOR) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]
        assert watched(server) == ["ISON ada"]


@pytest.fixture
def _asks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute is long for a test."""
    monkeypatch.setattr(connection, "_POLL_EVERY", 0.3)


@pytest.mark.usefixtures("_asks_often")
async def test_ison_finds_who_comes_later() -> None:
    async with StrictServer(NO_MONITOR) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        async with person(server, "ada") as ada:
            assert await ada.heard_from(BOT, 1) == [REMINDER]
        assert set(watched(server)) == {"ISON ada"}


@pytest.mark.usefixtures("_asks_often")
async def test_a_nick_that_is_free_is_found_among_people_who_are_asked_for() -> None:
    async with StrictServer(NO_MONITOR) as server, AsyncExitStack() as thief:
        # In no common channel, so that nobody tells the bot when they leave.
        await thief.enter_async_context(person(server, BOT))
        async with bot_on(server, **FAST) as bot, person(server, "ada") as ada:
            # The one with the bookmark is somebody else of this nick, so she is asked for again.
            await have_bookmarked(bot, [guest("ada", "elsewhere.example")])
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            await thief.aclose()
            async with asyncio.timeout(10):
                while f"{BOT}_" in server.nicks:
                    await ada.is_up_to_date()
            assert "ISON ada" in [sent.line for sent in server.log]


async def test_nobody_is_reminded_after_the_start() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        bot.go("Monday 11:00")
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            # Whatever was to come has come by the time of a later message.
            await have_bookmarked(bot, [guest("ada")], 21)
            starts = bot.schedule.session(21)
            assert starts is not None
            bot.clock.moment = starts.slot.start
            bot.wait(-5)
            [said] = await ada.heard_from(BOT, 1)
            assert said.startswith("Starts in 5 minutes: [21] ")
            assert len(await told(ada)) == 1


async def test_the_list_of_monitor_is_for_those_whose_sessions_start_first() -> None:
    async with StrictServer(easy(monitor=5)) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest(f"later{n}") for n in range(4)], 20, before=120)
        await have_bookmarked(bot, [guest(f"sooner{n}") for n in range(3)])
        bot.go("Monday 10:50")
        for _ in range(4):
            await bot.logs("unreachable")
        bot.go("Monday 10:55")
        for _ in range(3):
            await bot.logs("unreachable")
        assert watched(server) == [
            "MONITOR + later0,later1,later2,later3",
            "MONITOR - later2,later3",
            "MONITOR + sooner0,sooner1,sooner2",
            "ISON later2 later3",
        ]


async def test_a_list_that_is_shorter_than_announced_is_taken_as_it_is() -> None:
    rules = easy(monitor=3, isupport=("MONITOR=100",))
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest(f"p{n}") for n in range(5)])
        bot.go("Monday 10:55")
        for _ in range(5):
            await bot.logs("unreachable")
        async with person(server, "p4") as last:
            await last.join(CHANNEL)
            assert await last.heard_from(BOT, 1) == [REMINDER]
        async with person(server, "p0") as first:
            assert await first.heard_from(BOT, 1) == [REMINDER]


@pytest.mark.parametrize(
    ("rules", "commands"), [(easy(), ["MONITOR"] * 2 + ["ISON"] * 2), (NO_MONITOR, ["ISON"] * 4)]
)
async def test_many_who_are_absent_cost_few_lines(rules: Rules, commands: list[str]) -> None:
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        await have_bookmarked(bot, [guest(f"p{n}") for n in range(200)])
        began = len(server.sent_by(BOT))
        bot.go("Monday 10:55")
        for _ in range(200):
            await bot.logs("unreachable")
        lines = server.sent_by(BOT)[began:]
        assert [line.split()[0] for line in lines] == commands
        async with person(server, "p199") as last:
            await last.join(CHANNEL)
            assert await last.heard_from(BOT, 1) == [REMINDER]


async def test_who_had_to_be_looked_for_long_is_written_to_at_the_next_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "_LONG_LOOK", 0.02)  # asking takes 0.2 s at least
    attempts = list[str]()
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        assert bot.adapter._link is not None
        send = bot.adapter._link.delivery.send

        async def attempt(user: User, *rest: Any) -> None:
            attempts.append(user.name)
            await send(user, *rest)

        monkeypatch.setattr(bot.adapter._link.delivery, "send", attempt)
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]
        await bot.logs("told")
        assert await told(ada) == [REMINDER]
    assert len(attempts) == 2
