"""What the homeserver tells, batch by batch: received in order, and noted as taken when everything
that it asked for has been answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from nio import AsyncClient, SyncError

from bot.adapters.matrix.client import parsed
from bot.adapters.matrix.hearing.positions import Position
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.keys.sharing import Sharing
from bot.adapters.matrix.keys.uploading import publish
from bot.adapters.matrix.rooms.members import tidy
from bot.backoff import pause
from bot.storing import StoreAway

_log = structlog.get_logger(__name__)

_LONG_POLL = 30.0
"""Seconds that the homeserver may take to say that there is nothing new."""
_ANSWER = 60.0
"""Seconds beyond these for an answer; the first one holds the state of all rooms."""
_BAD_REQUEST = 400
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
_FILTER = (
    '{"presence":{"types":[]},"room":{"timeline":{"limit":100},"ephemeral":{"types":[]},'
    '"account_data":{"types":[]}}}'
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event as nio has parsed it, decrypted where that was possible, and as the homeserver has
    sent it."""

    event: Any
    envelope: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened in a room since the last batch; what came before that, but was left out, is to
    be had back from `gap`."""

    events: Sequence[Arrived]
    gap: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer of the homeserver: timelines of the rooms that the bot is in, the state of those
    it is invited to (events as nio has parsed them), the rooms that it is not in any more, account
    data, and whether keys came. `since` is the position before it, None if there was none."""

    since: str | None
    joined: Mapping[str, Timeline]
    invited: Mapping[str, Sequence[Any]]
    left: Sequence[str]
    account_data: Sequence[Mapping[str, Any]]
    keys_came: bool


Take = Callable[[Batch], Awaitable[Sequence[asyncio.Future[None]]]]
"""Takes a batch; what it returns ends when everything in it has been answered."""


class Sync:
    """The stream of batches, and the exchange of keys that goes on beside it."""

    def __init__(
        self, server: Homeserver, client: AsyncClient, sharing: Sharing, position: Position,
        network: str,
    ) -> None:  # fmt: skip
        self._server = server
        self._client = client
        self._sharing = sharing
        self._position = position
        self._network = network
        self._failures = 0
        # The last answer that encryption has not looked at.
        self._newest: Mapping[str, Any] = {}
        self._news = asyncio.Event()

    async def run(self, take: Take) -> None:
        """Until cancelled. Raises Refused where the homeserver does not know us any more."""
        since = await self._position.load()
        self._position.start()
        keys = asyncio.create_task(self._exchange_keys())
        full = True
        try:
            while not keys.done():
                raw = await self._fetch(since, full=full)
                if raw is None:
                    since, full = None, True
                    continue
                batch, reached = await self._receive(raw, since)
                self._position.advance(reached, await take(batch))
                self._newest = raw
                self._news.set()
                since, full = reached, False
            await keys
        finally:
            keys.cancel()
            await self._position.close()
            await asyncio.gather(keys, return_exceptions=True)

    async def _fetch(self, since: str | None, *, full: bool) -> Mapping[str, Any] | None:
        """The next answer, however long it takes; None if the homeserver knows no such position.
        Raises Refused if we are not known any more."""
        query = {"filter": _FILTER, "timeout": f"{_LONG_POLL * 1000:.0f}"}
        if since is not None:
            query["since"] = since
        if full:
            # Without the state of rooms nobody knows who is in them.
            query["full_state"] = "true"
            # It is not waited for; but Synapse would give the same answer to the same question for
            # two minutes, as old as that may be.
            query["timeout"] = str(uuid4().int % 1_000_000)
        while True:
            try:
                raw = await self._server.ask(
                    "GET", "sync", query=query, within=_LONG_POLL + _ANSWER
                )
            except Refused as refused:
                if refused.unknown_token:
                    raise
                if since is not None and refused.status == _BAD_REQUEST:
                    _log.warning("The homeserver does not know where the bot has stopped: what was"
                                 " said meanwhile may stay unanswered.", network=self._network,
                                 reason=str(refused))  # fmt: skip
                    return None
                after = refused.after or pause(self._failures, _FIRST_PAUSE, _LONGEST_PAUSE)
                await self._wait(str(refused), after)
            except Away as away:
                await self._wait(str(away), pause(self._failures, _FIRST_PAUSE, _LONGEST_PAUSE))
            else:
                if self._failures:
                    _log.info("The homeserver is back.", network=self._network)
                self._failures = 0
                found: Mapping[str, Any] = raw
                return found

    async def _wait(self, reason: str, after: timedelta) -> None:
        if not self._failures:
            _log.warning("The homeserver cannot be reached; it is tried again until it is back.",
                         network=self._network, reason=reason)  # fmt: skip
        self._failures += 1
        await asyncio.sleep(after.total_seconds())

    async def _receive(self, raw: Mapping[str, Any], since: str | None) -> tuple[Batch, str]:
        # nio takes account data apart.
        account_data = [dict(event) for event in raw.get("account_data", {}).get("events", ())]
        tidy(raw)
        response = parsed(raw)
        if isinstance(response, SyncError):
            raise Away("it answers with what is no sync")
        try:
            await self._client.receive_response(response)
        except StoreAway:
            # The next request would tell the homeserver that all of it was received.
            raise
        except Exception:
            # One event that nio stumbles over must not keep back all that follow.
            _log.warning("not all of a batch was understood", network=self._network, exc_info=True)
        rooms = response.rooms
        return Batch(
            since=since,
            joined={
                room: _timeline(info.timeline, raw["rooms"]["join"][room])
                for room, info in rooms.join.items()
            },
            invited={room: info.invite_state for room, info in rooms.invite.items()},
            left=tuple(rooms.leave),
            account_data=account_data,
            keys_came=bool(response.to_device_events),
        ), response.next_batch

    async def _exchange_keys(self) -> None:
        """What encryption wants between two batches; what could not be done is due again after the
        next one."""
        client = self._client
        while client.olm is not None:
            await self._news.wait()
            self._news.clear()
            raw, self._newest = self._newest, {}
            try:
                await publish(client.olm, self._server, raw)
                # How many keys were left while others were published, nobody knows any more.
                self._newest = {}
                await self._sharing.exchange()
            except (Refused, Away) as problem:
                _log.info("keys are exchanged later", network=self._network, reason=str(problem))
        await asyncio.Event().wait()


def _timeline(parsed: Any, raw: Mapping[str, Any]) -> Timeline:
    envelopes = {event.get("event_id"): event for event in raw["timeline"]["events"]}
    events = [
        Arrived(event, envelopes[event.event_id])
        for event in parsed.events
        if event.event_id in envelopes
    ]
    return Timeline(events, parsed.prev_batch if parsed.limited else None)
