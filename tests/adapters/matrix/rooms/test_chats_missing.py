"""Reminders for people with whom there is no chat yet: they hold up nobody else's."""

import asyncio
from typing import Any

from bot.messages import AddBookmark, User
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.crowd import crowd
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER
from tests.servers.matrix_person import Person
from tests.servers.synapse import Synapse

PEOPLE = 5
# As by default, with some messages to spare, and one chat that can be opened at once.
LIMITS: dict[str, Any] = {"rate": 0.2, "burst": 20, "chat_rate": 1 / 60, "chat_burst": 1}
AT_ONCE = 8.0
"""Seconds; less than a message may be under way."""


async def test_those_with_chats_are_told_at_once(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, **LIMITS) as bot,
        crowd(synapse, account.user, PEOPLE) as people,
    ):
        session = bot.schedule.session(6)
        assert session is not None
        others = [await synapse.accounts.register(f"a{number}") for number in range(PEOPLE)]
        for other in others:
            wish = AddBookmark(session.facts, session.id, 5, own_before=False)
            await bot.store.apply(User("matrix", other.user), [wish], None)
        await people.all_say("bookmark 6")
        await people.all_have(1)
        bot.go("Monday 9:25")
        async with asyncio.timeout(AT_ONCE):
            await people.all_have(2)
        assert await people.said() == {(BOOKMARKED, REMINDER): PEOPLE}


async def test_a_chat_is_opened_in_its_turn_and_the_reminder_finds_it(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    limits = LIMITS | {"rate": 0, "chat_rate": 0.25, "encryption": False}
    async with bot_on(synapse, account=account, **limits) as bot:
        session = bot.schedule.session(6)
        assert session is not None
        others = [await synapse.accounts.register(f"a{number}") for number in range(2)]
        for other in others:
            wish = AddBookmark(session.facts, session.id, 5, own_before=False)
            await bot.store.apply(User("matrix", other.user), [wish], None)
        bot.go("Monday 9:25")
        for _ in others:
            await bot.logs("told")
        for other in others:
            async with Person(synapse.url, other) as somebody:
                room = (await somebody.invitation(account.user)).room
                await somebody.join(room)
                heard = await somebody.hears(room, account.user)
                assert heard.content["body"] == REMINDER
