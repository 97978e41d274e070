"""A login under way: what each SASL mechanism expects of the client, free of any connection.

PLAIN is RFC 4616, EXTERNAL is RFC 4422 appendix A, SCRAM-SHA-256 is RFC 5802 and RFC 7677.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from tests.servers.strict_irc.rules import Account
from tests.servers.strict_irc.wire import decode, fold

_ROUNDS = 4096


@dataclass(frozen=True, slots=True)
class Known:
    """What an exchange may look up. `fingerprint` is that of the client's certificate."""

    accounts: Mapping[str, Account]
    nick: str
    fingerprint: str | None
    forged: bool = False

    def account(self, name: str) -> Account | None:
        return self.accounts.get(fold(name))


# Yields what the server says next, is sent what the client answers; returns who it is.
Steps = Generator[bytes, bytes, Account | None]


@dataclass(slots=True)
class Exchange:
    """`partial` is what has come of an answer in pieces of 400 bytes."""

    steps: Steps
    partial: list[str] = field(default_factory=list)


def begin(mechanism: str, known: Known) -> Exchange:
    return Exchange(_MECHANISMS[mechanism](known))


def decoded(text: str) -> bytes | None:
    """None if it is no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _plain(known: Known) -> Steps:
    answer = yield b""
    parts = answer.split(b"\0")
    if len(parts) != 3:
        return None
    authorize, name, password = map(decode, parts)
    account = known.account(name)
    if account is None or account.password != password:
        return None
    return account if authorize in ("", name) else None


def _external(known: Known) -> Steps:
    answer = decode((yield b""))
    owners = [
        account
        for account in known.accounts.values()
        if account.fingerprint is not None and account.fingerprint == known.fingerprint
    ]
    wanted = [account for account in owners if not answer or fold(account.name) == fold(answer)]
    return wanted[0] if wanted else None


def _scram(known: Known) -> Steps:
    first = decode((yield b""))
    flag, _, rest = first.partition(",")
    authorize, _, bare = rest.partition(",")
    fields = _fields(bare)
    name = fields.get("n", "").replace("=2C", ",").replace("=3D", "=")
    account = known.account(name)
    # Channel binding is not offered; "y" and "n" both say that the client does without.
    if flag not in ("n", "y") or account is None or "r" not in fields:
        return None
    if authorize not in ("", f"a={name}"):
        return None
    salt = secrets.token_bytes(16)
    nonce = fields["r"] + secrets.token_urlsafe(18)
    challenge = f"r={nonce},s={base64.b64encode(salt).decode()},i={_ROUNDS}"
    last = decode((yield challenge.encode()))
    without_proof, _, proof = last.rpartition(",p=")
    fields = _fields(without_proof)
    if fields.get("r") != nonce or decoded(fields.get("c", "")) != f"{flag},{authorize},".encode():
        return None
    salted = hashlib.pbkdf2_hmac("sha256", account.password.encode(), salt, _ROUNDS)
    said = f"{bare},{challenge},{without_proof}".encode()
    client_key = _hmac(salted, b"Client Key")
    signature = _hmac(hashlib.sha256(client_key).digest(), said)
    expected = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
    if decoded(proof) != expected:
        return None
    own = _hmac(_hmac(salted, b"Server Key"), b"something else" if known.forged else said)
    yield b"v=" + base64.b64encode(own)
    return account


def _fields(text: str) -> dict[str, str]:
    return {key: value for key, _, value in (part.partition("=") for part in text.split(","))}


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


_MECHANISMS: Mapping[str, Callable[[Known], Steps]] = {
    "PLAIN": _plain,
    "EXTERNAL": _external,
    "SCRAM-SHA-256": _scram,
}
