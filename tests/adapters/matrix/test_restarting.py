"""Nothing is lost and nothing is said twice: restarts, kills, gaps, and what is too old."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.matrix import conversations
from bot.adapters.matrix.hearing import syncing
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.crowd import crowd
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, VOLUME, chat_with
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

HAS_ONE = f"You have 1 bookmark:\n[6] Mon {VOLUME} · reminder at 9:25am"


async def answers_to(somebody: Person, room: str, bot: str) -> dict[str, list[str]]:
    """Which sessions the answers to each message of a room begin with, by the message's id."""
    found: dict[str, list[str]] = {}
    for event in await somebody.history(room):
        if event.sender == bot and event.type == "m.room.message":
            asked = event.content["m.relates_to"]["m.in_reply_to"]["event_id"]
            found.setdefault(asked, []).append(event.content["body"].split(" ")[0])
    return found


async def test_a_restart_goes_on_where_it_stopped(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account) as bot:
        for enters in (person, peer):
            async with chat_with(synapse, enters, account.user, "ada") as chat:
                assert await chat.asks("bookmark 6") == BOOKMARKED
                await bot.stop()
                await chat.person.say(chat.room, "bookmarks")
                await bot.start()
                assert await chat.reads() == HAS_ONE
                assert await chat.rest() == []


async def test_killed_amid_sixty_commands_each_is_answered_once(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account) as bot, person(synapse, "ada") as ada:
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await bot.stop()
        asked = {await ada.say(room, f"!info {number}"): number for number in range(1, 61)}
        for enough in (5, 20):
            await bot.start()
            await ada.heard_from(room, account.user, enough)
            await bot.kill()
        await bot.start()
        await ada.heard_from(room, account.user, 60 - 25)
        # What comes after all of them shows that there was nothing more.
        fence = await ada.say(room, "!info 61")
        answer = await ada.hears(room, account.user)
        assert answer.content["m.relates_to"]["m.in_reply_to"]["event_id"] == fence
        assert await answers_to(ada, room, account.user) == {
            **{event: [f"[{number}]"] for event, number in asked.items()}, fence: ["[61]"]
        }  # fmt: skip


async def test_killed_amid_bookmarks_each_takes_effect_and_is_answered_once(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        await bot.stop()
        for number in (12, 13, 14, 15):
            await chat.person.say(chat.room, f"bookmark {number}")
        await bot.start()
        said = [await chat.reads()]
        await bot.kill()
        await bot.start()
        said += [await chat.reads() for _ in range(3)]
        assert [line.split("\n")[0] for line in said] == 4 * [
            "Bookmarked. I will remind you 5 minutes before, at 10:55am."
        ]
        assert [line.split("\n")[1][:4] for line in said] == ["[12]", "[13]", "[14]", "[15]"]
        assert await chat.rest() == []


async def test_killed_amid_two_hundred_reminders_each_arrives_once(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        crowd(synapse, account.user, 200) as people,
    ):
        await people.all_say("bookmark 6")
        await people.all_have(1)
        bot.go("Monday 9:25")
        await bot.logs("told")
        await bot.kill()
        assert await people.said() != {(BOOKMARKED, REMINDER): 200}
        await bot.start()
        await people.all_have(2)
        # What was in doubt has been said again by now, if anything was.
        await bot.ticks()
        assert await people.said() == {(BOOKMARKED, REMINDER): 200}


async def test_a_gap_in_the_timeline_is_filled(
    synapse: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_FILTER", syncing._FILTER.replace('"limit":100', '"limit":5'))
    account = await synapse.accounts.register("summitbot")
    for enters in (person, peer):
        async with bot_on(synapse, account=account) as bot, enters(synapse, "ada") as ada:
            room = await ada.create_room("Summit", public=True, invite=[account.user])
            await ada.membership(room, account.user, "join")
            await ada.say(room, "!info 1")
            await ada.hears(room, account.user)
            await bot.stop()
            asked = [await ada.say(room, f"!info {number}") for number in (2, 3)]
            for number in range(12):
                await ada.say(room, f"chatter {number}")
            asked.append(await ada.say(room, "!info 4"))
            await bot.start()
            answers = await ada.heard_from(room, account.user, 3)
            assert [
                (each.content["m.relates_to"]["m.in_reply_to"]["event_id"],
                 each.content["body"].split("]")[0])
                for each in answers
            ] == list(zip(asked, ["[2", "[3", "[4"], strict=True))  # fmt: skip


async def test_what_is_older_than_ten_minutes_is_not_answered(
    synapse: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        await bot.stop()
        await chat.person.say(chat.room, "now")
        await asyncio.sleep(1)
        monkeypatch.setattr(conversations, "FRESH", timedelta(seconds=1))
        await bot.start()
        assert await chat.rest() == []


async def test_what_was_said_before_the_bot_was_invited_is_not_for_it(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account), person(synapse, "ada") as ada:
        room = await ada.create_room("Summit", public=True)
        await ada.say(room, "!info 1")
        await ada.invite(room, account.user)
        asked = await ada.say(room, "!info 2")
        answer = await ada.hears(room, account.user)
        assert answer.content["m.relates_to"]["m.in_reply_to"]["event_id"] == asked
