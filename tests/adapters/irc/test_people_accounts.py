"""Who has an account is known by it, however the network tells it."""

import pytest

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
from tests.servers.strict_irc import Account, Rules, StrictServer

ADA = Account("ada", "sesame")
LOGIN = ("ada", "sesame")


def asked_for(server: StrictServer) -> list[str]:
    """What the bot wanted to know of people."""
    return [line for line in server.sent_by(BOT) if line.startswith("WHOIS")]


@pytest.mark.parametrize("capability", ["account-tag", "extended-join"])
async def test_one_capability_is_enough(capability: str) -> None:
    async with StrictServer(easy(capability, "sasl", whox=False), [ADA]) as server:
        async with bot_on(server, **FAST):
            async with person(server, "lovelace", sasl=LOGIN) as first:
                await first.join(CHANNEL)
                assert await asks(first, "bookmark 12", 2) == BOOKMARKED
            async with person(server, "countess", sasl=LOGIN) as again:
                await again.join(CHANNEL)
                assert await asks(again, "bookmarks", 2) == HAS_IT
        assert asked_for(server) == []


async def test_account_notify_is_enough() -> None:
    async with StrictServer(easy("account-notify", whox=False), [ADA]) as server:
        async with bot_on(server, **FAST):
            async with person(server, "lovelace") as first:
                await first.join(CHANNEL)
                server.login("lovelace", "ada")
                assert await asks(first, "bookmark 12", 2) == BOOKMARKED
            async with person(server, "countess") as again:
                await again.join(CHANNEL)
                server.login("countess", "ada")
                assert await asks(again, "bookmarks", 2) == HAS_IT
        assert asked_for(server) == []


async def test_whox_is_enough() -> None:
    async with StrictServer(easy("sasl"), [ADA]) as server:
        async with person(server, "lovelace", sasl=LOGIN) as first:
            await first.join(CHANNEL)
            async with bot_on(server, **FAST):
                assert await asks(first, "bookmark 12", 2) == BOOKMARKED
                async with person(server, "countess", sasl=LOGIN) as again:
                    # Nothing has told of one who comes later: the server is asked.
                    await again.join(CHANNEL)
                    assert await asks(again, "bookmarks", 2) == HAS_IT
        assert asked_for(server) == ["WHOIS countess"]


async def test_who_is_in_no_channel_is_looked_up_where_messages_do_not_tell() -> None:
    async with StrictServer(easy("account-notify", "sasl"), [ADA]) as server:
        async with bot_on(server, **FAST):
            async with person(server, "lovelace", sasl=LOGIN) as first:
                assert await asks(first, "bookmark 12", 2) == BOOKMARKED
            async with person(server, "countess", sasl=LOGIN) as again:
                assert await asks(again, "bookmarks", 2) == HAS_IT
        assert asked_for(server) == ["WHOIS lovelace", "WHOIS countess"]


async def test_without_any_of_them_people_are_guests() -> None:
    rules = easy("server-time", whox=False, sasl=())
    async with StrictServer(rules, [ADA]) as server, bot_on(server, **FAST):
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            server.login("ada", "ada")
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        async with person(server, "ada") as ada:
            assert await asks(ada, "bookmarks", 2) == HAS_IT
        async with person(server, "lovelace") as lovelace:
            server.login("lovelace", "ada")
            assert await asks(lovelace, "bookmarks", 1) == HAS_NONE
        assert asked_for(server) == []


@pytest.mark.parametrize(
    "rules", [easy(), easy(without=["account-tag"]), easy("account-notify", "sasl")]
)
async def test_an_account_is_reached_under_its_nick_of_now(rules: Rules) -> None:
    async with StrictServer(rules, [ADA]) as server, bot_on(server, **FAST) as bot:
        async with person(server, "lovelace", sasl=LOGIN) as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        async with person(server, "countess", sasl=LOGIN) as ada:
            await ada.join(CHANNEL)
            ada.send("NICK babbage")
            await ada.hears("NICK :babbage")
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_two_nicks_of_one_account_are_one_user() -> None:
    async with (
        StrictServer(easy(), [ADA]) as server,
        bot_on(server, **FAST) as bot,
        person(server, "desk", sasl=LOGIN) as desk,
        person(server, "phone", sasl=LOGIN) as phone,
    ):
        await desk.join(CHANNEL)
        await phone.join(CHANNEL)
        assert await asks(desk, "bookmark 12", 2) == BOOKMARKED
        assert await asks(phone, "bookmarks", 2) == HAS_IT
        bot.go("Monday 10:55")
        await bot.logs("told")
        heard = [*(await told(desk))[2:], *(await told(phone))[2:]]
        assert heard == [REMINDER]


async def test_of_two_nicks_of_one_account_the_one_that_stays_is_reached() -> None:
    async with (
        StrictServer(easy(), [ADA]) as server,
        bot_on(server, **FAST) as bot,
        person(server, "phone", sasl=LOGIN) as phone,
    ):
        await phone.join(CHANNEL)
        async with person(server, "desk", sasl=LOGIN) as desk:
            await desk.join(CHANNEL)
            assert await asks(desk, "bookmark 12", 2) == BOOKMARKED
        await phone.hears("QUIT")
        bot.go("Monday 10:55")
        assert await phone.heard_from(BOT, 1) == [REMINDER]
