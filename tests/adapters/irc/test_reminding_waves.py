"""Two hundred reminders due together, on a server that is as strict as Solanum."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from tests.adapters.irc.bot import CHANNEL, Bot, bot_on
from tests.adapters.irc.gathering import (
    BOT,
    REMINDER,
    RYU,
    crowd,
    guest,
    have_bookmarked,
    told,
)
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer

SPEED = 20.0
SECONDS = 60 / SPEED
SLOW: dict[str, Any] = {"rate": 1.8 * SPEED, "recipients": 10, "recipient_every": SECONDS}
EARLY = (
    f"Starts at 11:00am: [12] {RYU} \xb7 Snooze: \u2018snooze 12\u2019 \xb7"
    " Remove: \u2018unbookmark 12\u2019"
)
NAMED = "[12] Ryu Network Operating System starts in 5 minutes in Bayview B"


def is_told(nick: str, line: str) -> bool:
    """The line reminds this person, alone or by name in the channel."""
    _, said, text = line.partition(" PRIVMSG ")
    target, _, words = text.partition(" :")
    named = words.partition(": ")[0].split(", ")
    return bool(said) and (target == nick or (target == CHANNEL and nick in named))


async def reminded(people: Sequence[Person], within: float) -> list[list[str]]:
    """What each of them has been told by the time when all have, or so many seconds have passed."""

    async def waits(person: Person) -> None:
        if not await told(person):
            with suppress(AssertionError):  # the texts below say it
                await person.heard_from(BOT, 1, within=within)

    await asyncio.gather(*map(waits, people))
    return [await told(each) for each in people]


async def all_have_bookmarked(bot: Bot, people: Sequence[Person]) -> None:
    await have_bookmarked(bot, [guest(each.nick) for each in people])


async def is_rested(somebody: Person) -> None:
    """The server has asked a silent person whether they are there: it has heard nothing of the bot
    for as long."""
    await somebody.hears("PING :strict.example")


@pytest.mark.long
async def test_with_a_voice_everybody_is_reminded_in_27_seconds() -> None:
    loop = asyncio.get_running_loop()
    async with StrictServer(Rules(ping_seconds=4)) as server, crowd(server, 200) as people:
        async with bot_on(server) as bot:
            server.set_mode(CHANNEL, "+v", BOT)
            await all_have_bookmarked(bot, people)
            await is_rested(people[0])
            began = loop.time()
            bot.go("Monday 10:55")
            assert await reminded(people, 40) == [[REMINDER]] * 200
            took = loop.time() - began
            # None of them has been turned away, and brought again.
            assert [line for line in bot.log if line.event == "not delivered"] == []
        said = [line for line in server.sent_by(BOT) if line.startswith("PRIVMSG")]
        assert (server.kills, server.dropped, len(said)) == ([], [], 50)
        assert took < 27


@pytest.mark.long
async def test_without_a_voice_a_wave_begins_early_and_goes_as_fast_as_the_server_lets_it() -> None:
    rules = Rules(speed=SPEED)
    async with StrictServer(rules) as server, crowd(server, 200) as people:
        async with bot_on(server, **SLOW) as bot:
            await all_have_bookmarked(bot, people)
            began = asyncio.get_running_loop().time()
            bot.go("Monday 10:49")
            heard = sorted(filter(None, await reminded(people, 20)))
            took = asyncio.get_running_loop().time() - began
            assert heard == [[EARLY]] * len(heard)
            # Ten places, one of which is kept for channels, and one more each minute; a busy
            # machine may lose five seconds.
            least = 9 + int((20 - 5) / (SECONDS + 1.0 + 0.5))
            assert least <= len(heard) <= 10 + int(took / SECONDS)
            assert (server.kills, server.dropped) == ([], [])
            server.set_mode(CHANNEL, "+v", BOT)
            assert await reminded(people, 20) == [[EARLY]] * 200
        assert (server.kills, server.dropped) == ([], [])


async def test_who_agreed_to_be_named_is_told_in_the_channel_where_direct_messages_do_not_fit() -> (
    None
):
    async with StrictServer(Rules(speed=SPEED)) as server, crowd(server, 40) as people:
        async with bot_on(server, **SLOW) as bot:
            users = [guest(each.nick) for each in people]
            await have_bookmarked(bot, users[:20])
            await have_bookmarked(bot, users[20:], named=True)
            bot.go("Monday 10:55")
            for each in people[20:]:
                await each.hears(partial(is_told, each.nick))
            lines = [
                line.partition(f"PRIVMSG {CHANNEL} :")[2]
                for line in server.sent_by(BOT)
                if line.startswith(f"PRIVMSG {CHANNEL}")
            ]
            named = [nick for line in lines for nick in line.partition(": ")[0].split(", ")]
            assert {line.partition(": ")[2] for line in lines} == {NAMED}
            assert len(set(named)) == len(named) >= 11
            assert set(named) <= {user.name for user in users[20:]}
            assert len(lines) <= 2
        assert (server.kills, server.dropped) == ([], [])


async def test_a_server_whose_limit_is_not_known_teaches_it_by_its_first_refusals() -> None:
    rules = Rules(speed=SPEED, version="unheard-of")
    async with StrictServer(rules) as server, crowd(server, 14) as people:
        async with bot_on(server, **SLOW | {"recipients": None}) as bot:
            await all_have_bookmarked(bot, people)
            bot.go("Monday 10:55")
            heard = [texts for texts in await reminded(people, 10) if texts]
            assert heard == [[REMINDER]] * len(heard)
            assert len(heard) >= 10
        assert server.kills == []
        assert {drop.why for drop in server.dropped} == {"707"}
        # Those that were on their way when the first came back.
        assert len(server.dropped) <= 4
