"""A socket counts as alive as long as Slack answers pings, however late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.adapters.slack.hearing.connection import SILENT, Connection
from tests.adapters.slack.hearing.ears import PATIENCE, SETTINGS, ears

PING = 0.4


@asynccontextmanager
async def connection(pong_after: float | None) -> AsyncIterator[Connection]:
    """To a server that answers pings after so many seconds, or not at all."""
    answers = set[asyncio.Task[None]]()

    async def pong(ws: web.WebSocketResponse, data: bytes) -> None:
        await asyncio.sleep(pong_after or 0)
        await ws.pong(data)

    async def take(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(autoping=False)
        await ws.prepare(request)
        async for message in ws:
            if message.type is aiohttp.WSMsgType.PING and pong_after is not None:
                answers.add(asyncio.create_task(pong(ws, message.data)))
        return ws

    app = web.Application()
    app.add_routes([web.get("/", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        async with ears() as bot, aiohttp.ClientSession() as http:
            ws = await http.ws_connect(url, autoping=False)
            opened = Connection(bot.hearing.app, ws, SETTINGS.name, PING)
            try:
                yield opened
            finally:
                await opened.close(0)
                for answer in answers:
                    answer.cancel()
    finally:
        await runner.cleanup()


async def test_slow_pongs_are_pongs() -> None:
    async with connection(pong_after=0.7 * PING) as slow:
        done, _ = await asyncio.wait([slow.leaving], timeout=4 * PING)
        assert not done


async def test_a_socket_without_pongs_is_dead() -> None:
    async with connection(pong_after=None) as dead:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(PATIENCE):
            assert await dead.leaving == SILENT
        assert PING - 0.1 < loop.time() - began < PING + 1
