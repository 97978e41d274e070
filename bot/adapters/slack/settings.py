"""What `[slack]` may say. Imports nothing of the libraries that speak Slack."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.adapters.settings import NetworkName

_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_CHANNEL = re.compile(r"(?:[TE][A-Z0-9]+/)?[CG][A-Z0-9]+")
_USER = re.compile(r"(?:[TE][A-Z0-9]+/)?[UW][A-Z0-9]+")
_URL = re.compile(r"https?://[^\s/?#]+(?:/[^\s?#]*)?")
# https://slack.com/help/articles/201259356-Slash-commands-in-Slack
_BUILT_IN = (
    "archive", "away", "active", "call", "collapse", "dm", "dnd", "expand", "feed", "help",
    "invite", "join", "kick", "leave", "me", "msg", "mute", "open", "remind", "remove", "rename",
    "search", "shortcuts", "shrug", "star", "status", "topic", "who",
)  # fmt: skip


def _command(value: str) -> str:
    if not _COMMAND.fullmatch(value):
        raise ValueError('it must look like "/summit": small letters, digits, - and _')
    if value[1:] in _BUILT_IN:
        raise ValueError(f"{value} is Slack's own: choose another")
    return value


def _channel(value: str) -> str:
    if not _CHANNEL.fullmatch(value):
        raise ValueError(
            'it must be the id of a channel like "C0123456789" (in its details, at the bottom), or'
            ' "T0123456789/C0123456789" in one of several workspaces'
        )
    return value


def _user(value: str) -> str:
    if not _USER.fullmatch(value):
        raise ValueError(
            'it must be the id of a person like "U0123456789" (in their profile, behind the three'
            ' dots: Copy member ID), or "T0123456789/U0123456789" in one of several workspaces'
        )
    return value


def _url(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError('it must be a URL like "https://bot.example.org"')
    return value.rstrip("/")


class Slack(BaseModel):
    """One app on Slack: in one workspace, with its `bot_token`, or in all that install it.

    Slack is heard over Socket Mode, with the `app_token`, or over HTTP at `host` and `port`, where
    each request is signed with the `signing_secret`; `ping` is how many seconds a dead socket may
    take to be noticed. Several workspaces need `client_id`, `client_secret`, the `public_url` of
    the HTTP server, and the `token_key` that their tokens are encrypted with. What comes up is
    posted in the channels of `coming_up`, announcements there and in `channels`. `organisers` are
    ids of people. An answer has at most `lines` in a channel and `private_lines` elsewhere. `rate`
    is how many messages a second each workspace takes after a `burst` of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NetworkName = "slack"
    mode: Literal["socket", "http"] = "socket"
    command: Annotated[str, AfterValidator(_command)] = "/summit"
    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: Annotated[str, AfterValidator(_url)] = "https://slack.com/api"
    ping: float = Field(default=2.0, ge=0.5, le=60)

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    client_id: str | None = None
    client_secret: SecretStr | None = None
    public_url: Annotated[str, AfterValidator(_url)] | None = None
    token_key: SecretStr | None = None

    display_name: str = Field(default="Summit Bot", min_length=1, max_length=35)
    channels: list[Annotated[str, AfterValidator(_channel)]] = []
    coming_up: list[Annotated[str, AfterValidator(_channel)]] = []
    organisers: list[Annotated[str, AfterValidator(_user)]] = []
    lines: int = Field(default=10, ge=1, le=50)
    private_lines: int = Field(default=20, ge=2, le=50)

    rate: float = Field(default=5.0, gt=0, le=1000)
    burst: int = Field(default=5, ge=1)

    @model_validator(mode="after")
    def _fits_together(self) -> "Slack":
        if self.mode == "socket" and self.app_token is None:
            raise ValueError(
                "it needs an app_token (xapp-…), here or in the environment"
                ' (SUMMIT_BOT_SLACK__APP_TOKEN), or mode = "http"'
            )
        if self.mode == "http" and self.signing_secret is None:
            raise ValueError(
                "it needs a signing_secret, here or in the environment"
                ' (SUMMIT_BOT_SLACK__SIGNING_SECRET), or mode = "socket"'
            )
        oauth = {
            "client_id": self.client_id, "client_secret": self.client_secret,
            "public_url": self.public_url, "token_key": self.token_key,
        }  # fmt: skip
        missing = sorted(name for name, value in oauth.items() if value is None)
        if self.client_id is None and self.bot_token is None:
            raise ValueError(
                "it needs a bot_token (xoxb-…), here or in the environment"
                " (SUMMIT_BOT_SLACK__BOT_TOKEN), or, for several workspaces, a client_id"
            )
        if self.client_id is not None and self.bot_token is not None:
            raise ValueError(
                "bot_token is for one workspace, client_id for several: leave one of them out"
            )
        if self.client_id is not None and missing:
            raise ValueError(f"several workspaces need {', '.join(missing)} too")
        if self.client_id is not None:
            for key, names in (("channels", self.channels), ("coming_up", self.coming_up)):
                if any("/" not in name for name in names):
                    raise ValueError(
                        f"{key}: where there are several workspaces a channel is written with its"
                        ' own, like "T0123456789/C0123456789"'
                    )
            if any("/" not in user for user in self.organisers):
                raise ValueError(
                    "organisers: where there are several workspaces a person is written with their"
                    ' own, like "T0123456789/U0123456789"'
                )
        return self

    @property
    def installs(self) -> bool:
        """True if any workspace may install the app."""
        return self.client_id is not None

    @property
    def all_channels(self) -> tuple[str, ...]:
        """Each channel that the settings name, once."""
        names: dict[str, str] = {}
        for name in (*self.channels, *self.coming_up):
            # Of the only workspace there is nobody has to write the id.
            names.setdefault(name if self.installs else name.rpartition("/")[2], name)
        return tuple(names.values())

    def names_organiser(self, user: str) -> bool:
        """True if this user, as `workspace/user`, is an organiser."""
        team, _, person = user.partition("/")
        known = f"{team}/{person}" in self.organisers
        return known or (not self.installs and person in self.organisers)
