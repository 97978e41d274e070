"""Who is who on servers that people use: ngircd, which tells nothing, and inspircd with atheme."""

import asyncio

from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import BOOKMARKED, BOT, HAS_IT, REMINDER, asks, crowd
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.nickserv import register


async def test_a_guest_takes_their_bookmarks_along(ngircd: Server) -> None:
    async with bot_on(ngircd) as bot, Person(ngircd.host, ngircd.port, "ada") as ada:
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_an_account_is_the_same_under_any_nick(inspircd: Server) -> None:
    await register(inspircd, "peopleada", "sesame-sesame")
    login = ("peopleada", "sesame-sesame")
    async with bot_on(inspircd) as bot:
        async with Person(inspircd.host, inspircd.port, "peopleone", sasl=login) as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        async with Person(inspircd.host, inspircd.port, "peopletwo", sasl=login) as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmarks", 2) == HAS_IT
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_a_guest_who_identifies_takes_their_bookmarks_along(inspircd: Server) -> None:
    await register(inspircd, "peoplebob", "sesame-sesame")
    async with bot_on(inspircd), Person(inspircd.host, inspircd.port, "peoplethree") as bob:
        await bob.join(CHANNEL)
        assert await asks(bob, "bookmark 12", 2) == BOOKMARKED
        bob.say("NickServ", "IDENTIFY peoplebob sesame-sesame")
        await bob.hears("900 peoplethree")
        assert await asks(bob, "bookmarks", 2) == HAS_IT
        async with Person(
            inspircd.host, inspircd.port, "peoplefour", sasl=("peoplebob", "sesame-sesame")
        ) as other:
            assert await asks(other, "bookmarks", 2) == HAS_IT


async def test_two_hundred_are_reminded_at_once_where_nothing_limits_it(ngircd: Server) -> None:
    async with bot_on(ngircd) as bot, crowd(ngircd, 200) as people:
        async with asyncio.TaskGroup() as tasks:
            for each in people:
                tasks.create_task(_bookmarks(each))
        bot.go("Monday 10:55")
        for each in people:
            assert await each.heard_from(BOT, 1) == [REMINDER]


async def _bookmarks(person: Person) -> None:
    assert await asks(person, "bookmark 12", 2) == BOOKMARKED
