"""A new room is shown bit by bit: nothing is said there until it is known who reads it, and how."""

import asyncio

from nio import AsyncClient, AsyncClientConfig, MatrixRoom
from nio.store import SqliteMemoryStore

from bot.adapters.matrix.sending import Sending
from bot.pacer import Pacer
from tests.adapters.matrix.rooms.scripted import Script, scripted

BOT, ADA = "@bot:example.org", "@ada:example.org"
NOT_FOUND = (404, {"errcode": "M_NOT_FOUND", "error": "Event not found."})
SENT = (200, {"event_id": "$said"})
HELLO = {"msgtype": "m.notice", "body": "hello"}
_MEGOLM = "m.megolm.v1.aes-sha2"
_ASKS = "GET rooms/!new/state/m.room.encryption"
_MEMBERS = "GET rooms/!new/members"
_SAYS = ("POST keys/query", "PUT rooms/!new/send/m.room.encrypted/tx")


def member(user: str, membership: str) -> dict[str, object]:
    return {"type": "m.room.member", "state_key": user, "content": {"membership": membership}}


ENCRYPTED: Script = {
    _ASKS: [(200, {"algorithm": _MEGOLM})],
    _MEMBERS: [(200, {"chunk": [
        member(BOT, "join"), member(ADA, "invite"), member("@eve:example.org", "leave")
    ]})],
    _SAYS[0]: [(200, {"device_keys": {ADA: {}, BOT: {}}})],
    _SAYS[1]: [SENT],
}  # fmt: skip


def shown(*people: str) -> MatrixRoom:
    """The room, with those of whom a sync has told."""
    room = MatrixRoom("!new", BOT)
    for user in people:
        room.add_member(user, None, None)
    return room


def client() -> AsyncClient:
    """With keys of its own, in no room yet."""
    config = AsyncClientConfig(store=SqliteMemoryStore, store_sync_tokens=False)
    made = AsyncClient("http://127.0.0.1:9", BOT, "DEVICE", config=config)
    made.restore_login(BOT, "DEVICE", "token")
    return made


async def test_it_speaks_when_it_is_shown_that_the_room_is_encrypted() -> None:
    nio = client()
    async with scripted(ENCRYPTED) as (homeserver, server):
        sending = Sending(homeserver, nio, Pacer(100.0), "matrix")
        saying = asyncio.create_task(sending.answer("!new", HELLO, "tx", ADA))
        nio.rooms["!new"] = room = shown(BOT, ADA)
        sending.synced()
        await server.request()
        assert server.written == []
        room.encrypted = True
        nio.olm.update_tracked_users(room)
        sending.synced()
        assert await saying == "$said"
        assert server.asked == [_ASKS, _MEMBERS, *_SAYS]
        assert [content["algorithm"] for content in server.written] == [_MEGOLM]


async def test_it_speaks_when_everybody_is_shown_who_is_in_an_encrypted_room() -> None:
    nio = client()
    async with scripted(ENCRYPTED) as (homeserver, server):
        sending = Sending(homeserver, nio, Pacer(100.0), "matrix")
        nio.rooms["!new"] = room = shown(BOT)
        room.encrypted = True
        saying = asyncio.create_task(sending.answer("!new", HELLO, "tx", ADA))
        await server.request()
        assert server.written == []
        room.add_member(ADA, None, None, invited=True)
        nio.olm.update_tracked_users(room)
        sending.synced()
        assert await saying == "$said"
        assert server.asked == [_MEMBERS, *_SAYS]


async def test_in_a_room_that_is_not_encrypted_it_asks_once() -> None:
    says = [f"PUT rooms/!new/send/m.room.message/{tx}" for tx in ("1", "2")]
    script: Script = {_ASKS: [NOT_FOUND], says[0]: [SENT], says[1]: [SENT]}
    nio = client()
    async with scripted(script) as (homeserver, server):
        sending = Sending(homeserver, nio, Pacer(100.0), "matrix")
        nio.rooms["!new"] = MatrixRoom("!new", BOT)
        for tx in ("1", "2"):
            assert await sending.answer("!new", HELLO, tx, ADA) == "$said"
        assert server.asked == [_ASKS, *says]
        assert server.written == [HELLO, HELLO]
