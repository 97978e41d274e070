"""What others encrypt, and the keys that they publish, may be anything: it costs nobody an answer,
and never stops the bot."""

from typing import Any
from uuid import uuid4

import vodozemac
from nio.api import Api as Canonical

from tests.adapters.matrix.bot import bot_on
from tests.adapters.matrix.talking import BOOKMARKED, HAS_NONE, chat_with
from tests.adapters.matrix.test_nonsense import is_well, nested
from tests.servers.accounts import Account
from tests.servers.matrix_api import Api
from tests.servers.matrix_events import Content
from tests.servers.matrix_peer import Keys
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

_MEGOLM, _OLM = "m.megolm.v1.aes-sha2", "m.olm.v1.curve25519-aes-sha2"
COMMAND = {"msgtype": "m.text", "body": "next Marina"}


class Forger:
    """Somebody who knows how to encrypt, and what."""

    def __init__(self, server: Synapse, account: Account) -> None:
        self.keys = Keys(server.url, account)
        self.person = Person(server.url, account, self.keys)
        self.api = Api(server.url, account.token)

    async def send(self, room: str, *payloads: Any) -> None:
        """Send this encrypted, as the content that others find when they have decrypted it."""
        olm = self.keys._client.olm
        for payload in payloads:
            content = olm.group_encrypt(room, {})
            if payload is not None:
                session = olm.outbound_group_sessions[room]
                content["ciphertext"] = session.encrypt(Canonical.to_json(payload))
            await self.api.put("rooms", room, "send", "m.room.encrypted", uuid4().hex, body=content)


async def test_what_somebody_encrypts_need_be_no_event(synapse: Synapse) -> None:
    account = await synapse.accounts.register("summitbot")
    eve = Forger(synapse, await synapse.accounts.register("eve"))
    async with (
        bot_on(synapse, account=account) as bot,
        chat_with(synapse, person, account.user, "ada") as chat,
        eve.person,
        eve.api,
    ):
        room = await eve.person.open_chat(account.user)
        await eve.person.membership(room, account.user, "join")
        await eve.person.say(room, "next Marina")
        await eve.person.hears(room, account.user)
        message = {"type": "m.room.message", "content": COMMAND}
        await eve.send(
            room, None, [], 5, "now", {"type": "m.room.message"}, {"content": COMMAND}, nested(300),
            {**message, "type": 5}, {**message, "content": []}, {**message, "content": "now"},
            {**message, "content": nested(2_000)}, {**message, "type": "m.room.encrypted"},
            *({**message, "unsigned": value} for value in (5, [], {"redacted_because": 5})),
        )  # fmt: skip
        await eve.person.say(room, "next Marina")
        await eve.person.hears(room, account.user)
        assert await chat.asks("bookmark 6") == BOOKMARKED
        assert is_well(bot)
