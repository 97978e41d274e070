"""Says things in rooms: at the pace that the homeserver allows, encrypted where a room is, and each
once, for the homeserver drops what comes again under the same transaction id."""

import asyncio
from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import ClientError
from nio import AsyncClient, LocalProtocolError, RoomSendError, SendRetryError

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused, refused
from bot.backoff import pause
from bot.pacer import Pacer, Urgency
from bot.ports import TryLater

_log = structlog.get_logger(__name__)

_USUAL_PAUSE = timedelta(seconds=5)
"""Where the homeserver refuses, but does not say for how long."""
_FIRST_PAUSE = timedelta(seconds=0.5)
_LONGEST_PAUSE = timedelta(seconds=30)
_SHOWN_WITHIN = 10.0
"""Seconds until a sync has shown a room that the bot has just come to."""


class Sending:
    """What the bot says in rooms. Owns the pace of all of it."""

    def __init__(self, server: Homeserver, client: AsyncClient, pacer: Pacer, network: str) -> None:
        self._server = server
        self._client = client
        self._pacer = pacer
        self._network = network
        self._shown = asyncio.Event()

    def synced(self) -> None:
        """A batch has come: rooms that were not known may be."""
        self._shown.set()
        self._shown = asyncio.Event()

    async def answer(self, room: str, content: Mapping[str, Any], tx: str, person: Hashable) -> str:
        """Say something that somebody waits for, however long it takes; the result is the id of the
        event. Raises Refused where the homeserver will never take it."""
        failures = 0
        while True:
            try:
                return await self._say(room, content, tx, Urgency.REPLY, None, person)
            except Refused as refusal:
                if not refusal.limited:
                    raise
            except Away:
                failures += 1
                after = pause(failures, _FIRST_PAUSE, _LONGEST_PAUSE)
                await asyncio.sleep(after.total_seconds())

    async def withdraw(self, room: str, event: str, tx: str, person: Hashable) -> None:
        """Redact something that was said. Raises Refused and Away."""
        await self._pacer.turn(Urgency.REPLY, None, person)
        await self._server.ask("PUT", "rooms", room, "redact", event, tx, body={})

    async def notify(
        self, room: str, content: Mapping[str, Any], tx: str, until: datetime | None = None,
        urgency: Urgency = Urgency.NOTICE,
    ) -> str:  # fmt: skip
        """Say something that nobody has asked for. Raises TryLater, and Refused where the
        homeserver will never take it."""
        try:
            return await self._say(room, content, tx, urgency, until, None)
        except Refused as refusal:
            if refusal.limited:
                raise TryLater(refusal.after or _USUAL_PAUSE) from None
            raise
        except Away:
            raise TryLater from None

    async def _say(
        self, room: str, content: Mapping[str, Any], tx: str, urgency: Urgency,
        until: datetime | None, person: Hashable,
    ) -> str:  # fmt: skip
        """Raises Refused, Away and TryLater."""
        await self._pacer.turn(urgency, until, person)
        try:
            if await self._is_encrypted(room):
                return await self._send_encrypted(room, content, tx)
            answer = await self._server.ask(
                "PUT", "rooms", room, "send", "m.room.message", tx, body=content
            )
            return str(answer["event_id"])
        except Refused as refusal:
            if refusal.limited:
                # One refusal slows everybody: all share the limit.
                after = (refusal.after or _USUAL_PAUSE).total_seconds()
                _log.info("The homeserver slows down what is said.", network=self._network,
                          again_in=f"{after:.1f}s")  # fmt: skip
                self._pacer.hold(after)
            raise

    async def _is_encrypted(self, room: str) -> bool:
        """Wait until the room is known: what is said in an encrypted one must not go out plain."""
        limit = asyncio.timeout(_SHOWN_WITHIN)
        try:
            async with limit:
                while room not in self._client.rooms:
                    await self._shown.wait()
        except TimeoutError:
            if limit.expired():
                raise Away("it has not shown the room yet") from None
            raise
        return bool(self._client.rooms[room].encrypted) and self._client.olm is not None

    async def _send_encrypted(self, room: str, content: Mapping[str, Any], tx: str) -> str:
        try:
            sent = await self._client.room_send(
                room, "m.room.message", dict(content), tx_id=tx, ignore_unverified_devices=True
            )
        except (ClientError, TimeoutError, OSError, SendRetryError, LocalProtocolError) as problem:
            raise Away(str(problem) or type(problem).__name__) from None
        if isinstance(sent, RoomSendError):
            after = {"retry_after_ms": sent.retry_after_ms} if sent.retry_after_ms else {}
            status = sent.transport_response.status if sent.transport_response else 0
            if status >= 500:
                raise Away(f"it answers with status {status}")
            raise refused({"errcode": sent.status_code, "error": sent.message, **after}, status)
        return str(sent.event_id)
