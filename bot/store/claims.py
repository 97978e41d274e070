"""Claims on what users are owed: reserved under a lease, settled when a network has it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    case,
    column,
    func,
    or_,
    select,
    union_all,
    update,
    values,
)

from bot.messages import User
from bot.notices import Moved, announces_start, message_in_doubt, opens_at
from bot.ports import Candidates, Claim, Claimed, Judge, Lease, Told
from bot.schedule import Facts, Session
from bot.store.rows import (
    bookmark_from,
    facts_key,
    facts_text,
    preferences_from,
    to_ms,
    told_columns,
)
from bot.store.tables import SPENT, UNCLAIMED, bookmarks, users


@dataclass(frozen=True, slots=True)
class _Said:
    """What a message says about one bookmark, and whether that is (or was, the first time) a
    reminder too; `again` is its id if it may have arrived before."""

    claimed: Claimed
    announces: bool
    again: str | None


def claim(
    connection: Connection, network: str, candidates: Candidates, judge: Judge, lease: Lease
) -> list[Claim]:
    """Reserve messages for the users of a network who are owed something."""
    _drop_what_is_over(connection, network, judge, lease)
    claims = _trials(connection, network, lease)
    most = lease.most - len(claims)
    ids = _users_owed(connection, network, candidates, lease, most) if most > 0 else []
    if not ids:
        return claims
    people = {row.id: row for row in connection.execute(select(users).where(users.c.id.in_(ids)))}
    free = or_(bookmarks.c.message.is_(None), bookmarks.c.lease_until <= to_ms(lease.now))
    theirs = select(bookmarks).where(bookmarks.c.user_id.in_(ids), free)
    messages: dict[tuple[int, str], list[_Said]] = {}
    fresh = {user_id: str(uuid.uuid4()) for user_id in ids}
    for row in connection.execute(theirs):
        bookmark = bookmark_from(row)
        notice = judge(bookmark)
        if notice is not None:
            said = _said(Claimed(bookmark, notice), candidates.now)
            message = said.again or fresh[row.user_id]
            messages.setdefault((row.user_id, message), []).append(said)
    # Whoever is owed a message in doubt beside a new one takes more than one place.
    messages = dict(sorted(messages.items(), key=lambda message: _first_start(message[1]))[:most])
    _part(connection, messages)
    _reserve(connection, messages, lease)
    for (user_id, message), items in messages.items():
        person = people[user_id]
        user = User(network, person.ident, person.name)
        claims.append(
            Claim(message, user, preferences_from(person), tuple(s.claimed for s in items))
        )
    return claims


def settle(connection: Connection, told: Told) -> None:
    """Note what was told, in the rows where the message is still the one under way."""
    connection.execute(update(users).where(users.c.trial == told.message).values(trial=None))
    for session_id, facts in told.facts.items():
        ours = (bookmarks.c.message == told.message) & (bookmarks.c.session_id == session_id)
        was_to_announce = select(bookmarks.c.message_announces).where(ours)
        columns = told_columns(facts) | UNCLAIMED | {"failure": None}
        if session_id in told.announced or connection.scalar(was_to_announce):
            start, now = to_ms(facts.slot.start), to_ms(told.now)
            # Who snoozed while this was under way wants to be reminded once more.
            snoozed = bookmarks.c.snoozed_until.between(now + 1, start - 1)
            columns |= {"reminded": case((snoozed, 0), else_=start), "reminded_at": now}
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


def take_over(connection: Connection, network: str) -> None:
    """End all leases of a network whose courier is no more: what it had claimed is in doubt."""
    held = (bookmarks.c.network == network) & bookmarks.c.message.is_not(None)
    connection.execute(update(bookmarks).where(held).values(lease_until=0))
    connection.execute(update(users).where(users.c.network == network).values(trial_lease=0))


def rewind(connection: Connection, network: str, moment: datetime) -> None:
    """Forget what was told on a network at or after a moment of the programme: reminders, those in
    doubt, and snoozes."""
    theirs = bookmarks.c.network == network
    later = (bookmarks.c.reminded_at >= to_ms(moment)) | (
        bookmarks.c.snoozed_until >= to_ms(moment)
    )
    again = {"reminded": 0, "reminded_at": 0, "snoozed_until": 0}
    connection.execute(update(bookmarks).where(theirs, later).values(again))
    in_doubt = bookmarks.c.message.is_not(None) & bookmarks.c.message_moves.is_(False)
    connection.execute(update(bookmarks).where(theirs, in_doubt).values(UNCLAIMED))


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
    connection: Connection, network: str, candidates: Candidates, lease: Lease, most: int
) -> Sequence[int]:
    """Users with a bookmark that may be owed something, the soonest start first."""
    branches = [_left_behind(network, lease)]
    if candidates.starting:
        branches += _due(network, candidates, lease)
    if candidates.changed:
        branches += _changed(network, candidates, lease)
    every = union_all(*branches).subquery()
    soonest = select(every.c.user_id).group_by(every.c.user_id).order_by(func.min(every.c.start))
    return connection.execute(soonest.limit(most)).scalars().all()


def _left_behind(network: str, lease: Lease) -> Select[Any]:
    """Moves whose lease has ended: they may have arrived, or may not. Reminders in doubt are found
    where they are due; until then they are not to be dropped, for they may become due again."""
    return select(bookmarks.c.user_id, bookmarks.c.told_until.label("start")).where(
        *_moves_in_doubt(network, lease)
    )


def _drop_what_is_over(connection: Connection, network: str, judge: Judge, lease: Lease) -> None:
    """Forget the doubts that matter no more, lest they take the places of what does."""
    in_doubt = select(bookmarks).where(*_moves_in_doubt(network, lease))
    over = [
        {"of": row.user_id, "at": row.session_id}
        for row in connection.execute(in_doubt)
        if judge(bookmark_from(row)) is None
    ]
    if over:
        connection.execute(_row(update(bookmarks)).values(UNCLAIMED), over)


def _moves_in_doubt(network: str, lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        bookmarks.c.message.is_not(None),
        bookmarks.c.message_moves.is_(True),
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


def _said(claimed: Claimed, now: datetime) -> _Said:
    notice, bookmark = claimed.notice, claimed.bookmark
    announces = announces_start(notice, opens_at(bookmark, notice.session.slot), now)
    announced = bookmark.message_announces
    again = message_in_doubt(bookmark, notice)
    # A network that drops the move as a repeat must not drop the reminder with it.
    if again is None or (announces and not announced):
        return _Said(claimed, announces, None)
    return _Said(claimed, announced, again)


def _reserve(
    connection: Connection, messages: dict[tuple[int, str], list[_Said]], lease: Lease
) -> None:
    rows = [
        {
            "of": user_id,
            "at": said.claimed.bookmark.session_id,
            "message": message,
            "message_facts": facts_text(_to_be_believed(said.claimed)),
            "message_moves": isinstance(said.claimed.notice, Moved),
            "message_announces": said.announces,
            "lease_until": to_ms(lease.until),
        }
        for (user_id, message), items in messages.items()
        for said in items
    ]
    if rows:
        names = set(UNCLAIMED)
        held: dict[str, Any] = {name: bindparam(name) for name in names}
        connection.execute(_row(update(bookmarks)).values(held), rows)


def _to_be_believed(claimed: Claimed) -> Facts:
    """The facts of a message, up to the end of the last slot that its owner may believe in: what a
    message in doubt said matters until then, also when another one has taken its place."""
    bookmark, facts = claimed.bookmark, claimed.notice.session.facts
    earlier = bookmark.message_facts if bookmark.message_moves else None
    if earlier is None or earlier.slot.until <= facts.slot.until:
        return facts
    return replace(facts, slot=replace(facts.slot, end=earlier.slot.until))


def _row(statement: Any) -> Any:
    return statement.where(
        bookmarks.c.user_id == bindparam("of"), bookmarks.c.session_id == bindparam("at")
    )


def _part(connection: Connection, messages: dict[tuple[int, str], list[_Said]]) -> None:
    """Part what a message in doubt said and will not say now from its id: a network that drops
    repeats would drop it, whatever it says by then. The doubt about a move stays."""
    again = [message for (_, message), items in messages.items() if items[0].again is not None]
    if again:
        theirs = bookmarks.c.message.in_(again)
        moves = bookmarks.c.message_moves.is_(True)
        connection.execute(update(bookmarks).where(theirs, ~moves).values(UNCLAIMED))
        connection.execute(update(bookmarks).where(theirs, moves).values(message=SPENT))


def _first_start(items: Iterable[_Said]) -> datetime:
    return min(said.claimed.notice.session.slot.start for said in items)
