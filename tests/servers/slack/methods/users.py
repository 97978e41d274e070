"""users.info."""

from __future__ import annotations

from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.methods.method import Caller, Method


def _info(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/users.info, of those who are gone too."""
    said = caller.user(given["user"]).as_json(caller.slack.now())
    if given.get("include_locale"):
        said["locale"] = "en-US"
    return {"user": said}


METHODS = (
    Method(
        "users.info", _info, {"user": Kind.STRING, "include_locale": Kind.BOOLEAN}, ("user",),
        ("users:read",), tier=100,
    ),
)  # fmt: skip
