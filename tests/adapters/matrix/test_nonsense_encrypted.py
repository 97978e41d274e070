"""What others encrypt, and the keys that they publish, may be anything: it costs nobody an answer,
and never stops the bot."""

import asyncio
import itertools
import json
from typing import Any, Self
from uuid import uuid4

import pytest
import vodozemac
from nio.api import Api as NioApi

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, chat_with
from tests.adapters.matrix.test_nonsense import is_well, nested
from tests.adapters.matrix.test_speaking import NEXT
from tests.servers.accounts import Account
from tests.servers.matrix_api import Api
from tests.servers.matrix_events import Content
from tests.servers.matrix_peer import Keys, peer
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

_MEGOLM, _OLM = "m.megolm.v1.aes-sha2", "m.olm.v1.curve25519-aes-sha2"
COMMAND = {"msgtype": "m.text", "body": "next Marina"}


class Forger:
    """Somebody who knows how to encrypt, and what. Reads nothing."""

    def __init__(self, server: Synapse, account: Account, bot: str) -> None:
        self.user = account.user
        self.device = account.device
        self._bot = bot
        self._keys = Keys(server.url, account)
        self.api = Api(server.url, account.token)

    async def __aenter__(self) -> Self:
        await self.api.__aenter__()
        await self._keys.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._keys.close()
        await self.api.__aexit__(None, None, None)

    async def open_room(self, *others: Person) -> str:
        """An encrypted room with these people, once they and the bot have come."""
        everybody = [self._bot, *(other.user for other in others)]
        body = {"preset": "private_chat", "invite": everybody, "initial_state": [
            {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": _MEGOLM}}
        ]}  # fmt: skip
        room: str = (await self.api.post("createRoom", body=body))["room_id"]
        for other in others:
            await other.join(room)
        async with asyncio.timeout(10):
            # Synapse answers what it has been asked before as it did then.
            for asked in itertools.count():
                sync = await self.api.get("sync", timeout=f"{asked}")
                state = sync["rooms"]["join"][room]["timeline"]["events"]
                joined = {e["state_key"] for e in state if e["content"].get("membership") == "join"}
                if {*everybody} <= joined:
                    break
        await self._keys.read(sync)
        await self._keys.send(room, "m.room.message", {"msgtype": "m.notice", "body": "hello"})
        return room

    async def says(self, room: str, *plaintexts: str) -> None:
        """What others find when they have decrypted it is this."""
        olm = self._keys._client.olm
        for plaintext in plaintexts:
            content = olm.group_encrypt(room, {})
            content["ciphertext"] = olm.outbound_group_sessions[room].encrypt(plaintext)
            await self.api.put("rooms", room, "send", "m.room.encrypted", uuid4().hex, body=content)


def message(**other: Any) -> str:
    return json.dumps({"type": "m.room.message", "content": COMMAND} | other)


async def test_what_somebody_encrypts_need_be_no_event(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    eve_account = await synapse.accounts.register("eve")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
        Forger(synapse, eve_account, account.user) as eve,
    ):
        room = await eve.open_room()
        deep = '{"a":' * 5_000 + "1" + "}" * 5_000
        await eve.says(
            room, "", "now", "5", "[]", "{}", deep, f'{{"type":"m.room.message","content":{deep}}}',
            '{"type":"m.room.message"}', '{"content":{"msgtype":"m.text","body":"now"}}',
            message(type=5), message(type="m.room.encrypted"), message(content=[]),
            message(content="now"), message(unsigned=5), message(unsigned={"redacted_because": 5}),
            message(state_key=""), message(sender=account.user, event_id=5, origin_server_ts="x"),
        )  # fmt: skip
        assert await chat.asks("bookmark 6") == BOOKMARKED
        assert is_well(bot)


async def test_what_somebody_encrypts_is_no_state_of_a_room(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    eve_account = await synapse.accounts.register("eve")
    async with (
        bot_on(synapse, account=account),
        chat_with(synapse, person, account.user, "ada") as chat,
        Forger(synapse, eve_account, account.user) as eve,
    ):
        room = await eve.open_room(chat.person)
        # As if Ada were alone with the bot there.
        gone = {"content": {"membership": "leave"}, "state_key": eve.user}
        await eve.says(room, message(type="m.room.member", **gone))
        await chat.person.say(room, "!bookmarks")
        assert await chat.reads() == HAS_NONE


def mail(own_key: str) -> list[tuple[str, Any]]:
    """Types and contents of messages to a device, from somebody who knows its key."""
    sealed: list[Any] = [
        5, [], {}, {"type": 5}, {"type": 0, "body": 5}, {"type": 0, "body": "AAAA"},
        {"type": 1, "body": "A"}, {"type": 1, "body": "AAAA"}, {"type": 1},
    ]  # fmt: skip
    anything: list[Any] = [{}, nested(500)]
    olm = {"algorithm": _OLM, "sender_key": "AAAA"}
    mac = {"mac": {}, "keys": ""}
    verifying = ("start", "accept", "key", "mac", "cancel")
    return [
        *(("m.room.encrypted", olm | {"ciphertext": {own_key: value}}) for value in sealed),
        *(("m.room.encrypted", olm | {"ciphertext": value}) for value in anything),
        *((f"m.key.verification.{kind}", mac | {"transaction_id": value})
          for kind in verifying for value in anything),
        *((f"m.{kind}", value) for kind in ("room_key_request", "room_key", "dummy", "x.y")
          for value in anything),
        ("m.room_key_request", {"action": {}}),
    ]  # fmt: skip


async def test_what_somebody_sends_to_the_device_costs_no_key_that_comes_with_it(
    synapse: Synapse,
) -> None:
    account = await synapse.accounts.register("summitbot")
    eve_account = await synapse.accounts.register("eve")
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, peer, account.user, "ada") as chat,
        Api(synapse.url, eve_account.token) as api,
    ):
        assert await chat.asks("bookmark 6") == BOOKMARKED
        asked: Content = {"device_keys": {account.user: []}}
        (device,) = (await api.post("keys", "query", body=asked))["device_keys"][account.user]
        own_key = f"curve25519:{device}"
        shown = (await api.post("keys", "query", body=asked))["device_keys"][account.user][device]
        await bot.stop()
        for kind, content in mail(shown["keys"][own_key]):
            body = {"messages": {account.user: {device: content}}}
            await api.put("sendToDevice", kind, uuid4().hex, body=body)
        # With another key than before, for somebody else comes.
        async with peer(synapse, "bob") as bob:
            await chat.person.invite(chat.room, bob.user)
            await bob.invitation(chat.person.user)
            await chat.person.membership(chat.room, bob.user, "invite")
            await chat.person.say(chat.room, "!next Marina")
            await bot.start()
            assert await chat.reads() == NEXT
        assert is_well(bot)


def device_keys(somebody: Account, **keys: str) -> Content:
    """The keys of a device, "ed25519" and "curve25519", signed by nobody."""
    return {
        "user_id": somebody.user, "device_id": somebody.device, "algorithms": [_OLM, _MEGOLM],
        "keys": {f"{kind}:{somebody.device}": key for kind, key in keys.items()},
    }  # fmt: skip


def signed(value: Content, somebody: Account, keys: vodozemac.Account) -> Content:
    signature = keys.sign(NioApi.to_canonical_json(value).encode()).to_base64()
    return value | {"signatures": {somebody.user: {f"ed25519:{somebody.device}": signature}}}


def published(somebody: Account) -> list[Content]:
    """What somebody might publish of their device, one or the other."""
    keys = vodozemac.Account()
    right = {"ed25519": keys.ed25519_key.to_base64(), "curve25519": keys.curve25519_key.to_base64()}
    nonsense = signed(device_keys(somebody, ed25519="A", curve25519="A"), somebody, keys)
    device = signed(device_keys(somebody, **right), somebody, keys)
    no_key = signed(device_keys(somebody, **right | {"curve25519": "A"}), somebody, keys)
    one_time = {"signed_curve25519:AAAAAA": signed({"key": "A"}, somebody, keys)}
    return [
        {"device_keys": nonsense},
        {"device_keys": no_key, "one_time_keys": one_time},
        {"device_keys": device, "one_time_keys": one_time},
    ]


@pytest.mark.parametrize("number", range(3))
async def test_keys_that_somebody_publishes_may_be_none(synapse: Synapse, number: int) -> None:
    account = await synapse.accounts.register("summitbot")
    eve_account = await synapse.accounts.register("eve")
    async with (
        bot_on(synapse, account=account) as bot,
        Person(synapse.url, eve_account) as eve,
        Api(synapse.url, eve_account.token) as api,
    ):
        await api.post("keys", "upload", body=published(eve_account)[number])
        room = await eve.create_room(encrypted=True, invite=[account.user])
        await eve.membership(room, account.user, "join")
        # That it is not encrypted is no reason to be silent.
        for _ in range(2):
            await eve.say(room, "!next Marina")
            await eve.sees(room, lambda event: event.encrypted)
            async with chat_with(synapse, peer, account.user, "ada") as chat:
                assert await chat.asks("bookmark 6") == BOOKMARKED
            await bot.restart()
        assert is_well(bot)
