"""Publishes the keys of the bot's device, with which others begin to encrypt for it.

- Its own keys, once.
- One-time keys: each is given to one other device. nio takes no notice when there are none left.
- A fallback key, for whoever comes when there are none left, as after a break with a crowd. nio
  knows no such keys.

Keys are saved before they are published, and published once: where a crash comes between, others
follow under other names. New keys under the names of old ones would be refused for ever, and a key
that was published twice would be given to two, of whom one could not be understood.
https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3keysupload
"""

from collections.abc import Mapping
from typing import Any

import structlog
from nio import KeysUploadResponse

from bot.adapters.matrix.homeserver import Homeserver, Refused

_log = structlog.get_logger(__name__)

_KIND = "signed_curve25519"
_ALGORITHMS = ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"]
_ATTEMPTS = 5
_OLDER = (
    "The homeserver has keys of the bot that its store folder has lost: some first messages may not"
    " be readable. Others are published."
)


async def publish(olm: Any, server: Homeserver, sync: Mapping[str, Any] | None = None) -> None:
    """Publish what is due. `olm` is nio's machine for this device, with its database; `sync` the
    homeserver's last answer about what is new, which tells how many keys are left. Raises Refused
    and Away."""
    wants_fallback = _learn(olm, sync or {})
    for _ in range(_ATTEMPTS):
        keys = _due(olm, wants_fallback=wants_fallback)
        if not keys:
            return
        olm.mark_keys_as_published()
        olm.save_account()
        try:
            answer = await server.ask("POST", "keys", "upload", body=keys)
        except Refused as refusal:
            if refusal.status != 400:
                raise
            # The database is older than what was published: the machine has lost its power, or its
            # disk. Their names are taken by keys that are lost; sooner or later come free ones.
            refused = refusal
            _log.warning(_OLDER)
        else:
            left = answer["one_time_key_counts"].get(_KIND, 0)
            olm.handle_response(KeysUploadResponse(0, left))
            return
    raise refused


def _learn(olm: Any, sync: Mapping[str, Any]) -> bool:
    """Note how many one-time keys are left; true if the fallback key has been used."""
    counts = sync.get("device_one_time_keys_count")
    if isinstance(counts, dict):
        # Of which there are none need not be listed.
        olm.uploaded_key_count = counts.get(_KIND, 0)
    unused = sync.get("device_unused_fallback_key_types")
    return isinstance(unused, list) and _KIND not in unused


def _due(olm: Any, *, wants_fallback: bool) -> dict[str, Any]:
    """The body of the request; empty if nothing is due."""
    account = olm.account
    keys: dict[str, Any] = {}
    if not account.shared:
        keys["device_keys"] = _device_keys(olm)
    left = olm.uploaded_key_count if account.shared else olm.uploaded_key_count or 0
    # To make up for each one as it is given away would be a request for each new acquaintance.
    if left is not None and left <= account.max_one_time_keys // 2:
        account.generate_one_time_keys(account.max_one_time_keys - left)
        keys["one_time_keys"] = {
            f"{_KIND}:{name}": _signed(olm, {"key": key})
            for name, key in account.one_time_keys["curve25519"].items()
        }
    vodozemac = account._account  # noqa: SLF001  # nio passes on only what it uses itself
    if wants_fallback or not account.shared:
        vodozemac.generate_fallback_key()
        keys["fallback_keys"] = {
            f"{_KIND}:{name}": _signed(olm, {"key": key.to_base64(), "fallback": True})
            for name, key in vodozemac.fallback_key.items()
        }
    return keys


def _device_keys(olm: Any) -> dict[str, Any]:
    identity = olm.account.identity_keys
    return _signed(olm, {
        "algorithms": _ALGORITHMS,
        "device_id": olm.device_id,
        "user_id": olm.user_id,
        "keys": {f"{kind}:{olm.device_id}": identity[kind] for kind in ("curve25519", "ed25519")},
    })  # fmt: skip


def _signed(olm: Any, value: dict[str, Any]) -> dict[str, Any]:
    """With the signature of the device."""
    signature = {f"ed25519:{olm.device_id}": olm.sign_json(value)}
    return {**value, "signatures": {olm.user_id: signature}}
