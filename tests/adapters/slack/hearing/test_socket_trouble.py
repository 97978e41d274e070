"""Socket Mode: sockets that die, and a Slack that is not there, or refuses."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace

import aiohttp
import pytest

from bot.adapters.slack.hearing import socket as module
from bot.adapters.slack.hearing.heard import Said
from bot.adapters.slack.hearing.hearing import Hearing
from bot.adapters.slack.hearing.socket import listen
from bot.adapters.slack.workspaces.refusals import no_socket
from bot.ports import CannotSpeak
from tests.adapters.slack.hearing.crowd import a_crowd, asks
from tests.adapters.slack.hearing.ears import PATIENCE, SETTINGS, Gate, ears, lines
from tests.adapters.slack.hearing.sockets import PING, There, listening, there
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.faults import Drop, Error, Fault, Garbage, Limited, Status

LISTENS = {"event": "Listens over Socket Mode."}
LOST = {"event": "The connection to Slack is lost; it is opened again.", "reason": "closed"}
UNREACHABLE = "Slack cannot be reached."


@pytest.fixture(autouse=True)
def what_matters_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


# Sockets that die.


async def test_after_an_abort_it_is_back_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async with there() as slack, listening(slack):
        loop = asyncio.get_running_loop()
        [first] = await slack.sockets()
        began = loop.time()
        first.abort()
        await slack.opens(2)
        assert loop.time() - began < PING + 1
        assert await asks(slack.ada, "now") == "You said: now"
    assert lines(caplog) == [LISTENS, LOST, LISTENS]


async def test_a_dead_socket_is_noticed_within_the_ping_interval(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with there() as slack, listening(slack):
        loop = asyncio.get_running_loop()
        [first] = await slack.sockets()
        began = loop.time()
        first.mute()
        await slack.opens(2)
        assert loop.time() - began < PING + 1
        # It does not count as one of ten for long.
        await slack.server.bell.until(
            lambda: len(slack.server.sockets.open_of(slack.app)) == 1, lambda: "one socket"
        )
        assert loop.time() - began < PING + 5
    assert lines(caplog) == [LISTENS, {**LOST, "reason": "no pong"}, LISTENS]


async def test_a_dead_socket_is_noticed_though_something_still_comes_over_it() -> None:
    hasty = replace(Delivering.quick(), ack_within=0.5)
    async with there(hasty) as slack, listening(slack):
        crowd = await a_crowd(slack)
        [first] = await slack.sockets()

        async def replaced() -> None:
            loop = asyncio.get_running_loop()
            began = loop.time()
            first.mute()
            await slack.sockets(2)
            assert loop.time() - began < PING + 1

        await crowd.meanwhile(replaced)


async def test_a_live_socket_is_kept_however_busy() -> None:
    async with there(Delivering(ping=0.05)) as slack, listening(slack, ping=0.2) as bot:
        crowd = await a_crowd(slack)
        await crowd.meanwhile(lambda: asyncio.sleep(1))
        assert crowd.failed == Counter()
        assert crowd.answered == len(bot.heard)
        [socket] = await slack.sockets()
        assert socket.number == 1


async def test_an_event_on_a_dying_socket_comes_again_and_takes_effect_once() -> None:
    hasty = replace(Delivering.quick(), ack_within=0.5)
    async with there(hasty) as slack, listening(slack) as bot:
        gate = Gate()
        bot.answer = gate.passes
        slack.ada.tells("now")
        await gate.reached()
        slack.server.sockets.abort()
        gate.opened.set()
        await slack.server.settled()
        [delivery] = slack.server.deliveries.log
        assert delivery.acknowledged
        assert len(delivery.attempts) > 1
        assert [type(heard) for heard in bot.heard] == [Said]


@pytest.mark.parametrize("steady", [0.01, 60.0])
async def test_sockets_that_do_not_last_are_opened_less_and_less_often(
    monkeypatch: pytest.MonkeyPatch, steady: float
) -> None:
    monkeypatch.setattr(module, "_STEADY", steady)
    async with there() as slack, listening(slack):
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in (2, 3, 4):
            [socket] = await slack.sockets()
            await asyncio.sleep(0.02)
            socket.abort()
            await slack.opens(number)
        lasted = loop.time() - began
    # Half of 0.5, 1 and 2 seconds at least.
    assert lasted > 1.75 if steady > 1 else lasted < 1.75


# Slack that is not there, or refuses.


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        (Drop.BEFORE, "ServerDisconnectedError", UNREACHABLE),
        (Drop.AFTER, "ServerDisconnectedError", UNREACHABLE),
        (Status(503), "it answers 503", UNREACHABLE),
        (Garbage(), None, UNREACHABLE),
        (Error("internal_error"), None, UNREACHABLE),
        (Error("what_is_new"), "what_is_new", "Slack opens no socket for the app (what_is_new)."),
        (Limited(retry_after=1), "ratelimited", UNREACHABLE),
    ],
)
async def test_a_slack_in_trouble_is_tried_again_until_it_is_well(
    fault: Fault, reason: str | None, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with there() as slack:
        slack.server.faults.arm("apps.connections.open", fault)
        async with listening(slack):
            assert await asks(slack.ada, "now") == "You said: now"
    trouble, listens = lines(caplog)
    assert trouble["event"] == f"{said} It is tried again."
    assert reason is None or trouble["reason"] == reason
    assert listens == LISTENS
    assert "xapp" not in caplog.text
    assert "ticket" not in caplog.text


async def test_a_slack_that_is_away_is_tried_again_without_haste(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with there() as slack, listening(slack):
        slack.server.faults.arm("apps.connections.open", Drop.BEFORE, times=2)
        slack.server.sockets.abort()
        began = asyncio.get_running_loop().time()
        await slack.opens(2)
        assert asyncio.get_running_loop().time() - began > 1
        assert len(slack.server.faults.struck) == 2
    assert lines(caplog) == [
        LISTENS, LOST,
        {"event": f"{UNREACHABLE} It is tried again.",
         "reason": "ServerDisconnectedError"},
        LISTENS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "begins"),
    [
        ("invalid_auth", "Slack does not know the app_token: make an app-level token"),
        ("not_allowed_token_type", "The app_token is a token of another kind, not xapp-…: make"),
        ("missing_scope", "The app_token lacks the scope connections:write: make an app-level"),
        ("token_revoked", "The app_token has been revoked: make an app-level token"),
        ("forbidden_team", "Slack does not let the app open a socket from this workspace: an"),
    ],
)
async def test_a_refused_token_ends_it_with_a_sentence(code: str, begins: str) -> None:
    async with there() as slack:
        slack.server.faults.arm("apps.connections.open", Error(code))
        with pytest.raises(CannotSpeak, match=begins) as ended:
            await once(slack, slack.app.app_token)
        assert str(ended.value) == no_socket(code).sentence


async def test_a_token_of_nobody_is_refused() -> None:
    async with there() as slack:
        with pytest.raises(CannotSpeak, match="Slack does not know the app_token"):
            await once(slack, "xapp-1-wrong")
        [installed] = slack.app.installations.values()
        with pytest.raises(CannotSpeak, match="The app_token is a token of another kind"):
            await once(slack, installed.bot_token)


async def once(slack: There, token: str) -> None:
    async with ears() as bot, aiohttp.ClientSession() as http:
        async with asyncio.timeout(PATIENCE):
            await listens(bot.hearing, token, http, slack.server.api_url)


async def listens(hearing: Hearing, token: str, http: aiohttp.ClientSession, url: str) -> None:
    await listen(
        hearing.app, token, http, api_url=url, ping=PING, network=SETTINGS.name
    )  # fmt: skip
