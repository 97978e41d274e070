"""Socket Mode: nothing is lost when sockets change, and a dead one is noticed."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.adapters.slack.hearing.acknowledging import Answered
from bot.adapters.slack.hearing.heard import Heard, Said, Slash
from bot.scratch import Scratch
from tests.adapters.slack.hearing.crowd import a_crowd, asks
from tests.adapters.slack.hearing.ears import Gate, lines
from tests.adapters.slack.hearing.sockets import echo, listening, there
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.people import CommandFailed
from tests.servers.slack.websocket import Socket

LISTENS = {"event": "Listens over Socket Mode."}
LOST = {"event": "The connection to Slack is lost; it is opened again.", "reason": "closed"}


@pytest.fixture(autouse=True)
def what_matters_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_commands_and_events_come_over_a_socket_and_are_acknowledged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with there() as slack:
        async with listening(slack) as bot:
            assert await asks(slack.ada, "next Marina") == "You said: next Marina"
            slack.ada.tells("@bot next")
            await slack.server.settled()
            assert [type(heard) for heard in bot.heard] == [Slash, Said]
            assert bot.heard[1].text == "next"  # type: ignore[union-attr]
        assert all(delivery.acknowledged for delivery in slack.server.deliveries.log)
        assert slack.server.mistakes == []
    assert lines(caplog) == [LISTENS]


async def test_an_answer_that_comes_late_is_read_where_the_command_was_used() -> None:
    async with there() as slack, listening(slack, within=0.05) as bot:
        gate = Gate()

        async def late(heard: Heard) -> Answered | None:
            await gate.passes()
            return await echo(heard)

        bot.answer = late
        assert await asks(slack.ada, "next Marina") == "One moment: the answer follows."
        gate.opened.set()
        assert (await slack.ada.reads()).text == "You said: next Marina"
        assert slack.server.mistakes == []


async def test_when_it_ends_nothing_is_left() -> None:
    async with there() as slack:
        before = asyncio.all_tasks()
        async with listening(slack):
            [first] = await slack.sockets()
            await first.warn()
            await slack.sockets(2)
            first.mute()
        assert not [task for task in asyncio.all_tasks() - before if "bot/adapters" in repr(task)]
        await slack.server.bell.until(
            lambda: not slack.server.sockets.open_of(slack.app), lambda: "all sockets closed"
        )


async def test_what_is_under_way_when_it_ends_is_answered() -> None:
    async with there() as slack:
        gate = Gate()
        async with listening(slack) as bot:
            bot.answer = gate.passes
            asked = asyncio.create_task(slack.ada.slash("/summit now"))
            await gate.reached()
            asyncio.get_running_loop().call_soon(gate.opened.set)
        assert await asked is None


# Sockets that Slack takes away.


async def test_no_command_is_lost_when_slack_wants_new_sockets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with there() as slack, listening(slack) as bot:
        crowd = await a_crowd(slack)

        async def changes(how: Callable[[Socket], Awaitable[None]]) -> None:
            [old] = slack.server.sockets.open_of(slack.app)
            await how(old)
            await slack.server.bell.until(
                lambda: old.closed and slack.server.sockets.open_of(slack.app),
                lambda: "another socket in its place",
            )

        await crowd.meanwhile(*[lambda: changes(Socket.warn)] * 3)
        assert crowd.failed == Counter()
        assert crowd.answered == len(bot.heard) > 50
        assert slack.server.mistakes == []
    assert lines(caplog) == [LISTENS]


@pytest.mark.parametrize(
    "reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
)
async def test_what_was_sent_before_a_socket_goes_is_answered_on_it(reason: str) -> None:
    strict = replace(Delivering.quick(), acknowledge_anywhere=False)
    async with there(strict) as slack, listening(slack) as bot:
        gate = Gate()

        async def answer(heard: object) -> None:
            await gate.passes()

        bot.answer = answer
        people = [await slack.server.person(f"person{i}") for i in range(5)]
        asked = [asyncio.create_task(one.slash("/summit now")) for one in people]
        await gate.reached()
        [old] = slack.server.sockets.open_of(slack.app)
        await slack.server.bell.until(lambda: len(old.envelopes) == 5, lambda: "all were sent")
        await old.end(reason)
        gate.opened.set()
        assert await asyncio.gather(*asked) == [None] * 5
        assert slack.server.mistakes == []
        await slack.opens(2)


async def test_when_socket_mode_is_turned_off_it_says_so_and_waits_until_it_is_on_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with there() as slack, listening(slack):
        await slack.server.sockets.disable(slack.app)
        with pytest.raises(CommandFailed):
            await asks(slack.ada, "now")
        slack.server.sockets.enable(slack.app)
        await slack.sockets()
        assert await asks(slack.ada, "now") == "You said: now"
    off = {
        "event": "Socket Mode is turned off for the app: turn it on in its settings (Socket Mode),"
        " or set mode to http. It is tried again.",
        "reason": "link_disabled",
    }
    assert lines(caplog)[0] == LISTENS
    assert lines(caplog)[1] == off
    assert lines(caplog)[-1] == LISTENS
    assert len(lines(caplog)) <= 4


async def test_where_too_many_sockets_are_open_the_old_one_stays_in_use(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Until the old one is closed there can be no other.
    async with there(Delivering(sockets=1, warning=1.5, grace=0.1)) as slack, listening(slack):
        [old] = slack.server.sockets.open_of(slack.app)
        crowd = await a_crowd(slack)

        async def warned() -> None:
            await old.warn()
            await slack.server.bell.until(
                lambda: len(slack.server.api.of("apps.connections.open")) > 2, lambda: "two tries"
            )

        await crowd.meanwhile(warned)
        assert crowd.failed == Counter()
        assert crowd.answered
        await slack.opens(2)
        assert await asks(slack.ada, "now") == "You said: now"
    assert lines(caplog)[1] == {
        "event": "The app has too many sockets open (Slack allows ten): end processes that nobody"
        " needs. It is tried again.",
        "reason": "too_many_websockets",
    }
    assert lines(caplog)[-1] == LISTENS


# Twice.


async def test_two_sockets_of_the_same_app_have_one_effect() -> None:
    async with there() as slack:
        store = Scratch()
        async with listening(slack, store=store) as one, listening(slack, store=store) as other:
            slack.ada.tells("now")
            await slack.server.settled()
            [delivery] = slack.server.deliveries.log
            for _ in range(4):
                await slack.server.deliveries.again(delivery)
            assert [type(heard) for heard in one.heard + other.heard] == [Said]
            assert await asks(slack.ada, "now") == await asks(slack.ada, "now")
            assert len(slack.server.sockets.open_of(slack.app)) == 2


async def test_an_event_that_exists_only_as_a_redelivery_takes_effect() -> None:
    async with there() as slack, listening(slack) as bot:
        slack.server.deliveries.lose(slack.app, 2)
        slack.ada.tells("now")
        await slack.server.settled()
        [delivery] = slack.server.deliveries.log
        assert [attempt.number for attempt in delivery.attempts] == [0, 1, 2]
        assert [type(heard) for heard in bot.heard] == [Said]


async def test_an_event_from_while_no_socket_was_open_takes_effect() -> None:
    async with there(Delivering(retries=(0.1, 0.1, 5))) as slack:
        slack.ada.tells("now")
        async with listening(slack) as bot:
            await slack.server.settled()
            assert [type(heard) for heard in bot.heard] == [Said]
