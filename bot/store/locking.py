"""The rows of users, made where they are missing and locked: before anything else of these users,
and those of several in order of their ids, so that no two processes wait for each other."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, func, or_, select

from bot.cleaning import one_line
from bot.messages import User
from bot.store.inserting import insert
from bot.store.tables import LONGEST_NAME, users


def is_user(user: User) -> ColumnElement[bool]:
    """The user's row."""
    return (users.c.network == user.network) & (users.c.ident == user.id)


def kept_name(user: User) -> str:
    """The name of a user on one line, as long as the tables take it."""
    return one_line(user.name)[:LONGEST_NAME]


def user_id_of(connection: Connection, user: User) -> int:
    """The user's row, made if there is none, and locked; with the name they have now, if that is
    known."""
    new = insert(connection, users).values(
        network=user.network, ident=user.id, name=kept_name(user)
    )
    name = new.excluded.name
    other = (name != "") & (users.c.name != name)
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["network", "ident"], set_={"name": name}, where=other
        )
    )
    locked = select(users.c.id).where(is_user(user)).with_for_update(key_share=True)
    found: int = connection.execute(locked).scalar_one()
    return found


def known_name(connection: Connection, user: User) -> str:
    """The name of a user, also where they do not give it now; empty if it is not known."""
    known = select(users.c.name).where(is_user(user))
    return kept_name(user) or connection.execute(known).scalar() or ""


def lock(connection: Connection, ids: Sequence[int] | CompoundSelect[tuple[int]]) -> None:
    """Lock the rows of users for whoever writes to what belongs to them."""
    locked = select(users.c.id).where(users.c.id.in_(ids)).order_by(users.c.id)
    connection.execute(locked.with_for_update(key_share=True)).all()


def keep_there(connection: Connection, ids: Select[tuple[int]], user: User) -> None:
    """Have none of these users, nor this one, forgotten or adopted before the transaction ends."""
    there = staying(select(users.c.id).where(or_(users.c.id.in_(ids), is_user(user))))
    # Counted, not read: there may be thousands.
    connection.execute(select(func.count()).select_from(there.subquery()))


def staying(found: Select[Any]) -> Select[Any]:
    """Those users who are found, and not forgotten or adopted before the transaction ends."""
    return found.order_by(users.c.id).with_for_update(read=True, key_share=True, of=users)
