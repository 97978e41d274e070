"""Versions of the schedule: the one that counts, and one that is held back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.store import bulletins, keeping
from bot.store.inserting import insert
from bot.store.rows import from_ms, to_ms
from bot.store.tables import versions
from bot.storing import Bulletin, Head, Heads, Version

SINCE = "0005"
"""The first revision of a database that holds any."""

_CURRENT, _HELD = "current", "held"


def heads(connection: Connection) -> Heads:
    """What is known of them without their documents, which may be large."""
    columns = [column for column in versions.c if column.name not in ("event", "schedule")]
    found = {row.state: _head(row) for row in connection.execute(select(*columns))}
    return Heads(found.get(_CURRENT), found.get(_HELD))


def version(connection: Connection, held: bool) -> Version | None:
    """One of them, whole."""
    wanted = versions.c.state == (_HELD if held else _CURRENT)
    row = connection.execute(select(versions).where(wanted)).one_or_none()
    return Version(_head(row), row.event, row.schedule) if row is not None else None


def publish(connection: Connection, new: Version, told: Sequence[Bulletin], now: datetime) -> bool:
    """Let it count, if it follows on the one that does so far."""
    values = _columns(new)
    if new.head.number == 1:
        first = insert(connection, versions).values(state=_CURRENT, **values)
        first = first.on_conflict_do_nothing(index_elements=["state"])
        done = connection.execute(first.returning(versions.c.number)).one_or_none()
    else:
        # Whoever comes second waits for the row, and then finds another number there.
        after = update(versions).where(*_is_current(new.head.number - 1)).values(values)
        done = connection.execute(after.returning(versions.c.number)).one_or_none()
    if done is None:
        return False
    _drop_held(connection)
    keeping.keep(connection, "event", "name", new.event)
    bulletins.add(connection, told, now)
    return True


def hold_back(
    connection: Connection, new: Version, told: Sequence[Bulletin], now: datetime
) -> bool:
    """Keep it beside the one that counts, if it follows on that."""
    current = select(versions.c.number).where(*_is_current(new.head.number - 1)).with_for_update()
    if connection.execute(current).one_or_none() is None:
        return False
    _drop_held(connection)
    connection.execute(insert(connection, versions).values(state=_HELD, **_columns(new)))
    bulletins.add(connection, told, now)
    return True


def confirm(connection: Connection, head: Head) -> None:
    """Note that the source says what the version of this number says."""
    values = _of_source(head)
    same = update(versions).where(*_is_current(head.number)).values(values)
    if connection.execute(same.returning(versions.c.number)).one_or_none() is not None:
        _drop_held(connection)


def _is_current(number: int) -> tuple[ColumnElement[bool], ...]:
    return versions.c.state == _CURRENT, versions.c.number == number


def _drop_held(connection: Connection) -> None:
    connection.execute(delete(versions).where(versions.c.state == _HELD))


def _columns(new: Version) -> dict[str, Any]:
    return {
        "number": new.head.number,
        "at": to_ms(new.head.at),
        "event": new.event,
        "schedule": new.document,
        "why": new.head.why,
        **_of_source(new.head),
    }


def _of_source(head: Head) -> dict[str, Any]:
    return {
        "seen": to_ms(head.seen),
        "digest": head.digest,
        "etag": head.etag,
        "modified": head.modified,
    }


def _head(row: Any) -> Head:
    at, seen = from_ms(row.at), from_ms(row.seen)
    assert at is not None
    assert seen is not None
    return Head(row.number, at, seen, row.digest, row.etag, row.modified, row.why)
