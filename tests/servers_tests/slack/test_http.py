"""The HTTP way of the double: signed requests, and what becomes of them.

https://docs.slack.dev/apis/events-api/using-http-request-urls/
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.servers.slack import Delivering, Person, SlackServer, slack
from tests.servers.slack.apps import App
from tests.servers.slack.channels import Channel
from tests.servers.slack.delivering import Acknowledged, Kind
from tests.servers.slack.people import CommandFailed
from tests.servers_tests.slack.apps_there import Answers, Heard, WebApp, manifest, web_app

HASTY = Delivering(ack_within=0.2, retries=(0.0, 0.05, 0.05))
"""For apps that do not acknowledge."""
PING = {"type": "event_callback", "event": {"type": "message"}}


@dataclass
class Talk:
    server: SlackServer
    there: WebApp
    app: App
    ada: Person
    channel: Channel

    @property
    def attempts(self) -> list[list[tuple[int, str, str]]]:
        """Of each delivery: number, reason, and the port or what stands in its place."""
        return [
            [(one.number, one.reason, one.way) for one in delivery.attempts]
            for delivery in self.server.deliveries.log
        ]


@asynccontextmanager
async def talk(
    answer: Answers | None = None, delivering: Delivering | None = None, rude: bool = False
) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(web_app(answer, rude))
        server = await stack.enter_async_context(slack(delivering=delivering or Delivering.quick()))
        team = server.slack.create_workspace("T1")
        installed = server.slack.create_app(manifest(there.url)).install(team)
        ada = await server.person("ada")
        channel = team.add_channel("summit", members=[ada.user, installed.bot_user])
        yield Talk(server, there, installed.app, ada, channel)


async def status(
    heard: Heard, number: int, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.Response(status=number, headers=headers)


def retry(heard: Heard) -> tuple[str | None, str | None]:
    return heard.headers.get("x-slack-retry-num"), heard.headers.get("x-slack-retry-reason")


async def test_event_comes_as_json_that_is_signed() -> None:
    async with talk() as it:
        message = it.ada.says(it.channel, "hello")
        await it.server.settled()
        [heard] = it.there.heard
        assert (heard.path, heard.headers["content-type"]) == ("/slack/events", "application/json")
        assert heard.json["event"]["ts"] == message.ts
        assert retry(heard) == (None, None)
        assert SignatureVerifier(it.app.signing_secret).is_valid_request(
            heard.body, dict(heard.headers)
        )
        assert not SignatureVerifier("another").is_valid_request(heard.body, dict(heard.headers))


async def test_no_event_comes_before_the_url_answers_a_challenge() -> None:
    async with talk(delivering=HASTY, rude=True) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert (it.there.challenges, it.there.heard) == (4, [])
        it.there.rude = False
        it.ada.says(it.channel, "hello again")
        it.ada.says(it.channel, "and again")
        await it.server.settled()
        assert [one.json["event"]["text"] for one in it.there.heard] == ["hello again", "and again"]
        assert await it.server.web.verify(it.app)


@pytest.mark.parametrize("how", ["text", "json", "form"])
async def test_challenge_may_be_answered_in_three_ways(how: str) -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        challenge = heard.json["challenge"]
        match how:
            case "text":
                return web.Response(text=challenge)
            case "json":
                return web.json_response({"challenge": challenge})
        return web.Response(text=f"challenge={challenge}")

    async with talk() as it:
        it.there.challenge = answer
        assert await it.server.web.verify(it.app)


async def test_command_comes_as_a_form() -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        return web.json_response({"text": "Keynote"})

    async with talk(answer) as it:
        message = await it.ada.slash("/summit next Marina", it.channel)
        assert message is not None
        [heard] = it.there.heard
        form = dict(parse_qsl(heard.body.decode(), keep_blank_values=True))
        assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
        assert (form["command"], form["text"]) == ("/summit", "next Marina")
        assert message.text == "Keynote"


async def test_command_may_be_answered_with_a_text_or_with_nothing() -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        return web.Response(text="Keynote" if b"text=now" in heard.body else "")

    async with talk(answer) as it:
        message = await it.ada.slash("/summit now", it.channel)
        assert message is not None
        assert message.text == "Keynote"
        assert await it.ada.slash("/summit later", it.channel) is None


async def test_interaction_comes_as_the_field_of_a_form() -> None:
    async with talk() as it:
        await it.ada.uses_shortcut("agenda")
        [heard] = it.there.heard
        [(name, payload)] = parse_qsl(heard.body.decode())
        assert (name, json.loads(payload)["callback_id"]) == ("payload", "agenda")


@pytest.mark.parametrize(
    ("number", "error"), [(500, "http_service_error"), (404, "http_client_error")]
)
async def test_command_that_is_answered_with_an_error_fails(number: int, error: str) -> None:
    async with talk(lambda heard: status(heard, number)) as it:
        with pytest.raises(CommandFailed, match=rf"^{error}$"):
            await it.ada.slash("/summit now", it.channel)
        assert len(it.there.heard) == 1


async def test_command_that_takes_too_long_fails() -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with talk(answer, HASTY) as it:
        with pytest.raises(CommandFailed, match=r"^operation_timeout$"):
            await it.ada.slash("/summit now", it.channel)


async def test_command_that_nobody_hears_fails() -> None:
    async with slack() as server:
        team = server.slack.create_workspace()
        server.slack.create_app(manifest("http://127.0.0.1:9")).install(team)
        ada = await server.person("ada")
        with pytest.raises(CommandFailed, match=r"^dispatch_failed$"):
            await ada.slash("/summit now")


async def test_event_that_is_answered_with_an_error_comes_four_times() -> None:
    async with talk(lambda heard: status(heard, 503)) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert [retry(heard) for heard in it.there.heard] == [
            (None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error"),
        ]  # fmt: skip
        assert len({heard.json["event_id"] for heard in it.there.heard}) == 1


async def test_event_is_not_redelivered_once_it_was_acknowledged() -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        return web.Response(status=200 if "x-slack-retry-num" in heard.headers else 503)

    async with talk(answer) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert [retry(heard) for heard in it.there.heard] == [(None, None), ("1", "http_error")]


@pytest.mark.parametrize(("number", "times"), [(503, 1), (200, 1)])
async def test_app_may_turn_redelivery_off(number: int, times: int) -> None:
    async with talk(lambda heard: status(heard, number, {"X-Slack-No-Retry": "1"})) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert len(it.there.heard) == times


async def test_slow_answer_to_an_event_is_not_waited_for() -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        if "x-slack-retry-num" not in heard.headers:
            await asyncio.Event().wait()
        return web.Response()

    async with talk(answer, Delivering(ack_within=0.3, retries=(0.0, 0.0, 0.0))) as it:
        it.ada.says(it.channel, "hello")
        await it.there.hears(2)
        assert retry(it.there.heard[1]) == ("1", "http_timeout")


async def test_event_that_nobody_heard_at_first_exists_only_as_a_redelivery() -> None:
    async with talk() as it:
        assert await it.server.web.verify(it.app)
        it.server.web.replicas(it.app, ["http://127.0.0.1:9", it.there.url])
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert [retry(heard) for heard in it.there.heard] == [("1", "connection_failed")]


@pytest.mark.parametrize(("limit", "reasons"), [(2, [""]), (3, ["", "too_many_redirects"])])
async def test_two_redirects_are_followed_and_not_three(limit: int, reasons: list[str]) -> None:
    async def answer(heard: Heard) -> web.StreamResponse:
        if heard.path == "/slack/events":
            return web.Response(status=307, headers={"Location": "/1"})
        number = int(heard.path.removeprefix("/"))
        if number < limit:
            return web.Response(status=307, headers={"Location": f"/{number + 1}"})
        return web.Response()

    async with talk(answer, Delivering(retries=(0.0,))) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert [reason for _, reason, _ in it.attempts[0]] == reasons


async def test_replicas_take_turns() -> None:
    async with talk() as it, web_app() as other:
        it.server.web.replicas(it.app, [it.there.url, other.url])
        assert await it.server.web.verify(it.app)
        for text in "abcd":
            it.ada.says(it.channel, text)
        await it.server.settled()
        assert (len(it.there.heard), len(other.heard)) == (2, 2)


async def test_first_try_may_carry_the_number_zero() -> None:
    async with talk(delivering=Delivering(zero=True)) as it:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        assert [retry(heard) for heard in it.there.heard] == [("0", None)]


async def test_very_same_request_can_be_sent_twice() -> None:
    async with talk() as it, web_app() as other:
        it.ada.says(it.channel, "hello")
        await it.server.settled()
        it.server.web.replicas(it.app, [other.url])
        assert await it.server.deliveries.again(it.server.deliveries.log[0]) == Acknowledged(None)
        [first], [second] = it.there.heard, other.heard
        changing = ("host",)
        assert second.body == first.body
        assert [(k, v) for k, v in second.headers.items() if k not in changing] == [
            (k, v) for k, v in first.headers.items() if k not in changing
        ]


async def test_forged_and_old_requests_tell_who_checks_signatures_from_who_does_not() -> None:
    async def careful(heard: Heard) -> web.StreamResponse:
        ok = verifier.is_valid_request(heard.body, dict(heard.headers))
        return web.Response(status=200 if ok else 401)

    async with talk(careful) as it:
        verifier = SignatureVerifier(it.app.signing_secret)
        forge = it.server.web.forge

        async def statuses() -> list[int]:
            return [
                (await forge(it.app, Kind.EVENT, PING)).status,
                (await forge(it.app, Kind.EVENT, PING, secret="guessed")).status,
                (await forge(it.app, Kind.EVENT, PING, age=301)).status,
                (await forge(it.app, Kind.EVENT, PING, age=299)).status,
                (await forge(it.app, Kind.EVENT, PING, signature="v0=00")).status,
                (await forge(it.app, Kind.EVENT, PING, signature="")).status,
                (await forge(it.app, Kind.EVENT, PING, timestamp="")).status,
            ]

        assert await statuses() == [200, 401, 401, 200, 401, 401, 401]
        it.there.answer = None
        assert await statuses() == [200] * 7
