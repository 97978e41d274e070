"""What the homeserver shows of the keys of our own account, and whether they sign each other.

https://spec.matrix.org/latest/client-server-api/#cross-signing
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.matrix.homeserver import Homeserver
from bot.adapters.matrix.keys.signatures import is_signed

_Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Published:
    """The keys of an account's devices, by their ids, and its cross-signing keys: each an object
    as it was uploaded, with the signatures on it; empty where there is none."""

    user_id: str
    devices: Mapping[str, _Object]
    master: _Object
    self_signing: _Object
    user_signing: _Object

    def keys_of(self, device_id: str) -> tuple[str, str] | None:
        """The Ed25519 and Curve25519 key of a device, as unpadded base64."""
        keys = _part(self.devices.get(device_id), "keys")
        if not keys:
            return None
        ed25519, curve25519 = (
            keys.get(f"{kind}:{device_id}") for kind in ("ed25519", "curve25519")
        )
        return str(ed25519), str(curve25519)

    def is_signed(self, device_id: str) -> bool:
        """True if the device is signed with the self-signing key, and that with the master key."""
        master, self_signing = key_in(self.master), key_in(self.self_signing)
        return (
            master is not None
            and self_signing is not None
            and is_signed(self.self_signing, self.user_id, master)
            and is_signed(self.devices.get(device_id, {}), self.user_id, self_signing)
        )


async def published(server: Homeserver, user_id: str) -> Published:
    """Ask for our own keys. Raises Refused and Away."""
    answer = await server.ask("POST", "keys", "query", body={"device_keys": {user_id: []}})
    devices = _part(_part(answer, "device_keys"), user_id)
    return Published(
        user_id,
        {name: device for name, device in devices.items() if isinstance(device, dict)},
        *(
            _part(_part(answer, f"{kind}_keys"), user_id)
            for kind in ("master", "self_signing", "user_signing")
        ),
    )


def key_in(cross_signing: _Object) -> str | None:
    """The public key that a cross-signing object is about."""
    for name, key in _part(cross_signing, "keys").items():
        if isinstance(key, str) and name == f"ed25519:{key}":
            return key
    return None


def _part(value: object, name: str) -> _Object:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, dict) else {}
