"""What the homeserver has left out, or does not know any more: gaps, and refused positions."""

import asyncio
from pathlib import Path

import pytest

from bot.adapters.matrix.hearing import syncing
from bot.clock import SystemClock
from bot.store.sql import SqlStore
from tests.adapters.matrix.between import Says, between
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, chat_with
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

_TROUBLE = Says(502, {"errcode": "M_UNKNOWN", "error": "Not now"})


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync brings the last five events of each room."""
    monkeypatch.setattr(syncing, "_FILTER", syncing._FILTER.replace('"limit":100', '"limit":5'))


async def say_much(somebody: Person, room: str) -> list[str]:
    """Ask, chatter, and ask again, so that the first question is in a gap."""
    asked = [await somebody.say(room, "!info 2")]
    for number in range(8):
        await somebody.say(room, f"chatter {number}")
    return [*asked, await somebody.say(room, "!info 3")]


async def answers(somebody: Person, room: str, bot: str, count: int) -> list[tuple[str, str]]:
    """What was asked (its event), and the beginning of what was answered, in order."""
    return [
        (each.content["m.relates_to"]["m.in_reply_to"]["event_id"], each.content["body"][:3])
        for each in await somebody.heard_from(room, bot, count)
    ]


async def test_what_cannot_be_read_back_at_once_is_read_back_later_in_order(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        between(synapse.url) as gate,
        bot_on(synapse, account=account, homeserver=gate.url) as bot,
        person(synapse, "ada") as ada,
    ):
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await ada.say(room, "!info 1")
        await ada.hears(room, account.user)
        await bot.stop()
        reading = f"GET /_matrix/client/v3/rooms/{room}/messages"
        gate.instead[reading] = _TROUBLE
        asked = await say_much(ada, room)
        await bot.start()
        # Others do not wait for it; whoever asks there again, does.
        async with chat_with(synapse, person, account.user, "bob") as bob:
            assert await bob.asks("bookmark 6") == BOOKMARKED
        asked.append(await ada.say(room, "!info 4"))
        await ada.is_up_to_date()
        said = [event for event in ada.events if event.sender == account.user]
        assert [e.content["body"][:3] for e in said if e.type == "m.room.message"] == ["[1]"]
        del gate.instead[reading]
        found = await answers(ada, room, account.user, 3)
        assert found == list(zip(asked, ["[2]", "[3]", "[4]"], strict=True))


async def test_a_restart_before_a_gap_could_be_filled_fills_it(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        between(synapse.url) as gate,
        bot_on(synapse, account=account, homeserver=gate.url) as bot,
        person(synapse, "ada") as ada,
    ):
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await bot.stop()
        reading = f"GET /_matrix/client/v3/rooms/{room}/messages"
        gate.instead[reading] = _TROUBLE
        asked = await say_much(ada, room)
        await bot.start()
        async with asyncio.timeout(10):
            while reading not in gate.asked:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.05)
        await bot.kill()
        del gate.instead[reading]
        await bot.start()
        found = await answers(ada, room, account.user, 2)
        assert found == list(zip(asked, ["[2]", "[3]"], strict=True))


async def test_a_position_that_the_homeserver_does_not_know_is_given_up(
    synapse: Synapse, tmp_path: Path
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, folder=tmp_path) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        await chat.rest()
        await bot.stop()
        store = SqlStore(bot.database, SystemClock())
        await store.keep("matrix", "position", f"{account.user} of-another-homeserver")
        await store.close()
        await bot.start()
        await bot.logs("The homeserver does not know where the bot has stopped")
        assert await chat.asks("bookmark 6") == BOOKMARKED
