"""What is known of users, and the effects of their commands on it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from bot.messages import (
    AddBookmark,
    Bookmark,
    ChangePreferences,
    DropBookmark,
    Forget,
    Meet,
    Mute,
    Own,
    Profile,
    SendTest,
    Snooze,
    User,
)
from bot.store.inserting import insert
from bot.store.rows import bookmark_from, preferences_from, to_ms, told_columns
from bot.store.tables import UNCLAIMED, bookmarks, invocations, kept, users

# To put a statement together takes longer than SQLite to carry it out.
_KNOWN = select(users).where(
    users.c.network == bindparam("network"), users.c.ident.in_(bindparam("idents", expanding=True))
)
_THEIRS = (
    select(bookmarks)
    .where(bookmarks.c.user_id.in_(bindparam("ids", expanding=True)))
    .order_by(bookmarks.c.user_id, bookmarks.c.session_id)
)


def load_all(connection: Connection, asked: Sequence[tuple[User, bool]]) -> list[Profile]:
    """What is known of each of these users; with their bookmarks where these are asked for."""
    rows: dict[tuple[str, str], Any] = {}
    for network in {user.network for user, _ in asked}:
        idents = list({user.id for user, _ in asked if user.network == network})
        for row in connection.execute(_KNOWN, {"network": network, "idents": idents}):
            rows[network, row.ident] = row
    known = [rows.get((user.network, user.id)) for user, _ in asked]
    ids = {row.id for row, (_, marks) in zip(known, asked, strict=True) if row and marks}
    marks: dict[int, list[Bookmark]] = {id: [] for id in ids}
    if ids:
        for mark in connection.execute(_THEIRS, {"ids": list(ids)}):
            marks[mark.user_id].append(bookmark_from(mark))
    return [
        Profile(row.met, preferences_from(row), tuple(marks[row.id]) if wanted else ())
        if row is not None
        else Profile()
        for row, (_, wanted) in zip(known, asked, strict=True)
    ]


def carry_out(connection: Connection, user: User, user_id: int, effect: Own) -> None:
    """Change what is known of a user, whose row has this id and is locked."""
    mine = bookmarks.c.user_id == user_id
    match effect:
        case AddBookmark():
            _bookmark(connection, user, user_id, effect)
        case DropBookmark(session_id):
            connection.execute(delete(bookmarks).where(mine, bookmarks.c.session_id == session_id))
        case Mute(session_ids, muted):
            which = bookmarks.c.session_id.in_(session_ids)
            connection.execute(update(bookmarks).where(mine, which).values(muted=muted))
        case Snooze(session_id, until):
            _snooze(connection, mine & (bookmarks.c.session_id == session_id), until)
        case ChangePreferences(wanted, before):
            zone = wanted.timezone.key if wanted.timezone else None
            columns = {
                "before": wanted.before,
                "timezone": zone,
                "hours": wanted.hours,
                "plain": wanted.plain,
                "named": wanted.named,
            }
            connection.execute(update(users).where(users.c.id == user_id).values(columns))
            follows = bookmarks.c.own_before.is_(False)
            connection.execute(update(bookmarks).where(mine, follows).values(before=before))
        case SendTest():
            trial = {"trial": str(uuid.uuid4()), "trial_lease": 0}
            connection.execute(update(users).where(users.c.id == user_id).values(trial))
        case Meet():
            connection.execute(update(users).where(users.c.id == user_id).values(met=True))
        case Forget():
            connection.execute(delete(bookmarks).where(mine))
            connection.execute(delete(invocations).where(invocations.c.user_id == user_id))
            connection.execute(delete(kept).where(kept.c.owner == f"{user.network}/{user.id}"))
            connection.execute(delete(users).where(users.c.id == user_id))
        case _:
            assert_never(effect)


def _bookmark(connection: Connection, user: User, user_id: int, wish: AddBookmark) -> None:
    wished = {"before": wish.before, "own_before": wish.own_before, "muted": False}
    one = (bookmarks.c.user_id == user_id) & (bookmarks.c.session_id == wish.session_id)
    # The reply tells the session as it is today, also to somebody who had bookmarked it before.
    wished |= told_columns(wish.facts)
    if connection.execute(update(bookmarks).where(one).values(wished)).rowcount:
        return
    columns = {"user_id": user_id, "session_id": wish.session_id, "network": user.network}
    connection.execute(insert(connection, bookmarks).values(columns | wished))


def _snooze(connection: Connection, one: ColumnElement[bool], until: datetime) -> None:
    again = {"snoozed_until": to_ms(until), "reminded": 0, "muted": False}
    connection.execute(update(bookmarks).where(one).values(again))
    # What is under way or in doubt has been read: the reminder that comes then is another one.
    reminder = bookmarks.c.message_moves.is_(False)
    connection.execute(update(bookmarks).where(one, reminder).values(UNCLAIMED))
    connection.execute(update(bookmarks).where(one).values(message_announces=False))
