"""A bot that reaches Slack through a proxy does so for everything."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.adapters.slack.proxies import proxy_for
from bot.adapters.slack.workspaces import calls
from tests.adapters.slack.hearing.crowd import asks
from tests.adapters.slack.hearing.ears import SETTINGS
from tests.adapters.slack.hearing.sockets import listening, there

_ASKS = re.compile(rb"^(?:GET|POST) ([a-z]+://\S+) HTTP/1.1\r$", re.MULTILINE)


@asynccontextmanager
async def a_proxy() -> AsyncIterator[tuple[str, list[str]]]:
    """Its URL, and the paths that were asked for through it."""
    asked, handlers = list[str](), set[asyncio.Task[None]]()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65_536):
            asked.extend(urlsplit(url.decode()).path for url in _ASKS.findall(part))
            writer.write(part)
        writer.close()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readline()
        _, target, _ = first.decode().split(" ")
        there = urlsplit(target)
        asked.append(there.path)
        remote_reader, remote_writer = await asyncio.open_connection(there.hostname, there.port)
        remote_writer.write(first)
        try:
            await asyncio.gather(copy(reader, remote_writer), copy(remote_reader, writer))
        finally:
            remote_writer.close()
            writer.close()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer))
        handlers.add(task)

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)


@pytest.fixture(autouse=True)
def _no_proxy_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def test_sockets_are_opened_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with there() as slack, a_proxy() as (url, asked):
        monkeypatch.setenv("HTTPS_PROXY", url)
        async with listening(slack):
            assert await asks(slack.ada, "now") == "You said: now"
        assert asked[0] == "/api/apps.connections.open"
        assert len(asked) == 2, "the socket as well"


async def test_tokens_are_looked_at_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with there() as slack, a_proxy() as (url, asked), aiohttp.ClientSession() as http:
        monkeypatch.setenv("HTTPS_PROXY", url)
        [installed] = slack.app.installations.values()
        settings = SETTINGS.model_copy(update={"api_url": slack.server.api_url.rstrip("/")})
        said, _ = await calls.tested(settings, installed.bot_token, http)
        assert said["ok"]
        assert asked == ["/api/auth.test"]


@pytest.mark.parametrize(
    ("no_proxy", "proxy"),
    [
        ("", "http://proxy.example:3128"),
        ("example.org", "http://proxy.example:3128"),
        ("localhost,slack.com", None),
        ("*", None),
    ],
)
def test_what_needs_no_proxy_is_reached_without(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, proxy: str | None
) -> None:
    assert proxy_for("https://slack.com/api") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://slack.com/api") == proxy
    assert proxy_for("wss://wss-primary.slack.com:443/link?ticket=1") == proxy
