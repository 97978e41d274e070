"""An app made with slack_bolt that people of the double use, over both ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import Delivering, Person, SlackServer, slack
from tests.servers.slack.channels import Channel
from tests.servers.slack.state import App
from tests.servers_tests.slack.apps_there import manifest

Json = dict[str, Any]

pytestmark = pytest.mark.parametrize("way", ["socket", "http"])


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _card(label: str) -> list[Json]:
    return [{
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "mark", "text": _plain(label), "value": "42"},
            {"type": "button", "action_id": "more", "text": _plain("Details"), "value": "42"},
        ],
    }]  # fmt: skip


def _listen(bolt: AsyncApp) -> None:
    """What the app does; `process_before_response` makes it acknowledge when it is done."""

    @bolt.command("/summit")
    async def command(ack: Any, command: Json) -> None:
        await ack(text=f"you said {command['text']}", blocks=_card("Bookmark"))

    @bolt.event("app_mention")
    async def mention(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text="Keynote"
        )

    @bolt.event("message")
    async def message(event: Json, client: AsyncWebClient) -> None:
        if event["channel_type"] == "im":
            await client.chat_postMessage(channel=event["channel"], text="Lunch")

    @bolt.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": _card("Bookmark")}
        await client.views_publish(user_id=event["user"], view=view)

    @bolt.action("mark")
    async def mark(ack: Any, respond: Any, body: Json, client: AsyncWebClient) -> None:
        if "response_url" in body:
            await respond(text="marked", blocks=_card("Bookmarked"), replace_original=True)
        else:
            view = {"type": "home", "blocks": _card("Bookmarked")}
            await client.views_publish(user_id=body["user"]["id"], view=view)
        await ack()

    @bolt.action("more")
    async def more(ack: Any, body: Json, client: AsyncWebClient) -> None:
        field = {"type": "plain_text_input", "action_id": "minutes"}
        view = {
            "type": "modal", "callback_id": "settings", "title": _plain("Settings"),
            "submit": _plain("Save"),
            "blocks": [{
                "type": "input", "block_id": "i1", "label": _plain("Minutes"), "element": field,
            }],
        }  # fmt: skip
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @bolt.view("settings")
    async def save(ack: Any, view: Json) -> None:
        minutes = view["state"]["values"]["i1"]["minutes"]["value"]
        if minutes.isdigit():
            await ack()
        else:
            await ack(response_action="errors", errors={"i1": "a number"})


@dataclass
class Talk:
    server: SlackServer
    app: App
    ada: Person
    channel: Channel


@asynccontextmanager
async def _heard_over_http(bolt: AsyncApp) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        asked = AsyncBoltRequest(
            body=(await request.read()).decode(), headers=dict(request.headers)
        )
        answer = await bolt.async_dispatch(asked)
        return web.Response(
            status=answer.status, body=answer.body, content_type=answer.first_headers()[
                "content-type"
            ].partition(";")[0],
        )  # fmt: skip

    routes = web.Application()
    routes.router.add_post("/{path:.*}", handle)
    async with TestServer(routes, host="127.0.0.1") as listening:
        yield str(listening.make_url("")).rstrip("/")


@asynccontextmanager
async def talk(way: str) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(slack(delivering=Delivering.quick()))
        team = server.slack.create_workspace("T1")
        raw = manifest(None if way == "socket" else "https://bot.example.org")
        app = server.slack.create_app(raw)
        installed = app.install(team)
        client = AsyncWebClient(installed.bot_token, base_url=server.api_url, retry_handlers=[])
        bolt = AsyncApp(
            client=client, token=installed.bot_token, signing_secret=app.signing_secret,
            process_before_response=True,
        )  # fmt: skip
        _listen(bolt)
        if way == "socket":
            client = AsyncWebClient(base_url=server.api_url, retry_handlers=[])
            handler = AsyncSocketModeHandler(bolt, app.app_token, web_client=client)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's
            stack.push_async_callback(handler.close_async)
            await server.sockets.opened(app)
        else:
            url = await stack.enter_async_context(_heard_over_http(bolt))
            server.web.replicas(app, [url])
        ada = await server.person("ada")
        channel = team.add_channel("summit", members=[ada.user, installed.bot_user])
        yield Talk(server, app, ada, channel)
        assert server.mistakes == []


async def test_command_is_answered_in_its_acknowledgement(way: str) -> None:
    async with talk(way) as it:
        message = await it.ada.slash("/summit next Marina", it.channel)
        assert message is not None
        assert (message.text, message.seen_only_by) == ("you said next Marina", it.ada.user)


async def test_mention_is_answered_in_a_thread_and_a_direct_message_beside_it(way: str) -> None:
    async with talk(way) as it:
        said = it.ada.says(it.channel, "@bot now")
        answer = await it.ada.reads(it.channel)
        assert (answer.text, answer.thread_ts) == ("Keynote", said.ts)
        it.ada.tells("now")
        answer = await it.ada.reads()
        assert (answer.text, answer.thread_ts) == ("Lunch", None)
        await it.server.settled()
        assert all(delivery.acknowledged for delivery in it.server.deliveries.log)


async def test_press_changes_the_card_that_it_stands_on(way: str) -> None:
    async with talk(way) as it:
        card = await it.ada.slash("/summit now", it.channel)
        assert card is not None
        await it.ada.press(card, "Bookmark")
        await it.ada.changed(card)
        assert card.words() == ["Bookmarked", "Details"]
        with pytest.raises(AssertionError, match="'Bookmark' is not there"):
            await it.ada.press(card, "Bookmark")


async def test_home_is_published_and_changed(way: str) -> None:
    async with talk(way) as it:
        home = await it.ada.opens_home()
        assert home is not None
        await it.ada.presses_on_home("Bookmark")
        assert await it.ada.home_changes() is home
        await it.ada.press(home, "Bookmarked")


async def test_modal_is_opened_corrected_and_confirmed(way: str) -> None:
    async with talk(way) as it:
        card = await it.ada.slash("/summit now", it.channel)
        assert card is not None
        await it.ada.press(card, "Details")
        view = await it.ada.view()
        await it.ada.submits({"Minutes": "ten"})
        assert view.errors == {"i1": "a number"}
        await it.ada.submits({"Minutes": "10"})
        assert it.ada.views == []


async def test_commands_under_way_at_the_same_time_get_each_their_own_answer(way: str) -> None:
    async with talk(way) as it:
        asked = [it.ada.slash(f"/summit {number}", it.channel) for number in range(20)]
        answers = await asyncio.gather(*asked)
        assert [answer.text for answer in answers if answer is not None] == [
            f"you said {number}" for number in range(20)
        ]
