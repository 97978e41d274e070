"""Requests that the homeserver wants confirmed with the password of the account.

https://spec.matrix.org/latest/client-server-api/#user-interactive-authentication-api
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from bot.adapters.matrix.homeserver import Homeserver, Refused

_PASSWORD = "m.login.password"  # noqa: S105  # the name of a stage
_DUMMY = "m.login.dummy"
_STAGES = 3
"""More than a server has that wants what we have."""


class NotConfirmed(Exception):
    """The homeserver wants what the bot does not have; the message completes "because ..."."""


async def confirmed(
    server: Homeserver, method: str, *path: str,
    body: Mapping[str, Any], user_id: str, password: SecretStr | None,
) -> Any:  # fmt: skip
    """The answer to a request of an account's owner. Raises NotConfirmed, Refused and Away."""
    auth: dict[str, Any] = {}
    for _ in range(_STAGES):
        try:
            return await server.ask(method, *path, body={**body, **auth})
        except Refused as refusal:
            if refusal.status != 401 or "flows" not in refusal.body:
                raise
            auth = {"auth": _confirmation(refusal, user_id, password)}
    raise NotConfirmed("the homeserver asks for the same again and again")


def _confirmation(refusal: Refused, user_id: str, password: SecretStr | None) -> dict[str, Any]:
    """What to add to the request. Raises NotConfirmed."""
    if "errcode" in refusal.body:
        raise NotConfirmed(f"the homeserver does not take the password ({refusal.said})")
    completed = _texts(refusal.body.get("completed"))
    flows = refusal.body["flows"]
    stages = [
        [stage for stage in _texts(flow.get("stages")) if stage not in completed]
        for flow in (flows if isinstance(flows, list) else [])
        if isinstance(flow, dict)
    ]
    ours = [flow for flow in stages if flow and {*flow} <= {_PASSWORD, _DUMMY}]
    if not ours:
        asked = ", ".join(sorted({stage for flow in stages for stage in flow})) or "nothing known"
        raise NotConfirmed(f"the homeserver wants it confirmed by other means ({asked})")
    session = {"session": refusal.body["session"]} if "session" in refusal.body else {}
    shortest = min(ours, key=len)
    if shortest[0] == _DUMMY:
        return {"type": _DUMMY, **session}
    if password is None:
        raise NotConfirmed("the homeserver wants it confirmed with the account's password")
    return {
        "type": _PASSWORD,
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password.get_secret_value(),
        **session,
    }


def _texts(value: object) -> Sequence[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
