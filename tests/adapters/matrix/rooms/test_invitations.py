"""Where the bot comes when it is invited, and how it declines."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from nio import InviteEvent

from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.rooms.directs import Directs
from bot.adapters.matrix.rooms.invitations import Invitations, welcome
from bot.scratch import Scratch
from bot.store.sql import SqlStore
from bot.storing import Store
from tests.adapters.matrix.rooms.scripted import (
    DONE,
    FORBIDDEN,
    LIMITED,
    TROUBLE,
    Answer,
    Script,
    scripted,
)
from tests.adapters.matrix.rooms.staying import (
    Stay,
    answered,
    give_alias,
    settings_of,
    staying,
)
from tests.servers.accounts import Account
from tests.servers.matrix_person import Person, person
from tests.servers.synapse import Synapse

ADA, BEN, STRANGER = "@ada:example.org", "@ben:example.org:8448", "@eve:elsewhere.org"
BOT = "@bot:example.org"
ROOM, V12 = "!room:elsewhere.org", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"

WELCOME: list[tuple[list[str] | None, str, str, bool]] = [
    # Without a list, the people of the bot's own server.
    (None, ADA, ROOM, True),
    (None, BEN, ROOM, False),
    (None, STRANGER, ROOM, False),
    (None, "@eve:example.org.evil.org", ROOM, False),
    (None, "@example.org:evil.org", ROOM, False),
    (None, "", ROOM, False),
    ([], ADA, ROOM, False),
    (["*"], STRANGER, ROOM, True),
    (["elsewhere.org"], STRANGER, ROOM, True),
    (["elsewhere.org"], ADA, ROOM, False),
    (["example.org:8448"], BEN, ROOM, True),
    ([STRANGER, "other.org"], STRANGER, ROOM, True),
    ([STRANGER], "@mallory:elsewhere.org", ROOM, False),
    ([ROOM], STRANGER, ROOM, True),
    ([ROOM], STRANGER, "!other:elsewhere.org", False),
    ([V12], STRANGER, V12, True),
]


@pytest.mark.parametrize(("invitations", "inviter", "room_id", "comes"), WELCOME)
def test_servers_people_and_rooms_are_welcome(
    invitations: list[str] | None, inviter: str, room_id: str, comes: bool
) -> None:
    assert welcome(settings_of(invitations=invitations), inviter, room_id) is comes


def test_whoever_is_ignored_is_so_with_invitations_too_except_to_rooms_of_the_settings() -> None:
    settings = settings_of(invitations=["*"], ignore=[ADA], rooms=[ROOM])
    assert welcome(settings, ADA, ROOM)
    assert not welcome(settings, ADA, V12)
    assert welcome(settings_of(invitations=[], rooms=[ROOM]), STRANGER, ROOM)


def invited(by: str, **content: Any) -> list[InviteEvent]:
    """What a homeserver tells of an invitation: some state of the room, the inviter's coming, and
    the invitation."""

    def member(user: str, membership: str, sender: str, **content: Any) -> dict[str, Any]:
        return {
            "type": "m.room.member", "sender": sender, "state_key": user,
            "content": {"membership": membership, **content},
        }  # fmt: skip

    raw = [
        {"type": "m.room.name", "sender": ADA, "state_key": "", "content": {"name": "Summit"}},
        {"type": "m.room.join_rules", "sender": ADA, "state_key": "",
         "content": {"join_rule": "invite"}},
        member(ADA, "join", ADA),
        member(STRANGER, "invite", ADA, is_direct=True),
        member(BOT, "invite", by, **content),
    ]  # fmt: skip
    return [event for event in map(InviteEvent.parse_event, raw) if event is not None]


def invitations(homeserver: Homeserver, store: Store | None = None, **settings: Any) -> Invitations:
    made = settings_of(homeserver.url, BOT, **settings)
    directs = Directs(homeserver, made, {}, is_configured=lambda _: False)
    return Invitations(
        homeserver, made, store or Scratch(), directs, expects=lambda room_id: room_id == V12,
        again=timedelta(milliseconds=20),
    )  # fmt: skip


async def answer(known: Invitations, room_id: str, state: list[InviteEvent]) -> None:
    await known.answer(room_id, state)
    await answered(known)


JOIN, LEAVE, FORGET = f"POST join/{ROOM}", f"POST rooms/{ROOM}/leave", f"POST rooms/{ROOM}/forget"
M_DIRECT = f"user/{BOT}/account_data/m.direct"
JOINED: Answer = (200, {"room_id": ROOM})


async def test_the_inviter_is_who_invited_the_bot_and_not_who_invited_somebody_else() -> None:
    async with scripted({JOIN: [JOINED], LEAVE: [DONE], FORGET: [DONE]}) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, invited(by=STRANGER))
        assert server.asked == [LEAVE, FORGET]
        await answer(invitations(homeserver, invitations=[STRANGER]), ROOM, invited(by=STRANGER))
        assert server.asked[2:] == [f"{JOIN}?via=elsewhere.org&server_name=elsewhere.org"]


async def test_an_invitation_without_an_inviter_is_declined() -> None:
    async with scripted({LEAVE: [DONE], FORGET: [DONE]}) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, invited(by=ADA)[:-1])
        assert server.asked == [LEAVE, FORGET]


async def test_a_direct_chat_is_noted_and_a_room_is_not() -> None:
    script: Script = {
        f"POST join/{V12}": [(200, {"room_id": V12})],
        JOIN: [JOINED],
        f"GET {M_DIRECT}": [DONE],
        f"PUT {M_DIRECT}": [DONE],
    }
    async with scripted(script) as (homeserver, server):
        await answer(invitations(homeserver), V12, invited(by=STRANGER, is_direct="yes"))
        await answer(invitations(homeserver), ROOM, invited(by=ADA, is_direct=True))
        assert server.written == [{ADA: [ROOM]}]


async def test_an_invitation_waits_for_the_limit_of_the_homeserver() -> None:
    async with scripted({JOIN: [LIMITED, TROUBLE, JOINED]}) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, invited(by=ADA))
        assert len(server.asked) == 3


async def test_what_cannot_be_followed_is_declined_and_declined_in_vain() -> None:
    async with scripted({JOIN: [FORBIDDEN], LEAVE: [FORBIDDEN]}) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, invited(by=ADA))
        assert [asked.partition("?")[0] for asked in server.asked] == [JOIN, LEAVE]


async def test_an_invitation_that_comes_twice_is_followed_once() -> None:
    async with scripted({JOIN: [TROUBLE, JOINED]}) as (homeserver, server):
        known = invitations(homeserver)
        twice = (answer(known, ROOM, invited(by=ADA)) for _ in range(2))
        await asyncio.gather(*twice)
        assert len(server.asked) == 2
        await answer(known, ROOM, invited(by=ADA))
        assert len(server.asked) == 3


def about_us(sender: str, membership: object, **content: Any) -> InviteEvent:
    raw = {
        "type": "m.room.member", "sender": sender, "state_key": BOT,
        "content": {"membership": membership, **content},
    }  # fmt: skip
    event = InviteEvent.parse_event(raw)
    assert event is not None
    return event


@pytest.mark.parametrize(
    "before",
    [
        about_us(ADA, "invite", is_direct=True),
        about_us(ADA, "invite", displayname=5),
        about_us(ADA, "join"),
    ],
)
@pytest.mark.parametrize("comes_first", [True, False])
async def test_whoever_makes_up_an_invitation_beside_their_own_is_declined(
    before: InviteEvent, comes_first: bool
) -> None:
    """All but the invitation itself is whatever the inviter's server says."""
    script: Script = {JOIN: [JOINED], LEAVE: [DONE], FORGET: [DONE]}
    ours = invited(by=STRANGER, is_direct=True)
    both = [before, *ours] if comes_first else [*ours, before]
    async with scripted(script) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, both)
        assert server.asked == [LEAVE, FORGET]


async def test_an_invitation_that_is_told_twice_alike_is_one() -> None:
    async with scripted({JOIN: [JOINED]}) as (homeserver, server):
        await answer(invitations(homeserver), ROOM, [*invited(by=ADA), *invited(by=ADA)])
        assert len(server.asked) == 1


AWAY: Answer = (404, {"errcode": "M_LIMIT_EXCEEDED", "error": "Much later", "retry_after_ms": 1e6})


async def test_what_can_be_neither_followed_nor_declined_now_is_tried_again() -> None:
    script: Script = {JOIN: [AWAY, AWAY, JOINED], LEAVE: [AWAY, DONE], FORGET: [DONE]}
    other = {name.replace(ROOM, V12): answers for name, answers in script.items()}
    async with scripted({**script, **other}) as (homeserver, server):
        store = Scratch()
        known = invitations(homeserver, store)
        await known.answer(ROOM, invited(by=ADA))
        assert await store.read("matrix", "invitations") is not None
        await answered(known)
        assert [asked.partition("?")[0] for asked in server.asked] == [JOIN] * 3
        assert await store.read("matrix", "invitations") is None
        del server.asked[:]
        await answer(known, ROOM, invited(by=STRANGER))
        assert server.asked == [LEAVE, LEAVE, FORGET]


async def test_after_many_tries_it_is_declined() -> None:
    async with scripted({JOIN: [AWAY], LEAVE: [AWAY, DONE], FORGET: [DONE]}) as (
        homeserver,
        server,
    ):
        known = invitations(homeserver)
        known._again = timedelta(milliseconds=1)
        await answer(known, ROOM, invited(by=ADA))
        asked = [each.partition("?")[0] for each in server.asked]
        assert asked == [JOIN] * 11 + [LEAVE, JOIN, LEAVE, FORGET]


async def test_an_invitation_is_not_forgotten_by_a_restart() -> None:
    script: Script = {
        JOIN: [AWAY, JOINED], f"GET {M_DIRECT}": [DONE], f"PUT {M_DIRECT}": [DONE],
    }  # fmt: skip
    async with scripted(script) as (homeserver, server):
        store = Scratch()
        first = invitations(homeserver, store)
        first._again = timedelta(hours=1)
        await first.answer(ROOM, invited(by=ADA, is_direct=True))
        await server.request()
        await first.close()
        second = invitations(homeserver, store)
        await second.load()
        second.start()
        await answered(second)
        assert [asked.partition("?")[0] for asked in server.asked][:2] == [JOIN, JOIN]
        assert server.written == [{ADA: [ROOM]}]
        assert await store.read("matrix", "invitations") is None


async def test_the_bot_comes_to_a_direct_chat_and_remembers_it(bot: Stay, ada: Person) -> None:
    room_id = await ada.open_chat(bot.user)
    await bot.until(lambda: bot.directs.room_of(ada.user) == room_id)
    await ada.membership(room_id, bot.user, "join")
    await answered(bot.invitations)
    path = ("user", bot.user, "account_data", "m.direct")
    assert await bot.homeserver.ask("GET", *path) == {ada.user: [room_id]}


async def test_a_stranger_is_told_politely_why_the_bot_does_not_come(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    async with staying(synapse, account, store, invitations=["elsewhere.org"]) as bot:
        room_id = await ada.create_room("Summit", invite=[bot.user])
        await ada.membership(room_id, bot.user, "invite")
        await bot.sync()
        await answered(bot.invitations)
        declined = await ada.membership(room_id, bot.user, "leave")
        assert declined.sender == bot.user
        assert declined.content["reason"] == (
            "Sorry, I may only come where the organisers of the event let me: please ask them."
        )
        assert await bot.joined() == set()


async def test_a_stranger_may_invite_the_bot_to_a_room_of_the_settings(
    synapse: Synapse, account: Account, store: SqlStore, ada: Person
) -> None:
    by_id, by_alias = await ada.create_room("Summit"), await ada.create_room("Other")
    alias = await give_alias(ada, by_alias, "other")
    settings: dict[str, Any] = {"invitations": [], "rooms": [by_id, alias]}
    async with staying(synapse, account, store, **settings) as bot:
        await ada.invite(by_id, bot.user)
        await ada.invite(by_alias, bot.user)
        await bot.until(lambda: {by_id, by_alias} <= bot.rooms.keys())


async def test_an_invitation_that_was_withdrawn_is_forgotten(
    synapse: Synapse, bot: Stay, ada: Person
) -> None:
    async with person(synapse, "Ben") as ben:
        room_id = await ada.create_room(invite=[bot.user, ben.user])
        await ada.kick(room_id, bot.user)
        await answer(bot.invitations, room_id, invited(by=ada.user))
        await ada.invite(room_id, bot.user)
        await bot.until(lambda: room_id in bot.rooms)
