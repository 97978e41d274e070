"""What a login is worth: whether the homeserver knows its token, and whether its device can read.

A device whose keys are lost would be written to, and never read a word. That is found out by
comparing the keys in the store folder with those that the homeserver shows to others.
"""

from enum import Enum, auto
from typing import Any

from bot.adapters.matrix.folder import Folder, Kept
from bot.adapters.matrix.homeserver import Homeserver, Refused
from bot.adapters.matrix.keys.queried import published
from bot.adapters.matrix.settings import Matrix
from bot.ports import CannotSpeak


class Standing(Enum):
    """What has become of a login."""

    HOLDS = auto()
    """It can be used."""
    UNUSED = auto()
    """It can be used; its device has no keys yet."""
    LOST = auto()
    """The keys of its device are lost."""
    EXPIRED = auto()
    """Its device is there, and needs a new token (`soft_logout`)."""
    UNKNOWN = auto()
    """Its device was logged out."""

    @property
    def usable(self) -> bool:
        """True if the bot can go on with it."""
        return self in (Standing.HOLDS, Standing.UNUSED)


async def standing(settings: Matrix, server: Homeserver, folder: Folder, login: Kept) -> Standing:
    """What has become of a login, whose token the server then has. Raises CannotSpeak if it is
    another one than it seems, Refused and Away."""
    server.token = login.token
    try:
        answer = await server.ask("GET", "account", "whoami")
    except Refused as refusal:
        if not refusal.unknown_token:
            raise
        return Standing.EXPIRED if refusal.expired else Standing.UNKNOWN
    check_user(settings, answer)
    device_id = answer.get("device_id", login.device_id)
    if device_id != login.device_id:
        raise CannotSpeak(
            f"The access token that the bot has belongs to the device {device_id}, and not to"
            f' {login.device_id}: set device_id = "{device_id}".'
        )
    return await _reading(server, folder, login) if settings.encryption else Standing.HOLDS


def check_user(settings: Matrix, answer: Any) -> None:
    """Raises CannotSpeak if the homeserver says that the bot is somebody else."""
    user_id = answer.get("user_id") if isinstance(answer, dict) else None
    if user_id != settings.user_id:
        raise CannotSpeak(
            f"The homeserver says that the bot is {user_id}, and not {settings.user_id}: set"
            f' user_id = "{user_id}", or use the login of the other.'
        )


async def _reading(server: Homeserver, folder: Folder, login: Kept) -> Standing:
    shown = (await published(server, login.user_id)).keys_of(login.device_id)
    ours = folder.device_keys(login.user_id, login.device_id)
    if ours is None:
        return Standing.UNUSED if shown is None else Standing.LOST
    if shown is None:
        return Standing.LOST if ours.published else Standing.HOLDS
    return Standing.HOLDS if shown == (ours.ed25519, ours.curve25519) else Standing.LOST
