"""Guests who log in, and accounts that log out, in the middle of it all."""

from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOOKMARKED,
    BOT,
    FAST,
    HAS_IT,
    HAS_NONE,
    REMINDER,
    asks,
    easy,
    person,
    told,
)
from tests.servers.strict_irc import Account, StrictServer

ADA, BOB = Account("ada", "sesame"), Account("bob", "open")
LOGIN = ("ada", "sesame")


async def test_who_logs_in_takes_along_what_the_guest_had() -> None:
    async with StrictServer(easy(), [ADA]) as server, bot_on(server, **FAST):
        async with person(server, "lovelace") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            ada.say("NickServ", "IDENTIFY ada sesame")
            await ada.hears("You are now identified")
            assert await asks(ada, "bookmarks", 2) == HAS_IT
        async with person(server, "countess", sasl=LOGIN) as ada:
            assert await asks(ada, "bookmarks", 2) == HAS_IT


async def test_who_logs_out_is_a_guest_again() -> None:
    async with (
        StrictServer(easy(), [ADA]) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.logout("ada")
        assert (await asks(ada, "bookmarks", 2))[:1] == HAS_NONE
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        server.login("ada", "ada")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_two_guests_who_log_in_to_one_account_share_all() -> None:
    async with (
        StrictServer(easy(), [ADA]) as server,
        bot_on(server, **FAST),
        person(server, "desk") as desk,
        person(server, "phone") as phone,
    ):
        await desk.join(CHANNEL)
        await phone.join(CHANNEL)
        assert await asks(desk, "bookmark 12", 2) == BOOKMARKED
        assert (await asks(phone, "bookmark 13", 2))[0] == BOOKMARKED[0]
        server.login("desk", "ada")
        server.login("phone", "ada")
        both = await asks(desk, "bookmarks", 3)
        assert both[0] == "You have 2 bookmarks:"
        assert await asks(phone, "bookmarks", 3) == both


async def test_who_changes_accounts_leaves_what_is_the_first_ones() -> None:
    async with (
        StrictServer(easy(), [ADA, BOB]) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada", sasl=LOGIN) as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.login("ada", "bob")
        assert await asks(ada, "bookmarks", 1) == HAS_NONE
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        assert await told(ada) == [*BOOKMARKED, *HAS_NONE]
