"""The devices of the account: logging in as a new one, and removing those that the bot was before.

https://spec.matrix.org/latest/client-server-api/#login
https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3delete_devices
"""

from collections.abc import Sequence
from typing import Any

import structlog

from bot.adapters.matrix.confirming import NotConfirmed, confirmed
from bot.adapters.matrix.folder import Kept
from bot.adapters.matrix.homeserver import Away, Homeserver, Refused
from bot.adapters.matrix.login.validity import check_user
from bot.adapters.matrix.settings import Matrix
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

DEVICE_NAME = "Summit Bot"
"""How its devices are called in the account's list, and recognised when nothing else is known."""


async def log_in(settings: Matrix, server: Homeserver, device_id: str | None = None) -> Kept:
    """Log in with the password, as a new device if none is named; the server then has its token.
    Raises CannotSpeak, Refused where it is to be tried again, and Away."""
    assert settings.password is not None
    body: dict[str, Any] = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": settings.user_id},
        "password": settings.password.get_secret_value(),
        "initial_device_display_name": DEVICE_NAME,
    }
    if device_id is not None:
        body["device_id"] = device_id
    server.token = None
    try:
        answer = await server.ask("POST", "login", body=body)
    except Refused as refusal:
        if refusal.limited:
            raise
        raise CannotSpeak(_not_let_in(settings, refusal)) from None
    try:
        server.token, device_id = str(answer["access_token"]), str(answer["device_id"])
    except (LookupError, TypeError):
        raise Away("it does not say as which device the bot is logged in") from None
    try:
        check_user(settings, answer)
    except CannotSpeak:
        await server.ask("POST", "logout")
        raise
    return Kept(settings.user_id, device_id, server.token, settings.homeserver, tidy=False)


async def remove_former(
    settings: Matrix, server: Homeserver, now: Kept, former: Sequence[Kept]
) -> None:
    """Remove the devices that the bot was before: `former`, whose tokens still hold, and those
    that carry its name. What the homeserver does not allow stays, with a line in the log.

    Raises Refused where that is to be tried again, and Away."""
    removed = [old.device_id for old in former if await _logged_out(server, old)]
    server.token = now.token
    answer = await server.ask("GET", "devices")
    others = [
        device["device_id"]
        for device in answer.get("devices", [])
        if device.get("display_name") == DEVICE_NAME and device["device_id"] != now.device_id
    ]
    if others:
        try:
            await confirmed(
                server, "POST", "delete_devices",
                body={"devices": others}, user_id=settings.user_id, password=settings.password,
            )  # fmt: skip
            removed += others
        except (NotConfirmed, Refused) as why:
            if isinstance(why, Refused) and (why.limited or why.unknown_token):
                raise
            _log.warning(
                f"Devices that the bot was before stay logged in ({', '.join(others)}), because"
                f" {_why(why)}.",
                network=settings.name,
            )
    if removed:
        _log.warning(
            f"Removed what the bot was before: {', '.join(removed)}. What was encrypted for that"
            " cannot be read any more.",
            network=settings.name,
        )


def _why(problem: NotConfirmed | Refused) -> str:
    if isinstance(problem, Refused):
        return f"the homeserver does not remove them ({problem.said or problem.code})"
    return str(problem)


async def _logged_out(server: Homeserver, former: Kept) -> bool:
    """To log out needs no password, which other ways to delete a device do."""
    server.token = former.token
    try:
        await server.ask("POST", "logout")
    except Refused:
        return False
    return True


def _not_let_in(settings: Matrix, refusal: Refused) -> str:
    match refusal.code:
        case "M_FORBIDDEN":
            return (
                f"The homeserver does not let {settings.user_id} log in ({refusal.said}): check"
                " user_id and password."
            )
        case "M_USER_DEACTIVATED":
            return f"The account {settings.user_id} is deactivated: give the bot another one."
        case _:
            return (
                f"The homeserver does not let {settings.user_id} log in with a password"
                f" ({refusal.said or refusal.code}): set an access_token with its device_id."
            )
