"""The whole bot in a test starts, is killed, and begins again where it was."""

import pytest

from bot.ports import CannotSpeak
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.reading import unread
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server

BOOKMARKED = [
    "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
    "[12] Mon 11:00am–11:25am · \x02Ryu Network Operating System\x02 · Bayview B · Kazutaka Morita",
]
REMINDER = (
    "Starts in 4 minutes: [12] 11:00am–11:25am · \x02Ryu Network Operating System\x02"
    " · Bayview B · Kazutaka Morita · Snooze: ‘snooze 12’ ·"
    " Remove: ‘unbookmark 12’"
)
MOVED = (
    "Moved from Bayview B to Marina, starts in 1 hour 40 minutes: [12] Mon 11:00am–11:25am"
    " · \x02Ryu Network Operating System\x02 · Marina · Kazutaka Morita · Remove: ‘unbookmark 12’"
)


async def test_it_is_killed_and_goes_on_with_the_same_database(ngircd: Server) -> None:
    async with bot_on(ngircd) as bot, Person(ngircd.host, ngircd.port, "ada") as ada:
        await ada.join(CHANNEL)
        ada.say("summitbot", "bookmark 12")
        assert await ada.heard_from("summitbot", 2) == BOOKMARKED
        await bot.kill()
        await ada.hears("QUIT")
        bot.go("Monday 10:56")
        await bot.start()
        assert await ada.heard_from("summitbot", 1) == [REMINDER]


async def test_it_follows_a_new_version_and_restarts(ngircd: Server) -> None:
    async with bot_on(ngircd) as bot, Person(ngircd.host, ngircd.port, "ada") as ada:
        ada.say("summitbot", "bookmark 12")
        assert await ada.heard_from("summitbot", 2) == BOOKMARKED
        await bot.change(12, room="Marina")
        moved = await ada.heard_from("summitbot", 1)
        await bot.restart()
        await bot.ticks()
        assert [moved, await unread(ada)] == [[MOVED], []]


async def test_why_it_ends_comes_out(ngircd: Server) -> None:
    with pytest.raises(CannotSpeak, match="fingerprint"):
        async with bot_on(ngircd, tls=True, port=ngircd.tls_port, tls_fingerprint=["00" * 32]):
            pass
