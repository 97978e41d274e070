"""Sockets come and go, and nothing that people ask in the meantime is lost."""

import asyncio

import pytest

from bot.adapters.slack.hearing.turn import LATE
from tests.adapters.slack.bot import bot_on
from tests.adapters.slack.talking import NEXT, Place, said, summit, workspace
from tests.servers.slack import CommandFailed, Delivering, Slow
from tests.servers.slack.websocket import Socket

_A_SECOND = 50
PING = 1.0


async def commands(place: Place, count: int) -> list[str]:
    """What comes back to so many commands, fifty of them a second."""

    async def ask(after: float) -> str:
        await asyncio.sleep(after)
        try:
            return said(await place.ada.slash("/summit next Marina"))
        except CommandFailed as failed:
            return failed.error

    asked = [asyncio.create_task(ask(number / _A_SECOND)) for number in range(count)]
    return list(await asyncio.gather(*asked))


async def questions(place: Place, count: int) -> None:
    """So many messages, fifty of them a second."""
    for number in range(count):
        place.ada.tells(f"info {number + 1}")
        await asyncio.sleep(1 / _A_SECOND)


async def answered(place: Place) -> list[int]:
    """The sessions that Ada has been told of, when there is nothing more to come."""
    await place.settled()
    bot = place.installed.bot_user
    answers = [said(m) for m in place.ada.sees() if m.author is bot]
    return sorted(int(text[1 : text.index("]")]) for text in answers)


async def in_use(place: Place, number: int) -> Socket:
    """The socket of this number, when some envelopes have come on it."""

    def found() -> Socket | None:
        sockets = place.server.sockets.open_of(place.home.app)
        return next((s for s in sockets if s.number == number and len(s.envelopes) > 10), None)

    return await place.server.bell.until(found, lambda: f"envelopes on socket {number}")


async def test_a_socket_that_slack_warns_of_is_replaced_without_losing_a_command() -> None:
    # As slow as the machine may be, so slow is Slack.
    delivering = Delivering(warning=3.0, ack_within=20.0)
    async with summit(delivering=delivering) as (place, _):
        asking = asyncio.create_task(commands(place, 125))
        for number in (1, 2):
            # As long as it takes to open the next one the old one is of use.
            place.server.faults.arm("apps.connections.open", Slow(0.2))
            await (await in_use(place, number)).warn()
        await in_use(place, 3)
        assert set(await asking) <= {NEXT, LATE}


async def test_a_socket_that_slack_replaces_at_once_loses_no_message() -> None:
    async with summit(delivering=Delivering(retries=(0.0, 1.0, 4.0), grace=0.1)) as (place, _):
        asking = asyncio.create_task(questions(place, 60))
        for number in (1, 2):
            await (await in_use(place, number)).refresh()
        await in_use(place, 3)
        await asking
        assert await answered(place) == list(range(1, 61))


async def test_socket_mode_that_is_turned_off_for_a_moment_loses_no_message() -> None:
    delivering = Delivering(retries=(0.0, 1.0, 4.0), grace=0.1)
    async with summit(delivering=delivering) as (place, bot):
        asking = asyncio.create_task(questions(place, 40))
        await in_use(place, 1)
        await place.server.sockets.disable(place.home.app)
        await bot.logs("Socket Mode is turned off for the app")
        place.server.sockets.enable(place.home.app)
        await place.server.sockets.opened(place.home.app)
        await asking
        assert await answered(place) == list(range(1, 41))


async def test_where_there_are_too_many_sockets_no_message_is_lost() -> None:
    delivering = Delivering(retries=(0.0, 1.0, 4.0), grace=0.1, warning=0.2, sockets=1)
    async with summit(delivering=delivering) as (place, bot):
        asking = asyncio.create_task(questions(place, 40))
        socket = await in_use(place, 1)
        await socket.warn()
        await bot.logs("The app has too many sockets open")
        await place.server.sockets.opened(place.home.app)
        await asking
        assert await answered(place) == list(range(1, 41))


@pytest.mark.parametrize("how", ["abort", "mute"])
async def test_a_dead_socket_is_replaced_within_the_ping_interval_and_a_second(how: str) -> None:
    async with summit(ping=PING) as (place, _):
        [socket] = await place.server.sockets.opened(place.home.app)
        died = asyncio.get_running_loop().time()
        getattr(socket, how)()
        await place.server.bell.until(
            lambda: any(one is not socket for one in place.server.sockets.open_of(place.home.app)),
            lambda: "another socket",
        )
        assert asyncio.get_running_loop().time() - died < PING + 1
        place.ada.tells("next Marina")
        assert said(await place.ada.reads()) == NEXT


async def test_messages_in_an_aborted_socket_are_answered_once() -> None:
    async with summit(delivering=Delivering(retries=(0.0, 1.0, 4.0))) as (place, _):
        asking = asyncio.create_task(questions(place, 40))
        socket = await in_use(place, 1)
        socket.abort()
        await asking
        assert await answered(place) == list(range(1, 41))


async def test_what_comes_while_the_bot_starts_again_is_answered() -> None:
    async with workspace(delivering=Delivering(retries=(0.0, 1.0, 4.0))) as place:
        place.ada.tells("info 1")
        async with bot_on(place.server, place.home) as bot:
            place.ada.tells("info 2")
            await bot.restart()
            place.ada.tells("info 3")
            assert await answered(place) == [1, 2, 3]
