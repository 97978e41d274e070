"""Sees to it that people's devices can read what the bot says in encrypted rooms.

nio keeps the keys; what it is told of them comes from here, for others publish what they like: a
device that makes no sense must cost nobody else a word. And what could not be told to a device, nio
would take for told.
https://spec.matrix.org/latest/client-server-api/#end-to-end-encryption
"""

from collections.abc import Collection, Iterable, Mapping
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

_log = structlog.get_logger(__name__)

_KIND = "signed_curve25519"


async def exchange(client: Any, server: Homeserver) -> None:
    """Ask and say what has become due with the last batch of a sync. Raises Refused and Away; what
    was not done stays due."""
    await _learn(client, server, client.users_for_key_query)
    if client.should_claim_keys:
        await _begin(client, server, client.get_users_for_key_claiming())
    for message in list(client.outgoing_to_device_messages):
        await _send(server, message.type, message.as_dict())
        await client.receive_response(ToDeviceResponse(message))


async def share(client: Any, server: Homeserver, room_id: str) -> None:
    """Give those in an encrypted room the key of what the bot says there next, unless they have it.
    Raises Refused and Away."""
    olm, room = client.olm, client.rooms[room_id]
    # A sync without lazy loading tells of all of them.
    room.members_synced = True
    await _learn(client, server, client.users_for_key_query & room.users.keys())
    # Whoever comes or goes meanwhile makes it necessary once more.
    while olm.should_share_group_session(room_id):
        if strangers := client.get_missing_sessions(room_id):
            await _begin(client, server, strangers)
        for devices, messages in olm.share_group_session_parallel(
            room_id, list(room.users), ignore_unverified_devices=True
        ):
            await _send(server, "m.room.encrypted", messages)
            await client.receive_response(ShareGroupSessionResponse(room_id, devices))
        if room_id in olm.outbound_group_sessions:
            olm.outbound_group_sessions[room_id].shared = True


async def _learn(client: Any, server: Homeserver, users: Collection[str]) -> None:
    """Learn which devices people have. Raises Refused and Away."""
    if not users:
        return
    asked: dict[str, list[str]] = {user: [] for user in users}
    answer = await server.ask("POST", "keys", "query", body={"device_keys": asked})
    for user, devices in _items(answer.get("device_keys")):
        await _tell(client, KeysQueryResponse({user: devices}, {}), user)
    # Where somebody's homeserver is away, it is asked again when something happens in their room.
    client.users_for_key_query.difference_update(asked)


async def _begin(client: Any, server: Homeserver, devices: Mapping[str, Iterable[str]]) -> None:
    """Take the first step towards devices, by user, that the bot has not talked with yet. Raises
    Refused and Away."""
    wanted = {user: dict.fromkeys(theirs, _KIND) for user, theirs in devices.items()}
    answer = await server.ask("POST", "keys", "claim", body={"one_time_keys": wanted})
    for user, theirs in _items(answer.get("one_time_keys")):
        for device, keys in _items(theirs):
            await _tell(client, KeysClaimResponse({user: {device: keys}}, {}), user)


async def _send(server: Homeserver, kind: str, messages: Mapping[str, Any]) -> None:
    """Raises Refused and Away."""
    await server.ask("PUT", "sendToDevice", kind, uuid4().hex, body=messages)


async def _tell(client: Any, response: Response, user: str) -> None:
    try:
        await client.receive_response(response)
    except Exception:
        # One device must not take the others along.
        _log.info("keys of a device make no sense", user=user, exc_info=True)


def _items(value: object) -> Iterable[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
