"""Views that somebody has before them: modals, and the Home tab."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.slack.apps import App, Installation
from tests.servers.slack.ids import short_id
from tests.servers.slack.users import User


@dataclass(eq=False)
class View:
    """`payload` is what the app sent, with the ids that Slack gave to what had none. `previous` is
    the modal that it lies on. `revisions` are all payloads, the present one last. `values` is what
    was entered, `errors` what the app found wrong with it, by the block's id."""

    id: str
    installation: Installation
    user: User
    payload: dict[str, Any]
    hash: str
    previous: View | None = None
    open: bool = True
    revisions: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.revisions.append(self.payload)

    @property
    def app(self) -> App:
        return self.installation.app

    @property
    def type(self) -> Literal["modal", "home"]:
        return "home" if self.payload["type"] == "home" else "modal"

    @property
    def root(self) -> View:
        return self if self.previous is None else self.previous.root

    def replace(self, payload: dict[str, Any], hash: str) -> None:
        self.payload, self.hash = payload, hash
        self.errors = {}
        self.revisions.append(payload)

    def as_json(self) -> dict[str, Any]:
        """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
        given = self.payload
        # https://docs.slack.dev/reference/views: an external_id is given to views without one.
        said = {
            "id": self.id,
            "team_id": self.installation.team_id,
            "type": self.type,
            "blocks": given["blocks"],
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "clear_on_close": given.get("clear_on_close", False),
            "notify_on_close": given.get("notify_on_close", False),
            "root_view_id": self.root.id,
            "previous_view_id": None if self.previous is None else self.previous.id,
            "app_id": self.app.id,
            "external_id": given.get("external_id", ""),
            "app_installed_team_id": self.installation.team_id,
            "bot_id": self.installation.bot_id,
            "title": given.get("title"),
            "close": given.get("close"),
            "submit": given.get("submit"),
        }
        if self.type == "home":
            said["title"] = {"type": "plain_text", "text": "View Title", "emoji": True}
        return said


def new_hash(now: float) -> str:
    """As "1569362015.55b5e41b"."""
    return f"{int(now)}.{short_id().lower()}"
