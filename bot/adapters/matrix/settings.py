"""What `[matrix]` may say. Imports nothing of the library that speaks Matrix."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.adapters.settings import NetworkName

_USER = re.compile(r"@[^:\s]+:[^\s]+")
_ROOM = re.compile(r"!\S+|#[^\s:]+:\S+")
_WELCOME = re.compile(r"\*|[@!]?[^\s@!#*]+")
_URL = re.compile(r"https?://[^\s/]+(?:/[^\s?#]*)?")


def _homeserver(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError('it must be a URL like "https://matrix.example.org"')
    return value.rstrip("/")


def _user(value: str) -> str:
    if not _USER.fullmatch(value):
        raise ValueError('it must be a whole user id like "@summitbot:example.org"')
    return value


def _organiser(value: str) -> str:
    if not _USER.fullmatch(value) or "*" in value:
        raise ValueError('it must be the whole id of one user, like "@ada:example.org"')
    return value


def _room(value: str) -> str:
    if not _ROOM.fullmatch(value):
        raise ValueError('it must be a room like "#summit:example.org" or "!id:example.org"')
    return value


def _welcome(value: str) -> str:
    if not _WELCOME.fullmatch(value):
        raise ValueError(
            'it must be a server like "example.org", a user like "@ada:example.org", a room like'
            ' "!id:example.org", or "*" for everybody'
        )
    return value


User = Annotated[str, AfterValidator(_user)]
Room = Annotated[str, AfterValidator(_room)]


class Matrix(BaseModel):
    """One account on a homeserver.

    The bot comes where it is invited by one of `invitations` (servers, users, rooms; None for the
    people of its own server), joins `rooms`, and does not answer those in `ignore`. What comes up
    is posted in the rooms of `coming_up`. `organisers` are ids of users. An answer has at most
    `lines` in a room and `private_lines` in a direct chat. `rate` is how many messages a second the
    homeserver takes after a `burst` of them, 0 for any number; None where it can be asked, or has
    the usual limits. Direct chats that the bot opens are limited likewise, by `chat_rate` and
    `chat_burst`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NetworkName = "matrix"
    homeserver: Annotated[str, AfterValidator(_homeserver)]
    user_id: User
    password: SecretStr | None = None
    access_token: SecretStr | None = None
    device_id: str | None = None
    store: Path = Path("matrix-store")
    encryption: bool = True

    display_name: str = "Summit Bot"
    rooms: list[Room] = []
    coming_up: list[Room] = []
    organisers: list[Annotated[str, AfterValidator(_organiser)]] = []
    invitations: list[Annotated[str, AfterValidator(_welcome)]] | None = None
    ignore: list[User] = []
    prefix: str = "!"
    lines: int = Field(default=12, ge=1, le=100)
    private_lines: int = Field(default=20, ge=2, le=200)

    rate: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    burst: int | None = Field(default=None, ge=1)
    chat_rate: float = Field(default=1 / 60, gt=0, allow_inf_nan=False)
    chat_burst: int = Field(default=10, ge=1)

    @model_validator(mode="after")
    def _fits_together(self) -> "Matrix":
        if self.password is None and self.access_token is None:
            raise ValueError(
                "it needs a password, here or in the environment (SUMMIT_BOT_MATRIX__PASSWORD), or"
                " an access_token with its device_id"
            )
        if (self.access_token is None) != (self.device_id is None):
            raise ValueError("access_token and device_id belong together")
        strangers = set(self.coming_up) - set(self.rooms)
        if strangers:
            raise ValueError(f"coming_up: the bot does not join {', '.join(sorted(strangers))}")
        return self

    @property
    def server_name(self) -> str:
        """The server in the user's id, whose people may invite the bot."""
        return self.user_id.partition(":")[2]
