"""Two users who turn out to be one: all that is known of the one becomes the other's."""

from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from bot.messages import User
from bot.store import letters
from bot.store.inserting import insert
from bot.store.locking import is_user, kept_name
from bot.store.tables import bookmarks, invocations, kept, users

_OWN = ("met", "before", "timezone", "hours", "plain", "named", "trial", "trial_lease")
"""What a row says about its user, beside who that is."""


def adopt(connection: Connection, user: User, by: User) -> None:
    """Make everything of one user another's, on the same network; what that one has already
    stays as it is."""
    assert user.network == by.network, "users of one network are not users of another"
    if user == by:
        return
    if connection.execute(select(users.c.id).where(is_user(user))).first() is not None:
        _hand_over(connection, user, by)
    _hand_over_kept(connection, f"{user.network}/{user.id}", f"{by.network}/{by.id}")


def _hand_over(connection: Connection, user: User, by: User) -> None:
    new = insert(connection, users).values(network=by.network, ident=by.id, name=kept_name(by))
    made = new.on_conflict_do_nothing(index_elements=["network", "ident"]).returning(users.c.id)
    is_new = connection.execute(made).first() is not None
    # As whoever writes to bookmarks: the users first, in order of their ids. See `locking`.
    both = select(users).where(or_(is_user(user), is_user(by))).order_by(users.c.id)
    rows = {row.ident: row for row in connection.execute(both.with_for_update())}
    if user.id not in rows:
        return  # forgotten in the meantime
    former, heir = rows[user.id], rows[by.id]
    _hand_over_row(connection, former, heir, is_new)
    _hand_over_bookmarks(connection, former, heir, promised=not is_new)
    theirs = invocations.c.user_id == former.id
    connection.execute(update(invocations).where(theirs).values(user_id=heir.id))
    letters.hand_over(connection, former.id, heir.id)
    connection.execute(delete(users).where(users.c.id == former.id))


def _hand_over_row(connection: Connection, former: Any, heir: Any, is_new: bool) -> None:
    columns: dict[str, Any] = {}
    if is_new:
        columns = {name: getattr(former, name) for name in _OWN}
    elif heir.trial is None:
        columns = {name: getattr(former, name) for name in ("trial", "trial_lease")}
    if former.met:
        columns["met"] = True
    if columns:
        connection.execute(update(users).where(users.c.id == heir.id).values(columns))


def _hand_over_bookmarks(connection: Connection, former: Any, heir: Any, *, promised: bool) -> None:
    """With what is under way for them; the one message that they share stays one."""
    theirs = bookmarks.c.user_id == former.id
    columns: dict[str, Any] = {"user_id": heir.id}
    if promised and former.before != heir.before:
        # Their owner was told when the reminder comes, by a preference that is no more.
        columns["own_before"] = True
    had = select(bookmarks.c.session_id).where(bookmarks.c.user_id == heir.id)
    lacking = bookmarks.c.session_id.not_in(had)
    connection.execute(update(bookmarks).where(theirs, lacking).values(columns))
    connection.execute(delete(bookmarks).where(theirs))


def _hand_over_kept(connection: Connection, former: str, heir: str) -> None:
    had = select(kept.c.key).where(kept.c.owner == heir)
    lacking = kept.c.key.not_in(had)
    theirs = kept.c.owner == former
    connection.execute(update(kept).where(theirs, lacking).values(owner=heir))
    connection.execute(delete(kept).where(theirs))
