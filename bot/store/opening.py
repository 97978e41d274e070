"""Opens a database: an engine with what each kind of database needs, its tables upgraded."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.store import migrations

_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000")
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


def opened(url: str) -> Engine:
    """The database, upgraded. Raises StoreFailed."""
    place = _shown(url)
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
        _prepare_sqlite(engine)
    try:
        migrations.upgrade(engine)
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
            f"The database {place} cannot be opened ({why}): {_remedy(engine, why)}."
        ) from None
    return engine


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, the same however it is written; None for another database,
    or one that is in memory."""
    name = url.database
    if name is None or url.get_backend_name() != "sqlite":
        return None
    if name.startswith("file:"):  # https://www.sqlite.org/uri.html
        name = unquote(urlsplit(name).path)
    return None if name in ("", ":memory:") else Path(name).resolve()


def _shown(url: str) -> str:
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


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late; BEGIN is sent below.
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        # A transaction that reads first and writes later may not be upgraded: it would fail.
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
