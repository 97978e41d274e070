"""Invocations take effect once: they are remembered with what they did, for two days."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.messages import Effect, Forget, Organised, User
from bot.store import organising, people
from bot.store.inserting import insert
from bot.store.locking import is_user, user_id_of
from bot.store.rows import to_ms
from bot.store.tables import invocations, users
from bot.storing import Memo

_KEPT = timedelta(days=2)


def recall(connection: Connection, user: User, invocation: str) -> str | None:
    """The record of an invocation that has taken effect; of those that belong to nobody any more,
    since they forgot who said it, too."""
    wanted = (invocations.c.network == user.network) & (invocations.c.ident == invocation)
    theirs = invocations.c.user_id.is_(None) | is_user(user)
    found = select(invocations.c.reply).outerjoin(users).where(wanted, theirs)
    return connection.execute(found).scalar_one_or_none()


def apply(
    connection: Connection,
    user: User,
    effects: Sequence[Effect],
    memo: Memo | None,
    wall: datetime,
) -> bool:
    """Carry out effects, and remember the invocation; false, and nothing is changed, if it or
    another correction of the same message has taken effect before, or one of the effects cannot be
    carried out any more."""
    assert organising.is_followed(effects), "a change of the programme that nobody would notice"
    organising.prepare(connection, user, effects)
    user_id = user_id_of(connection, user)
    if memo is not None:
        forgets = any(isinstance(effect, Forget) for effect in effects)
        if not _remember(connection, user, user_id, memo, forgets, wall):
            connection.rollback()
            return False
    for effect in effects:
        if isinstance(effect, Organised):
            if not organising.carry_out(connection, user, effect, wall):
                connection.rollback()
                return False
        else:
            people.carry_out(connection, user, user_id, effect)
    return True


def _remember(
    connection: Connection, user: User, user_id: int, memo: Memo, forgets: bool, wall: datetime
) -> bool:
    """Remember an invocation before it takes effect; false if that has happened. What makes its
    user forgotten is remembered as nobody's."""
    if memo.corrects is not None and recall(connection, user, memo.corrects) != memo.former:
        return False
    columns = {
        "user_id": None if forgets else user_id,
        "reply": memo.record,
        "at": to_ms(wall),
    }
    connection.execute(delete(invocations).where(invocations.c.at < to_ms(wall - _KEPT)))
    new = insert(connection, invocations).on_conflict_do_nothing()
    row = {"network": user.network, **columns}
    first = new.values(ident=memo.id, **row).returning(invocations.c.ident)
    if connection.execute(first).first() is None:
        return False
    if memo.earlier:
        connection.execute(new, [{"ident": ident, **row} for ident in memo.earlier])
    if memo.corrects is not None:
        corrected = insert(connection, invocations).values(ident=memo.corrects, **row)
        theirs = invocations.c.user_id == user_id
        connection.execute(
            corrected.on_conflict_do_update(
                index_elements=["network", "ident"], set_=columns, where=theirs
            )
        )
    return True
