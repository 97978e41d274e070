"""The whole bot in a test starts, is killed, and begins again where it was."""

import pytest

from bot.ports import CannotSpeak
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server

BOOKMARKED = [
    "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
    "[12] Mon 11:00am\u201311:25am \xb7 \x02Ryu Network Operating System\x02 \xb7 Bayview B"
    " \xb7 Kazutaka Morita",
]
REMINDER = (
    "Starts in 4 minutes: [12] 11:00am\u201311:25am \xb7 \x02Ryu Network Operating System\x02"
    " \xb7 Bayview B \xb7 Kazutaka Morita \xb7 Snooze: \u2018snooze 12\u2019 \xb7"
    " Remove: \u2018unbookmark 12\u2019"
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
        await bot.change(12, title="Quantum")
        await ada.join(CHANNEL)
        ada.say("summitbot", "info 12")
        print(await ada.heard_from("summitbot", 1))
        await bot.restart()
        ada.say("summitbot", "info 12")
        print(await ada.heard_from("summitbot", 1))


async def test_why_it_ends_comes_out(ngircd: Server) -> None:
    with pytest.raises(CannotSpeak, match="fingerprint"):
        async with bot_on(ngircd, tls=True, port=ngircd.tls_port, tls_fingerprint=["00" * 32]):
            pass
