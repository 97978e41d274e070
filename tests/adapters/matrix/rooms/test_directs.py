"""Which room is whose direct chat: what rooms look like, what was written down, and new chats."""

import asyncio
from typing import Any

import pytest
from nio import MatrixRoom

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.rooms.directs import Directs
from bot.store.sql import SqlStore
from tests.adapters.matrix.rooms.scripted import DONE, LIMITED, TROUBLE, Script, scripted
from tests.adapters.matrix.rooms.staying import Stay, answered, settings_of, staying
from tests.servers.accounts import Account
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

BOT, ADA, BEN = "@bot:example.org", "@ada:example.org", "@ben:example.org"
M_DIRECT = f"user/{BOT}/account_data/m.direct"


def room(*people: str, invited: str = "", **looks: Any) -> MatrixRoom:
    """A room in which the bot is with these people, and who was invited."""
    made = MatrixRoom("!room", BOT)
    for user in (BOT, *people):
        made.add_member(user, None, None)
    if invited:
        made.add_member(invited, None, None, invited=True)
    for name, value in looks.items():
        assert hasattr(made, name)
        setattr(made, name, value)
    return made


def directs(rooms: dict[str, MatrixRoom], homeserver: Homeserver | None = None) -> Directs:
    """Of a bot that has heard of these rooms."""
    known = Directs(
        homeserver or Homeserver("http://127.0.0.1:9"), settings_of(), rooms,
        is_configured=lambda room_id: room_id == "!configured",
    )  # fmt: skip
    for room_id in rooms:
        known.changed(room_id)
    return known


PRIVATE = {
    "one person": room(ADA),
    "one who was invited": room(invited=ADA),
    "people may knock": room(ADA, join_rule="knock"),
    "an old rule": room(ADA, join_rule="private"),
}
NOT_PRIVATE = {
    "nobody": room(),
    "two people": room(ADA, BEN),
    "one person, and one who was invited": room(ADA, invited=BEN),
    "everybody may come": room(ADA, join_rule="public"),
    "members of another room may come": room(ADA, join_rule="restricted"),
    "members of another room may come, others knock": room(ADA, join_rule="knock_restricted"),
    "everybody may read": room(ADA, history_visibility="world_readable"),
    "it has a name": room(ADA, name="Organisers"),
    "it has an address": room(ADA, canonical_alias="#a:example.org"),
    "it is a space": room(ADA, room_type="m.space"),
}


@pytest.mark.parametrize("looks", PRIVATE)
def test_a_room_is_private_with_one_person_if_others_have_to_be_let_in(looks: str) -> None:
    assert directs({"!room": PRIVATE[looks]}).is_private("!room")


@pytest.mark.parametrize("looks", NOT_PRIVATE)
def test_a_room_is_not_private_if(looks: str) -> None:
    assert not directs({"!room": NOT_PRIVATE[looks]}).is_private("!room")


def test_a_room_of_the_settings_is_not_private_and_neither_is_an_unknown_one() -> None:
    known = directs({"!configured": room(ADA)})
    assert not known.is_private("!configured")
    assert not known.is_private("!unknown")


async def test_a_room_with_a_name_is_private_if_it_was_made_for_the_two() -> None:
    rooms = {"!a": room(ADA, name="Ada and the bot"), "!b": room(ADA, name="Organisers")}
    known = directs(rooms)
    known.heard({ADA: ["!a"], BEN: ["!b"]})
    assert known.is_private("!a")
    assert known.is_with(ADA, "!a")
    assert not known.is_private("!b")
    assert not known.is_with(ADA, "!b")
    rooms["!a"].add_member(BEN, None, None)
    assert not known.is_with(ADA, "!a")


async def test_without_any_mark_a_chat_is_a_private_room_without_a_name() -> None:
    assert directs({"!a": room(ADA)}).room_of(ADA) == "!a"
    assert directs({"!a": room(ADA)}).room_of(BEN) is None
    for other in (
        *NOT_PRIVATE.values(),
        room(ADA, name="Organisers"),
        room(ADA, canonical_alias="#a:example.org"),
        room(ADA, room_type="m.space"),
        room(ADA, replacement_room="!b"),
    ):
        assert directs({"!a": other}).room_of(ADA) is None


async def test_a_chat_that_was_written_down_may_have_a_name_but_no_third_reader() -> None:
    rooms = {"!a": room(ADA, name="Ada and the bot"), "!b": room(ADA, BEN), "!c": room(ADA)}
    known = directs(rooms)
    known.heard({ADA: ["!gone", "!b", "!a"]})
    assert known.room_of(ADA) == "!a"
    rooms["!a"].add_member(BEN, None, None)
    known.changed("!a")
    assert known.room_of(ADA) == "!c"
    rooms["!c"].remove_member(ADA)
    known.changed("!c")
    assert known.room_of(ADA) is None


async def test_where_somebody_has_come_goes_before_where_they_have_not() -> None:
    known = directs({"!a": room(invited=ADA), "!b": room(ADA)})
    known.heard({ADA: ["!a"]})
    assert known.room_of(ADA) == "!b"


async def test_the_chat_in_which_somebody_wrote_last_goes_before_all_others() -> None:
    known = directs({"!a": room(ADA), "!b": room(ADA), "!c": room(ADA)})
    known.heard({ADA: ["!c", "!b", "!a"]})
    assert known.room_of(ADA) == "!c"
    await known.note(ADA, "!a")
    assert known.room_of(ADA) == "!a"
    await known.note(ADA, "!b")
    assert known.room_of(ADA) == "!b"
    known.heard({ADA: ["!c", "!b", "!a"]})
    assert known.room_of(ADA) == "!b"


async def test_whoever_had_a_chat_and_is_in_none_has_left() -> None:
    rooms = {"!a": room(), "!b": room(ADA, BEN)}
    known = directs(rooms)
    assert not known.has_left(ADA)
    known.heard({ADA: ["!a"]})
    assert known.has_left(ADA)
    # Somebody else came along: that is no farewell.
    known.heard({ADA: ["!a", "!b"]})
    assert not known.has_left(ADA)
    known.heard({ADA: ["!sent away from"]})
    assert known.has_left(ADA)
    rooms["!new"] = room(ADA)
    known.changed("!new")
    assert not known.has_left(ADA)
    del rooms["!new"]
    known.changed("!new")
    assert known.has_left(ADA)


async def test_a_chat_that_is_gone_is_remembered_where_it_is_written_down_alone() -> None:
    rooms = {"!a": room(ADA), "!b": room(BEN)}
    async with scripted({}) as (homeserver, _):
        known = directs(rooms, homeserver)
        for user, room_id in ((ADA, "!a"), (BEN, "!b")):
            await known.note(user, room_id)
    known.heard({ADA: ["!a"]})
    for room_id in ("!a", "!b"):
        del rooms[room_id]
        known.changed(room_id)
    assert known._noted == {BEN: ["!b"]}
    assert known.has_left(ADA)
    assert known.has_left(BEN)


async def test_account_data_that_others_got_wrong_does_no_harm() -> None:
    known = directs({"!a": room(ADA, name="Ada and the bot")})
    known.heard({ADA: [None, 5, "!a"], BEN: "!a", "": {}})
    assert known.room_of(ADA) == "!a"
    assert known.room_of(BEN) is None


async def test_a_chat_that_cannot_be_written_down_is_written_down_with_the_next_one() -> None:
    rooms = {"!a": room(ADA), "!b": room(BEN)}
    script: Script = {
        f"GET {M_DIRECT}": [(404, {"errcode": "M_NOT_FOUND"})],
        f"PUT {M_DIRECT}": [TROUBLE, DONE],
    }
    async with scripted(script) as (homeserver, server):
        known = directs(rooms, homeserver)
        await known.note(ADA, "!a")
        await known.note(ADA, "!a")
        assert server.asked == [f"GET {M_DIRECT}", f"PUT {M_DIRECT}"]
        await known.note(BEN, "!b")
        assert server.written == [{ADA: ["!a"]}, {ADA: ["!a"], BEN: ["!b"]}]
        await known.note(ADA, "!a")
        await known.note(BEN, "!b")
        assert len(server.asked) == 4


async def test_whoever_waits_for_a_chat_is_told_of_the_limit_and_may_try_again() -> None:
    script: Script = {
        "POST createRoom": [LIMITED, (200, {"room_id": "!new"})],
        f"GET {M_DIRECT}": [DONE],
        f"PUT {M_DIRECT}": [TROUBLE],
    }
    async with scripted(script) as (homeserver, _):
        known = directs({}, homeserver)
        results = await asyncio.gather(known.open(ADA), known.open(ADA), return_exceptions=True)
        assert [type(result) for result in results] == [Refused, Refused]
        assert await known.open(ADA) == "!new"
        # No sync has brought it yet.
        assert known.room_of(ADA) == "!new"
        assert not known.has_left(ADA)
        # It is known before anybody is in it.
        rooms = known._rooms
        assert isinstance(rooms, dict)
        rooms["!new"] = room()
        known.changed("!new")
        assert known.room_of(ADA) == "!new"
        rooms["!new"].add_member(ADA, None, None, invited=True)
        known.changed("!new")
        assert known.room_of(ADA) == "!new"
        rooms["!new"].remove_member(ADA)
        known.changed("!new")
        assert known.room_of(ADA) is None
        assert known.has_left(ADA)


async def test_a_chat_that_a_sync_has_begun_to_show_is_not_opened_a_second_time() -> None:
    script: Script = {
        "POST createRoom": [(200, {"room_id": "!new"})],
        f"GET {M_DIRECT}": [DONE],
        f"PUT {M_DIRECT}": [DONE],
    }
    async with scripted(script) as (homeserver, server):
        known = directs({"!new": room()}, homeserver)
        await known.note(BEN, "!new")
        assert known.room_of(BEN) is None
        assert await known.open(ADA) == "!new"
        assert known.room_of(ADA) == "!new"
        assert await known.open(ADA) == "!new"
        assert server.asked.count("POST createRoom") == 1


async def test_in_the_end_nobody_waits_for_a_chat_any_more() -> None:
    async with scripted({}) as (homeserver, server):
        server.silent = True
        known = directs({}, homeserver)
        waiting = asyncio.create_task(known.open(ADA))
        await server.request()
        await known.close()
        with pytest.raises(Away):
            await waiting


async def listed(bot: Stay) -> Any:
    path = ("user", bot.user, "account_data", "m.direct")
    return await bot.homeserver.ask("GET", *path)


async def test_a_new_chat_is_an_encrypted_one_to_which_the_person_is_invited(
    bot: Stay, ada: Person
) -> None:
    first, second = await asyncio.gather(bot.directs.open(ada.user), bot.directs.open(ada.user))
    invitation = await ada.invitation(bot.user)
    assert first == second == invitation.room
    assert invitation.content["is_direct"] is True
    assert await listed(bot) == {ada.user: [first]}
    await bot.until(lambda: bot.directs.is_private(first))
    assert bot.rooms[first].encrypted
    assert await bot.directs.open(ada.user) == first
    await ada.join(first)
    await bot.until(lambda: not bot.rooms[first].users[ada.user].invited)
    assert bot.directs.room_of(ada.user) == first
    assert await bot.joined() == {first}


async def test_without_encryption_a_new_chat_is_in_the_clear(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    async with staying(synapse, account, store, encryption=False) as bot:
        room_id = await bot.directs.open(ada.user)
        await bot.until(lambda: bot.directs.is_private(room_id))
        assert not bot.rooms[room_id].encrypted


async def test_a_chat_is_found_again_after_a_crash_before_it_was_written_down(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    async with staying(synapse, account, store) as bot:
        body = {"preset": "trusted_private_chat", "is_direct": True, "invite": [ada.user]}
        answer = await bot.homeserver.ask("POST", "createRoom", body=body)
    async with staying(synapse, account, store) as bot:
        assert await bot.directs.open(ada.user) == answer["room_id"]
        assert await bot.joined() == {answer["room_id"]}


async def test_a_chat_is_known_after_a_restart(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    async with staying(synapse, account, store) as bot:
        named = await ada.create_room("Ada and the bot", invite=[bot.user])
        await bot.until(lambda: named in bot.rooms)
        await bot.directs.note(ada.user, named)
    async with staying(synapse, account, store) as bot:
        assert bot.directs.room_of(ada.user) == named


async def test_whoever_gives_up_waiting_for_a_chat_leaves_no_unknown_one_behind(
    bot: Stay, ada: Person
) -> None:
    waiting = asyncio.create_task(bot.directs.open(ada.user))
    await asyncio.sleep(0)
    waiting.cancel()
    invitation = await ada.invitation(bot.user)
    assert await bot.directs.open(ada.user) == invitation.room


async def test_what_others_have_written_down_stays_and_each_chat_is_written_down_once(
    bot: Stay, ada: Person
) -> None:
    path = ("user", bot.user, "account_data", "m.direct")
    others = {"@ben:elsewhere.org": ["!x"], ada.user: ["!y"], "odd": 5}
    await bot.homeserver.ask("PUT", *path, body=others)
    room_id = await ada.open_chat(bot.user)
    await bot.until(lambda: bot.directs.is_private(room_id))
    await answered(bot.invitations)
    written = {**others, ada.user: [room_id, "!y"]}
    assert await listed(bot) == written
    await bot.homeserver.ask("PUT", *path, body=others)
    await bot.directs.note(ada.user, room_id)
    assert await listed(bot) == others
    await bot.directs.note("@eve:elsewhere.org", "!z")
    assert await listed(bot) == {**others, "@eve:elsewhere.org": ["!z"]}


async def test_whoever_declines_a_chat_has_left_and_is_there_again_with_one_of_their_own(
    bot: Stay, ada: Person
) -> None:
    room_id = await bot.directs.open(ada.user)
    await ada.leave(room_id)
    await bot.until(lambda: bot.directs.has_left(ada.user))
    assert bot.directs.room_of(ada.user) is None
    own = await ada.open_chat(bot.user)
    await bot.until(lambda: bot.directs.room_of(ada.user) == own)
    assert not bot.directs.has_left(ada.user)


async def test_a_chat_to_which_somebody_else_comes_is_not_written_to_any_more(
    synapse: Synapse, bot: Stay, ada: Person
) -> None:
    room_id = await ada.open_chat(bot.user)
    await bot.until(lambda: bot.directs.room_of(ada.user) == room_id)
    async with person(synapse, "Ben") as ben:
        await ada.invite(room_id, ben.user)
        await bot.until(lambda: bot.directs.room_of(ada.user) is None)
        assert not bot.directs.has_left(ada.user)
        assert await bot.directs.open(ada.user) != room_id
        await ben.leave(room_id)


async def test_somebody_whom_the_bot_cannot_invite_is_not_somebody_who_left(bot: Stay) -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            await bot.directs.open("@nobody:elsewhere.test")
    assert not bot.directs.has_left("@nobody:elsewhere.test")
