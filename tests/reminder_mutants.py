"""Simpler designs of reminders that are wrong, put in place of the real one."""

import hashlib
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from bot import courier, notices
from bot.messages import Bookmark
from bot.notices import Notice
from bot.ports import Lease, Told
from bot.schedule import Session
from bot.store import claims, rows
from bot.store.rows import facts_text, to_ms
from bot.store.tables import bookmarks


def ids_made_from_facts(patch: pytest.MonkeyPatch) -> None:
    """A message's id is a digest of what it says: the same words are the same message."""
    reserve = claims._reserve

    def mutant(
        connection: Connection, messages: dict[tuple[int, str], list[Any]], lease: Lease
    ) -> None:
        for (user_id, message), items in list(messages.items()):
            said = [
                (said.announces, facts_text(said.claimed.notice.session.facts)) for said in items
            ]
            made = hashlib.md5(f"{user_id} {said}".encode()).hexdigest()
            del messages[user_id, message]
            messages[user_id, made] = items
        reserve(connection, messages, lease)

    patch.setattr(claims, "_reserve", mutant)


def doubt_forgotten(patch: pytest.MonkeyPatch) -> None:
    """When the facts are again what the owner was told, nothing is owed."""

    def mutant(
        bookmark: Bookmark, session: Session, now: datetime, opens: datetime
    ) -> Notice | None:
        if session.facts.says_the_same_as(bookmark.told):
            bookmark = replace(bookmark, message_moves=False)
        return notices.owed(bookmark, session, now, opens)

    patch.setattr(courier, "owed", mutant)


@dataclass(frozen=True, slots=True)
class _Marked(Bookmark):
    """A bookmark with the starts that its owner has a sent-marker for."""

    sent: frozenset[int] = frozenset()


def _marked(bookmark: Bookmark, sent: frozenset[int]) -> _Marked:
    values = {field.name: getattr(bookmark, field.name) for field in fields(Bookmark)}
    return _Marked(**values, sent=sent)


def markers_by_start(patch: pytest.MonkeyPatch) -> None:
    """What was sent for a start of a session is never sent for this start again."""
    settle, bookmark_from, claim = claims.settle, rows.bookmark_from, claims.claim
    table = "CREATE TABLE IF NOT EXISTS sent (user_id INT, session_id INT, start INT)"
    marks: dict[tuple[int, int], set[int]] = {}

    def reading(connection: Connection, *arguments: Any) -> Any:
        connection.execute(text(table))
        marks.clear()
        for user_id, session_id, start in connection.execute(text("SELECT * FROM sent")):
            marks.setdefault((user_id, session_id), set()).add(start)
        return claim(connection, *arguments)

    def marked(row: Any) -> Bookmark:
        sent = frozenset(marks.get((row.user_id, row.session_id), ()))
        return _marked(bookmark_from(row), sent)

    def marking(connection: Connection, told: Told) -> None:
        ours = select(bookmarks.c.user_id, bookmarks.c.session_id).where(
            bookmarks.c.message == told.message
        )
        for user_id, session_id in connection.execute(ours).all():
            if session_id in told.announced:
                start = to_ms(told.facts[session_id].slot.start)
                connection.execute(
                    text("INSERT INTO sent VALUES (:user, :session, :start)"),
                    {"user": user_id, "session": session_id, "start": start},
                )
        settle(connection, told)

    def mutant(
        bookmark: Bookmark, session: Session, now: datetime, opens: datetime
    ) -> Notice | None:
        notice = notices.owed(bookmark, session, now, opens)
        assert isinstance(bookmark, _Marked)
        sent = to_ms(session.slot.start) in bookmark.sent
        return None if sent else notice

    patch.setattr(claims, "claim", reading)
    patch.setattr(claims, "bookmark_from", marked)
    patch.setattr(claims, "settle", marking)
    patch.setattr(courier, "owed", mutant)


MUTANTS = (ids_made_from_facts, doubt_forgotten, markers_by_start)
