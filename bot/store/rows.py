"""Values to columns and back."""

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.messages import Bookmark, Preferences
from bot.schedule import Facts, Slot

# What is due at once are thousands of bookmarks of the same few sessions.
_REMEMBERED = 1_000


def to_ms(at: datetime | None) -> int:
    """Milliseconds since 1970; 0 for None."""
    return round(at.timestamp() * 1000) if at is not None else 0


def from_ms(value: int) -> datetime | None:
    """The moment in UTC; None for 0."""
    return moment(value) if value else None


def moment(value: int) -> datetime:
    """The moment in UTC, of what is never missing."""
    assert value, "a moment is missing"
    return datetime.fromtimestamp(value / 1000, UTC)


@lru_cache(_REMEMBERED)
def facts_text(facts: Facts) -> str:
    """Facts as JSON."""
    slot = facts.slot
    data = [facts.title, to_ms(slot.start), to_ms(slot.end), slot.rooms, facts.cancelled]
    return json.dumps(data, ensure_ascii=False)


@lru_cache(_REMEMBERED)
def facts_key(facts: Facts) -> str:
    """Equal for two facts exactly if the one says the same as the other."""
    same = (
        ["cancelled"]
        if facts.cancelled
        else [facts.title, to_ms(facts.slot.start), facts.slot.rooms]
    )
    return hashlib.md5(json.dumps(same).encode(), usedforsecurity=False).hexdigest()


def told_columns(facts: Facts) -> dict[str, Any]:
    """The columns that say what somebody has been told."""
    return {
        "told": facts_text(facts),
        "told_key": facts_key(facts),
        "told_start": to_ms(facts.slot.start),
        "told_until": to_ms(facts.slot.until),
    }


@lru_cache(_REMEMBERED)
def facts_from(text: str) -> Facts:
    """What `facts_text` wrote."""
    title, start, end, rooms, cancelled = json.loads(text)
    return Facts(title, Slot(moment(start), from_ms(end), tuple(rooms)), cancelled)


def bookmark_from(row: Any) -> Bookmark:
    """A row of `bookmarks`."""
    return Bookmark(
        session_id=row.session_id,
        told=facts_from(row.told),
        before=row.before,
        own_before=row.own_before,
        muted=row.muted,
        snoozed_until=from_ms(row.snoozed_until),
        reminded=from_ms(row.reminded),
        message=row.message,
        message_facts=facts_from(row.message_facts) if row.message_facts else None,
        message_moves=row.message_moves,
        message_announces=row.message_announces,
        failure=row.failure,
    )


def preferences_from(row: Any) -> Preferences:
    """A row of `users`."""
    zone = ZoneInfo(row.timezone) if row.timezone else None
    return Preferences(row.before, zone, row.hours, row.plain, row.named)
