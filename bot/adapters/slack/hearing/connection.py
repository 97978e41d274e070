"""One socket to Slack: what comes on it is dealt with, and acknowledged on the same socket."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.adapters.slack.hearing import parsing
from bot.adapters.slack.hearing.dispatching import dispatched

_log = structlog.get_logger(__name__)

CLOSED, SILENT = "closed", "no pong"
"""Why a socket ended that Slack has not said a word about."""
_CLOSES_WITHIN = 2.0
"""Seconds; what is left of a dead connection is dropped then."""


class Connection:
    """An open socket, made without `autoping`, from `hello` on. `leaving` resolves to Slack's
    reason when a successor is wanted, to CLOSED, or, when Slack has not answered for `ping`
    seconds, to SILENT."""

    def __init__(
        self, app: AsyncApp, ws: aiohttp.ClientWebSocketResponse, network: str, ping: float
    ) -> None:
        self._app = app
        self._ws = ws
        self._network = network
        self._ping = ping
        # When Slack has heard us last: that it says hello shows it, too.
        self._ponged = asyncio.get_running_loop().time()
        self._tasks = set[asyncio.Task[None]]()
        self.leaving: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read())
        self._watching = asyncio.create_task(self._watch())

    async def retire(self, lingers: float, within: float) -> None:
        """Go on until Slack closes the socket, or for so many seconds; then close it, as `close`
        does."""
        await asyncio.wait([self._reading], timeout=lingers)
        await self.close(within)

    async def close(self, within: float) -> None:
        """Take in nothing more, acknowledge what is under way within so many seconds, and close the
        socket."""
        self._reading.cancel()
        self._watching.cancel()
        await asyncio.wait([self._reading, self._watching])
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=within)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSES_WITHIN):
                    await self._ws.close()

    async def _read(self) -> None:
        try:
            async for message in self._ws:
                match message.type:
                    case aiohttp.WSMsgType.TEXT:
                        self._hear(message.data)
                    case aiohttp.WSMsgType.PING:
                        await self._ws.pong(message.data)
                    case aiohttp.WSMsgType.PONG:
                        self._ponged = asyncio.get_running_loop().time()
        except (aiohttp.ClientError, OSError):
            # It went while a ping was answered.
            pass
        finally:
            self._leave(CLOSED)

    async def _watch(self) -> None:
        """What Slack sends does not prove that it hears us: it has to answer pings. Each may take
        as long as `ping`, and the next does not wait for that."""
        clock = asyncio.get_running_loop().time
        while True:
            until = self._ponged + self._ping
            try:
                async with asyncio.timeout_at(until):
                    await self._ws.ping()
                    await asyncio.sleep(self._ping / 2)
            except TimeoutError:
                if clock() >= self._ponged + self._ping:
                    break
            except (aiohttp.ClientError, OSError):
                break
        self._leave(SILENT)

    def _leave(self, reason: str) -> None:
        if not self.leaving.done():
            self.leaving.set_result(reason)

    def _hear(self, text: str) -> None:
        frame = parsed(text)
        envelope = frame.get("envelope_id")
        if frame.get("type") == "disconnect":
            self._leave(str(frame.get("reason")))
        elif isinstance(envelope, str):
            task = asyncio.create_task(self._take(envelope, frame))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            _log.debug("a frame that is no envelope is passed over", network=self._network)

    async def _take(self, envelope: str, frame: Mapping[str, Any]) -> None:
        """Deal with an envelope, and acknowledge it; what is not to be comes again
        (https://docs.slack.dev/apis/events-api/using-socket-mode#acknowledge)."""
        payload = frame.get("payload")
        held = payload if isinstance(payload, dict) else {}
        key = parsing.name_of(held)
        response = await dispatched(
            self._app, lambda: AsyncBoltRequest(mode="socket_mode", body=held), self._network, key
        )
        if response.status != HTTPStatus.OK:
            return
        said = response.body
        answered = f', "payload": {said}' if said and _takes_answer(frame) else ""
        try:
            await self._ws.send_str(f'{{"envelope_id": {json.dumps(envelope)}{answered}}}')
        except (aiohttp.ClientError, OSError) as problem:
            _log.info("not acknowledged: the socket is gone", network=self._network,
                      key=key, error=type(problem).__name__)  # fmt: skip


def parsed(text: str) -> Mapping[str, Any]:
    """A frame; empty if it is no JSON object."""
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def _takes_answer(frame: Mapping[str, Any]) -> bool:
    return frame.get("accepts_response_payload") is True
