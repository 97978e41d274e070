"""What adapters keep: small values under the name of an owner and a key."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from bot.store.inserting import insert
from bot.store.tables import kept

_LAST = "\U0010ffff"
"""Sorts behind everything that may follow a prefix, and stands in no text."""


def read(connection: Connection, owner: str, key: str) -> str | None:
    """What is kept under this key."""
    wanted = (kept.c.owner == owner) & (kept.c.key == key)
    return connection.execute(select(kept.c.value).where(wanted)).scalar_one_or_none()


def read_all(connection: Connection, under: str, key: str) -> Mapping[str, str]:
    """What is kept under this key by all owners whose names begin so, by owner."""
    # A range of the index: LIKE would have its own ideas of capitals, of % and _.
    theirs = kept.c.owner.between(under, under + _LAST) & (kept.c.key == key)
    rows = connection.execute(select(kept.c.owner, kept.c.value).where(theirs))
    return {row.owner: row.value for row in rows}


def keep(connection: Connection, owner: str, key: str, value: str | None) -> None:
    """Keep a value in place of the last one; None keeps nothing."""
    if value is None:
        connection.execute(delete(kept).where(kept.c.owner == owner, kept.c.key == key))
        return
    new = insert(connection, kept).values(owner=owner, key=key, value=value)
    replaced = new.on_conflict_do_update(index_elements=["owner", "key"], set_={"value": value})
    connection.execute(replaced)
