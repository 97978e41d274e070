"""Logging in with SASL, word for word."""

import base64

from bot.adapters.irc.login.mechanisms import Login
from bot.adapters.irc.login.sasl import Failure, Sasl, Success
from tests.adapters.irc.lines import converse

SCRAM = Login("user", "pencil", certificate=False, private=True, setting="scram-sha-256")
CHECK = "check account and password"


def outcome(login: Login, offered: str | None, script: str) -> Success | Failure | None:
    """What comes of this dialogue, word for word."""
    sasl = Sasl(login, offered)
    said, expected = converse(script, sasl.start, lambda line: sasl.hear(*line))
    assert said == expected
    return sasl.result


def hear(sasl: Sasl, chunk: str) -> list[str]:
    return sasl.hear("authenticate", chunk, [])


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def unb64(lines: list[str]) -> str:
    return base64.b64decode("".join(lines).replace("AUTHENTICATE ", "")).decode()
