"""What cannot be decrypted: people are told once in each room, and a lost store is made good."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.matrix.hearing import undecryptable
from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, REMINDER, chat_with
from tests.adapters.matrix.test_speaking import NEXT
from tests.servers.matrix_api import Api
from tests.servers.matrix_events import Content
from tests.servers.matrix_peer import peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

HINT = (
    "I cannot read what was said here just now: it was encrypted, and your app has not sent me its"
    " key. Say it again, please; if I stay silent, open a new chat with me."
)
_SEALED: Content = {
    "algorithm": "m.megolm.v1.aes-sha2", "sender_key": "A" * 43, "device_id": "DEVICE",
    "ciphertext": "AwgB",
}  # fmt: skip


async def seals(somebody: Person, room: str, **other: Any) -> None:
    """Send some messages that nobody can decrypt."""
    for number in range(6):
        content = {**_SEALED, "session_id": f"{number}" * 43, **other}
        await somebody.send(room, "m.room.encrypted", content)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are not there soon do not come."""
    monkeypatch.setattr(undecryptable, "_KEYS_WITHIN", 1.2)


@pytest.mark.usefixtures("hurried")
async def test_where_keys_are_missing_people_are_told_once_in_each_room(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
        person(synapse, "bob") as bob,
    ):
        ada = chat.person
        room = await ada.create_room("Summit", public=True, invite=[account.user])
        await ada.membership(room, account.user, "join")
        await bob.join(room)
        for hints in (1, 0):
            await bot.stop()
            for somebody, where, other in (
                (ada, chat.room, {}), (ada, room, {"device_id": 5}), (bob, room, {"algorithm": "x"})
            ):  # fmt: skip
                await seals(somebody, where, **other)
                await somebody.say(where, "!next Marina")
            # It waits for all keys at the same time, and goes on reading what it can.
            await bot.start()
            await ada.heard_from(chat.room, account.user, 1 + hints)
            await ada.heard_from(room, account.user, 2 + hints)
        found = {where: await bodies(ada, where, account.user) for where in (chat.room, room)}
        assert found == {chat.room: [HINT, NEXT, NEXT], room: [HINT, NEXT, NEXT, NEXT, NEXT]}


async def bodies(somebody: Person, room: str, user: str) -> list[str]:
    return [
        event.content["body"] for event in await somebody.history(room)
        if event.sender == user and event.type == "m.room.message"
    ]  # fmt: skip


@pytest.mark.usefixtures("hurried")
async def test_a_lost_store_leads_to_a_new_device_that_talks_in_the_same_chat(
    synapse: Synapse, tmp_path: Path
) -> None:
    account = await synapse.accounts.register("summitbot")
    async with (
        bot_on(synapse, account=account, folder=tmp_path) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
        Api(synapse.url, account.token) as api,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        (old,) = await devices(api, account.user)
        for _ in range(2):
            await bot.stop()
            # Nobody can read that any more.
            await chat.person.say(chat.room, "now")
            shutil.rmtree(tmp_path / "matrix-store")
            await bot.start()
            await bot.logs(
                f"Removed what the bot was before: {old}. What was encrypted for that cannot be"
                " read any more."
            )
            await bot.logs("Its device is cross-signed.")
            (new,) = await devices(api, account.user)
            assert new != old
            old = new
            assert await chat.reads() == HINT
            # It has been told of the new device by now.
            assert await chat.asks("next Marina") == NEXT
            assert await chat.rest() == []
        bot.go("Monday 9:25")
        assert await chat.reads() == REMINDER


async def devices(api: Api, user: str) -> list[str]:
    """Those that have keys, as others see them."""
    body: Content = {"device_keys": {user: []}}
    return [*(await api.post("keys", "query", body=body))["device_keys"][user]]
