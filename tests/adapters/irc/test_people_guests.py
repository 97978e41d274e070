"""Whoever has no account is known by nick, user and host, and takes what is theirs along."""

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

BARE = easy("server-time", whox=False, sasl=(), monitor=None)
MOVED = (
    "Moved from Monday 11:00am to Monday 12:00pm: [12] Mon 12:00pm\u201312:25pm \xb7"
    " \x02Ryu Network Operating System\x02 \xb7 Bayview B \xb7 Kazutaka Morita \xb7"
    " Remove: \u2018unbookmark 12\u2019"
)
HINT = (
    "I know another ada, from elsewhere. If that is you, log in to your account (/msg NickServ"
    " identify), and I recognize you from anywhere."
)
HINT_WITHOUT_ACCOUNTS = (
    "I know another ada, from elsewhere. If that is you, come back from where you were, for there"
    " are no accounts here."
)


@pytest.mark.parametrize("rules", [easy(), BARE])
async def test_who_changes_the_nick_while_seen_is_the_same(rules: Rules) -> None:
    async with (
        StrictServer(rules) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_who_changed_the_nick_is_the_same_after_a_restart() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        await bot.restart()
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_who_changes_the_nick_before_bookmarking_is_the_same_after_a_restart() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        await bot.restart()
        assert await asks(ada, "bookmarks", 2) == HAS_IT


async def test_who_takes_the_nick_later_gets_nothing_of_the_first_one() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        server.set_host("ada", "elsewhere.example")
        async with person(server, "ada") as other:
            await other.join(CHANNEL)
            # The nick is free by now: nobody is known by it.
            assert await asks(other, "bookmarks", 1) == HAS_NONE
            await bot.change(12, at="Monday 12:00")
            assert await ada.heard_from(BOT, 1) == [MOVED]
            bot.go("Monday 11:55")
            await ada.heard_from(BOT, 1)
            assert await told(other) == HAS_NONE


async def test_even_the_same_mask_is_another_one_when_its_guest_is_seen_under_a_new_nick() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST), person(server, "ada") as ada:
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        ada.send("NICK countess")
        await ada.hears("NICK :countess")
        async with person(server, "ada") as other:
            await other.join(CHANNEL)
            assert await asks(other, "bookmarks", 1) == HAS_NONE
        assert await asks(ada, "bookmarks", 2) == HAS_IT


@pytest.mark.parametrize("rules", [easy(), BARE])
@pytest.mark.parametrize("restarts", [False, True])
async def test_who_leaves_under_another_nick_comes_back_under_the_first(
    rules: Rules, restarts: bool
) -> None:
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        async with person(server, "bob") as bob:
            await bob.join(CHANNEL)
            async with person(server, "ada") as ada:
                await ada.join(CHANNEL)
                assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
                ada.send("NICK ada|away")
                await bob.hears("NICK :ada|away")
            await bob.hears("QUIT")
        if restarts:
            await bot.restart()
        async with person(server, "ada") as ada:
            assert await asks(ada, "bookmarks", 2) == HAS_IT
            await ada.join(CHANNEL)
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_an_unchanged_mask_is_the_same_guest_after_a_restart() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        await bot.restart()
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmarks", 2) == HAS_IT


@pytest.mark.parametrize(("rules", "hint"), [(easy(), HINT), (BARE, HINT_WITHOUT_ACCOUNTS)])
async def test_another_mask_is_another_guest_who_is_told_once_how_to_be_recognized(
    rules: Rules, hint: str
) -> None:
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        await bot.restart()
        server.set_host("ada", "elsewhere.example")
        async with person(server, "ada") as other:
            await other.join(CHANNEL)
            assert await asks(other, "bookmarks", 2) == [*HAS_NONE, hint]
            assert await asks(other, "bookmarks", 1) == HAS_NONE


async def test_who_has_another_host_shown_while_seen_is_the_same() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.chghost("ada", "~ada", "a.cloak.example")
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        await bot.restart()
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_nicks_compare_as_the_server_says() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "Ada[x]\\", user="ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        async with person(server, "ada{X}|", user="ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmarks", 2) == HAS_IT
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_a_thief_of_the_nick_gets_no_reminder() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.set_host("ada", "thief.example")
        async with person(server, "ada") as thief:
            await thief.join(CHANNEL)
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            assert await told(thief) == []


async def test_a_thief_who_is_in_no_channel_gets_no_reminder() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.set_host("ada", "thief.example")
        async with person(server, "ada") as thief:
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            assert await told(thief) == []
        asked = [line for line in server.sent_by(BOT) if line.startswith(("MONITOR", "WHOIS"))]
        assert asked == ["MONITOR + ada", "WHOIS ada"]


async def test_a_nick_that_services_have_changed_is_the_same_guest() -> None:
    accounts = [Account("ada", "sesame")]
    async with (
        StrictServer(easy(), accounts) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.rename("ada", "Guest4711")
        await ada.hears("NICK :Guest4711")
        assert await asks(ada, "bookmarks", 2) == HAS_IT
        async with person(server, "ada", sasl=("ada", "sesame")) as owner:
            await owner.join(CHANNEL)
            assert await asks(owner, "bookmarks", 1) == HAS_NONE
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]
            assert await told(owner) == HAS_NONE
