"""One bot on two networks at once: users of one are not users of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.adapters.irc.bot import CHANNEL, Bot, bots_on, irc_settings
from tests.adapters.irc.reading import unread
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.strict_irc import StrictServer

BOT = "summitbot"
RYU = "11:00am–11:25am · \x02Ryu Network Operating System\x02 · Bayview B · Kazutaka Morita"
BOOKMARKED = ["Bookmarked. I will remind you 5 minutes before, at 10:55am.", f"[12] Mon {RYU}"]
HAS_NONE = ["You have no bookmarks yet. Add one by number or title: ‘bookmark 12’"]
REMINDER = [f"Starts in 5 minutes: [12] {RYU} · Snooze: ‘snooze 12’ · Remove: ‘unbookmark 12’"]


@asynccontextmanager
async def both(ngircd: Server, inspircd: Server) -> AsyncIterator[tuple[Bot, Person, Person]]:
    """A bot on both servers, and somebody of the same nick on each."""
    networks = [irc_settings(ngircd, name="one"), irc_settings(inspircd, name="two")]
    async with AsyncExitStack() as all_three:
        # Some servers take a second for each.
        bot, here, there = await asyncio.gather(
            all_three.enter_async_context(bots_on(networks)),
            all_three.enter_async_context(Person(ngircd.host, ngircd.port, "ada")),
            all_three.enter_async_context(Person(inspircd.host, inspircd.port, "ada")),
        )
        await here.join(CHANNEL)
        await there.join(CHANNEL)
        yield bot, here, there


async def asks(ada: Person, line: str, count: int) -> list[str]:
    ada.say(BOT, line)
    return await ada.heard_from(BOT, count)


async def test_who_bookmarks_on_one_is_reminded_there(ngircd: Server, inspircd: Server) -> None:
    async with both(ngircd, inspircd) as (bot, here, there):
        assert await asks(here, "bookmark 12", 2) == BOOKMARKED
        assert await asks(there, "bookmarks", 1) == HAS_NONE
        bot.go("Monday 10:55")
        assert await here.heard_from(BOT, 1) == REMINDER
        await bot.ticks()
        assert (await unread(here), await unread(there)) == ([], [])


async def test_both_are_answered_and_reminded(ngircd: Server, inspircd: Server) -> None:
    async with both(ngircd, inspircd) as (bot, here, there):
        for ada in (here, there):
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        bot.go("Monday 10:55")
        for ada in (here, there):
            assert await ada.heard_from(BOT, 1) == REMINDER
        assert await asks(there, "unbookmark 12", 2) == [
            "Bookmark removed, no reminder will come.", f"[12] Mon {RYU}"
        ]  # fmt: skip
        assert (await asks(here, "bookmarks", 2))[0] == "You have 1 bookmark:"
        await bot.restart()
        assert await asks(there, "bookmarks", 1) == HAS_NONE
        assert (await asks(here, "bookmarks", 2))[0] == "You have 1 bookmark:"


async def test_a_network_that_is_away_keeps_nothing_from_the_other(ngircd: Server) -> None:
    async with StrictServer() as strict:
        networks = [irc_settings(ngircd, name="one"), irc_settings(strict, name="two")]
        async with (
            bots_on(networks) as bot,
            Person(ngircd.host, ngircd.port, "ada") as ada,
        ):
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            await strict.stop()
            await bot.logs("disconnected", network="two")
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == REMINDER
