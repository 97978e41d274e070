"""Who comes to rooms may call themselves whatever they like, and nio passes over people whose names
are none: without a name they are seen."""

from collections.abc import Mapping
from typing import Any

_PARTS = (("join", "state"), ("join", "timeline"), ("invite", "invite_state"))
"""Where in an answer to /sync there are members of rooms."""
_TEXTS = ("displayname", "avatar_url", "reason")
"""What may be left out (specification, "m.room.member")."""


def tidy(sync: Mapping[str, Any]) -> None:
    """Take out of an answer to /sync what should be text about members of rooms, and is not."""
    rooms = sync.get("rooms", {})
    for how, part in _PARTS:
        for room in rooms.get(how, {}).values():
            for event in room.get(part, {}).get("events", ()):
                content = event.get("content")
                if event.get("type") == "m.room.member" and isinstance(content, dict):
                    for key in _TEXTS:
                        if not isinstance(content.get(key, ""), str):
                            del content[key]
