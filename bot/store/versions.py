"""Versions of the schedule: the one that counts, and one that is held back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, func, select, true, update

from bot.live import LiveChange
from bot.schedule import Edition
from bot.store import bulletins, keeping, live, organising
from bot.store.inserting import insert
from bot.store.rows import moment, to_ms
from bot.store.tables import audit, versions
from bot.store.tables import live as changes
from bot.storing import Bulletin
from bot.versions import Head, Heads, Version

SINCE = "0005"
"""The first revision of a database that holds any."""
ORGANISED_SINCE = "0006"
"""The first revision that knows what organisers do, and the highest number of a session."""

_CURRENT, _HELD = "current", "held"


def heads(connection: Connection, *, organised: bool = True) -> Heads:
    """What is known of them without their documents, which may be large; in a database of an older
    revision (not `organised`) nothing of what organisers do."""
    columns = _columns(organised, "event", "schedule")
    if not organised:
        return _heads(connection.execute(select(*columns)))
    # In one statement, so that all is of one moment. It has a row also where there is no version.
    once = select(
        select(func.max(audit.c.id)).scalar_subquery().label("acts"),
        select(func.max(changes.c.session_id)).scalar_subquery().label("changed"),
    ).subquery()
    rows = connection.execute(select(once, *columns).outerjoin_from(once, versions, true())).all()
    found = _heads(row for row in rows if row.state is not None)
    highest = max(max(row.highest or 0, row.changed or 0) for row in rows)
    return replace(found, acts=rows[0].acts or 0, highest=highest)


def edition(connection: Connection) -> Edition:
    """Which state of the programme this is."""
    number = select(versions.c.number).where(versions.c.state == _CURRENT)
    return Edition(connection.execute(number).scalar() or 0, organising.last_act(connection))


def is_at(connection: Connection, known: Edition | None) -> bool:
    """True if the programme is at the edition that somebody knows; also if they know of none."""
    return known is None or known == edition(connection)


def version(connection: Connection, held: bool, *, organised: bool = True) -> Version | None:
    """One of them, whole."""
    wanted = versions.c.state == (_HELD if held else _CURRENT)
    row = connection.execute(select(*_columns(organised)).where(wanted)).one_or_none()
    if row is None:
        return None
    return Version(_head(row), row.event, row.schedule, row.highest if organised else 0)


def publish(
    connection: Connection,
    new: Version,
    told: Sequence[Bulletin],
    acts: int,
    settled: Sequence[LiveChange],
    now: datetime,
) -> bool:
    """Let it count, if it follows on the one that does so far, and nothing was done since `acts`;
    the live changes that are `settled` go."""
    organising.one_at_a_time(connection)
    if organising.last_act(connection) != acts:
        return False
    values = _values(new)
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
    live.settle(connection, settled)
    keeping.keep(connection, "event", "name", new.event)
    bulletins.add(connection, told, now)
    return True


def hold_back(
    connection: Connection,
    new: Version,
    told: Sequence[Bulletin],
    acts: int,
    now: datetime,
) -> bool:
    """Keep it beside the one that counts, if it follows on that, and nothing was done since
    `acts`."""
    organising.one_at_a_time(connection)
    if organising.last_act(connection) != acts:
        return False
    current = select(versions.c.number).where(*_is_current(new.head.number - 1)).with_for_update()
    if connection.execute(current).one_or_none() is None:
        return False
    _drop_held(connection)
    connection.execute(insert(connection, versions).values(state=_HELD, **_values(new)))
    bulletins.add(connection, told, now)
    return True


def confirm(connection: Connection, head: Head) -> None:
    """Note that the source says what the version of this number says."""
    values = _of_source(head)
    same = update(versions).where(*_is_current(head.number)).values(values)
    if connection.execute(same.returning(versions.c.number)).one_or_none() is not None:
        _drop_held(connection)


def _columns(organised: bool, *without: str) -> list[Column[Any]]:
    lacking = without if organised else (*without, "highest")
    return [column for column in versions.c if column.name not in lacking]


def _heads(rows: Iterable[Any]) -> Heads:
    found = {row.state: _head(row) for row in rows}
    return Heads(found.get(_CURRENT), found.get(_HELD))


def _is_current(number: int) -> tuple[ColumnElement[bool], ...]:
    return versions.c.state == _CURRENT, versions.c.number == number


def _drop_held(connection: Connection) -> None:
    connection.execute(delete(versions).where(versions.c.state == _HELD))


def _values(new: Version) -> dict[str, Any]:
    return {
        "number": new.head.number,
        "at": to_ms(new.head.at),
        "event": new.event,
        "schedule": new.document,
        "why": new.head.why,
        "highest": new.highest,
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
    at, seen = moment(row.at), moment(row.seen)
    return Head(row.number, at, seen, row.digest, row.etag, row.modified, row.why)
