"""Simpler designs of reminders that are wrong, put in place of the real one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from bot import notices, outlook
from bot.messages import Bookmark
from bot.notices import Notice
from bot.schedule import Session
from bot.store import claims, rows, settling
from bot.store.rows import facts_text, to_ms
from bot.store.tables import bookmarks
from bot.storing import Lease, Outcome, Told
from tests.reminder_play import Process
from tests.summit import NETWORK


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

    def mutant(bookmark: Bookmark, session: Session, *when: Any) -> Notice | None:
        if session.facts.says_the_same_as(bookmark.told):
            bookmark = replace(bookmark, message_moves=False)
        return notices.owed(bookmark, session, *when)

    patch.setattr(outlook, "owed", mutant)


@dataclass(frozen=True, slots=True)
class _Marked(Bookmark):
    """A bookmark with the starts that its owner has a sent-marker for."""

    sent: frozenset[int] = frozenset()


def _marked(bookmark: Bookmark, sent: frozenset[int]) -> _Marked:
    values = {field.name: getattr(bookmark, field.name) for field in fields(Bookmark)}
    return _Marked(**values, sent=sent)


def markers_by_start(patch: pytest.MonkeyPatch) -> None:
    """What was sent for a start of a session is never sent for this start again."""
    settle, bookmark_from, claim = settling.settle, rows.bookmark_from, claims.claim
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

    def marking(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        for told in outcomes:
            if not isinstance(told, Told):
                continue
            ours = select(bookmarks.c.user_id, bookmarks.c.session_id).where(
                bookmarks.c.message == told.message, bookmarks.c.session_id.in_(told.announced)
            )
            for user_id, session_id in connection.execute(ours).all():
                start = to_ms(told.facts[session_id].slot.start)
                connection.execute(
                    text("INSERT INTO sent VALUES (:user, :session, :start)"),
                    {"user": user_id, "session": session_id, "start": start},
                )
        settle(connection, outcomes)

    def mutant(bookmark: Bookmark, session: Session, *when: Any) -> Notice | None:
        notice = notices.owed(bookmark, session, *when)
        assert isinstance(bookmark, _Marked)
        sent = to_ms(session.slot.start) in bookmark.sent
        return None if sent else notice

    patch.setattr(claims, "claim", reading)
    patch.setattr(claims, "bookmark_from", marked)
    patch.setattr(settling, "settle", marking)
    patch.setattr(outlook, "owed", mutant)


def settled_without_asking(patch: pytest.MonkeyPatch) -> None:
    """What a process has told counts, also if another one has a message under way since."""
    reserve, settle = claims._reserve, settling.settle
    reserved: dict[str, int] = {}

    def reserving(
        connection: Connection, messages: dict[tuple[int, str], list[Any]], lease: Lease
    ) -> None:
        reserved.update({message: user_id for user_id, message in messages})
        reserve(connection, messages, lease)

    def mutant(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        for told in outcomes:
            if isinstance(told, Told):
                theirs = bookmarks.c.user_id == reserved[told.message]
                said = bookmarks.c.session_id.in_(told.facts)
                as_ours = {"message": told.message}
                connection.execute(update(bookmarks).where(theirs, said).values(as_ours))
        settle(connection, outcomes)

    patch.setattr(claims, "_reserve", reserving)
    patch.setattr(settling, "settle", mutant)


def everybody_takes_over(patch: pytest.MonkeyPatch) -> None:
    """Whoever begins ends the claims of all others, also of those that live."""

    async def mutant(process: Process) -> None:
        await process._store.take_over(NETWORK)

    patch.setattr(Process, "begin", mutant)


MUTANTS = {
    ids_made_from_facts: "is not reminded of|is wrong about",
    doubt_forgotten: "is wrong about",
    markers_by_start: "is wrong about|is not reminded of",
    settled_without_asking: "knows this about|twice",
    everybody_takes_over: "another process has claimed this",
}
"""Each with the promises that it breaks, as the oracle says it."""
