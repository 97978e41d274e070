"""Signing JSON, by the examples of the specification (appendices, "Cryptographic Test Vectors")."""

from base64 import b64decode
from typing import Any

import pytest
from nio.crypto import OlmAccount

from bot.adapters.matrix.keys.signatures import is_signed, public, with_signature

SEED = b64decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1=")
PUBLIC = "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI"


@pytest.mark.parametrize(
    ("value", "signature"),
    [
        (
            {},
            "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
        ),
        (
            {"two": "Two", "one": 1},
            "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        ),
    ],
)
def test_signatures(value: dict[str, Any], signature: str) -> None:
    assert public(SEED) == PUBLIC
    signed = with_signature(value, "domain", SEED)
    assert signed == {**value, "signatures": {"domain": {f"ed25519:{PUBLIC}": signature}}}
    assert is_signed(signed, "domain", PUBLIC)


def test_what_is_not_signed_stays_beside() -> None:
    value = {"a": "日本", "unsigned": {"age": 1}, "signatures": {"domain": {"ed25519:x": "y"}}}
    signed = with_signature(value, "domain", SEED)
    assert signed["signatures"]["domain"].keys() == {"ed25519:x", f"ed25519:{PUBLIC}"}
    assert is_signed({**signed, "unsigned": {"age": 2}}, "domain", PUBLIC)
    assert not is_signed({**signed, "a": "日"}, "domain", PUBLIC)


def test_signatures_of_others() -> None:
    account = OlmAccount()
    key = account.identity_keys["ed25519"]
    signature = account.sign('{"a":"日本"}')
    signed = {"a": "日本", "signatures": {"domain": {f"ed25519:{key}": signature}}}
    assert is_signed(signed, "domain", key)


@pytest.mark.parametrize(
    "signatures",
    [
        None, [], {}, {"domain": None}, {"domain": {}}, {"domain": {f"ed25519:{PUBLIC}": 1}},
        {"domain": {f"ed25519:{PUBLIC}": "short"}}, {"domain": {f"ed25519:{PUBLIC}": "é"}},
        {"domain": {f"ed25519:{PUBLIC}": "A" * 86}},
    ],
)  # fmt: skip
def test_what_is_no_signature(signatures: object) -> None:
    assert not is_signed({"signatures": signatures}, "domain", PUBLIC)


@pytest.mark.parametrize("key", ["", "short", "é", "A" * 42, "/" * 43])
def test_what_is_no_key(key: str) -> None:
    signed = with_signature({}, "domain", SEED)
    signature = signed["signatures"]["domain"][f"ed25519:{PUBLIC}"]
    assert not is_signed({"signatures": {"domain": {f"ed25519:{key}": signature}}}, "domain", key)


def test_what_cannot_be_put_into_words_of_json_is_not_signed() -> None:
    signed = with_signature({}, "domain", SEED)
    assert not is_signed({**signed, "a": "\ud800"}, "domain", PUBLIC)
