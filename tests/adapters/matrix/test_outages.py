"""A homeserver that is away, says nothing, or does not know the bot any more."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.adapters.matrix.hearing import syncing
from bot.ports import CannotSpeak
from tests.adapters.matrix.between import Says, between
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, chat_with
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse
from tests.servers.synapse import synapse as start_synapse


@pytest.fixture
def fragile() -> Iterator[Synapse]:
    """One that a test may stop."""
    with start_synapse() as server:
        yield server


async def test_an_outage_around_the_due_time_delays_and_loses_nothing(fragile: Synapse) -> None:
    account = await fragile.accounts.register("summitbot")
    async with (
        bot_on(fragile, account=account) as bot,
        chat_with(fragile, person, account.user, "ada") as ada,
        chat_with(fragile, peer, account.user, "bob") as bob,
    ):
        for chat in (ada, bob):
            assert await chat.asks("bookmark 6") == BOOKMARKED
        await asyncio.to_thread(fragile.stop)
        await bot.logs("The homeserver cannot be reached")
        bot.go("Monday 9:25")
        await bot.logs("not delivered")
        await asyncio.to_thread(fragile.start)
        await bot.logs("The homeserver is back.")
        for chat in (ada, bob):
            assert await chat.reads() == REMINDER
            assert await chat.rest() == []


async def test_a_homeserver_that_says_nothing_for_a_while(fragile: Synapse) -> None:
    account = await fragile.accounts.register("summitbot")
    async with (
        bot_on(fragile, account=account) as bot,
        chat_with(fragile, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        with fragile.paused():
            bot.go("Monday 9:25")
            await bot.ticks()
        assert await chat.reads() == REMINDER
        assert await chat.rest() == []


async def test_a_bot_that_starts_before_the_homeserver_waits_for_it(fragile: Synapse) -> None:
    account = await fragile.accounts.register("summitbot")
    await asyncio.to_thread(fragile.stop)
    async with bot_on(fragile, account=account, joins=False) as bot:
        await bot.logs("The homeserver cannot be reached")
        await asyncio.to_thread(fragile.start)
        await bot.joined()
        async with chat_with(fragile, person, account.user, "ada") as chat:
            assert await chat.asks("bookmark 6") == BOOKMARKED


async def test_pauses_grow_while_the_homeserver_is_away(
    fragile: Synapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = asyncio.Queue[int]()

    def pause(failures: int, first: timedelta, most: timedelta) -> timedelta:
        paused.put_nowait(failures)
        return timedelta(seconds=0.01)

    account = await fragile.accounts.register("summitbot")
    async with bot_on(fragile, account=account) as bot:
        monkeypatch.setattr(syncing, "pause", pause)
        await asyncio.to_thread(fragile.stop)
        await bot.logs("The homeserver cannot be reached")
        async with asyncio.timeout(20):
            assert [await paused.get() for _ in range(4)] == [0, 1, 2, 3]
        said = [line for line in bot.log if line.event.startswith("The homeserver cannot")]
        assert len(said) == 1


async def test_a_revoked_token_ends_the_bot_with_one_sentence(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with bot_on(synapse, account=account) as bot:
        await synapse.accounts.log_out(account.user)
        with pytest.raises(CannotSpeak) as refusal:
            await bot.ends()
        assert str(refusal.value) == (
            f"matrix: The homeserver does not know the access token of {account.user} any more"
            " (somebody logged it out, or the bot runs elsewhere with another store folder): start"
            " the bot again, and it logs in as a new device."
        )
        await bot.start()
        async with chat_with(synapse, peer, account.user, "ada") as chat:
            assert await chat.asks("bookmark 6") == BOOKMARKED


async def test_an_answer_for_which_the_token_is_unknown_waits(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        between(synapse.url) as gate,
        bot_on(synapse, account=account, homeserver=gate.url, rate=0.5, burst=1),
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        await chat.asks("now")
        # Its turn is in two seconds.
        asked = await chat.person.say(chat.room, "bookmark 6")
        path = f"/_matrix/client/v3/rooms/{chat.room}/send/m.room.message/answer-{asked}"
        gate.first[f"PUT {path}"] = [Says(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Who?"})]
        assert await chat.reads() == BOOKMARKED
        assert gate.asked.count(f"PUT {path}") == 2
