"""What is said in the tests, how it goes out and stands in histories, and where."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.adapters.slack.cards.writing import Content
from bot.adapters.slack.sending.delivery import Sending
from tests.adapters.slack.sending.scripted import TS
from tests.summit import StandingClock, at

NINE = at(16, 9)
SOON = NINE + timedelta(minutes=5)
BLOCKS: list[dict[str, Any]] = [{"type": "divider"}]
CARD = Content("Keynote at 10:00", BLOCKS)
POSTING = "chat.postMessage"


@dataclass
class Workspace:
    """A workspace to say something in; `revoked` are the codes with which it threw us out."""

    sending: Sending
    clock: StandingClock
    revoked: list[str]


def posted(channel: str, key: str, **more: object) -> dict[str, Any]:
    """A message as it goes out."""
    return {
        "channel": channel, "text": CARD.text, "blocks": BLOCKS, "parse": "none", "mrkdwn": False,
        "unfurl_links": False, "unfurl_media": False,
        "metadata": {"event_type": "summit_bot_message", "event_payload": {"key": key}}, **more,
    }  # fmt: skip


def in_history(key: str, ts: str = TS) -> dict[str, Any]:
    """A message as a conversation has it."""
    carried = {"event_type": "summit_bot_message", "event_payload": {"key": key}}
    return {"type": "message", "ts": ts, "metadata": carried}


OTHERS: list[dict[str, Any]] = [
    {"type": "message", "ts": "1.1"},
    {
        "type": "message",
        "ts": "1.2",
        "metadata": {"event_type": "x", "event_payload": {"key": "k"}},
    },
    {"type": "message", "ts": "1.3", "metadata": {}},
    in_history("another"),
]
