"""Upgrades: a new database, an older one, several programs at once, and a newer one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from bot.store import migrations
from bot.store.sql import SqlStore, StoreFailed
from bot.store.tables import metadata
from tests.summit import StandingClock, at

CLOCK = StandingClock(at(16, 9))


async def open_and_close(database: str) -> None:
    await SqlStore(database, CLOCK).close()


async def test_the_revisions_make_the_tables_that_the_program_uses(database: str) -> None:
    await open_and_close(database)
    engine = create_engine(database)
    with engine.connect() as connection:
        assert migrations.revision(connection) == migrations.HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_head_is_the_last_revision() -> None:
    versions = sorted(migrations._known())
    assert versions[-1] == migrations.HEAD


async def test_programs_that_start_together_upgrade_once(database: str) -> None:
    with ThreadPoolExecutor(4) as starts:
        stores = list(starts.map(lambda _: SqlStore(database, CLOCK), range(4)))
    assert len(stores) == 4
    for store in stores:
        await store.close()


async def test_a_newer_database_is_refused(database: str) -> None:
    await open_and_close(database)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreFailed) as refused:
        SqlStore(database, CLOCK)
    assert str(refused.value) == (
        "The database was written by a newer Summit Bot (revision 9999):"
        " start that one, or name another database."
    )


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/where/x.db", "sqlite:///{}/"])
def test_a_database_that_cannot_be_opened_is_refused_in_one_sentence(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(StoreFailed) as refused:
        SqlStore(url.format(tmp_path), CLOCK)
    assert "\n" not in str(refused.value)
    assert "URL" in str(refused.value) or "may be written" in str(refused.value)
