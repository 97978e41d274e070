"""Two hundred reminders due together, on a server that is as strict as Solanum."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.adapters.irc.bot import CHANNEL, Bot, bot_on
from tests.adapters.irc.gathering import (
    BOT,
    FAST,
    REMINDER,
    crowd,
    easy,
    guest,
    have_bookmarked,
    told,
)
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Rules, StrictServer


async def reminded(people: Sequence[Person], within: float) -> list[list[str]]:
    """What each of them has been told by the time when all have, or so many seconds have passed."""

    async def waits(person: Person) -> None:
        try:
            await person.heard_from(BOT, 1, within=within)
        except AssertionError:
            pass  # the texts below say it

    await asyncio.gather(*map(waits, people))
    return [await told(each) for each in people]


async def all_have_bookmarked(bot: Bot, people: Sequence[Person]) -> None:
    await have_bookmarked(bot, [guest(each.nick) for each in people])


async def test_with_a_voice_everybody_is_reminded_in_27_seconds() -> None:
    loop = asyncio.get_running_loop()
    async with StrictServer(Rules()) as server, crowd(server, 200) as people:
        async with bot_on(server) as bot:
            server.set_mode(CHANNEL, "+v", BOT)
            await all_have_bookmarked(bot, people)
            # What it said when it came is forgotten by the time that something is due.
            await loop.run_in_executor(None, lambda: None)
            began = loop.time()
            bot.go("Monday 10:55")
            assert await reminded(people, 40) == [[REMINDER]] * 200
            took = loop.time() - began
        said = [line for line in server.sent_by(BOT) if line.startswith("PRIVMSG")]
        assert (server.kills, server.dropped, len(said)) == ([], [], 50)
        assert took < 27
