"""The members of a workspace, bots among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from tests.servers.slack.opened import View
    from tests.servers.slack.workspaces import Workspace


@dataclass(eq=False)
class User:
    """`tz` None: the profile names no timezone. `home` and `modals` are what they see of each app,
    by its id; the modals are a stack, the lowest first."""

    id: str
    workspace: Workspace
    name: str
    real_name: str
    display_name: str = ""
    tz: str | None = "America/Los_Angeles"
    is_bot: bool = False
    app_id: str | None = None
    bot_id: str | None = None
    deleted: bool = False
    updated: float = 0.0
    home: dict[str, View] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)

    @property
    def team_id(self) -> str:
        return self.workspace.id

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def as_json(self, now: float) -> dict[str, Any]:
        """https://docs.slack.dev/reference/objects/user-object"""
        profile: dict[str, Any] = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "team": self.team_id,
        }
        if self.bot_id is not None:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id}
        said = {
            "id": self.id, "team_id": self.team_id, "name": self.name, "deleted": self.deleted,
            "profile": profile, "is_bot": self.is_bot, "is_app_user": False,
            "updated": int(self.updated),
        }  # fmt: skip
        # That page: "users who have been deactivated" have neither names nor zones on top.
        if self.deleted:
            return said
        said |= {"real_name": self.real_name, "is_admin": False, "is_owner": False}
        if self.tz is not None:
            local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.tz))
            offset = local.utcoffset()
            said |= {
                "tz": self.tz,
                "tz_label": local.tzname(),
                "tz_offset": 0 if offset is None else int(offset.total_seconds()),
            }
        return said
