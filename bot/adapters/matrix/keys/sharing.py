"""Sees to it that people's devices can read what the bot says in encrypted rooms.

nio keeps the keys; what it is told of them comes from here, for others publish what they like: a
device that makes no sense must cost nobody else a word. And what could not be told to a device, nio
would take for told.
https://spec.matrix.org/latest/client-server-api/#end-to-end-encryption
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import count
from typing import Any
from uuid import uuid4

import structlog
from nio import (
    KeysClaimResponse,
    KeysQueryResponse,
    Response,
    ShareGroupSessionResponse,
    ToDeviceResponse,
)

from bot.adapters.matrix.homeserver import Homeserver
from bot.storing import StoreAway

_log = structlog.get_logger(__name__)

_KIND = "signed_curve25519"


class Sharing:
    """Shares keys with the devices of others."""

    def __init__(self, client: Any, server: Homeserver) -> None:
        self._client = client
        self._server = server
        # Whose devices are being asked for, by the number of the request.
        self._numbers = count(1)
        self._under_way: dict[int, Collection[str]] = {}

    async def exchange(self) -> None:
        """Ask and say what has become due with the last batch of a sync. Raises Refused and Away;
        what was not done stays due."""
        client = self._client
        await self._learn(client.users_for_key_query)
        if client.should_claim_keys:
            await self._begin(client.get_users_for_key_claiming())
        for message in list(client.outgoing_to_device_messages):
            await self._send(message.type, message.as_dict())
            await client.receive_response(ToDeviceResponse(message))

    async def share(self, room_id: str) -> None:
        """Give those in an encrypted room the key of what the bot says there next, unless they have
        it. Raises Refused and Away."""
        client, olm, room = self._client, self._client.olm, self._client.rooms[room_id]
        # A sync without lazy loading tells of all of them.
        room.members_synced = True
        # Which request has asked for whom.
        learned: dict[str, int] = {}
        await self._learn(self._unknown(room, learned), learned)
        # Whoever comes or goes meanwhile makes it necessary once more.
        while olm.should_share_group_session(room_id):
            if strangers := client.get_missing_sessions(room_id):
                await self._begin(strangers)
            readers = self._readers(room)
            session = olm.outbound_group_sessions.get(room_id)
            if session is not None and session.users_shared_with - readers:
                # Somebody who has gone has this key.
                del olm.outbound_group_sessions[room_id]
            people = list(room.users)
            for devices, messages in olm.share_group_session_parallel(
                room_id, people, ignore_unverified_devices=True
            ):
                await self._send("m.room.encrypted", messages)
                await client.receive_response(ShareGroupSessionResponse(room_id, devices))
            session = olm.outbound_group_sessions.get(room_id)
            if session is None:
                continue
            # nio takes it for shared also if somebody has come of whom no device is known yet.
            unknown = self._unknown(room, learned)
            session.shared = (
                not unknown and list(room.users) == people and self._readers(room) == readers
            )
            await self._learn(unknown, learned)

    def _unknown(self, room: Any, learned: Mapping[str, int]) -> set[str]:
        """Those in a room whose devices have to be asked for: before something is said, also those
        that others are asking for, unless that was `learned` from a later request."""
        due: set[str] = set(self._client.users_for_key_query)
        for number, users in self._under_way.items():
            due.update(user for user in users if number > learned.get(user, 0))
        return due.intersection(room.users)

    def _readers(self, room: Any) -> set[tuple[str, str]]:
        """The known devices in a room, by user and id."""
        devices = self._client.device_store.active_user_devices
        return {(user, device.id) for user in room.users for device in devices(user)}

    async def _learn(self, users: Collection[str], learned: dict[str, int] | None = None) -> None:
        """Learn which devices people have, and note in `learned` which request has asked for them.
        Raises Refused and Away."""
        if not users:
            return
        number = next(self._numbers)
        asked: dict[str, list[str]] = {user: [] for user in users}
        due = self._client.users_for_key_query
        # Whoever gets another device while this is being answered is asked for once more.
        due.difference_update(asked)
        self._under_way[number] = asked.keys()
        try:
            answer = await self._server.ask("POST", "keys", "query", body={"device_keys": asked})
            for user, devices in _items(answer.get("device_keys")):
                once_more = due & {user}
                await self._tell(KeysQueryResponse({user: devices}, {}), user)
                # nio takes them out.
                due.update(once_more)
        except BaseException:
            due.update(asked)
            raise
        finally:
            del self._under_way[number]
        # Where somebody's homeserver is away, it is asked again when something happens in their
        # room.
        if learned is not None:
            learned.update(dict.fromkeys(asked, number))

    async def _begin(self, devices: Mapping[str, Iterable[str]]) -> None:
        """Take the first step towards devices, by user, that the bot has not talked with yet.
        Raises Refused and Away."""
        wanted = {user: dict.fromkeys(theirs, _KIND) for user, theirs in devices.items()}
        answer = await self._server.ask("POST", "keys", "claim", body={"one_time_keys": wanted})
        for user, theirs in _items(answer.get("one_time_keys")):
            for device, keys in _items(theirs):
                await self._tell(KeysClaimResponse({user: {device: keys}}, {}), user)

    async def _send(self, kind: str, messages: Mapping[str, Any]) -> None:
        """Raises Refused and Away."""
        await self._server.ask("PUT", "sendToDevice", kind, uuid4().hex, body=messages)

    async def _tell(self, response: Response, user: str) -> None:
        try:
            await self._client.receive_response(response)
        except StoreAway:
            raise
        except Exception:
            # One device must not take the others along.
            _log.info("keys of a device make no sense", user=user, exc_info=True)


def _items(value: object) -> Iterable[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
