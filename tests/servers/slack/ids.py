"""Ids of the kinds that Slack gives out, never the same twice."""

import secrets
from itertools import count

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def short_id() -> str:
    """As Slack gives to blocks that have none."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


def token(kind: str) -> str:
    """`kind` is "xoxb" or "xapp-1"; what follows cannot be guessed, as with Slack's."""
    return f"{kind}-{secrets.randbelow(10**11):011}-{secrets.token_hex(12)}"


class Ids:
    """Counts: T00000001, U00000002, …, in the order of creation, so that tests can be read."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self, letter: str) -> str:
        return f"{letter}{next(self._numbers):08}"
