"""Cross-signs the bot's device, so that clients which refuse unsigned devices talk to it.

An account has a master key; that signs the self-signing key, which signs the devices. (The third,
the user-signing key, signs other people, which the bot does not do; clients expect it all the
same.) The bot makes the three itself and keeps their private parts in the store folder. Each step
is safe to repeat, and what a crash has left undone is done at the next start: the private parts are
kept before the public ones go out, and what is missing is always found out from the homeserver.
https://spec.matrix.org/latest/client-server-api/#cross-signing
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.adapters.matrix.confirming import NotConfirmed, confirmed
from bot.adapters.matrix.folder import Folder, Seeds
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.keys.queried import Published, key_in, published
from bot.adapters.matrix.keys.signatures import public, with_signature
from bot.adapters.matrix.login.login import Login
from bot.adapters.matrix.settings import Matrix

_log = structlog.get_logger(__name__)

_SIGNED = "Its device is cross-signed."
_SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signing:
    """Whether the device is cross-signed; `said` is a sentence about it for an organiser."""

    signed: bool
    said: str


async def sign(
    settings: Matrix, server: Homeserver, folder: Folder, login: Login,
    identity: Mapping[str, str],
) -> Signing:  # fmt: skip
    """Have our device cross-signed, after its keys were uploaded; `identity` holds its public keys
    by "ed25519" and "curve25519". That it stays unsigned is logged.

    Raises Away, and Refused where that is to be tried again (or the token is known no more)."""
    try:
        await _sign(settings, server, folder, login, identity)
    except NotConfirmed as why:
        return _unsigned(settings, f"{why}")
    except Refused as refusal:
        if refusal.limited or refusal.unknown_token:
            raise
        return _unsigned(settings, f"the homeserver refuses it ({refusal.said or refusal.code})")
    except _NotSigned as why:
        return _unsigned(settings, f"{why}")
    return Signing(signed=True, said=_SIGNED)


async def signed(server: Homeserver, user_id: str, device_id: str) -> bool:
    """True if a device of ours is cross-signed; only looks. Raises Refused and Away."""
    return (await published(server, user_id)).is_signed(device_id)


class _NotSigned(Exception):
    """The message completes "because ..."."""


async def _sign(
    settings: Matrix, server: Homeserver, folder: Folder, login: Login,
    identity: Mapping[str, str],
) -> None:  # fmt: skip
    device_id = login.device_id
    there = await published(server, settings.user_id)
    if there.keys_of(device_id) != (identity["ed25519"], identity["curve25519"]):
        # To sign what somebody else has put there would vouch for them.
        raise _NotSigned("the homeserver does not show the keys of this device")
    if there.is_signed(device_id):
        return
    seeds = folder.seeds()
    replaced = key_in(there.master)
    if seeds is None or replaced not in (None, public(seeds.master)):
        # Keys that were replaced once are not taken again (by Synapse, with an internal error).
        seeds = Seeds(*(secrets.token_bytes(_SEED_BYTES) for _ in range(3)))
        folder.keep_seeds(seeds)
    if missing := _missing(there, seeds):
        await confirmed(
            server, "POST", "keys", "device_signing", "upload",
            body=missing, user_id=settings.user_id, password=settings.password,
        )  # fmt: skip
    if replaced not in (None, public(seeds.master)):
        _log.warning(
            f"{settings.user_id} had cross-signing keys whose private parts are not in"
            f" {settings.store}: the bot has replaced them by its own. Whoever had verified it has"
            " to do so again.",
            network=settings.name,
        )
    await _sign_device(settings.user_id, server, there.devices[device_id], seeds)
    if not await signed(server, settings.user_id, device_id):
        raise _NotSigned("the homeserver has taken the signature and does not show it")


def _missing(there: Published, seeds: Seeds) -> dict[str, Any]:
    """Those of the public cross-signing keys that the homeserver does not show: it may have taken
    one and not the other."""
    user_id = there.user_id
    missing: dict[str, Any] = {}
    if key_in(there.master) != public(seeds.master):
        missing["master_key"] = _cross_signing_key(user_id, "master", seeds.master)
    others = {
        "self_signing": (there.self_signing, seeds.self_signing),
        "user_signing": (there.user_signing, seeds.user_signing),
    }
    for usage, (shown, seed) in others.items():
        if key_in(shown) != public(seed):
            key = _cross_signing_key(user_id, usage, seed)
            missing[f"{usage}_key"] = with_signature(key, user_id, seeds.master)
    return missing


async def _sign_device(
    user_id: str, server: Homeserver, device: Mapping[str, Any], seeds: Seeds
) -> None:
    device_id = str(device["device_id"])
    # What was signed before would be sent back, other people's signatures too.
    bare = {name: part for name, part in device.items() if name not in ("signatures", "unsigned")}
    body = {user_id: {device_id: with_signature(bare, user_id, seeds.self_signing)}}
    answer = await server.ask("POST", "keys", "signatures", "upload", body=body)
    failures = answer.get("failures", {}).get(user_id, {})
    for failure in failures.values():
        said = failure.get("error") or failure.get("errcode")
        raise _NotSigned(f"the homeserver does not take the signature ({said})")


def _cross_signing_key(user_id: str, usage: str, seed: bytes) -> dict[str, Any]:
    key = public(seed)
    return {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{key}": key}}


def _unsigned(settings: Matrix, why: str) -> Signing:
    remedy = " Set a password for the bot." if settings.password is None else ""
    said = (
        f"Its device is not cross-signed, because {why}: clients that refuse such devices do not"
        f" let it read.{remedy}"
    )
    _log.warning(said, network=settings.name)
    return Signing(signed=False, said=said)
