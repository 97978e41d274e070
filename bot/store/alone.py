"""One courier for one SQLite file: the lock that says so, given back by the system at any end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.store.opening import StoreFailed, file_of


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Be the one process that sends reminders from an SQLite database; any number may from
    PostgreSQL. Raises StoreFailed."""
    file = _file(url)
    # A folder that is missing will be refused; the lock would make it.
    if file is None or not file.parent.is_dir():
        yield
        return
    lock = FileLock(f"{file}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreFailed(
            f"Another Summit Bot is running on {file}: end it, name another database, or let both"
            " use PostgreSQL (postgresql+psycopg://...), which any number may share."
        ) from None
    except OSError as problem:
        raise StoreFailed(
            f"The database sqlite:///{file} cannot be opened ({problem.strerror}):"
            " check that it may be written."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _file(url: str) -> Path | None:
    """The file of an SQLite database; None for another database, or what will be refused."""
    try:
        return file_of(make_url(url))
    except (ArgumentError, ValueError):
        return None
