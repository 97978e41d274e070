"""Events as they come in a sync, and what is heard in them."""

from typing import Any

from bot.adapters.matrix.hearing.listening import Me, Said
from tests.summit import at

ME = Me("@summitbot:example.org", frozenset({"Summit Bot", "summitbot"}), "!")
SENT = 1334566800000
WHEN = at(16, 9)
PILL = '<a href="https://matrix.to/#/@summitbot:example.org">Summit Bot</a>'
HTML = {"format": "org.matrix.custom.html"}
IN_REPLY = {"m.relates_to": {"m.in_reply_to": {"event_id": "$before"}}}
MENTIONED = {"m.mentions": {"user_ids": ["@summitbot:example.org"]}}


def event(content: Any, type: str = "m.room.message", **others: Any) -> dict[str, Any]:
    """An event of Ada's as it comes in a sync."""
    return {
        "type": type, "event_id": "$asked", "sender": "@ada:example.org",
        "origin_server_ts": SENT, "content": content,
    } | others  # fmt: skip


def message(body: Any, **others: Any) -> dict[str, Any]:
    return event({"msgtype": "m.text", "body": body, **others})


def said(
    line: str, *, addressed: bool = False, named: bool = False, thread: str | None = None,
    corrects: str | None = None,
) -> Said:  # fmt: skip
    return Said(
        "$asked", "@ada:example.org", WHEN, None, line, addressed or named, thread, corrects, named
    )
