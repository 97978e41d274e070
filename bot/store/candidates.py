"""Where owed notices can be: found by ranges of indexes, never by reading every bookmark."""

import json
from collections.abc import Iterable
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from bot.store.rows import facts_key, to_ms
from bot.store.tables import bookmarks, users
from bot.storing import Candidates, Lease

NEVER = 2**62
"""In milliseconds: later than anything."""
_MINUTE = 60_000


def parameters(network: str, candidates: Candidates, lease: Lease, most: int) -> dict[str, Any]:
    """What `owed` is executed with."""
    now = to_ms(candidates.now)
    starting = [
        [s.id, start, 0 if s.slot.start in candidates.early else ceil((start - now) / _MINUTE)]
        for s in candidates.starting
        for start in (to_ms(s.slot.start),)
    ]
    changed = [
        [s.id, to_ms(s.slot.start), to_ms(s.slot.until), facts_key(s.facts)]
        for s in candidates.changed
    ]
    return {
        "on_network": network,
        "starting": json.dumps(starting),
        "changed": json.dumps(changed),
        "now": now,
        "wall": to_ms(lease.now),
        "most": most,
        "news_before": to_ms(candidates.news_before) or NEVER,
    }


@cache
def owed(dialect: str) -> Select[Any]:
    """Ids of users with a bookmark that may be owed something, the soonest start first, and of one
    start those first who were put off less often: who cannot be reached keeps nobody waiting. Each
    is locked where others could claim for them too: who is held by them is left out."""
    branches = [_left_behind(), *_due(dialect), *_changed(dialect)]
    every = union_all(*branches).subquery()
    first = (func.min(every.c.start).label("start"), func.min(every.c.failures).label("failures"))
    soonest = select(every.c.user_id, *first).group_by(every.c.user_id).subquery()
    return (
        select(users.c.id)
        .join(soonest, soonest.c.user_id == users.c.id)
        .order_by(soonest.c.start, soonest.c.failures)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=users, skip_locked=True, key_share=True)
    )


def moves_in_doubt() -> tuple[ColumnElement[bool], ...]:
    """Messages about moves whose lease has ended: they may have arrived, or may not."""
    return (
        bookmarks.c.message.is_not(None),
        bookmarks.c.message_moves.is_(True),
        _free(),
    )


def _left_behind() -> Select[Any]:
    """Moves in doubt. Reminders in doubt are found where they are due; until then they are not to
    be dropped, for they may become due again."""
    start = bookmarks.c.told_until.label("start")
    return select(bookmarks.c.user_id, start, bookmarks.c.failures).where(
        bookmarks.c.network == bindparam("on_network"), *moves_in_doubt()
    )


def _due(dialect: str) -> Iterable[Select[Any]]:
    """Reminders within their minutes before, by ranges of one index: never reminded; reminded of
    an earlier start; reminded of a later one."""
    starting = listed(dialect, "starting", session_id=Integer, start=BigInteger, minutes=Integer)
    snoozed, reminded = bookmarks.c.snoozed_until, bookmarks.c.reminded
    ready = or_(snoozed <= bindparam("now", type_=BigInteger), snoozed >= starting.c.start)
    opened = bookmarks.c.before >= starting.c.minutes
    # Never, which is 0, but not before the session is known: by a constant PostgreSQL, as long as
    # it has not counted the rows, would look for all who were never reminded of anything.
    never = starting.c.start * 0
    # Beside a range of `reminded` the index is of no use for this. PostgreSQL 18 would try it all
    # the same (a skip scan), find that dear, and read every bookmark of the session instead.
    opened_by_row = bookmarks.c.before - starting.c.minutes >= 0
    for never_or_otherwise in (
        (reminded == never, opened),
        (reminded > never, reminded < starting.c.start, opened_by_row),
        (reminded > starting.c.start, opened_by_row),
    ):
        yield select(bookmarks.c.user_id, starting.c.start, bookmarks.c.failures).where(
            bookmarks.c.network == bindparam("on_network"),
            bookmarks.c.session_id == starting.c.session_id,
            *never_or_otherwise,
            bookmarks.c.muted.is_(False),
            _free(),
            ready,
        )


def _changed(dialect: str) -> Iterable[Select[Any]]:
    """Bookmarks whose owner was told something else, as long as it matters, unless it waits."""
    changed = listed(
        dialect, "changed", session_id=Integer, start=BigInteger, until=BigInteger, key=String
    )
    now = bindparam("now", type_=BigInteger)
    news_before = bindparam("news_before", type_=BigInteger)
    told = bookmarks.c.told_key
    for otherwise in (told < changed.c.key, told > changed.c.key):
        yield select(bookmarks.c.user_id, changed.c.start, bookmarks.c.failures).where(
            bookmarks.c.network == bindparam("on_network"),
            bookmarks.c.session_id == changed.c.session_id,
            otherwise,
            _free(),
            or_(changed.c.until > now, bookmarks.c.told_until > now),
            or_(changed.c.start < news_before, bookmarks.c.told_start < news_before),
        )


def _free() -> ColumnElement[bool]:
    return bookmarks.c.lease_until <= bindparam("wall", type_=BigInteger)


def listed(dialect: str, name: str, **columns: Any) -> CTE:
    """The rows of a parameter that is a JSON list of lists: one statement for any number of them,
    so that it is compiled once."""
    rows = bindparam(name, type_=String)
    if dialect == "postgresql":
        each = func.jsonb_array_elements(cast(rows, JSONB)).table_valued("value")
        found: list[ColumnElement[Any]] = [
            each.c.value.op("->>")(number) for number in range(len(columns))
        ]
    else:
        each = func.json_each(rows).table_valued("value")
        found = [func.json_extract(each.c.value, f"$[{number}]") for number in range(len(columns))]
    typed = [
        cast(value, kind).label(column)
        for value, (column, kind) in zip(found, columns.items(), strict=True)
    ]
    return select(*typed).cte(name)
