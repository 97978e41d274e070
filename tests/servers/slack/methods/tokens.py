"""auth.test, auth.revoke and oauth.v2.access."""

from __future__ import annotations

from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.errors import Refused, refused
from tests.servers.slack.methods.method import Caller, Method


def _test(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/auth.test, of either kind of token."""
    if caller.installation is None:
        # An app-level token is told the app alone: assumed.
        return {"app_name": caller.app.manifest.name, "app_id": caller.app.id}
    team, user = caller.workspace, caller.bot.bot_user
    return {
        "url": f"https://{team.domain}.slack.com/", "team": team.name, "user": user.name,
        "team_id": team.id, "user_id": user.id, "bot_id": caller.bot.bot_id,
        "is_enterprise_install": False,
    }  # fmt: skip


def _revoke(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/auth.revoke: `test` changes nothing."""
    if given.get("test"):
        return {"revoked": False}
    caller.slack.revoke(caller.token)
    return {"revoked": True}


def _access(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/oauth.v2.access; the client by HTTP Basic, or in
    the arguments. A workspace that has the app already gets one more token."""
    id, secret = caller.basic or (given.get("client_id", ""), given.get("client_secret", ""))
    app = next((app for app in caller.slack.apps.values() if app.client_id == id), None)
    if app is None:
        raise Refused("invalid_client_id")
    if app.client_secret != secret:
        raise Refused("bad_client_secret")
    if "code" not in given:
        raise refused("invalid_arguments", ["missing required field: code"])
    grant = caller.slack.lifetimes.exchange(given["code"])
    if grant.app is not app:
        raise Refused("invalid_code")
    if grant.redirect_uri != given.get("redirect_uri"):
        raise Refused("bad_redirect_uri")
    installed = app.install(grant.workspace, grant.scopes)
    return {
        "app_id": app.id,
        "authed_user": {"id": grant.user.id},
        "scope": ",".join(sorted(grant.scopes)),
        "token_type": "bot",
        "access_token": installed.bot_token,
        "bot_user_id": installed.bot_user.id,
        "team": {"id": grant.workspace.id, "name": grant.workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


METHODS = (
    # "Special": "hundreds of requests per minute" on its page.
    Method("auth.test", _test, {}, token="any", takes_json=True, tier=200),
    Method("auth.revoke", _revoke, {"test": Kind.BOOLEAN}),
    Method(
        "oauth.v2.access", _access,
        dict.fromkeys(
            ("code", "redirect_uri", "client_id", "client_secret", "grant_type"), Kind.STRING
        ),
        token="none", tier=100,
    ),
)  # fmt: skip
