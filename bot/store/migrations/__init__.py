"""Brings a database to the tables of this program, one revision after the other (Alembic)."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0006"
"""The revision whose tables this program uses."""

_LOCK = 2_012_041_609
_VERSIONS = Path(__file__).parent / "versions"


class TooNew(Exception):
    """The database has a revision that this program does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


def upgrade(engine: Engine, to: str = HEAD) -> None:
    """Upgrade the database, alone: processes that start together wait for the first of them.
    Raises TooNew."""
    with engine.connect() as connection:
        if not _is_older(connection, to):
            return
    # Transactions on SQLite begin with the lock for writing; elsewhere one is taken here.
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # Neither the wait for others nor a new column of many rows is a sign of trouble.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _is_older(connection, to):
            _run(connection, to)


def revision(connection: Connection) -> str | None:
    """The revision of a database; None if it is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def refuse_newer(found: str | None) -> None:
    """Raise TooNew if this is the revision of a newer program."""
    if found is not None and found not in _known():
        raise TooNew(found)


def _is_older(connection: Connection, to: str) -> bool:
    found = revision(connection)
    refuse_newer(found)
    return found != to


def _known() -> set[str]:
    return {path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py")}


def _run(connection: Connection, to: str) -> None:
    # A start that has nothing to upgrade does not wait for this import.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_VERSIONS.parent))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
