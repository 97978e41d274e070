"""How chats come to be opened: at the homeserver's pace, and without holding up those who have
one."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.rooms.chats import Chats
from bot.adapters.matrix.rooms.directs import Directs
from bot.pacer import Pacer
from bot.ports import TryLater, Unreachable
from tests.adapters.matrix.rooms.scripted import (
    DONE,
    FORBIDDEN,
    LIMITED,
    TROUBLE,
    Answer,
    Script,
    scripted,
)
from tests.adapters.matrix.rooms.staying import settings_of
from tests.summit import StandingClock, at

BOT, ADA, BEN = "@bot:example.org", "@ada:example.org", "@ben:example.org"
M_DIRECT = f"user/{BOT}/account_data/m.direct"
NOW = at(16, 9)
UNTIL = NOW + timedelta(minutes=5)


def made(*answers: Answer) -> Script:
    return {
        "POST createRoom": list(answers), f"GET {M_DIRECT}": [DONE], f"PUT {M_DIRECT}": [DONE],
    }  # fmt: skip


def opened(room: str) -> Answer:
    return 200, {"room_id": room}


def chats(homeserver: Homeserver, pacer: Pacer) -> tuple[Chats, Directs]:
    """Of a bot that is in no room, and has heard nothing of those that it opens."""
    directs = Directs(homeserver, settings_of(), {}, is_configured=lambda _: False)
    return Chats(directs, pacer, StandingClock(NOW)), directs


async def test_a_notice_waits_for_a_chat_that_is_there_soon() -> None:
    async with scripted(made(TROUBLE, opened("!a"))) as (homeserver, server):
        known, _ = chats(homeserver, Pacer(0.01, 1))
        assert await known.for_notice(ADA, UNTIL) == "!a"
        assert server.asked.count("POST createRoom") == 2
        assert await known.for_notice(ADA, UNTIL) == "!a"
        await known.close()


async def test_a_notice_does_not_wait_for_a_chat_that_takes_long_and_finds_it_later() -> None:
    async with scripted(made(opened("!a"), opened("!b"))) as (homeserver, _):
        pacer = Pacer(0.2, 1)
        known, directs = chats(homeserver, pacer)
        assert await known.for_notice(ADA, UNTIL) == "!a"
        began = asyncio.get_running_loop().time()
        for _ in range(2):
            with pytest.raises(TryLater) as later:
                await known.for_notice(BEN, UNTIL)
            assert later.value.personal
            assert later.value.after is not None
            assert timedelta(seconds=4) < later.value.after <= timedelta(seconds=5)
        assert asyncio.get_running_loop().time() < began + 0.5
        # Nobody asks for it meanwhile.
        async with asyncio.timeout(6):
            while directs.room_of(BEN) is None:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.02)
        assert await known.for_notice(BEN, UNTIL) == "!b"
        await known.close()


async def test_what_is_of_no_use_any_more_takes_no_turn() -> None:
    async with scripted(made(opened("!a"))) as (homeserver, server):
        known, _ = chats(homeserver, Pacer(0.01, 1))
        with pytest.raises(TryLater):
            await known.for_notice(ADA, NOW)
        assert server.asked == []
        await known.close()


async def test_a_limit_holds_up_a_notice_and_not_its_network() -> None:
    slow: Answer = (429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Slow", "retry_after_ms": 30_000})
    async with scripted(made(slow)) as (homeserver, server):
        known, _ = chats(homeserver, Pacer(100.0, 10))
        for user in (ADA, BEN):
            with pytest.raises(TryLater) as later:
                await known.for_notice(user, UNTIL)
            assert (later.value.personal, later.value.after is not None) == (True, True)
        assert server.asked == ["POST createRoom"]
        await known.close()


async def test_whoever_asks_waits_for_the_limit() -> None:
    async with scripted(made(LIMITED, TROUBLE, opened("!a"))) as (homeserver, _):
        known, _ = chats(homeserver, Pacer(100.0, 10))
        assert await known.with_user(ADA) == "!a"
        await known.close()


async def test_whoever_leaves_what_was_opened_is_asked_to_open_a_chat_themselves() -> None:
    async with scripted(made(opened("!a"), opened("!b"), opened("!c"))) as (homeserver, server):
        known, directs = chats(homeserver, Pacer(100.0, 10))
        assert await known.with_user(ADA) == "!a"
        directs.changed("!a")
        assert await known.with_user(ADA) is None
        # Nobody else has less of it.
        assert await known.with_user(BEN) == "!b"
        assert server.asked.count("POST createRoom") == 2
        await known.close()


async def test_whoever_cannot_be_invited_is_not_tried_again_and_again() -> None:
    async with scripted(made(FORBIDDEN)) as (homeserver, server):
        known, _ = chats(homeserver, Pacer(100.0, 10))
        reasons = []
        for _ in range(2):
            with pytest.raises(Unreachable) as gone:
                await known.for_notice(ADA, UNTIL)
            reasons.append(gone.value.reason)
        assert reasons == [
            "no chat can be opened with you (M_FORBIDDEN)",
            "no other chat can be opened with you just now: open one with me",
        ]
        assert await known.with_user(ADA) is None
        assert server.asked.count("POST createRoom") == 1
        await known.close()


async def test_in_the_end_no_chat_is_opened_any_more() -> None:
    async with scripted(made(opened("!a"))) as (homeserver, server):
        known, _ = chats(homeserver, Pacer(0.01, 1))
        assert await known.with_user(ADA) == "!a"
        with pytest.raises(TryLater):
            await known.for_notice(BEN, UNTIL)
        await known.close()
        with pytest.raises(TryLater):
            await known.for_notice(BEN, UNTIL)
        assert server.asked.count("POST createRoom") == 1
