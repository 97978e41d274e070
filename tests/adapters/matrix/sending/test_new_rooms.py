"""A new room is shown bit by bit: nothing is said there until it is known who reads it, and how."""

import asyncio

import pytest
from nio import AsyncClient, AsyncClientConfig, MatrixRoom
from nio.store import SqliteMemoryStore

from bot.adapters.matrix.client import parsed
from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.keys.sharing import Sharing
from bot.adapters.matrix.rooms.members import tidy
from bot.adapters.matrix.sending import delivery
from bot.adapters.matrix.sending.delivery import Sending
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


def sending_of(homeserver: Homeserver, nio: AsyncClient) -> Sending:
    return Sending(homeserver, nio, Sharing(nio, homeserver), Pacer(100.0), "matrix")


async def test_it_speaks_when_it_is_shown_that_the_room_is_encrypted() -> None:
    nio = client()
    async with scripted(ENCRYPTED) as (homeserver, server):
        ours = sending_of(homeserver, nio)
        saying = asyncio.create_task(ours.answer("!new", HELLO, "tx", ADA))
        nio.rooms["!new"] = room = shown(BOT, ADA)
        ours.synced()
        await server.request()
        assert server.written == []
        room.encrypted = True
        nio.olm.update_tracked_users(room)
        ours.synced()
        assert await saying == "$said"
        assert server.asked == [_ASKS, _MEMBERS, *_SAYS]
        assert [content["algorithm"] for content in server.written] == [_MEGOLM]


async def test_it_speaks_when_everybody_is_shown_who_is_in_an_encrypted_room() -> None:
    nio = client()
    async with scripted(ENCRYPTED) as (homeserver, server):
        ours = sending_of(homeserver, nio)
        nio.rooms["!new"] = room = shown(BOT)
        room.encrypted = True
        saying = asyncio.create_task(ours.answer("!new", HELLO, "tx", ADA))
        await server.request()
        assert server.written == []
        room.add_member(ADA, None, None, invited=True)
        nio.olm.update_tracked_users(room)
        ours.synced()
        assert await saying == "$said"
        assert server.asked == [_MEMBERS, *_SAYS]


async def test_in_a_room_that_is_not_encrypted_it_asks_once() -> None:
    says = [f"PUT rooms/!new/send/m.room.message/{tx}" for tx in ("1", "2")]
    script: Script = {_ASKS: [NOT_FOUND], says[0]: [SENT], says[1]: [SENT]}
    nio = client()
    async with scripted(script) as (homeserver, server):
        ours = sending_of(homeserver, nio)
        nio.rooms["!new"] = MatrixRoom("!new", BOT)
        for tx in ("1", "2"):
            assert await ours.answer("!new", HELLO, tx, ADA) == "$said"
        assert server.asked == [_ASKS, *says]
        assert server.written == [HELLO, HELLO]


async def test_who_is_never_shown_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_SHOWN_WITHIN", 0.1)
    nio = client()
    async with scripted(ENCRYPTED) as (homeserver, server):
        nio.rooms["!new"] = room = shown(BOT)
        room.encrypted = True
        assert await sending_of(homeserver, nio).answer("!new", HELLO, "tx", ADA) == "$said"
        assert server.asked == [_MEMBERS, _MEMBERS, *_SAYS]
        assert [*room.users] == [BOT, ADA]


def test_people_are_seen_whatever_they_call_themselves() -> None:
    def joins(user: str, **content: object) -> dict[str, object]:
        return {
            "event_id": f"${user}", "origin_server_ts": 1, "sender": user,
            **member(user, "join"), "content": {"membership": "join", **content},
        }  # fmt: skip

    sync = {"next_batch": "s1", "rooms": {"join": {"!new": {
        "state": {"events": [joins(ADA, displayname=5)]},
        "timeline": {"events": [
            joins("@bob:example.org", avatar_url=[], reason={}, displayname="Bob"),
        ]},
    }}, "invite": {"!other": {"invite_state": {"events": [
        joins(ADA, displayname={})
    ]}}}}}  # fmt: skip
    tidy(sync)
    rooms = parsed(sync).rooms
    joined, invited = rooms.join["!new"], rooms.invite["!other"].invite_state
    found = [(e.state_key, e.content) for e in (*joined.state, *joined.timeline.events, *invited)]
    assert found == [
        (ADA, {"membership": "join"}),
        ("@bob:example.org", {"membership": "join", "displayname": "Bob"}),
        (ADA, {"membership": "join"}),
    ]
