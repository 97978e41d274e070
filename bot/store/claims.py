"""Claims on what users are owed: reserved under a lease, settled when a network has it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    column,
    func,
    or_,
    select,
    union_all,
    update,
    values,
)

from bot.messages import User
from bot.notices import Moved, message_in_doubt
from bot.ports import Candidates, Claim, Claimed, Judge, Lease, Told
from bot.schedule import Session
from bot.store.rows import (
    bookmark_from,
    facts_key,
    facts_text,
    preferences_from,
    to_ms,
    told_columns,
)
from bot.store.tables import bookmarks, users

_UNCLAIMED = {"message": None, "message_facts": None, "message_moves": False, "lease_until": 0}


def claim(
    connection: Connection, network: str, candidates: Candidates, judge: Judge, lease: Lease
) -> list[Claim]:
    """Reserve messages for the users of a network who are owed something."""
    claims = _trials(connection, network, lease)
    ids = _users_owed(connection, network, candidates, lease) if len(claims) < lease.most else []
    if not ids:
        return claims
    people = {row.id: row for row in connection.execute(select(users).where(users.c.id.in_(ids)))}
    free = or_(bookmarks.c.message.is_(None), bookmarks.c.lease_until <= to_ms(lease.now))
    theirs = select(bookmarks).where(bookmarks.c.user_id.in_(ids), free)
    messages: dict[tuple[int, str], list[Claimed]] = {}
    fresh = {user_id: str(uuid.uuid4()) for user_id in ids}
    dropped: list[dict[str, Any]] = []
    for row in connection.execute(theirs):
        bookmark = bookmark_from(row)
        notice = judge(bookmark)
        if notice is not None:
            message = message_in_doubt(bookmark, notice) or fresh[row.user_id]
            messages.setdefault((row.user_id, message), []).append(Claimed(bookmark, notice))
        elif bookmark.message is not None:
            dropped.append({"of": row.user_id, "at": row.session_id})
    _reserve(connection, messages, lease)
    if dropped:
        connection.execute(_row(update(bookmarks)).values(_UNCLAIMED), dropped)
    for (user_id, message), items in messages.items():
        person = people[user_id]
        user = User(network, person.ident, person.name)
        claims.append(Claim(message, user, preferences_from(person), tuple(items)))
    return sorted(claims, key=_first_start)


def settle(connection: Connection, told: Told) -> None:
    """Note what was told, in the rows where the message is still the one under way."""
    connection.execute(update(users).where(users.c.trial == told.message).values(trial=None))
    for session_id, facts in told.facts.items():
        ours = (bookmarks.c.message == told.message) & (bookmarks.c.session_id == session_id)
        columns = told_columns(facts) | _UNCLAIMED | {"failure": None}
        if session_id in told.announced:
            columns |= {"reminded": to_ms(facts.slot.start), "reminded_at": to_ms(told.now)}
        connection.execute(update(bookmarks).where(ours).values(columns))


def release(connection: Connection, message: str, until: datetime, failure: str | None) -> None:
    """End the claim at this moment; the message stays in doubt, under its id."""
    again: dict[str, Any] = {"lease_until": to_ms(until)}
    noted = again | ({"failure": failure} if failure is not None else {})
    connection.execute(update(bookmarks).where(bookmarks.c.message == message).values(noted))
    trial = {"trial_lease": to_ms(until)}
    connection.execute(update(users).where(users.c.trial == message).values(trial))


def outdated(connection: Connection, sessions: Collection[Session]) -> set[int]:
    """Ids of the sessions that somebody was told otherwise."""
    known = select(bookmarks.c.session_id, bookmarks.c.told_key).distinct()
    keys: dict[int, set[str]] = {}
    for session_id, key in connection.execute(known):
        keys.setdefault(session_id, set()).add(key)
    return {s.id for s in sessions if keys.get(s.id, set()) - {facts_key(s.facts)}}


def rewind(connection: Connection, moment: datetime) -> None:
    """Forget the reminders told at or after a moment of the programme."""
    later = (bookmarks.c.reminded != 0) & (bookmarks.c.reminded_at >= to_ms(moment))
    again = {"reminded": 0, "reminded_at": 0, "snoozed_until": 0}
    connection.execute(update(bookmarks).where(later).values(again))


def _trials(connection: Connection, network: str, lease: Lease) -> list[Claim]:
    """Test notices that users asked for."""
    waiting = select(users).where(
        users.c.trial.is_not(None),
        users.c.network == network,
        users.c.trial_lease <= to_ms(lease.now),
    )
    rows = connection.execute(waiting.limit(lease.most)).all()
    for row in rows:
        held = {"trial_lease": to_ms(lease.until)}
        connection.execute(update(users).where(users.c.id == row.id).values(held))
    return [
        Claim(row.trial, User(network, row.ident, row.name), preferences_from(row), ())
        for row in rows
    ]


def _users_owed(
    connection: Connection, network: str, candidates: Candidates, lease: Lease
) -> Sequence[int]:
    """Users with a bookmark that may be owed something, the soonest start first."""
    branches = [_left_behind(network, lease)]
    if candidates.starting:
        branches += _due(network, candidates, lease)
    if candidates.changed:
        branches += _changed(network, candidates, lease)
    every = union_all(*branches).subquery()
    soonest = select(every.c.user_id).group_by(every.c.user_id).order_by(func.min(every.c.start))
    return connection.execute(soonest.limit(lease.most)).scalars().all()


def _left_behind(network: str, lease: Lease) -> Select[Any]:
    """Messages whose lease has ended: they may have arrived, or may not."""
    return select(bookmarks.c.user_id, bookmarks.c.told_until.label("start")).where(
        bookmarks.c.message.is_not(None),
        bookmarks.c.network == network,
        bookmarks.c.lease_until <= to_ms(lease.now),
    )


def _due(network: str, candidates: Candidates, lease: Lease) -> Iterable[Select[Any]]:
    """Reminders within their minutes before, by ranges of one index: never reminded; reminded of
    an earlier start; reminded of a later one."""
    now = candidates.now
    starting = values(
        column("session_id", Integer), column("start", BigInteger), column("minutes", Integer),
    ).data([
        (s.id, to_ms(s.slot.start), ceil((s.slot.start - now) / timedelta(minutes=1)))
        for s in candidates.starting
    ]).cte("starting")  # fmt: skip
    snoozed = bookmarks.c.snoozed_until
    ready = or_(snoozed <= to_ms(now), snoozed >= starting.c.start)
    reminded = bookmarks.c.reminded
    for never_or_otherwise in (
        (reminded == 0,),
        (reminded > 0, reminded < starting.c.start),
        (reminded > starting.c.start,),
    ):
        yield select(bookmarks.c.user_id, starting.c.start).where(
            bookmarks.c.network == network,
            bookmarks.c.session_id == starting.c.session_id,
            *never_or_otherwise,
            bookmarks.c.before >= starting.c.minutes,
            bookmarks.c.muted.is_(False),
            bookmarks.c.lease_until <= to_ms(lease.now),
            ready,
        )


def _changed(network: str, candidates: Candidates, lease: Lease) -> Iterable[Select[Any]]:
    """Bookmarks whose owner was told something else, as long as it matters."""
    now = to_ms(candidates.now)
    changed = values(
        column("session_id", Integer), column("start", BigInteger), column("until", BigInteger),
        column("key", String),
    ).data([
        (s.id, to_ms(s.slot.start), to_ms(s.slot.until), facts_key(s.facts))
        for s in candidates.changed
    ]).cte("changed")  # fmt: skip
    told = bookmarks.c.told_key
    for otherwise in (told < changed.c.key, told > changed.c.key):
        yield select(bookmarks.c.user_id, changed.c.start).where(
            bookmarks.c.network == network,
            bookmarks.c.session_id == changed.c.session_id,
            otherwise,
            bookmarks.c.lease_until <= to_ms(lease.now),
            or_(changed.c.until > now, bookmarks.c.told_until > now),
        )


def _reserve(
    connection: Connection, messages: dict[tuple[int, str], list[Claimed]], lease: Lease
) -> None:
    rows = [
        {
            "of": user_id,
            "at": claimed.bookmark.session_id,
            "message": message,
            "message_facts": facts_text(claimed.notice.session.facts),
            "message_moves": isinstance(claimed.notice, Moved),
            "lease_until": to_ms(lease.until),
        }
        for (user_id, message), items in messages.items()
        for claimed in items
    ]
    if rows:
        names = ("message", "message_facts", "message_moves", "lease_until")
        held: dict[str, Any] = {name: bindparam(name) for name in names}
        connection.execute(_row(update(bookmarks)).values(held), rows)


def _row(statement: Any) -> Any:
    return statement.where(
        bookmarks.c.user_id == bindparam("of"), bookmarks.c.session_id == bindparam("at")
    )


def _first_start(claim: Claim) -> float:
    return min((c.notice.session.slot.start.timestamp() for c in claim.items), default=0)
