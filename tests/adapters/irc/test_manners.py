"""How the bot behaves on IRC: by which command it speaks, and whom it never answers."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from bot import __version__
from tests.adapters.irc.bot import CHANNEL, Bot, bot_on
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server

BOT = "summitbot"
NEXT = [
    "Next in Marina, at 9:30am, in 10 minutes:",
    "[6] 9:30am–10:25am · \x02Breakout of volume into its own service\x02 · Marina"
    " · Vishvananda Ishaya",
]


@pytest.fixture(params=["ngircd", "inspircd"])
def server(request: pytest.FixtureRequest) -> Server:
    """A real server."""
    found: Server = request.getfixturevalue(request.param)
    return found


@asynccontextmanager
async def ada_and_bot(server: Server, **settings: Any) -> AsyncIterator[tuple[Person, Bot]]:
    """Somebody in the channel of a bot."""
    async with AsyncExitStack() as both:
        # Some servers take a second for each.
        ada, bot = await asyncio.gather(
            both.enter_async_context(Person(server.host, server.port, "ada")),
            both.enter_async_context(bot_on(server, **settings)),
        )
        await ada.join(CHANNEL)
        yield ada, bot


async def said_by_bot(ada: Person) -> list[str]:
    """Command, target and text of all that Ada has got from the bot, when it has answered all that
    she has said."""
    ada.say(BOT, "zzzzz")
    await ada.hears("I do not know \u201czzzzz")
    lines = [line for line in ada.lines if line.lower().startswith(f":{BOT}!")]
    return [line.partition(" ")[2] for line in lines if "JOIN" not in line][:-1]


@pytest.mark.parametrize("answers", ["privmsg", "notice"])
async def test_answers_in_channels_are_what_the_settings_say(server: Server, answers: str) -> None:
    async with ada_and_bot(server, answers=answers) as (ada, _):
        ada.say(CHANNEL, "!next Marina")
        await ada.heard_from(BOT, 2)
        ada.say(BOT, "next Marina")
        assert await said_by_bot(ada) == [
            f"{answers.upper()} {CHANNEL} :ada: {NEXT[0]}",
            f"{answers.upper()} {CHANNEL} :{NEXT[1]}",
            *[f"PRIVMSG ada :{text}" for text in NEXT],
        ]


async def test_notices_are_never_answered(server: Server) -> None:
    async with ada_and_bot(server) as (ada, _):
        for text in ("next Marina", "!next Marina", "summitbot: next Marina", "\x01VERSION x\x01",
                     "\x01PING 12\x01"):  # fmt: skip
            ada.send(f"NOTICE {BOT} :{text}")
            ada.send(f"NOTICE {CHANNEL} :{text}")
        assert await said_by_bot(ada) == []


async def test_what_is_no_question_is_passed_over(server: Server) -> None:
    async with ada_and_bot(server) as (ada, _):
        for text in (
            "\x01ACTION !next Marina\x01", "\x01ACTION summitbot: next\x01", "\x01SOURCE\x01",
            "\x01DCC SEND x 2130706433 1 2\x01", "\x01\x01", "\x01 \x01",
        ):  # fmt: skip
            ada.say(BOT, text)
            ada.say(CHANNEL, text)
        assert await said_by_bot(ada) == []


async def test_the_bot_does_not_answer_itself(server: Server) -> None:
    async with ada_and_bot(server) as (ada, bot):
        assert bot.adapter._link is not None
        outbox = bot.adapter._link.connection.outbox
        own = [f"PRIVMSG {CHANNEL} :!next Marina", f"PRIVMSG {BOT} :next Marina",
               f"PRIVMSG {CHANNEL} :summitbot: next"]  # fmt: skip
        for line in own:
            await outbox.say(line)
        await ada.heard_from(BOT, 2)
        assert await said_by_bot(ada) == [own[0], own[2]]


async def test_the_customary_questions_of_clients_are_answered(server: Server) -> None:
    async with ada_and_bot(server) as (ada, _):
        for question in ("VERSION", "PING 12 345", "TIME", "clientinfo"):
            ada.say(BOT, f"\x01{question}\x01")
        version, ping, time, known = await said_by_bot(ada)
        python = r"Python 3\.\d+\.\d+"
        expected = rf"NOTICE ada :\x01VERSION Summit Bot {re.escape(__version__)}, {python}\x01"
        assert re.fullmatch(expected, version), version
        assert ping == "NOTICE ada :\x01PING 12 345\x01"
        assert known == "NOTICE ada :\x01CLIENTINFO CLIENTINFO PING TIME VERSION\x01"
        moment = re.fullmatch(r"NOTICE ada :\x01TIME (.+)\x01", time)
        assert moment, time
        assert parsedate_to_datetime(moment[1]).tzinfo is not None


async def test_a_client_that_asks_without_end_is_answered_a_few_times(server: Server) -> None:
    async with ada_and_bot(server) as (ada, _):
        for number in range(20):
            ada.say(BOT, f"\x01PING {number}\x01")
        said = await said_by_bot(ada)
        assert said == [f"NOTICE ada :\x01PING {number}\x01" for number in range(4)]


async def test_a_clients_question_in_a_channel_is_passed_over(server: Server) -> None:
    async with ada_and_bot(server) as (ada, _):
        ada.say(CHANNEL, "\x01VERSION\x01")
        ada.say(CHANNEL, "\x01PING 1\x01")
        assert await said_by_bot(ada) == []


async def test_a_message_with_the_tag_of_bots_is_not_answered(inspircd: Server) -> None:
    async with (
        ada_and_bot(inspircd) as (ada, _),
        Person(inspircd.host, inspircd.port, "robot") as robot,
    ):
        robot.send("MODE robot +B")
        await robot.hears("MODE")
        robot.say(BOT, "next Marina")
        await robot.is_up_to_date()
        assert await said_by_bot(ada) == []
        await robot.is_up_to_date()
        assert [line for line in robot.lines if f":{BOT}!" in line] == []


async def test_people_are_asked_whether_they_may_be_named(ngircd: Server) -> None:
    async with ada_and_bot(ngircd) as (ada, _):
        ada.say(BOT, "settings")
        assert (await ada.heard_from(BOT, 6))[-1] == (
            "Named in channels: off. Change: \N{LEFT SINGLE QUOTATION MARK}settings named on"
            "\N{RIGHT SINGLE QUOTATION MARK}"
        )
