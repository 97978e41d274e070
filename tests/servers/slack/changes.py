"""What happened in a workspace, as those who watch it are told."""

from dataclasses import dataclass
from typing import Any

from tests.servers.slack.apps import Installation
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.opened import View
from tests.servers.slack.users import User


@dataclass(frozen=True, slots=True)
class Posted:
    message: Message


@dataclass(frozen=True, slots=True)
class Whispered:
    """An ephemeral message."""

    message: Message


@dataclass(frozen=True, slots=True)
class Edited:
    """`before` is the message as JSON, as it was."""

    message: Message
    before: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deleted:
    message: Message


@dataclass(frozen=True, slots=True)
class Joined:
    channel: Channel
    user: User


@dataclass(frozen=True, slots=True)
class Left:
    channel: Channel
    user: User


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Deactivated, too."""

    user: User


@dataclass(frozen=True, slots=True)
class Uninstalled:
    installation: Installation


@dataclass(frozen=True, slots=True)
class Revoked:
    installation: Installation
    token: str


@dataclass(frozen=True, slots=True)
class Opened:
    view: View


@dataclass(frozen=True, slots=True)
class Updated:
    view: View


@dataclass(frozen=True, slots=True)
class Published:
    view: View


Change = (
    Posted | Whispered | Edited | Deleted | Joined | Left | ProfileChanged | Uninstalled | Revoked
    | Opened | Updated | Published
)  # fmt: skip
