"""What people wait for: how many for a reminder, of which sessions somebody knows otherwise, and
whom the last message did not reach."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Integer,
    bindparam,
    func,
    select,
    union_all,
)

from bot.schedule import Session
from bot.store.candidates import NEVER, listed
from bot.store.rows import facts_key, to_ms
from bot.store.tables import bookmarks


def unreminded(
    connection: Connection,
    network: str,
    sessions: Collection[Session],
    under_way: bool,
    wall: datetime,
) -> Mapping[int, int]:
    """For each session how many bookmarks still wait for a reminder of its start; those under way
    or put off only if `under_way`."""
    starts = [[session.id, to_ms(session.slot.start)] for session in sessions]
    given = {
        "starting": json.dumps(starts),
        "on_network": network,
        "free_by": NEVER if under_way else to_ms(wall),
    }
    counts = {session.id: 0 for session in sessions}
    for session_id, count in connection.execute(_waiting(connection.dialect.name), given):
        counts[session_id] += count
    return counts


def outdated(connection: Connection, network: str, sessions: Collection[Session]) -> set[int]:
    """Ids of the sessions that somebody was told otherwise, or is being told something of."""
    theirs = bookmarks.c.network == network
    known = select(bookmarks.c.session_id, bookmarks.c.told_key).where(theirs).distinct()
    keys: dict[int, set[str]] = {}
    for session_id, key in connection.execute(known):
        keys.setdefault(session_id, set()).add(key)
    # What a move that is under way says may be otherwise by the time it settles.
    moving = bookmarks.c.message.is_not(None) & bookmarks.c.message_moves.is_(True)
    # Not `distinct`: for that SQLite would read every bookmark, in the order of another index.
    ids = connection.execute(select(bookmarks.c.session_id).where(theirs, moving))
    told_now = set(ids.scalars())
    return {
        s.id
        for s in sessions
        if s.id in told_now or (s.id in keys and keys[s.id] - {facts_key(s.facts)})
    }


def unreached(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """How many users the last message about one of their bookmarks did not reach, by network and
    reason."""
    users = func.count(bookmarks.c.user_id.distinct())
    counted = (
        select(bookmarks.c.network, bookmarks.c.failure, users)
        .where(bookmarks.c.failure.is_not(None))
        .group_by(bookmarks.c.network, bookmarks.c.failure)
    )
    found: dict[str, dict[str, int]] = {}
    for network, reason, count in connection.execute(counted):
        found.setdefault(network, {})[reason] = count
    return found


@cache
def _waiting(dialect: str) -> CompoundSelect[Any]:
    """How many were reminded of an earlier start (or never), and of a later one, by ranges of an
    index: the many who were reminded of this one are not read."""
    starting = listed(dialect, "starting", session_id=Integer, start=BigInteger)
    reminded, start = bookmarks.c.reminded, starting.c.start
    return union_all(
        *(
            select(starting.c.session_id, func.count())
            .where(
                bookmarks.c.network == bindparam("on_network"),
                bookmarks.c.session_id == starting.c.session_id,
                otherwise,
                bookmarks.c.muted.is_(False),
                bookmarks.c.lease_until <= bindparam("free_by", type_=BigInteger),
            )
            .group_by(starting.c.session_id)
            for otherwise in (reminded < start, reminded > start)
        )
    )
