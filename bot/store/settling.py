"""What became of messages: told, put off, left behind by a process that is no more."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Connection,
    Integer,
    bindparam,
    case,
    delete,
    func,
    select,
    union_all,
    update,
)

from bot.ports import Outcome, Posted, PutOff, Told
from bot.schedule import Session
from bot.store.candidates import NEVER, listed
from bot.store.rows import facts_key, to_ms, told_columns
from bot.store.tables import UNCLAIMED, bookmarks, posts, users


def settle(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Note what was told and what was put off, where the message is still the one under way."""
    _lock_owners(connection, [outcome.message for outcome in outcomes])
    _note_told(connection, [outcome for outcome in outcomes if isinstance(outcome, Told)])
    _note_put_off(connection, [outcome for outcome in outcomes if isinstance(outcome, PutOff)])
    posted = [outcome.message for outcome in outcomes if isinstance(outcome, Posted)]
    if posted:
        connection.execute(update(posts).where(posts.c.message.in_(posted)).values(posted=True))


def unreminded(
    connection: Connection, network: str, sessions: Collection[Session], wall: datetime
) -> Mapping[int, int]:
    """For each session how many bookmarks still wait for a reminder of its start."""
    starts = [[session.id, to_ms(session.slot.start)] for session in sessions]
    given = {"starting": json.dumps(starts), "on_network": network, "wall": to_ms(wall)}
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


def take_over(connection: Connection, network: str) -> None:
    """End all leases of a network whose courier is no more: what it had claimed is in doubt."""
    held = (bookmarks.c.network == network) & bookmarks.c.message.is_not(None)
    connection.execute(update(bookmarks).where(held).values(lease_until=0))
    connection.execute(update(users).where(users.c.network == network).values(trial_lease=0))
    connection.execute(update(posts).where(posts.c.network == network).values(lease_until=0))


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
    to_come = (posts.c.network == network) & (posts.c.start >= to_ms(moment))
    connection.execute(delete(posts).where(to_come))


def _lock_owners(connection: Connection, messages: Sequence[str]) -> None:
    """Whoever writes to the bookmarks of users locks the users first, in order of their ids: so
    no two processes wait for each other."""
    theirs = select(bookmarks.c.user_id).where(bookmarks.c.message.in_(messages))
    # In one statement PostgreSQL might begin with all users, as long as it has not counted rows.
    owners = connection.execute(theirs).scalars().all()
    locked = select(users.c.id).where(users.c.id.in_(owners)).order_by(users.c.id)
    connection.execute(locked.with_for_update(key_share=True)).all()


def _note_told(connection: Connection, outcomes: Sequence[Told]) -> None:
    trials = [told.message for told in outcomes if not told.facts]
    if trials:
        connection.execute(update(users).where(users.c.trial.in_(trials)).values(trial=None))
    messages = [told.message for told in outcomes if told.facts]
    ours = select(
        bookmarks.c.message,
        bookmarks.c.user_id,
        bookmarks.c.session_id,
        bookmarks.c.message_announces,
    ).where(bookmarks.c.message.in_(messages))
    under_way = {(row.message, row.session_id): row for row in connection.execute(ours)}
    silent, announced = list[dict[str, Any]](), list[dict[str, Any]]()
    for told in outcomes:
        for session_id, facts in told.facts.items():
            bookmark = under_way.get((told.message, session_id))
            if bookmark is None:
                continue
            row = told_columns(facts) | {"of": bookmark.user_id, "at": session_id}
            if session_id in told.announced or bookmark.message_announces:
                announced.append(row | {"now": to_ms(told.now)})
            else:
                silent.append(row)
    if silent:
        connection.execute(_TELL, silent)
    if announced:
        connection.execute(_TELL_AND_ANNOUNCE, announced)


def _note_put_off(connection: Connection, outcomes: Sequence[PutOff]) -> None:
    """End the claims at their moments; the messages stay in doubt, under their ids."""
    rows = [
        {
            "of": put_off.message,
            "until": to_ms(put_off.until),
            "why": put_off.failure,
            "ours": to_ms(put_off.claimed_until) or NEVER,
        }
        for put_off in outcomes
    ]
    if rows:
        connection.execute(_PUT_OFF, rows)
        connection.execute(_PUT_OFF_TRIAL, rows)
        connection.execute(_PUT_OFF_POST, rows)


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
                bookmarks.c.lease_until <= bindparam("wall", type_=BigInteger),
            )
            .group_by(starting.c.session_id)
            for otherwise in (reminded < start, reminded > start)
        )
    )


_TOLD: dict[str, Any] = {
    **{name: bindparam(name) for name in ("told", "told_key", "told_start", "told_until")},
    **UNCLAIMED,
    "failures": 0,
    "failure": None,
}
_TELL = (
    update(bookmarks)
    # By the message and the session PostgreSQL would read every bookmark of the session.
    .where(bookmarks.c.user_id == bindparam("of"), bookmarks.c.session_id == bindparam("at"))
    .values(_TOLD)
)
_NOW, _START = bindparam("now", type_=BigInteger), bindparam("told_start", type_=BigInteger)
_SNOOZED = (bookmarks.c.snoozed_until > _NOW) & (bookmarks.c.snoozed_until < _START)
_TELL_AND_ANNOUNCE = _TELL.values(
    # Who snoozed while this was under way wants to be reminded once more.
    reminded=case((_SNOOZED, 0), else_=_START),
    reminded_at=_NOW,
)
# Whoever was held up may settle so late that another process has the message under way.
_PUT_OFF = (
    update(bookmarks)
    .where(
        bookmarks.c.message == bindparam("of"),
        bookmarks.c.lease_until <= bindparam("ours", type_=BigInteger),
    )
    .values(
        lease_until=bindparam("until"),
        failures=bookmarks.c.failures + 1,
        failure=func.coalesce(
            bindparam("why", type_=bookmarks.c.failure.type), bookmarks.c.failure
        ),
    )
)
_PUT_OFF_TRIAL = (
    update(users)
    .where(
        users.c.trial == bindparam("of"),
        users.c.trial_lease <= bindparam("ours", type_=BigInteger),
    )
    .values(trial_lease=bindparam("until"))
)
_PUT_OFF_POST = (
    update(posts)
    .where(
        posts.c.message == bindparam("of"),
        posts.c.lease_until <= bindparam("ours", type_=BigInteger),
    )
    .values(lease_until=bindparam("until"), failures=posts.c.failures + 1)
)
