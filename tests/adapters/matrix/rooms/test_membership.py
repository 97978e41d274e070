"""Rooms of the settings that are joined, rooms that go on in others, and rooms that are left."""

import asyncio
import json
import logging
from typing import Any

import pytest

from bot.adapters.matrix.homeserver import Refused
from bot.store.sql import SqlStore
from tests.adapters.matrix.rooms.staying import Stay, give_alias, stay_of, staying
from tests.servers.accounts import Account
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import SERVER_NAME, Synapse

NOBODY = f"#nobody-has-made-this:{SERVER_NAME}"
ABSENT = "there is no such room"
CLOSED = "it is for people who were invited, or the bot is banned there: invite the bot"


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.adapters.matrix")


def said(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    """What this log line says, each time."""
    lines = [record.msg for record in caplog.records]
    return [line for line in lines if isinstance(line, dict) and line.get("event") == event]


async def test_rooms_of_the_settings_are_joined_and_one_that_cannot_be_costs_no_other(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    first = await ada.create_room("First", public=True)
    second = await ada.create_room("Second", public=True)
    closed = await ada.create_room("Closed")
    alias = await give_alias(ada, second, "second")
    async with staying(synapse, account, store, rooms=[NOBODY, closed, first, alias]) as bot:
        membership = bot.membership
        await asyncio.wait_for(membership.settled.wait(), 10)
        assert membership.refused == {NOBODY: ABSENT, closed: CLOSED}
        assert await bot.joined() == {first, second}
        assert (membership.room(first), membership.room(alias)) == (first, second)
        assert membership.room(NOBODY) is None
        assert membership.is_configured(second)
        assert membership.expects(second)
        assert not membership.expects("!other")
        assert {line["room"] for line in said(caplog, "joined")} == {first, alias}
        refused = {line["room"]: line["reason"] for line in said(caplog, "cannot join")}
        assert refused == {NOBODY: ABSENT, closed: CLOSED}


async def test_a_room_that_could_not_be_joined_is_tried_again(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    closed = await ada.create_room("Closed")
    async with staying(synapse, account, store, rooms=[closed]) as bot:
        await asyncio.wait_for(bot.membership.settled.wait(), 10)
        await ada.invite(closed, bot.user)
        await ada.membership(closed, bot.user, "join")
        await bot.until(lambda: bot.membership.refused == {})
        assert bot.membership.room(closed) == closed


async def test_a_room_of_the_settings_is_known_before_it_is_joined(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    room_id = await ada.create_room("Summit")
    alias = await give_alias(ada, room_id, "summit")
    bot = stay_of(synapse.url, account, store, rooms=[alias])
    await bot.membership.load()
    assert bot.membership.room(alias) == room_id
    assert bot.membership.is_configured(room_id)
    await bot.end()


async def test_without_rooms_in_the_settings_it_is_settled_at_once(bot: Stay) -> None:
    assert bot.membership.settled.is_set()


async def test_the_bot_comes_back_to_a_room_of_the_settings_and_to_no_other(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    wanted = await ada.create_room("Summit", public=True)
    other = await ada.create_room("Other", public=True)
    async with staying(synapse, account, store, rooms=[wanted]) as bot:
        await bot.homeserver.ask("POST", "join", other)
        await bot.until(lambda: {wanted, other} <= bot.rooms.keys())
        await ada.kick(other, bot.user)
        await ada.kick(wanted, bot.user)
        await bot.until(lambda: not {wanted, other} & bot.rooms.keys())
        await bot.until(lambda: wanted in bot.rooms)
        assert await bot.joined() == {wanted}


async def test_a_room_is_left_and_forgotten_when_everybody_else_has_left(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    wanted = await ada.create_room("Summit", public=True)
    room_id = await ada.create_room("Hallway", public=True)
    async with staying(synapse, account, store, rooms=[wanted]) as bot:
        await bot.homeserver.ask("POST", "join", room_id)
        await bot.until(lambda: {wanted, room_id} <= bot.rooms.keys())
        await ada.leave(wanted)
        await ada.leave(room_id)
        await bot.until(lambda: room_id not in bot.rooms)
        assert await bot.joined() == {wanted}
        with pytest.raises(Refused):
            await bot.homeserver.ask("GET", "rooms", room_id, "messages", query={"dir": "b"})


async def test_a_room_that_emptied_while_the_bot_was_away_is_left_too(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    room_id = await ada.create_room("Hallway", public=True)
    async with staying(synapse, account, store) as bot:
        await bot.homeserver.ask("POST", "join", room_id)
    await ada.leave(room_id)
    async with staying(synapse, account, store) as bot:
        assert room_id in bot.rooms
        await bot.until(lambda: room_id not in bot.rooms)


async def test_a_room_to_which_somebody_comes_back_is_not_left(bot: Stay, ada: Person) -> None:
    room_id = await ada.create_room("Hallway", public=True)
    await bot.homeserver.ask("POST", "join", room_id)
    await bot.until(lambda: room_id in bot.rooms)
    await ada.leave(room_id)
    await bot.until(lambda: len(bot.rooms[room_id].users) == 1)
    await ada.join(room_id)
    await bot.until(lambda: len(bot.rooms[room_id].users) == 2)
    await bot.until(bot.membership._tasks["_leave_empty", room_id].done)
    assert await bot.joined() == {room_id}


async def test_somebody_who_has_not_come_yet_is_waited_for(bot: Stay, ada: Person) -> None:
    room_id = await bot.directs.open(ada.user)
    await bot.until(lambda: bot.directs.is_private(room_id))
    assert ("_leave_empty", room_id) not in bot.membership._tasks


async def test_what_is_left_of_a_chat_that_could_not_be_opened_is_left(bot: Stay) -> None:
    with pytest.raises(Refused):
        await bot.directs.open("@nobody:elsewhere.test")
    await bot.until(lambda: bot.rooms)
    await bot.until(lambda: not bot.rooms)
    assert await bot.joined() == set()


async def test_an_upgraded_room_is_followed_and_that_is_known_after_a_restart(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    old = await ada.create_room("Summit", public=True)
    async with staying(synapse, account, store, rooms=[old]) as bot:
        await bot.until(lambda: old in bot.rooms)
        new = await ada.upgrade(old)
        await bot.until(lambda: old not in bot.rooms and new in bot.rooms)
        assert bot.moves == [(old, new)]
        assert bot.membership.room(old) == new
        assert bot.membership.is_configured(new)
        assert not bot.membership.is_configured(old)
        [line] = said(caplog, "followed a room to its successor")
        assert (line["room"], line["successor"]) == (old, new)
    async with staying(synapse, account, store, rooms=[old]) as bot:
        assert bot.membership.room(old) == bot.membership.today(old) == new
        newest = await ada.upgrade(new)
        await bot.until(lambda: new not in bot.rooms and newest in bot.rooms)
        assert bot.membership.today(old) == bot.membership.room(old) == newest
        await asyncio.wait_for(bot.membership.settled.wait(), 10)
        assert await bot.joined() == {newest}


async def test_a_successor_that_is_no_id_is_not_followed(bot: Stay, ada: Person) -> None:
    room_id = await ada.create_room("Hallway", public=True)
    alias = await give_alias(ada, await ada.create_room("Other", public=True), "other")
    await bot.homeserver.ask("POST", "join", room_id)
    for successor in ("", alias):
        body = {"replacement_room": successor, "body": "There"}
        await ada._api.put("rooms", room_id, "state", "m.room.tombstone", body=body)
    await bot.until(lambda: room_id in bot.rooms and bot.rooms[room_id].replacement_room == alias)
    assert bot.membership.today(room_id) == room_id
    assert not bot.membership._tasks


async def test_nobody_leads_the_bot_into_a_room_to_which_they_may_not_invite_it(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    old = await ada.create_room("Hallway", public=True)
    async with staying(synapse, account, store, invitations=["@ben:summit.test"]) as bot:
        await bot.homeserver.ask("POST", "join", old)
        new = await ada.upgrade(old)
        await bot.until(lambda: said(caplog, "does not follow a room to its successor"))
        assert await bot.joined() == {old}
        assert not bot.membership.expects(new)
        await ada.invite(new, bot.user)
        await ada.membership(new, bot.user, "invite")
        await bot.until(lambda: said(caplog, "declined an invitation"))
        await ada.membership(new, bot.user, "leave")
        assert bot.membership.today(old) == old


async def test_a_room_of_the_settings_is_followed_whoever_leads_there(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    old = await ada.create_room("Summit", public=True)
    async with staying(synapse, account, store, rooms=[old], invitations=[]) as bot:
        await bot.until(lambda: old in bot.rooms)
        new = await ada.upgrade(old)
        await bot.until(lambda: old not in bot.rooms and new in bot.rooms)
        assert bot.membership.room(old) == new


async def test_what_is_known_of_a_room_is_forgotten_with_it(bot: Stay, ada: Person) -> None:
    old = await ada.create_room("Hallway", public=True)
    await bot.homeserver.ask("POST", "join", old)
    new = await ada.upgrade(old)
    await bot.until(lambda: old not in bot.rooms and new in bot.rooms)
    known = bot.membership
    assert (known._tombstones, known._awaited, known._followed) == ({}, {}, set())


async def test_rooms_that_replace_each_other_in_a_circle_do_no_harm(
    account: Account, store: SqlStore
) -> None:
    await store.keep("matrix", "upgraded rooms", json.dumps({"!a": "!b", "!b": "!c", "!c": "!b"}))
    bot = stay_of("http://127.0.0.1:9", account, store)
    await bot.membership.load()
    assert bot.membership.today("!a") == "!c"
    await bot.end()


async def test_a_room_upgraded_while_the_bot_was_away_is_followed(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    old = await ada.create_room("Hallway", public=True)
    async with staying(synapse, account, store) as bot:
        await bot.homeserver.ask("POST", "join", old)
    new = await ada.upgrade(old)
    async with staying(synapse, account, store) as bot:
        await bot.until(lambda: old not in bot.rooms and new in bot.rooms)


async def test_a_bot_that_fell_between_two_rooms_leaves_the_old_one_at_the_next_start(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    old = await ada.create_room("Hallway", public=True)
    async with staying(synapse, account, store) as bot:
        await bot.homeserver.ask("POST", "join", old)
        new = await ada.upgrade(old)
        await bot.homeserver.ask("POST", "join", new)
    async with staying(synapse, account, store) as bot:
        await bot.until(lambda: old not in bot.rooms)
        assert bot.membership.today(old) == new
        assert await bot.joined() == {new}


async def test_a_chat_that_was_upgraded_goes_on_when_somebody_invites_the_bot(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async with staying(synapse, account, store, invitations=[ada.user]) as bot:
        old = await ada.open_chat(bot.user)
        await bot.until(lambda: bot.directs.room_of(ada.user) == old)
        async with person(synapse, "Ben") as ben:
            new = await ada.upgrade(old)
            await bot.until(lambda: said(caplog, "cannot follow a room to its successor"))
            assert bot.membership.expects(new)
            assert await bot.joined() == {old}
            # Whoever may invite others there may invite the bot.
            await ada.invite(new, ben.user)
            await ben.join(new)
            await ada._api.put(
                "rooms", new, "state", "m.room.power_levels",
                body={"users": {}, "users_default": 0, "invite": 0},
            )  # fmt: skip
            await ben.invite(new, bot.user)
            await bot.until(lambda: old not in bot.rooms and new in bot.rooms)
            await ben.leave(new)
        await bot.until(lambda: bot.directs.room_of(ada.user) == new)
        path = ("user", bot.user, "account_data", "m.direct")
        # Synapse may have been quicker: it lists the successor by itself, behind the others.
        listed = await bot.homeserver.ask("GET", *path)
        assert {user: set(rooms) for user, rooms in listed.items()} == {ada.user: {old, new}}
