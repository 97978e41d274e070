"""Joining and leaving where the homeserver is busy, or says no."""

import pytest

from bot.adapters.matrix.homeserver import Refused
from bot.adapters.matrix.rooms.joining import join, leave
from tests.adapters.matrix.rooms.scripted import FORBIDDEN, LIMITED, TROUBLE, scripted

ROOM = "!room:example.org"
JOINED = (200, {"room_id": ROOM})
JOIN, LEAVE, FORGET = (
    "POST join/#alias:example.org",
    "POST rooms/!room:example.org/leave",
    "POST rooms/!room:example.org/forget",
)


async def test_joining_waits_for_the_limit_and_for_other_servers() -> None:
    async with scripted({JOIN: [LIMITED, LIMITED, TROUBLE, JOINED]}) as (homeserver, server):
        assert await join(homeserver, "#alias:example.org") == ROOM
    assert server.asked == [JOIN] * 4


async def test_joining_names_the_servers_that_may_help_as_old_and_new_homeservers_want_it() -> None:
    async with scripted({JOIN: [JOINED]}) as (homeserver, server):
        await join(homeserver, "#alias:example.org", ["one.org", "two.org:8448"])
    query = "via=one.org&server_name=one.org&via=two.org:8448&server_name=two.org:8448"
    assert server.asked == [f"{JOIN}?{query}"]


async def test_whoever_is_not_let_in_is_told_at_once() -> None:
    async with scripted({JOIN: [FORBIDDEN, JOINED]}) as (homeserver, server):
        with pytest.raises(Refused) as refused:
            await join(homeserver, "#alias:example.org")
    assert (refused.value.code, server.asked) == ("M_FORBIDDEN", [JOIN])


async def test_what_is_left_is_forgotten_if_the_homeserver_can_do_that() -> None:
    script = {LEAVE: [LIMITED, (200, {})], FORGET: [FORBIDDEN]}
    async with scripted(script) as (homeserver, server):
        await leave(homeserver, ROOM)
    assert server.asked == [LEAVE, LEAVE, FORGET]
