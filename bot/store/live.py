"""What organisers have changed live, as rows: one for each sort of change to a session."""

import json
from collections.abc import Sequence
from typing import Any, assert_never

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.live import Added, Cancelled, InRooms, LiveChange, Starts, Value
from bot.schedule import Slot
from bot.store.inserting import insert
from bot.store.rows import from_ms, moment, to_ms
from bot.store.tables import live, versions

_ADDED, _STARTS, _ROOMS, _CANCELLED = "added", "starts", "rooms", "cancelled"


def changes(connection: Connection) -> tuple[LiveChange, ...]:
    """All of them, in the order in which they were made."""
    rows = connection.execute(select(live).order_by(live.c.number))
    return tuple(LiveChange(row.session_id, read(row.part, row.value)) for row in rows)


def keep(connection: Connection, change: LiveChange) -> bool:
    """Keep a change, the latest of all, in place of the one of this sort to the session; false if a
    session was to be added under a number that is not higher than all that there were."""
    if isinstance(change.value, Added) and change.session_id <= highest(connection):
        return False
    value = {
        "value": written(change.value),
        "number": select(func.coalesce(func.max(live.c.number), 0) + 1).scalar_subquery(),
    }
    new = insert(connection, live).values(
        session_id=change.session_id, part=part_of(change.value), **value
    )
    connection.execute(new.on_conflict_do_update(index_elements=["session_id", "part"], set_=value))
    return True


def highest(connection: Connection) -> int:
    """The highest number of a session in the versions that are kept and in the changes."""
    published = select(func.max(versions.c.highest)).scalar_subquery()
    changed = select(func.max(live.c.session_id)).scalar_subquery()
    found = connection.execute(select(published, changed)).one()
    return max(number or 0 for number in found)


def withdraw(connection: Connection, session_id: int) -> None:
    """Keep no change to a session any more, but that it was added."""
    theirs = live.c.session_id == session_id
    connection.execute(delete(live).where(theirs, live.c.part != _ADDED))


def settle(connection: Connection, settled: Sequence[LiveChange]) -> None:
    """Keep these changes no more."""
    rows = [{"of": change.session_id, "sort": part_of(change.value)} for change in settled]
    if rows:
        one = (live.c.session_id == bindparam("of"), live.c.part == bindparam("sort"))
        connection.execute(delete(live).where(*one), rows)


def part_of(value: Value) -> str:
    """What of a session is changed so."""
    match value:
        case Added():
            return _ADDED
        case Starts():
            return _STARTS
        case InRooms():
            return _ROOMS
        case Cancelled():
            return _CANCELLED
        case _:
            assert_never(value)


def written(value: Value) -> str:
    """A value as JSON."""
    return json.dumps(_data(value), ensure_ascii=False)


def read(part: str, text: str) -> Value:
    """What `written` wrote of this part."""
    data = json.loads(text)
    match part:
        case "added":
            title, start, end, rooms = data
            return Added(title, Slot(moment(start), from_ms(end), tuple(rooms)))
        case "starts":
            return Starts(moment(data))
        case "rooms":
            return InRooms(tuple(data))
        case "cancelled":
            return Cancelled(data)
        case _:
            raise AssertionError(part)


def _data(value: Value) -> Any:
    match value:
        case Added(title, slot):
            return [title, to_ms(slot.start), to_ms(slot.end), slot.rooms]
        case Starts(start):
            return to_ms(start)
        case InRooms(rooms):
            return rooms
        case Cancelled(cancelled):
            return cancelled
        case _:
            assert_never(value)
