"""Starts, ends and new starts of the whole bot, where the homeserver or the disk is contrary."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.finding import Finding
from bot.adapters.matrix.adapter import MatrixAdapter
from bot.adapters.matrix.sending.limits import Limit
from bot.document import reply, text
from bot.messages import User
from bot.ports import CannotSpeak, TryLater
from bot.scratch import Scratch
from bot.times import Reader
from tests.adapters.matrix.between import Between, Says, between
from tests.adapters.matrix.bot import bot_on, matrix_settings
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, VOLUME, Chat, chat_with
from tests.servers.accounts import Account
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import person
from tests.servers.synapse import Synapse
from tests.summit import StandingClock, at

HOUR = timedelta(hours=1)
API = "/_matrix/client/v3"
REVOKED = {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed."}
READER = Reader(ZoneInfo("America/Los_Angeles"))
HAS_ONE = f"You have 1 bookmark:\n[6] Mon {VOLUME} · reminder at 9:25am"


@pytest.fixture
async def account(synapse: Synapse) -> Account:
    return await synapse.accounts.register("summitbot")


@pytest.fixture
async def proxy(synapse: Synapse) -> AsyncIterator[Between]:
    async with between(synapse.url) as server:
        yield server


async def test_an_administrators_page_that_is_not_there_leaves_the_usual_limit(
    synapse: Synapse, proxy: Between, account: Account
) -> None:
    asked = f"GET /_synapse/admin/v1/users/{account.user}/override_ratelimit"
    proxy.instead[asked] = Says(404, "<h1>Not Found</h1>")
    async with bot_on(synapse, account=account, homeserver=proxy.url, rate=None) as bot:
        assert (await bot.logs("May send")).event == Limit(0.2, 10).said()
    assert asked in proxy.asked


async def test_a_name_that_is_refused_is_done_without(
    synapse: Synapse, proxy: Between, account: Account
) -> None:
    proxy.instead[f"PUT {API}/profile/{account.user}/displayname"] = Says(
        403, {"errcode": "M_FORBIDDEN", "error": "Names are given elsewhere"}
    )
    async with bot_on(synapse, account=account, homeserver=proxy.url) as bot:
        assert (await bot.logs("The homeserver does not let")).event == (
            "The homeserver does not let the bot call itself Summit Bot (Names are given"
            " elsewhere): people see its account's name."
        )


async def test_what_the_homeserver_refuses_for_good_ends_the_bot_with_its_words(
    synapse: Synapse, proxy: Between, account: Account
) -> None:
    proxy.instead[f"GET {API}/user/{account.user}/account_data/m.direct"] = Says(
        403, {"errcode": "M_FORBIDDEN", "error": "Not for bots"}
    )
    async with bot_on(synapse, account=account, homeserver=proxy.url, joins=False) as bot:
        with pytest.raises(CannotSpeak) as refusal:
            await bot.ends()
    assert str(refusal.value) == f"matrix: {proxy.url} refuses: Not for bots."


async def test_a_token_that_expires_while_the_bot_runs_is_replaced(
    synapse: Synapse, proxy: Between, account: Account
) -> None:
    expired = Says(401, {**REVOKED, "soft_logout": True})
    async with (
        bot_on(synapse, account=account, homeserver=proxy.url) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        proxy.first[f"GET {API}/account/whoami"] = [expired]
        proxy.first[f"GET {API}/sync"] = [expired]
        # What is said ends the request that is under way.
        assert await chat.asks("bookmarks") == HAS_ONE
        await bot.joined()
        assert await chat.asks("bookmarks") == HAS_ONE
        assert not [line for line in bot.log if line.event == "failed"]


async def test_who_is_to_be_told_something_when_the_token_is_gone_is_told_later(
    synapse: Synapse, proxy: Between, account: Account
) -> None:
    async with (
        bot_on(synapse, account=account, homeserver=proxy.url) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmarks") == HAS_NONE
        ada = User("matrix", chat.person.user)
        for request in (
            f"POST {API}/createRoom",
            f"PUT {API}/rooms/{chat.room}/send/m.room.message/key",
            f"GET {API}/rooms/{chat.room}/state/m.room.encryption",
        ):
            proxy.instead[request] = Says(401, REVOKED)
        until = bot.clock.now() + HOUR
        for somebody in (ada, User("matrix", "@nobody:summit.test")):
            with pytest.raises(TryLater):
                await bot.adapter.send(somebody, reply(text("Hello")), READER, "key", until)


async def test_what_a_full_disk_cannot_keep_is_received_again(
    synapse: Synapse, account: Account
) -> None:
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        # They know each other's devices: what comes next is the key of another room alone.
        assert await chat.asks("bookmarks") == HAS_NONE
        room = await chat.person.open_chat(account.user)
        await chat.person.membership(room, account.user, "join")
        database = bot.adapter._account._client.store.database  # type: ignore[union-attr]
        database.execute_sql("PRAGMA query_only = 1")
        await chat.person.say(room, "bookmark 6")
        await bot.joined()
        assert await Chat(chat.person, account.user, room).reads() == BOOKMARKED


async def test_bookmarks_may_stand_in_the_store_folder(
    synapse: Synapse, account: Account, tmp_path: Path
) -> None:
    async with (
        bot_on(synapse, account=account, folder=tmp_path, store=tmp_path) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        await bot.stop()
        await synapse.accounts.log_out(account.user)
        await bot.start()
        # Another device has to be found first by whoever writes to it.
        async with chat_with(synapse, person, account.user, "bob") as other:
            assert await other.asks("bookmarks") == HAS_NONE
        assert (tmp_path / "summit.db").exists()


async def test_a_second_process_waits_for_the_store_folder(
    synapse: Synapse, account: Account, tmp_path: Path
) -> None:
    store, other = tmp_path / "matrix-store", tmp_path / "other"
    other.mkdir()
    async with bot_on(synapse, account=account, folder=tmp_path) as bot:
        network = matrix_settings(synapse, account, tmp_path)
        looks = MatrixAdapter(network, Scratch(), StandingClock(at(16, 9)))
        assert Finding(f"Logged in on {synapse.url} as {account.user}.") in await looks.check()
        async with bot_on(
            synapse, account=account, folder=other, store=store, name="other", joins=False
        ) as second:
            assert (await second.logs("Another Summit Bot")).event == (
                f"Another Summit Bot uses the store folder {store}: this one waits until that has"
                " ended."
            )
            await bot.stop()
            await second.joined()


async def test_what_an_earlier_life_has_begun_ends_with_it(
    synapse: Synapse, account: Account
) -> None:
    async with (
        bot_on(synapse, account=account, rate=0.01, burst=1) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
    ):
        assert await chat.asks("bookmarks") == HAS_NONE
        former = bot.adapter._account
        assert former is not None
        waits = asyncio.create_task(
            bot.adapter.send(
                User("matrix", chat.person.user), reply(text("Hello")), READER, "key", at(16, 10)
            )
        )
        await asyncio.sleep(0)
        await bot.stop()
        with pytest.raises(TryLater):
            async with asyncio.timeout(2):
                await waits
