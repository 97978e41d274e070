"""views.open, .push, .update and .publish."""

from __future__ import annotations

from typing import Any

from tests.servers.slack.arguments import Kind
from tests.servers.slack.errors import Refused, refused
from tests.servers.slack.lifetimes import Trigger
from tests.servers.slack.methods.method import Caller, Method
from tests.servers.slack.opened import View
from tests.servers.slack.views import check_view

# https://docs.slack.dev/reference/methods/views.push#errors (push_limit_reached)
MOST_VIEWS = 3


def _open(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/views.open"""
    view = check_view(given["view"], ("modal",))
    _unique(caller, view, None)
    trigger = _trigger(caller, given)
    return {"view": caller.slack.open_view(caller.bot, trigger.user, view).as_json()}


def _push(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/views.push: on the modal that is open."""
    view = check_view(given["view"], ("modal",))
    _unique(caller, view, None)
    trigger = _trigger(caller, given)
    stack = trigger.user.modals.get(caller.app.id, [])
    if not stack:
        raise Refused("not_found")
    if len(stack) >= MOST_VIEWS:
        raise Refused("push_limit_reached")
    return {"view": caller.slack.open_view(caller.bot, trigger.user, view, stack[-1]).as_json()}


def _update(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/views.update"""
    if ("view_id" in given) == ("external_id" in given):
        raise refused("invalid_arguments", ["either view_id or external_id is required"])
    found = next((one for one in caller.slack.views.values() if _meant(one, given)), None)
    if found is None or found.installation is not caller.bot or not found.open:
        raise Refused("not_found")
    view = check_view(given["view"], (found.type,))
    _unique(caller, view, found)
    _same(found, given)
    caller.slack.update_view(found, view)
    return {"view": found.as_json()}


def _publish(caller: Caller, given: dict[str, Any]) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/views.publish"""
    if not caller.app.manifest.home_tab:
        raise Refused("not_enabled")
    view = check_view(given["view"], ("home",))
    user = caller.workspace.users.get(given["user_id"])
    # Its page has no error for that one; the answer to any wrong argument is assumed.
    if user is None or user.is_bot or user.deleted:
        raise refused("invalid_arguments", ["invalid `user_id`"])
    there = user.home.get(caller.app.id)
    _unique(caller, view, there)
    if there is not None:
        _same(there, given)
    elif "hash" in given:
        raise Refused("hash_conflict")
    return {"view": caller.slack.publish(caller.bot, user, view).as_json()}


def _trigger(caller: Caller, given: dict[str, Any]) -> Trigger:
    trigger = caller.slack.spend_trigger(caller.app, given["trigger_id"])
    if trigger.workspace is not caller.workspace:
        raise Refused("invalid_trigger_id")
    return trigger


def _same(view: View, given: dict[str, Any]) -> None:
    """It is still as the app believes that it is."""
    if "hash" in given and given["hash"] != view.hash:
        raise Refused("hash_conflict")


def _meant(view: View, given: dict[str, Any]) -> bool:
    if "view_id" in given:
        return bool(view.id == given["view_id"])
    return view.open and view.payload.get("external_id") == given["external_id"]


def _unique(caller: Caller, view: dict[str, Any], instead: View | None) -> None:
    """https://docs.slack.dev/reference/views: unique for all views of a team."""
    wanted = view.get("external_id")
    for one in caller.slack.views.values():
        taken = wanted and one.open and one.payload.get("external_id") == wanted
        if taken and one is not instead and one.installation is caller.bot:
            raise Refused("duplicate_external_id")


_TRIGGERED = {"view": Kind.JSON, "trigger_id": Kind.STRING}
METHODS = (
    Method("views.open", _open, _TRIGGERED, ("view", "trigger_id"), takes_json=True, tier=100),
    Method("views.push", _push, _TRIGGERED, ("view", "trigger_id"), takes_json=True, tier=100),
    Method(
        "views.update", _update,
        {
            "view": Kind.JSON, "view_id": Kind.STRING, "external_id": Kind.STRING,
            "hash": Kind.STRING,
        },
        ("view",), takes_json=True, tier=100,
    ),
    Method(
        "views.publish", _publish,
        {"view": Kind.JSON, "user_id": Kind.STRING, "hash": Kind.STRING},
        ("view", "user_id"), takes_json=True, tier=100,
    ),
)  # fmt: skip
