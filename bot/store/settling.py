"""What became of messages: told, put off, left behind by a process that is no more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger as Moment
from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from bot.ports import Outcome, Posted, PutOff, Told
from bot.schedule import Session
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
    starts = {session.id: to_ms(session.slot.start) for session in sessions}
    waiting = (
        select(bookmarks.c.session_id, bookmarks.c.reminded, func.count())
        .where(
            bookmarks.c.network == network,
            bookmarks.c.session_id.in_(starts),
            bookmarks.c.muted.is_(False),
            bookmarks.c.lease_until <= to_ms(wall),
        )
        .group_by(bookmarks.c.session_id, bookmarks.c.reminded)
    )
    counts = dict.fromkeys(starts, 0)
    for session_id, reminded, count in connection.execute(waiting):
        counts[session_id] += count if reminded != starts[session_id] else 0
    return counts


def outdated(connection: Connection, network: str, sessions: Collection[Session]) -> set[int]:
    """Ids of the sessions that somebody was told otherwise."""
    known = (
        select(bookmarks.c.session_id, bookmarks.c.told_key)
        .where(bookmarks.c.network == network)
        .distinct()
    )
    keys: dict[int, set[str]] = {}
    for session_id, key in connection.execute(known):
        keys.setdefault(session_id, set()).add(key)
    return {s.id for s in sessions if s.id in keys and keys[s.id] - {facts_key(s.facts)}}


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
    to_come = (posts.c.network == network) & (posts.c.start >= to_ms(moment))
    connection.execute(delete(posts).where(to_come))


def _lock_owners(connection: Connection, messages: Sequence[str]) -> None:
    """Whoever writes to the bookmarks of users locks the users first, in order of their ids: so
    no two processes wait for each other."""
    theirs = select(bookmarks.c.user_id).where(bookmarks.c.message.in_(messages))
    locked = select(users.c.id).where(users.c.id.in_(theirs)).order_by(users.c.id)
    connection.execute(locked.with_for_update(key_share=True)).all()


def _note_told(connection: Connection, outcomes: Sequence[Told]) -> None:
    trials = [told.message for told in outcomes if not told.facts]
    if trials:
        connection.execute(update(users).where(users.c.trial.in_(trials)).values(trial=None))
    messages = [told.message for told in outcomes if told.facts]
    was_to_announce = select(bookmarks.c.message, bookmarks.c.session_id).where(
        bookmarks.c.message.in_(messages), bookmarks.c.message_announces.is_(True)
    )
    announcing = {(row.message, row.session_id) for row in connection.execute(was_to_announce)}
    silent, announced = list[dict[str, Any]](), list[dict[str, Any]]()
    for told in outcomes:
        for session_id, facts in told.facts.items():
            row = told_columns(facts) | {"of": told.message, "at": session_id}
            if session_id in told.announced or (told.message, session_id) in announcing:
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
        {"of": put_off.message, "until": to_ms(put_off.until), "why": put_off.failure}
        for put_off in outcomes
    ]
    if rows:
        connection.execute(_PUT_OFF, rows)
        connection.execute(_PUT_OFF_TRIAL, rows)
        connection.execute(_PUT_OFF_POST, rows)


_MESSAGE = bookmarks.c.message == bindparam("of")
_TOLD: dict[str, Any] = {
    **{name: bindparam(name) for name in ("told", "told_key", "told_start", "told_until")},
    **UNCLAIMED,
    "failures": 0,
    "failure": None,
}
_TELL = update(bookmarks).where(_MESSAGE, bookmarks.c.session_id == bindparam("at")).values(_TOLD)
_NOW, _START = bindparam("now", type_=Moment), bindparam("told_start", type_=Moment)
_SNOOZED = (bookmarks.c.snoozed_until > _NOW) & (bookmarks.c.snoozed_until < _START)
_TELL_AND_ANNOUNCE = _TELL.values(
    # Who snoozed while this was under way wants to be reminded once more.
    reminded=case((_SNOOZED, 0), else_=_START),
    reminded_at=_NOW,
)
_PUT_OFF = (
    update(bookmarks)
    .where(_MESSAGE)
    .values(
        lease_until=bindparam("until"),
        failures=bookmarks.c.failures + 1,
        failure=func.coalesce(
            bindparam("why", type_=bookmarks.c.failure.type), bookmarks.c.failure
        ),
    )
)
_PUT_OFF_TRIAL = (
    update(users).where(users.c.trial == bindparam("of")).values(trial_lease=bindparam("until"))
)
_PUT_OFF_POST = (
    update(posts)
    .where(posts.c.message == bindparam("of"))
    .values(lease_until=bindparam("until"), failures=posts.c.failures + 1)
)
