"""New databases for tests that have their tables already: a copy takes a twentieth of the time."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from bot.store.opening import file_of, opened


def new_database(folder: Path) -> str:
    """The URL of a file of SQLite in this folder, as the first start of the program leaves it."""
    file = folder / "summit.db"
    file.write_bytes(_with_tables())
    return _url(file)


def without_tables(database: str) -> str:
    """The URL of this new database, as before the first start."""
    if (file := file_of(make_url(database))) is not None:
        file.unlink()
    return database


@cache
def _with_tables() -> bytes:
    with TemporaryDirectory(prefix="summit-bot-") as folder:
        file = Path(folder) / "summit.db"
        opened(_url(file)).dispose()
        return file.read_bytes()


def _url(file: Path) -> str:
    return f"sqlite:///{file}"
