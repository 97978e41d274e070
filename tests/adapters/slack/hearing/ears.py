"""A bot that hears what a test gives it, and answers as the test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.adapters.slack.hearing import parsing
from bot.adapters.slack.hearing.acknowledging import Answered
from bot.adapters.slack.hearing.authorizing import Authorize, Authorized
from bot.adapters.slack.hearing.dispatching import dispatched
from bot.adapters.slack.hearing.heard import Heard
from bot.adapters.slack.hearing.hearing import Hearing
from bot.adapters.slack.sending.responses import Responses
from bot.adapters.slack.settings import Slack
from bot.scratch import Scratch
from bot.storing import Store
from tests.adapters.slack.hearing.payloads import BOT, TEAM, Payload

SETTINGS = Slack.model_validate({"bot_token": "xoxb-1", "app_token": "xapp-1"})
PATIENCE = 30.0

Answers = Callable[[Heard], Awaitable[Answered | None]]


async def installed(team: str | None, _enterprise: str | None) -> Authorized | None:
    """In one workspace."""
    return Authorized("xoxb-1", BOT, "B1") if team == TEAM else None


async def nothing(_heard: Heard) -> Answered | None:
    return None


class Ears:
    """`heard` is everything in order; what comes of it `answer` says."""

    def __init__(self, hearing: Callable[[Answers], Hearing]) -> None:
        self.heard: list[Heard] = []
        self.answer: Answers = nothing
        self.hearing = hearing(self._hear)

    async def _hear(self, heard: Heard) -> Answered | None:
        self.heard.append(heard)
        return await self.answer(heard)

    async def asked(self, count: int) -> None:
        """So much is under way."""
        async with asyncio.timeout(PATIENCE):
            while len(self.hearing._under_way) != count:  # noqa: ASYNC110  # nobody else tells
                await asyncio.sleep(0)

    async def takes(self, payload: Any) -> tuple[int, Any]:
        """The status of the response, and what it says."""
        response = await dispatched(
            self.hearing.app,
            lambda: AsyncBoltRequest(mode="socket_mode", body=payload),
            SETTINGS.name,
            parsing.name_of(payload),
        )
        said = json.loads(response.body) if response.body.startswith("{") else response.body
        return response.status, said


@asynccontextmanager
async def ears(
    store: Store | None = None, authorize: Authorize = installed, within: float = 2.5,
    most: int = 1_000, api_url: str = SETTINGS.api_url,
) -> AsyncIterator[Ears]:  # fmt: skip
    """A bot that gives answers within so many seconds, to Slack at `api_url`."""
    async with aiohttp.ClientSession() as http:
        bot = Ears(
            lambda hears: Hearing(
                SETTINGS, store or Scratch(), authorize, hears, within=within, most=most,
                responses=Responses(http, api_url),
            )
        )  # fmt: skip
        try:
            yield bot
        finally:
            await bot.hearing.close()


class Gate:
    """Whoever comes waits until it is `open`ed."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def reached(self) -> None:
        """Somebody has come."""
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    async def passes(self, _heard: Heard | None = None) -> Answered | None:
        self._reached.set()
        await self.opened.wait()
        return None


def sentence(text: str) -> tuple[int, Payload]:
    """A command is acknowledged with these words, for whoever used it alone."""
    return 200, {
        "response_type": "ephemeral", "text": text, "mrkdwn": False, "unfurl_links": False,
        "unfurl_media": False,
    }  # fmt: skip


class ResponseUrls:
    """What is posted to a URL that Slack has given out. `release` it, if it is to be `held`."""

    def __init__(self) -> None:
        self.url = ""
        self._posted: asyncio.Queue[Any] = asyncio.Queue()
        self._released = asyncio.Event()
        self._released.set()

    def hold(self) -> None:
        """Answer nothing for the time being."""
        self._released.clear()

    def release(self) -> None:
        self._released.set()

    async def posted(self) -> Any:
        """The next thing that was said there."""
        async with asyncio.timeout(PATIENCE):
            return await self._posted.get()

    def nothing_more(self) -> bool:
        return self._posted.empty()

    async def take(self, request: web.Request) -> web.Response:
        await self._posted.put(await request.json())
        await self._released.wait()
        return web.Response(text="ok")


@asynccontextmanager
async def response_urls() -> AsyncIterator[ResponseUrls]:
    """A URL as Slack gives them out, for a bot that is made in the block."""
    urls, app = ResponseUrls(), web.Application()
    app.add_routes([web.post("/actions/1", urls.take)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        urls.url = f"{origin}/actions/1"
        yield urls
    finally:
        urls.release()
        await runner.cleanup()


def only(text: str) -> Payload:
    """A sentence to the person alone, over a response URL."""
    return {"response_type": "ephemeral", "replace_original": False, "text": text, "blocks": []}


ACKNOWLEDGED = (200, "")
AGAIN = (503, "")
"""Not acknowledged: Slack comes again."""


def lines(caplog: pytest.LogCaptureFixture) -> Sequence[dict[str, Any]]:
    """What the bot itself has said in the log, without who says it and where."""
    left_out = ("level", "network", "at")
    return [
        {key: value for key, value in record.msg.items() if key not in left_out}
        for record in caplog.records
        if isinstance(record.msg, dict)
    ]
