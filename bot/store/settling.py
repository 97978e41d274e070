"""What became of messages: told, put off, left behind by a process that is no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Table,
    Update,
    bindparam,
    case,
    delete,
    func,
    select,
    union,
    update,
)

from bot.store.candidates import NEVER
from bot.store.locking import lock
from bot.store.rows import to_ms, told_columns
from bot.store.tables import UNCLAIMED, bookmarks, bulletins, letters, posts, users
from bot.storing import Freed, Outcome, Posted, PutOff, Told

_OVER = 1
"""A lease that ended long ago; one of 0 never began."""


def settle(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Note what was told and what was put off, where the message is still the one under way."""
    _lock_owners(connection, [outcome.message for outcome in outcomes])
    _note_told(connection, [outcome for outcome in outcomes if isinstance(outcome, Told)])
    _note_put_off(connection, [outcome for outcome in outcomes if isinstance(outcome, PutOff)])
    # After what was put off: a user may be seen before that is settled.
    _note_freed(connection, [outcome for outcome in outcomes if isinstance(outcome, Freed)])
    posted = [outcome.message for outcome in outcomes if isinstance(outcome, Posted)]
    if posted:
        for table in (posts, bulletins):
            done = update(table).where(table.c.message.in_(posted)).values(posted=True)
            connection.execute(done)


def take_over(connection: Connection, network: str, wall: datetime) -> None:
    """End all leases of a network whose courier is no more: what it had claimed is in doubt."""
    held = (
        (bookmarks.c.network == network)
        & bookmarks.c.message.is_not(None)
        & (bookmarks.c.lease_until > to_ms(wall))
    )
    tried = (
        (users.c.network == network)
        & users.c.trial.is_not(None)
        & (users.c.trial_lease > to_ms(wall))
    )
    written = (letters.c.network == network) & (letters.c.lease_until > to_ms(wall))
    owners = union(
        select(bookmarks.c.user_id).where(held),
        select(users.c.id).where(tried),
        select(letters.c.user_id).where(written),
    )
    lock(connection, owners)
    connection.execute(update(bookmarks).where(held).values(lease_until=0))
    connection.execute(update(users).where(tried).values(trial_lease=_OVER))
    connection.execute(update(letters).where(written).values(lease_until=_OVER))
    for table in (posts, bulletins):
        posting = (table.c.network == network) & table.c.posted.is_(False)
        running = table.c.lease_until > to_ms(wall)
        connection.execute(update(table).where(posting, running).values(lease_until=0))


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
    """Lock the users whom these messages are for: see `locking`."""
    told = select(bookmarks.c.user_id).where(bookmarks.c.message.in_(messages))
    tried = select(users.c.id).where(users.c.trial.in_(messages))
    written = select(letters.c.user_id).where(letters.c.message.in_(messages))
    # In one statement PostgreSQL might begin with all users, as long as it has not counted rows.
    lock(connection, connection.execute(union(told, tried, written)).scalars().all())


def _note_told(connection: Connection, outcomes: Sequence[Told]) -> None:
    others = [told.message for told in outcomes if not told.facts]
    if others:
        connection.execute(update(users).where(users.c.trial.in_(others)).values(trial=None))
        connection.execute(delete(letters).where(letters.c.message.in_(others)))
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
    """End the claims at their moments; the messages stay in doubt, under their ids, but for tests
    to somebody who cannot be written to."""
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
        for statement in _PUT_OFF:
            connection.execute(statement, rows)


def _note_freed(connection: Connection, outcomes: Sequence[Freed]) -> None:
    """Let what was put off, and was not claimed since, be claimed. To be put off is what counts as
    a failure, not to come back."""
    rows = [
        {"of": freed.message, "until": to_ms(freed.until), "ours": to_ms(freed.put_off_to)}
        for freed in outcomes
    ]
    if rows:
        for statement in _FREED:
            connection.execute(statement, rows)


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
_WHY = bindparam("why", type_=bookmarks.c.failure.type)


def _put_off(table: Table) -> Update:
    # Whoever was held up may settle so late that another process has the message under way.
    ours = table.c.lease_until <= bindparam("ours", type_=BigInteger)
    one = update(table).where(table.c.message == bindparam("of"), ours)
    return one.values(lease_until=bindparam("until"))


def _free(table: Table) -> Update:
    # Anything else is a claim made since, also one that ends sooner.
    ours = table.c.lease_until == bindparam("ours", type_=BigInteger)
    one = update(table).where(table.c.message == bindparam("of"), ours)
    return one.values(lease_until=bindparam("until"))


_PUT_OFF = (
    _put_off(bookmarks).values(
        failures=bookmarks.c.failures + 1, failure=func.coalesce(_WHY, bookmarks.c.failure)
    ),
    update(users)
    .where(
        users.c.trial == bindparam("of"),
        users.c.trial_lease <= bindparam("ours", type_=BigInteger),
    )
    # A reminder is tried until its session begins; a test would be for ever.
    .values(trial_lease=bindparam("until"), trial=case((_WHY.is_(None), users.c.trial))),
    _put_off(letters).values(failures=letters.c.failures + 1),
    _put_off(posts).values(failures=posts.c.failures + 1),
    _put_off(bulletins),
)
_FREED = (_free(bookmarks), _free(letters))
