"""Made-up people with bookmarks, written into a database: `python -m benchmarks.crowd ...`.

A process of its own does that, so that the one which starts those that are measured stays small:
Linux counts what a parent had before exec as the memory of its child.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, insert

from benchmarks import made_up
from bot.messages import User
from bot.notices import MOST_BEFORE
from bot.schedule import Schedule, Session
from bot.store.opening import opened
from bot.store.rows import to_ms, told_columns
from bot.store.tables import bookmarks, users

NETWORK = "benchmark"
BEFORE = timedelta(minutes=5)
EACH = 10
"""Bookmarks that everybody has where nothing is due."""

_SEED = 2012
_AT_ONCE = 10_000
_SOON = timedelta(minutes=MOST_BEFORE)

Row = dict[str, Any]


def schedule() -> Schedule:
    """The event that all of them go to."""
    return made_up.schedule(Random(_SEED))


def person(number: int) -> User:
    """One of them; the first is 1."""
    return User(NETWORK, f"person-{number}", f"Person {number}")


def popular(schedule: Schedule) -> Session:
    """The session that everybody has bookmarked where a wave is due."""
    return schedule.planned[len(schedule.planned) // 2]


def between(schedule: Schedule) -> datetime:
    """A moment at which nothing is due to anybody; some of what is soon is told already."""
    return popular(schedule).slot.start - BEFORE


def write_wave(url: str, people: int) -> None:
    """Everybody has one bookmark, of the same session, and is to be reminded of it."""
    row = _row(popular(schedule()), told=False)
    _write(url, people, lambda _: iter((row,)))


def write_idle(url: str, people: int, told: int) -> None:
    """Everybody has ten bookmarks. The first `told` people have one of a session that is soon,
    and have been reminded; of what is over too, everybody has been."""
    programme, random = schedule(), Random(_SEED)
    now = between(programme)
    soon = programme.starting(now, now + _SOON)
    reminded = [_row(session, told=True) for session in soon]
    others = [
        _row(session, told=session.slot.start <= now)
        for session in programme.planned
        if not now < session.slot.start <= now + _SOON
    ]

    def theirs(number: int) -> Iterator[Row]:
        has_soon = number <= told
        if has_soon:
            yield random.choice(reminded)
        yield from random.sample(others, EACH - has_soon)

    _write(url, people, theirs)


def _write(url: str, people: int, theirs: Callable[[int], Iterator[Row]]) -> None:
    database, numbers = opened(url), range(1, people + 1)
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -500000")
        _insert(connection, users, (_user(number) for number in numbers))
        _insert(connection, bookmarks, ({"user_id": n} | row for n in numbers for row in theirs(n)))
        if database.dialect.name == "postgresql":
            # Otherwise the server does it by itself, at some time within the next minute.
            connection.exec_driver_sql("ANALYZE")
    database.dispose()


def _insert(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(table), some)


def _user(number: int) -> Row:
    user = person(number)
    return {"id": number, "network": NETWORK, "ident": user.id, "name": user.name, "met": True}


def _row(session: Session, *, told: bool) -> Row:
    return {
        "session_id": session.id,
        "network": NETWORK,
        "before": BEFORE // timedelta(minutes=1),
        "own_before": False,
        "reminded": to_ms(session.slot.start) if told else 0,
        "reminded_at": to_ms(session.slot.start - BEFORE) if told else 0,
        **told_columns(session.facts),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["wave", url, people]:
            write_wave(url, int(people))
        case ["idle", url, people, told]:
            write_idle(url, int(people), int(told))
        case _:
            sys.exit("wave URL PEOPLE, or idle URL PEOPLE TOLD")
