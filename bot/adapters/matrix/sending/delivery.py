"""Says things in rooms: at the pace that the homeserver allows, encrypted where a room is, and each
once, for the homeserver drops what comes again under the same transaction id."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from nio import AsyncClient

from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.keys.sharing import Sharing
from bot.pacer import Pacer, Urgency
from bot.ports import TryLater

_log = structlog.get_logger(__name__)

_USUAL_PAUSE = timedelta(seconds=5)
"""Where the homeserver refuses, but does not say for how long."""
_SHOWN_WITHIN = 10.0
"""Seconds until a sync has shown a room that the bot has just come to."""
ENCRYPTED = "the room is encrypted, and the bot does not encrypt (encryption = false)"


class Overheard(Exception):
    """It is not said, for others would read it."""


class Sending:
    """What the bot says in rooms. Owns the pace of all of it."""

    def __init__(
        self, server: Homeserver, client: AsyncClient, sharing: Sharing, pacer: Pacer, network: str
    ) -> None:
        self._server = server
        self._client = client
        self._sharing = sharing
        self._pacer = pacer
        self._network = network
        self._shown = asyncio.Event()
        # Rooms that are not encrypted, and encrypted ones in which everybody is known; only one
        # message at a time may change who can read in a room.
        self._plain = set[str]()
        self._known = set[str]()
        self._locks: dict[str, asyncio.Lock] = {}
        # Rooms of which it has been said that the bot can write nothing there.
        self._mute = set[str]()

    def synced(self) -> None:
        """A batch has come: rooms that were not known may be."""
        self._shown.set()
        self._shown = asyncio.Event()

    def shown_whole(self, rooms: Iterable[str]) -> None:
        """A batch has told the whole state of these rooms, not bit by bit as of a new one: whether
        they are encrypted need not be asked."""
        self._plain |= {room for room in rooms if not self._client.rooms[room].encrypted}

    def left(self, room: str) -> None:
        """The bot is not in a room any more: it may be another one when it comes back."""
        for rooms in (self._plain, self._known, self._mute):
            rooms.discard(room)
        self._locks.pop(room, None)
        if self._client.olm is not None:
            self._client.olm.outbound_group_sessions.pop(room, None)

    async def answer(
        self, room: str, content: Mapping[str, Any], tx: str, person: Hashable,
        may: Callable[[], bool] = lambda: True,
    ) -> str:  # fmt: skip
        """Say something that somebody waits for; the result is the id of the event. Raises Refused
        and Away, and Overheard if it `may` not be said there when its turn has come."""
        return await self._say(room, content, tx, Urgency.REPLY, None, person, may)

    async def withdraw(self, room: str, event: str, tx: str, person: Hashable) -> None:
        """Redact something that was said. Raises Refused and Away."""
        await self._pacer.turn(Urgency.REPLY, None, person)
        await self._server.ask("PUT", "rooms", room, "redact", event, tx, body={})

    async def notify(
        self, room: str, content: Mapping[str, Any], tx: str, until: datetime | None = None,
        urgency: Urgency = Urgency.NOTICE, may: Callable[[], bool] = lambda: True,
    ) -> str:  # fmt: skip
        """Say something that nobody has asked for. Raises TryLater, also if it `may` not be said
        there when its turn has come, and Refused where the homeserver will never take it."""
        try:
            return await self._say(room, content, tx, urgency, until, None, may)
        except Refused as refusal:
            if refusal.for_now:
                raise TryLater(refusal.after or _USUAL_PAUSE) from None
            raise
        except (Away, Overheard):
            raise TryLater from None

    async def _say(
        self, room: str, content: Mapping[str, Any], tx: str, urgency: Urgency,
        until: datetime | None, person: Hashable, may: Callable[[], bool],
    ) -> str:  # fmt: skip
        """Raises Refused, Away, TryLater and Overheard."""
        await self._pacer.turn(urgency, until, person)
        try:
            if await self._is_encrypted(room):
                return await self._send_encrypted(room, content, tx, may)
            if not may():
                raise Overheard
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
        if not self._client.rooms[room].encrypted and room not in self._plain:
            try:
                await self._server.ask("GET", "rooms", room, "state", "m.room.encryption")
            except Refused as refusal:
                if refusal.code != "M_NOT_FOUND":
                    raise
                self._plain.add(room)
            else:
                await self._until(lambda: self._client.rooms[room].encrypted)
        encrypted = bool(self._client.rooms[room].encrypted)
        if encrypted and self._client.olm is None:
            self.note_mute(room)
            raise Refused("M_FORBIDDEN", 403, ENCRYPTED)
        return encrypted

    def note_mute(self, room: str) -> None:
        """The bot does not encrypt, and this room is encrypted: say so in the log, once."""
        if room not in self._mute:
            self._mute.add(room)
            _log.warning("cannot write to a room: " + ENCRYPTED, network=self._network, room=room)

    async def _send_encrypted(
        self, room: str, content: Mapping[str, Any], tx: str, may: Callable[[], bool]
    ) -> str:
        async with self._locks.setdefault(room, asyncio.Lock()):
            if room not in self._known:
                await self._everybody(room)
            await self._sharing.share(room)
            if not may():
                raise Overheard
            kind, sealed = self._client.encrypt(room, "m.room.message", dict(content))
        answer = await self._server.ask("PUT", "rooms", room, "send", kind, tx, body=sealed)
        return str(answer["event_id"])

    async def _everybody(self, room: str) -> None:
        """Wait until a sync has shown all who are in the room, or are invited: whoever is not
        known could not read what is said now. Raises Refused and Away."""
        members = await self._members(room)
        try:
            await self._until(lambda: members.keys() <= self._client.rooms[room].users.keys())
        except Away:
            # nio passes over whoever came with something that it does not understand.
            members, known = await self._members(room), self._client.rooms[room]
            for user, membership in members.items():
                known.add_member(user, None, None, membership == "invite")
            self._client.olm.update_tracked_users(known)
        self._known.add(room)

    async def _members(self, room: str) -> dict[str, str]:
        """Who is in the room, and who is invited. Raises Refused and Away."""
        told = await self._server.ask("GET", "rooms", room, "members")
        found = {each["state_key"]: each["content"].get("membership") for each in told["chunk"]}
        return {user: how for user, how in found.items() if how in ("join", "invite")}

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
