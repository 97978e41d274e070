"""HTTP: what Slack has signed is heard, and nothing else is served."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack.hearing.heard import Said, Slash
from bot.adapters.slack.hearing.web import serve
from bot.adapters.slack.settings import Slack
from bot.adapters.slack.workspaces.oauth import oauth_flow
from bot.adapters.slack.workspaces.sealing import fresh_key
from bot.adapters.slack.workspaces.workspaces import Workspaces
from bot.clock import SystemClock
from bot.ports import CannotSpeak
from bot.scratch import Scratch
from tests.adapters.slack.hearing.ears import PATIENCE, Ears, Gate, ears, lines
from tests.adapters.slack.hearing.payloads import event, message, slash
from tests.adapters.slack.hearing.sockets import There, over_http, serving, there
from tests.servers.slack.delivering import Delivering, Kind
from tests.servers.slack.people import CommandFailed

URL = "https://bot.example.org"


@asynccontextmanager
async def one(zero: bool = False) -> AsyncIterator[tuple[There, Ears, str]]:
    """A bot that Slack knows the URL of, and that URL."""
    quick = Delivering(retries=(0.0, 0.2, 0.5), zero=zero)
    async with there(quick, URL) as slack, serving(slack) as (bot, url):
        slack.server.web.replicas(slack.app, [url])
        yield slack, bot, url


async def test_commands_and_events_come_over_http_and_are_acknowledged() -> None:
    async with one() as (slack, bot, _):
        assert await slack.server.web.verify(slack.app)
        answer = await slack.ada.slash("/summit next Ärger &")
        assert answer is not None
        assert answer.text == "You said: next Ärger &"
        slack.ada.tells("next")
        await slack.server.settled()
        assert [type(heard) for heard in bot.heard] == [Slash, Said]
        assert all(delivery.acknowledged for delivery in slack.server.deliveries.log)
        assert slack.server.mistakes == []


async def test_the_first_delivery_may_say_that_it_is_retry_number_0() -> None:
    async with one(zero=True) as (slack, bot, _):
        slack.ada.tells("now")
        await slack.server.settled()
        [delivery] = slack.server.deliveries.log
        await slack.server.deliveries.again(delivery)
        assert [type(heard) for heard in bot.heard] == [Said]


async def test_an_event_that_exists_only_as_a_redelivery_takes_effect() -> None:
    async with one() as (slack, bot, _):
        slack.server.deliveries.lose(slack.app, 2)
        slack.ada.tells("now")
        await slack.server.settled()
        assert [type(heard) for heard in bot.heard] == [Said]


async def test_two_replicas_have_one_effect() -> None:
    async with there(Delivering.quick(), URL) as slack:
        store = Scratch()
        async with (
            serving(slack, store=store) as (one, first),
            serving(slack, store=store) as (other, second),
        ):
            slack.server.web.replicas(slack.app, [first, second])
            gate = Gate()
            one.answer = other.answer = gate.passes

            async def arrives() -> int:
                reply = await slack.server.web.forge(slack.app, Kind.EVENT, event(message()))
                return reply.status

            taken = [asyncio.create_task(arrives()) for _ in range(2)]
            await asyncio.wait(taken, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            gate.opened.set()
            assert sorted(await asyncio.gather(*taken)) == [200, 503]
            assert [await arrives(), await arrives()] == [200, 200]
            assert [type(heard) for heard in one.heard + other.heard] == [Said]


# Who is heard.


async def test_only_what_slack_has_signed_just_now_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with one() as (slack, bot, _):
        app, forge, said = slack.app, slack.server.web.forge, event(message())
        wrong: list[dict[str, Any]] = [
            {"secret": "of somebody else"}, {"signature": "v0=0"}, {"signature": ""},
            {"signature": "v0=\xe9"}, {"age": 301.0}, {"age": -301.0}, {"timestamp": ""},
            {"timestamp": "now"}, {"timestamp": "1e5"},
        ]  # fmt: skip
        for how in wrong:
            for kind, payload in ((Kind.EVENT, said), (Kind.COMMAND, slash())):
                reply = await forge(app, kind, payload, **how)
                assert (reply.status, reply.text) == (401, ""), how
        assert bot.heard == []
        refused = {
            "event": "A request was refused that Slack has not signed, or not just now: is the"
            " signing_secret right, and the clock?"
        }
        assert lines(caplog) == [refused]
        own = {"team_id": next(iter(app.installations))}
        assert (await forge(app, Kind.COMMAND, slash(**own), age=290.0)).status == 200
        assert [type(heard) for heard in bot.heard] == [Slash]
        await forge(app, Kind.EVENT, said, secret="of somebody else")
        assert lines(caplog) == [refused, refused]


async def test_what_is_no_payload_is_not_looked_into_before_it_is_verified() -> None:
    async with one() as (_, bot, url), aiohttp.ClientSession() as http:
        for body in (b"", b"{", b"payload={", b"\xff\xfe", b"[]", b'{"type": "url_verification"}'):
            async with http.post(f"{url}/slack/events", data=body) as response:
                assert response.status == 401, body
        assert bot.heard == []


async def test_signed_nonsense_costs_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with one() as (slack, bot, _):
        caplog.set_level(logging.WARNING)
        broken: list[Any] = [[], 7, {"event": 7, "type": "event_callback"}]
        for nonsense in broken:
            reply = await slack.server.web.forge(slack.app, Kind.EVENT, nonsense)
            assert (reply.status, reply.text) == (200, "")
        assert {line["event"] for line in lines(caplog)} == {"a payload was not understood"}
        assert len(lines(caplog)) == 3
        assert bot.heard == []


async def test_slack_may_look_whether_the_certificate_is_good() -> None:
    async with one() as (_, bot, url), aiohttp.ClientSession() as http:
        form = {"ssl_check": "1", "token": "x"}
        async with http.post(f"{url}/slack/events", data=form) as response:
            assert (response.status, await response.text()) == (200, "")
        assert bot.heard == []


# What is served.


async def test_nothing_else_is_served() -> None:
    async with one() as (_, _bot, url), aiohttp.ClientSession() as http:
        async with http.get(f"{url}/healthz") as response:
            assert (response.status, await response.text()) == (200, "ok")
        for method, path, status in [
            ("GET", "/", 404), ("GET", "/slack/events", 405), ("POST", "/healthz", 405),
            ("POST", "/slack/events/", 404), ("GET", "/slack/install", 404),
            ("GET", "/slack/oauth_redirect?code=1", 404), ("GET", "/../etc/passwd", 404),
        ]:  # fmt: skip
            async with http.request(method, f"{url}{path}") as response:
                assert response.status == status, path


async def test_what_is_too_large_is_not_read() -> None:
    async with one() as (_, bot, url), aiohttp.ClientSession() as http:
        async with http.post(f"{url}/slack/events", data=BytesIO(b"x" * 2**21)) as response:
            assert response.status == 413
        assert bot.heard == []


async def test_where_the_app_can_be_installed_there_are_pages_for_that() -> None:
    settings = Slack.model_validate(
        {
            "mode": "http", "signing_secret": "s", "client_id": "1.2", "client_secret": "c",
            "public_url": URL, "token_key": fresh_key(),
        }
    )  # fmt: skip
    async with there(http_url=URL) as slack, aiohttp.ClientSession() as http:
        clock = SystemClock()
        workspaces = Workspaces(settings, Scratch(), clock, http)
        flow = oauth_flow(settings, workspaces, clock, http)
        async with serving(slack, oauth=flow) as (_, url):
            async with http.get(f"{url}/slack/install", allow_redirects=False) as response:
                assert response.status in (200, 302)
                assert "text/html" in response.headers["Content-Type"]
            async with http.get(f"{url}/slack/oauth_redirect?code=x&state=y") as response:
                assert response.status in (400, 401)
        await workspaces.close()


async def test_in_socket_mode_only_the_pages_are_served() -> None:
    socket = Slack.model_validate({"bot_token": "xoxb-1", "app_token": "xapp-1"})
    settings = socket.model_copy(update={"port": 0})
    async with ears() as bot, aiohttp.ClientSession() as http:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(serve(bot.hearing.app, settings, ready=port.set_result))
        async with http.post(f"http://127.0.0.1:{await port}/slack/events") as response:
            assert response.status == 404
        task.cancel()
        await asyncio.wait([task])


# Where it listens, and how it stops.


async def test_a_port_in_use_is_told_in_a_sentence() -> None:
    async with one() as (slack, _, url), ears() as bot:
        port = int(url.rpartition(":")[2])
        with pytest.raises(CannotSpeak) as in_use:
            await serve(bot.hearing.app, over_http(slack.app, port))
        assert str(in_use.value) == (
            f"The bot cannot listen on 127.0.0.1:{port}: Address already in use. Change host or"
            " port, or end what uses it."
        )
        elsewhere = over_http(slack.app).model_copy(update={"host": "192.0.2.1"})
        with pytest.raises(CannotSpeak) as not_here:
            await serve(bot.hearing.app, elsewhere)
        assert str(not_here.value) == (
            "The bot cannot listen on 192.0.2.1:0: Cannot assign requested address. Change host or"
            " port."
        )


async def test_a_request_under_way_is_answered_before_it_stops() -> None:
    async with there(http_url=URL) as slack:
        gate = Gate()
        async with serving(slack) as (bot, url):
            slack.server.web.replicas(slack.app, [url])
            bot.answer = gate.passes
            asked = asyncio.create_task(slack.ada.slash("/summit now"))
            await gate.reached()
            asyncio.get_running_loop().call_later(0.1, gate.opened.set)
        assert await asked is None
        with pytest.raises(CommandFailed):
            await slack.ada.slash("/summit now")


async def test_a_request_that_slack_gave_up_is_carried_out_all_the_same() -> None:
    async with there(Delivering(ack_within=0.1, retries=()), URL) as slack:
        gate = Gate()
        async with serving(slack) as (bot, url):
            slack.server.web.replicas(slack.app, [url])
            await slack.server.web.verify(slack.app)
            done = asyncio.Event()

            async def answer(_heard: object) -> None:
                await gate.passes()
                done.set()

            bot.answer = answer
            slack.ada.tells("now")
            await gate.reached()
            await slack.server.settled()
            gate.opened.set()
            async with asyncio.timeout(PATIENCE):
                await done.wait()
            assert json.dumps(slack.server.mistakes) == "[]"
