"""Databases that cannot be used for a while, for real: locked, full, read-only, not reachable."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from bot.store.sql import SqlStore
from bot.storing import Store

_DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
_AS_MANY_AS_POSSIBLE = 2**32 - 2


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program is in the middle of writing to the file."""
    other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def unreachable(url: str) -> Iterator[None]:
    """The server ends all connections, and takes no others."""
    place = make_url(url)
    # A database cannot be closed by somebody who is inside.
    outside = place.set(drivername="postgresql", database="template1")
    with psycopg.connect(outside.render_as_string(hide_password=False), autocommit=True) as admin:
        allow = f'ALTER DATABASE "{place.database}" WITH ALLOW_CONNECTIONS'
        admin.execute(f"{allow} false")
        try:
            admin.execute(_DISCONNECT, [place.database])
            yield
        finally:
            admin.execute(f"{allow} true")


@contextmanager
def full(store: Store) -> Iterator[None]:
    """There is no room for another page."""
    with _pragma(store, "max_page_count = 1", f"max_page_count = {_AS_MANY_AS_POSSIBLE}"):
        yield


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """SQLite may not write to the file."""
    with _pragma(store, "query_only = on", "query_only = off"):
        yield


@contextmanager
def _pragma(store: Store, during: str, after: str) -> Iterator[None]:
    assert isinstance(store, SqlStore)
    now = during

    # Connections keep what they are told: so every transaction begins with it.
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {now}")

    event.listen(store._engine, "begin", began)
    yield
    now = after


def is_postgresql(url: str) -> bool:
    return make_url(url).get_backend_name() == "postgresql"


@contextmanager
def away(url: str) -> Iterator[None]:
    """Whatever the database is, nobody can write to it."""
    with unreachable(url) if is_postgresql(url) else locked(url):
        yield
