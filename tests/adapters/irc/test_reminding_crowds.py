"""Many people who ask at once, on a strict server: nobody waits for one who asks for much."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOT,
    REMINDER,
    crowd,
    guest,
    have_bookmarked,
    person,
    told,
)
from tests.servers.strict_irc import Rules, StrictServer

SPEED = 20.0
# Nothing but what people may write to the bot is easier than on Solanum: what it does not hear it
# cannot answer.
RULES = Rules(speed=SPEED, inbound=None)
RATE: dict[str, Any] = {"rate": 1.8 * SPEED}
# Where few lines may come before an answer: on a busy machine it takes a moment to find one.
SLOWLY: dict[str, Any] = {"rate": 10.0}
COMMANDS = ["next Marina", "where Marina", "unbookmark 13"]
ANSWERS = [
    "Next in Marina, at 9:30am, in 10 minutes:",
    "[6] 9:30am\u201310:25am \xb7 \x02Breakout of volume into its own service\x02 \xb7 Marina \xb7"
    " Vishvananda Ishaya",
    "Marina: Hyatt Regency San Francisco, 5 Embarcadero Center, San Francisco",
    "You have not bookmarked \u201cShared filesystems in nova\u201d. Yours: \u2018bookmarks\u2019",
]


def answered(server: StrictServer) -> list[str]:
    """To whom the bot has written, line by line."""
    return [line.split(" ")[1] for line in server.sent_by(BOT) if line.startswith("PRIVMSG")]


def had(lines: Sequence[str], nick: str, count: int) -> int:
    """After how many lines somebody has had so many."""
    return [number for number, to in enumerate(lines, 1) if to == nick][count - 1]


async def test_sixty_people_who_ask_at_once_are_all_answered() -> None:
    async with StrictServer(RULES) as server, crowd(server, 60) as people:
        async with bot_on(server, **RATE):
            server.set_mode(CHANNEL, "+v", BOT)
            for each in people:
                for command in COMMANDS:
                    each.say(BOT, command)
            heard = await asyncio.gather(
                *(each.heard_from(BOT, len(ANSWERS), within=40) for each in people)
            )
            assert heard == [ANSWERS] * 60
        assert (server.kills, server.dropped) == ([], [])
        # Everybody has had something before anybody has had all.
        lines = answered(server)
        all_of_one = min(had(lines, each.nick, len(ANSWERS)) for each in people)
        assert len(set(lines[:all_of_one])) == 60


async def test_who_asks_for_much_waits_behind_who_asks_for_little() -> None:
    async with StrictServer(RULES) as server, crowd(server, 11) as (greedy, *others):
        async with bot_on(server, **SLOWLY):
            server.set_mode(CHANNEL, "+v", BOT)
            for _ in range(24):
                greedy.say(BOT, "next Marina")
            await greedy.heard_from(BOT, 4)
            for each in others:
                each.say(BOT, "next Marina")
            await asyncio.gather(*(each.heard_from(BOT, 2) for each in others))
            lines = answered(server)
            first = min(lines.index(each.nick) for each in others)
            last = max(len(lines) - lines[::-1].index(each.nick) for each in others)
            assert last - first <= 2 * 10 + 4
            await greedy.heard_from(BOT, 44, within=40)
        assert server.kills == []


async def test_answers_come_before_reminders_that_are_due() -> None:
    async with StrictServer(RULES) as server, crowd(server, 200) as people:
        async with bot_on(server, **SLOWLY) as bot, person(server, "ada") as ada:
            await ada.join(CHANNEL)
            server.set_mode(CHANNEL, "+v", BOT)
            await have_bookmarked(bot, [guest(each.nick) for each in people])
            bot.go("Monday 10:55")
            await people[0].heard_from(BOT, 1)
            ada.say(BOT, "where Marina")
            await ada.is_up_to_date()
            before = len(answered(server))
            await ada.heard_from(BOT, 1)
            # What is on its way already, and the burst, come before.
            assert answered(server).index("ada") - before <= 4
            await asyncio.gather(*(each.heard_from(BOT, 1, 40) for each in people[1:]))
            assert [await told(each) for each in people] == [[REMINDER]] * 200
        assert (server.kills, server.dropped) == ([], [])


async def test_sixty_people_ask_while_two_hundred_are_reminded() -> None:
    async with StrictServer(RULES) as server, crowd(server, 200) as people:
        async with bot_on(server, **RATE) as bot, crowd(server, 60, called="q") as askers:
            server.set_mode(CHANNEL, "+v", BOT)
            await have_bookmarked(bot, [guest(each.nick) for each in people])
            bot.go("Monday 10:55")
            await people[0].heard_from(BOT, 1)
            for each in askers:
                for command in COMMANDS[1:]:
                    each.say(BOT, command)
            heard = await asyncio.gather(*(each.heard_from(BOT, 2, 40) for each in askers))
            assert heard == [ANSWERS[2:]] * 60
            await asyncio.gather(*(each.heard_from(BOT, 1, 40) for each in people[1:]))
            assert [await told(each) for each in people] == [[REMINDER]] * 200
        assert (server.kills, server.dropped) == ([], [])


async def test_reminders_come_while_more_is_asked_than_can_be_answered() -> None:
    slow: dict[str, Any] = {"rate": 20.0, "burst": 1}
    async with StrictServer(RULES) as server, crowd(server, 60) as people:
        async with bot_on(server, **slow) as bot, person(server, "ada") as ada:
            server.set_mode(CHANNEL, "+v", BOT)
            await have_bookmarked(bot, [guest("ada")])
            for each in people:
                for command in COMMANDS:
                    each.say(BOT, command)
            await people[0].heard_from(BOT, 1)
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]
            assert len(answered(server)) < 120
        assert (server.kills, server.dropped) == ([], [])
