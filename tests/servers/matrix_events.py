"""Events in Matrix rooms: as clients get them, and what people's clients put into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

Content = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something in a room; an invitation has no id."""

    room: str
    id: str
    sender: str
    type: str
    content: Content
    state_key: str | None = None
    encrypted: bool = False  # on its way

    @classmethod
    def of(cls, room: str, raw: Mapping[str, Any], plain: Mapping[str, Any] | None = None) -> Self:
        """`plain` is what was encrypted in it, with its type."""
        readable = raw if plain is None else plain
        return cls(
            room=room,
            id=raw.get("event_id", ""),
            sender=raw["sender"],
            type=readable["type"],
            content=readable["content"],
            state_key=raw.get("state_key"),
            encrypted=raw["type"] == "m.room.encrypted",
        )

    def __str__(self) -> str:
        return f"{self.sender} {self.type} {self.content}"


def message(
    body: str, html: str = "", msgtype: str = "m.text", thread: str = "", reply_to: str = "",
    mentions: Sequence[str] = (),
) -> Content:  # fmt: skip
    """Of m.room.message. `thread` and `reply_to` are events; what is in a thread is shown as a
    reply to the thread's first event by clients that know no threads."""
    content: Content = {"msgtype": msgtype, "body": body}
    if html:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    if mentions:
        content["m.mentions"] = {"user_ids": list(mentions)}
    relation: Content = {}
    if thread:
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply_to}
    if thread or reply_to:
        relation["m.in_reply_to"] = {"event_id": reply_to or thread}
        content["m.relates_to"] = relation
    return content


def edit(event: str, new: Content) -> Content:
    """Of m.room.message: from now on `event` says this."""
    content = new | {"body": f"* {new['body']}", "m.new_content": new}
    if "formatted_body" in new:
        content["formatted_body"] = f"* {new['formatted_body']}"
    return content | {"m.relates_to": {"rel_type": "m.replace", "event_id": event}}


def reaction(event: str, key: str) -> Content:
    """Of m.reaction."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": key}}
