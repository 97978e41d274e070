"""Nicks pass from one person to another: nobody gets what is for whoever had it before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.irc.adapter import IrcAdapter
from bot.clock import SystemClock
from bot.document import reply, text
from bot.messages import Invocation, Response
from bot.store.sql import SqlStore
from bot.times import Reader
from tests.adapters.irc.bot import CHANNEL, Bot, bot_on, irc_settings
from tests.adapters.irc.connecting import Alone, alone_on
from tests.adapters.irc.gathering import (
    BOOKMARKED,
    BOT,
    FAST,
    HAS_IT,
    HAS_NONE,
    REMINDER,
    asks,
    easy,
    guest,
    person,
    told,
)
from tests.adapters.irc.reading import unread
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Account, StrictServer

ADA = Account("ada", "sesame")
LOGIN = ("ada", "sesame")
BY_WHOIS = easy("account-notify", "sasl", whox=False)
EVE = "ada!~eve@evil.example"
HINT = (
    "I know another ada, from elsewhere. If that is you, log in to your account (/msg NickServ"
    " identify), and I recognize you from anywhere."
)
READER = Reader(ZoneInfo("UTC"))


def asked_for(server: StrictServer) -> list[str]:
    return [line for line in server.sent_by(BOT) if line.startswith("WHOIS")]


def hears(server: StrictServer, *lines: str) -> None:
    """The bot hears this, as if it had happened."""
    server.raw(BOT, "".join(f"{line}\r\n" for line in lines).encode())


async def test_who_wrote_under_a_nick_has_nothing_of_the_account_that_has_it_now() -> None:
    async with StrictServer(BY_WHOIS, [ADA]) as server, bot_on(server, **FAST):
        async with person(server, "ada", sasl=LOGIN) as ada:
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            hears(server, f":{EVE} PRIVMSG {BOT} :bookmarks")
            assert await ada.heard_from(BOT, 2) == [*HAS_NONE, HINT]
            hears(server, f":{EVE} PRIVMSG {BOT} :bookmarks")
            assert await ada.heard_from(BOT, 1) == HAS_NONE
            assert await asks(ada, "bookmarks", 2) == HAS_IT
        assert asked_for(server) == ["WHOIS ada"] * 3


async def test_who_asks_for_much_is_looked_up_once() -> None:
    async with StrictServer(BY_WHOIS, [ADA]) as server, bot_on(server, **FAST):
        async with person(server, "eve") as eve, person(server, "lovelace", sasl=LOGIN) as ada:
            for _ in range(10):
                eve.say(BOT, "now Marina")
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            assert await asks(ada, "bookmarks", 2) == HAS_IT
            await unread(eve)
        assert sorted(asked_for(server)) == ["WHOIS eve", "WHOIS lovelace"]


async def test_who_is_looked_up_in_vain_is_not_looked_up_again_soon() -> None:
    async with (
        StrictServer(BY_WHOIS, [ADA]) as server,
        bot_on(server, **FAST),
        person(server, "bob") as bob,
    ):
        hears(server, *[f":nobody!n@h PRIVMSG {BOT} :bookmarks"] * 5)
        await unread(bob)
        hears(server, *[f":nobody!n@h PRIVMSG {BOT} :bookmarks"] * 5)
        await unread(bob)
        assert asked_for(server).count("WHOIS nobody") == 1


async def test_who_is_told_to_log_in_is_recognized_as_soon_as_they_do() -> None:
    async with StrictServer(BY_WHOIS, [ADA]) as server, bot_on(server, **FAST):
        async with person(server, "ada", sasl=LOGIN) as ada:
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.set_host("ada", "elsewhere.example")
        async with person(server, "ada") as ada:
            assert await asks(ada, "bookmarks", 2) == [*HAS_NONE, HINT]
            server.login("ada", "ada")
            assert await asks(ada, "bookmarks", 2) == HAS_IT


async def test_a_bot_that_only_the_server_tells_of_is_not_answered() -> None:
    async with (
        StrictServer(BY_WHOIS, [ADA]) as server,
        bot_on(server, **FAST),
        person(server, "robot") as robot,
        person(server, "bob") as bob,
    ):
        robot.send("MODE robot +B")
        await robot.hears("MODE")
        robot.say(BOT, "now")
        robot.say(BOT, "next")
        await robot.is_up_to_date()
        await unread(bob)
        await unread(bob)
        assert await told(robot) == []
        assert asked_for(server) == ["WHOIS robot", "WHOIS bob"]


@asynccontextmanager
async def found_by_monitor() -> AsyncIterator[tuple[StrictServer, Bot, Person, Person]]:
    """Somebody in no channel who has been found and reminded, and will be again; and Bob."""
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "bob") as bob,
        person(server, "ada") as ada,
    ):
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        await asks(ada, "bookmark 17", 2)
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]
        assert asked_for(server) == ["WHOIS ada"]
        yield server, bot, ada, bob


async def starts_soon(bot: Bot, session: int) -> None:
    """The reminder of this session is due."""
    found = bot.schedule.session(session)
    assert found is not None
    bot.clock.moment = found.slot.start
    bot.wait(-5)


async def test_who_is_seen_to_have_the_nick_of_somebody_found_before_gets_nothing() -> None:
    async with found_by_monitor() as (server, bot, ada, bob):
        before = await told(ada)
        hears(server, f":{EVE} JOIN {CHANNEL}")
        await unread(bob)
        await starts_soon(bot, 17)
        await bot.logs("unreachable")
        assert await told(ada) == before


@pytest.mark.parametrize("signs", [
    [f":{EVE} JOIN {CHANNEL}", f":{EVE} PART {CHANNEL}"],
    [f":{EVE} JOIN {CHANNEL}", f":{EVE} QUIT :bye"],
    [f":eve!~eve@evil.example JOIN {CHANNEL}", ":eve!~eve@evil.example NICK :ada",
     f":{EVE} NICK :eve"],
    [f":strict.example 731 {BOT} :ada"],
])  # fmt: skip
async def test_who_was_found_is_looked_for_again_when_something_was_heard_of_the_nick(
    signs: list[str],
) -> None:
    async with found_by_monitor() as (server, bot, ada, bob):
        hears(server, *signs)
        await unread(bob)
        await starts_soon(bot, 17)
        [said] = await ada.heard_from(BOT, 1)
        assert said.startswith("Starts in 5 minutes: [17] ")
        assert asked_for(server) == ["WHOIS ada"] * 2


@asynccontextmanager
async def slow_bot() -> AsyncIterator[tuple[StrictServer, Alone, Person, Person]]:
    """Ada and Eve in the channel of a bot that says a line a second, and something else first."""
    async with (
        StrictServer(easy()) as server,
        person(server, "ada") as ada,
        person(server, "eve") as eve,
    ):
        await ada.join(CHANNEL)
        await eve.join(CHANNEL)
        async with alone_on(server, rate=2.0, burst=1) as bot:
            assert bot.adapter._link is not None
            for _ in range(3):
                bot.adapter._link.connection.outbox.say_soon("PING :first")
            yield server, bot, ada, eve


async def passes_on(ada: Person, eve: Person) -> None:
    """Ada is called otherwise from now on, and Eve is called Ada."""
    ada.send("NICK countess")
    await eve.hears("NICK :countess")
    eve.send("NICK ada")
    await ada.hears("NICK :ada")


def messages(server: StrictServer) -> list[str]:
    return [line for line in server.sent_by(BOT) if line.startswith(("PRIVMSG", "NOTICE"))]


async def is_answered(eve: Person) -> None:
    """Whatever waited when Eve begins to ask has had its turn."""
    for _ in range(2):
        eve.say(CHANNEL, "!now Marina")
        await eve.heard_from(BOT, 2)


@pytest.mark.parametrize("texts", [1, 2])
async def test_a_notice_that_waits_goes_to_the_nick_of_its_turn(texts: int) -> None:
    secret = "secret " * (40 * texts)
    async with slow_bot() as (server, bot, ada, eve):
        until = SystemClock().now() + timedelta(days=365)
        sending = asyncio.create_task(
            bot.adapter.send(guest("ada"), reply(text(secret)), READER, "key", until)
        )
        await asyncio.sleep(0)
        await passes_on(ada, eve)
        async with asyncio.timeout(20):
            await sending
        said = messages(server)
    assert [line.split(" ")[1] for line in said] == ["countess"] * texts


@pytest.mark.parametrize("line", ["bookmarks", "\x01PING 1\x01"])
async def test_an_answer_that_waits_goes_to_the_nick_of_its_turn(line: str) -> None:
    async with slow_bot() as (server, _, ada, eve):
        ada.say(BOT, line)
        await ada.is_up_to_date()
        await passes_on(ada, eve)
        await ada.heard_from(BOT, 1)
        said = messages(server)
    assert [line.split(" ")[1] for line in said] == ["countess"]


async def test_an_answer_that_waits_is_not_for_who_has_the_nick_of_somebody_gone() -> None:
    async with slow_bot() as (server, _, ada, eve):
        ada.say(BOT, "bookmarks")
        await ada.is_up_to_date()
        ada.send("QUIT :bye")
        await eve.hears("QUIT")
        eve.send("NICK ada")
        await eve.hears("NICK :ada")
        await is_answered(eve)
        said = messages(server)
    assert {line.split(" ")[1] for line in said} == {CHANNEL}


async def test_an_answer_to_somebody_in_no_channel_is_not_for_who_is_seen_to_have_the_nick() -> (
    None
):
    async with slow_bot() as (server, _, ada, eve):
        hears(
            server,
            f":carl!c@h PRIVMSG {BOT} :bookmarks", f":dora!d@h PRIVMSG {BOT} :bookmarks",
            f":carl!e@h JOIN {CHANNEL}",
        )  # fmt: skip
        await ada.is_up_to_date()
        await is_answered(eve)
        said = messages(server)
    assert {line.split(" ")[1] for line in said} == {"dora", CHANNEL}


async def test_who_is_called_otherwise_by_their_turn_is_who_they_were_when_they_asked() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST),
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        for session in (17, 18, 12):
            ada.say(BOT, f"bookmark {session}")
        ada.send("NICK countess")
        await unread(ada)
        assert (await asks(ada, "bookmarks", 1)) == ["You have 3 bookmarks:"]


async def test_what_waits_beyond_many_commands_of_one_person_is_passed_over(database: str) -> None:
    asked, news, goes_on = list[str](), asyncio.Event(), asyncio.Event()

    async def receive(invocation: Invocation) -> Response:
        asked.append(invocation.line)
        news.set()
        if invocation.user.name == "ada":
            await goes_on.wait()
        return Response(reply(text("done")), READER, True, "now")

    async def is_asked(line: str) -> None:
        async with asyncio.timeout(20):
            while line not in asked:
                news.clear()
                await news.wait()

    clock = SystemClock()
    store = SqlStore(database, clock)
    async with (
        StrictServer(easy()) as server,
        person(server, "ada") as ada,
        person(server, "bob") as bob,
    ):
        adapter = IrcAdapter(irc_settings(server, **FAST), store, clock)
        running = asyncio.create_task(adapter.run(receive, lambda _: None))
        try:
            await ada.join(CHANNEL)
            async with asyncio.timeout(20):
                while BOT not in server.members(CHANNEL):
                    await ada.hears(f"JOIN {CHANNEL}")
            for number in range(400):
                ada.say(BOT, str(number))
            await ada.is_up_to_date()
            bob.say(BOT, "bob")
            await is_asked("bob")
            goes_on.set()
            await ada.heard_from(BOT, 150)
            ada.say(BOT, "last")
            await is_asked("last")
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    await store.close()
    assert asked == ["0", "bob", *map(str, range(1, 150)), "last"]
