"""Opens a database: an engine with what each kind of database needs, its tables upgraded."""

import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.store import migrations, versions
from bot.store.tables import kept
from bot.versions import Heads, Version

_SQLITE_PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
_LOOKING_PRAGMAS = ("busy_timeout=5000",)
"""Those that change nothing in the file."""
_PAUSE = 0.01
"""Seconds until a pragma is tried again that others at the file have kept from taking effect."""
# A server that has gone without a word is found out within some 20 seconds.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES
_LIBPQ = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_LONGEST_STATEMENT = 5_000
"""Milliseconds after which a server that is there, but does not answer, counts as away."""


class StoreFailed(Exception):
    """The database cannot be opened; the message is one sentence for the organiser."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a database holds: its revision, None if it is new, the event it belongs to, what
    adapters have kept there for themselves (not for people), by owner and key, and what is known of
    the versions of the schedule, one of which may have been asked for."""

    revision: str | None
    event: str | None
    kept: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    heads: Heads = Heads()
    version: Version | None = None


def opened(url: str) -> Engine:
    """The database, upgraded. Raises StoreFailed."""
    engine = _connecting(url, _SQLITE_PRAGMAS)
    with _refused(url, engine):
        migrations.upgrade(engine)
    return engine


def looked_into(url: str, *, whole: bool = False) -> Found:
    """What a database holds, which is left as it is, beside whoever uses it; the schedule that
    counts too, if the `whole` of it is wanted. Raises StoreFailed."""
    engine = _connecting(url, _LOOKING_PRAGMAS)
    file = file_of(engine.url)
    if file is not None and not file.exists() and os.access(file.parent, os.W_OK | os.X_OK):
        return Found(None, None)  # to connect would make the file
    # A transaction for writing, as it begins on SQLite, fails where nothing may be written.
    with _refused(url, engine), engine.begin() as connection:
        revision = migrations.revision(connection)
        migrations.refuse_newer(revision)
        own = kept.c.owner.not_like("%/%")
        rows = connection.execute(select(kept).where(own)) if revision else ()
        held = {(row.owner, row.key): row.value for row in rows}
        event = held.pop(("event", "name"), None)
        if revision is None or revision < versions.SINCE:
            found = Found(revision, event, held)
        else:
            organised = revision >= versions.ORGANISED_SINCE
            current = versions.version(connection, False, organised=organised) if whole else None
            heads = versions.heads(connection, organised=organised)
            found = Found(revision, event, held, heads, current)
    engine.dispose()
    return found


def _connecting(url: str, pragmas: Sequence[str]) -> Engine:
    """An engine that has not connected yet. Raises StoreFailed."""
    place = shown(url)
    try:
        parsed = make_url(url)
        if "@" in (parsed.host or ""):
            raise StoreFailed(f"{place!r} is no database URL: write @ in a password as %40.")
        engine = _engine(parsed)
    except (ArgumentError, ValueError):
        raise StoreFailed(
            f"{place!r} is no database URL; one looks like sqlite:///summit-bot.db"
        ) from None
    except ImportError as missing:
        raise StoreFailed(
            f"The database {place} needs a driver that is not installed: {missing.name}."
        ) from None
    if engine.dialect.name == "sqlite":
        if file_of(parsed) is None:  # a memory of its own for each connection
            raise StoreFailed(
                f"The database {place} would keep nothing: name a file, like"
                " sqlite:///summit-bot.db"
            )
        _prepare_sqlite(engine, pragmas)
    return engine


@contextmanager
def _refused(url: str, engine: Engine) -> Iterator[None]:
    """Say in a sentence why a database cannot be used, and leave it. Raises StoreFailed."""
    try:
        yield
    except migrations.TooNew as newer:
        engine.dispose()
        raise StoreFailed(
            f"The database was written by a newer Summit Bot (revision {newer.revision}):"
            " start that one, or name another database."
        ) from None
    except SQLAlchemyError as problem:
        engine.dispose()
        why = reason(problem)
        raise StoreFailed(
            f"The database {shown(url)} cannot be opened ({why}): {_remedy(engine, why)}."
        ) from None


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, the same however it is written; None for another database,
    or one that is in memory."""
    name = url.database
    if name is None or url.get_backend_name() != "sqlite":
        return None
    if name.startswith("file:"):  # https://www.sqlite.org/uri.html
        name = unquote(urlsplit(name).path)
    return None if name in ("", ":memory:") else Path(name).resolve()


def shown(url: str) -> str:
    """A URL without its passwords, also where the rest of it is none."""
    unnamed = re.sub(r":(?!//).*@", ":***@", url, flags=re.DOTALL)
    return re.sub(r"(password=)[^&]*", r"\1***", unnamed)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        # The last one counts: what the URL says may differ.
        options = f"-c statement_timeout={_LONGEST_STATEMENT} {url.query.get('options', '')}"
        return create_engine(url, pool_pre_ping=True, connect_args=_LIBPQ | {"options": options})
    return create_engine(url)


def reason(problem: Exception) -> str:
    """What the driver says, on one line."""
    return str(getattr(problem, "orig", problem)).strip().splitlines()[0].rstrip(".")


def _remedy(engine: Engine, why: str) -> str:
    if engine.dialect.name == "postgresql":
        return "check that the server runs and that this user may use the database"
    if "locked" in why:
        return "another program is using it"
    if "not a database" in why:
        return "name another file"
    if "full" in why:
        return "make room on the disk"
    return "check that it may be written"


def _prepare_sqlite(engine: Engine, pragmas: Sequence[str]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late; BEGIN is sent below.
        connection.isolation_level = None
        for pragma in pragmas:
            _set(connection, pragma)

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        # A transaction that reads first and writes later may not be upgraded: it would fail.
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Set a pragma, and wait for others at the file as long as for any lock.

    SQLite does not wait where it has begun to read and finds that it has to write, which is how
    it changes the journal of a file: two who do so would wait for each other. It says at once
    that the database is locked, and then one of them has to begin again.
    https://www.sqlite.org/c3ref/busy_handler.html"""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + patience / 1000
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)
        else:
            return
