"""Signs JSON and tells whether it is signed.

https://spec.matrix.org/latest/appendices/#signing-json
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

_MODE = "rfc8032"
_APART = ("signatures", "unsigned")
"""What belongs to a signed object and is not part of what is signed."""


def public(seed: bytes) -> str:
    """The public key of a private one (Ed25519), as unpadded base64."""
    return _encoded(_private(seed).public_key().export_key(format="raw"))


def with_signature(value: Mapping[str, Any], user_id: str, seed: bytes) -> dict[str, Any]:
    """An object with a signature of this key besides those that it has."""
    signature = eddsa.new(_private(seed), _MODE).sign(_canonical(value))
    signatures = dict(value.get("signatures", {}))
    signatures[user_id] = {
        **signatures.get(user_id, {}), f"ed25519:{public(seed)}": _encoded(signature),
    }  # fmt: skip
    return {**value, "signatures": signatures}


def is_signed(value: Mapping[str, Any], user_id: str, key: str) -> bool:
    """True if an object carries a signature of the key that is public as `key`."""
    try:
        signature = value["signatures"][user_id][f"ed25519:{key}"]
        verifier = eddsa.new(eddsa.import_public_key(_decoded(key)), _MODE)
        verifier.verify(_canonical(value), _decoded(signature))
    except (LookupError, TypeError, ValueError, AttributeError):
        return False
    return True


def _canonical(value: Mapping[str, Any]) -> bytes:
    """https://spec.matrix.org/latest/appendices/#canonical-json; raises ValueError."""
    signed = {name: part for name, part in value.items() if name not in _APART}
    return json.dumps(
        signed, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    ).encode()


def _private(seed: bytes) -> ECC.EccKey:
    return ECC.construct(curve="Ed25519", seed=seed)


def _encoded(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)
