"""Says things in rooms: at the pace that the homeserver allows, encrypted where a room is, and each
once, for the homeserver drops what comes again under the same transaction id."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from nio import AsyncClient

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.sharing import share
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
        self._asking = asyncio.Lock()
        # Rooms that are not encrypted, and encrypted ones in which everybody is known; only one
        # message at a time may change who can read in a room.
        self._plain = set[str]()
        self._known = set[str]()
        self._sharing: dict[str, asyncio.Lock] = {}

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
        """Wait until a sync has shown the room: what is said in an encrypted one must not go out
        plain. A new room is shown bit by bit, so the homeserver is asked whether it is encrypted
        as long as it does not seem to be. Raises Refused and Away."""
        await self._until(lambda: room in self._client.rooms)
        if self._client.olm is None:
            return False
        if not self._client.rooms[room].encrypted and room not in self._plain:
            try:
                await self._server.ask("GET", "rooms", room, "state", "m.room.encryption")
            except Refused as refusal:
                if refusal.code != "M_NOT_FOUND":
                    raise
                self._plain.add(room)
            else:
                await self._until(lambda: self._client.rooms[room].encrypted)
        return bool(self._client.rooms[room].encrypted)

    async def _send_encrypted(self, room: str, content: Mapping[str, Any], tx: str) -> str:
        async with self._sharing.setdefault(room, asyncio.Lock()):
            if room not in self._known:
                await self._everybody(room)
            await share(self._client, self._server, room)
            kind, sealed = self._client.encrypt(room, "m.room.message", dict(content))
        answer = await self._server.ask("PUT", "rooms", room, "send", kind, tx, body=sealed)
        return str(answer["event_id"])

    async def _everybody(self, room: str) -> None:
        """Wait until a sync has shown all who are in the room, or are invited: whoever is not
        known could not read what is said now. Raises Refused and Away."""
        told = await self._server.ask("GET", "rooms", room, "members")
        members = {
            member["state_key"]
            for member in told["chunk"]
            if member["content"].get("membership") in ("join", "invite")
        }
        await self._until(lambda: members <= self._client.rooms[room].users.keys())
        self._known.add(room)

    async def _until(self, is_so: Callable[[], object]) -> None:
        """Wait until a sync has made this so. Raises Away."""
        limit = asyncio.timeout(_SHOWN_WITHIN)
        try:
            async with limit:
                while not is_so():
                    await self._shown.wait()
        except TimeoutError:
            if limit.expired():
                raise Away("it has not shown the room yet") from None
            raise
