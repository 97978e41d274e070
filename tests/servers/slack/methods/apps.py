"""apps.connections.open and apps.uninstall."""

from __future__ import annotations

from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.errors import Refused
from tests.servers.slack.methods.method import Caller, Method

# https://docs.slack.dev/reference/methods/apps.connections.open is of tier 1, "1+ per minute",
# where "a small amount of burst behaviour is tolerated": assumed as many as sockets may be open.
_OPENINGS = 10


def _open(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """A URL for one socket: https://docs.slack.dev/apis/events-api/using-socket-mode"""
    ticket = caller.slack.issue_ticket(caller.app)
    base = caller.slack.url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={caller.app.id}"}


def _uninstall(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/apps.uninstall"""
    found = next(
        (app for app in caller.slack.apps.values() if app.client_id == given["client_id"]), None
    )
    if found is None:
        raise Refused("invalid_client_id")
    if found.client_secret != given["client_secret"]:
        raise Refused("bad_client_secret")
    if found is not caller.app:
        raise Refused("client_id_token_mismatch")
    caller.slack.uninstall(caller.bot)
    return {}


METHODS = (
    Method(
        "apps.connections.open", _open, {}, token="app", scopes=("connections:write",),
        takes_json=True, tier=_OPENINGS,
    ),
    Method(
        "apps.uninstall", _uninstall, {"client_id": Kind.STRING, "client_secret": Kind.STRING},
        ("client_id", "client_secret"), tier=1,
    ),
)  # fmt: skip
