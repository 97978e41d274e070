"""Fixtures for all tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.summit import Summit, folsom


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A new database file."""
    return f"sqlite:///{tmp_path / 'summit.db'}"


@pytest.fixture
async def summit(database: str) -> AsyncIterator[Summit]:
    """The Folsom summit on Monday at 9:20."""
    summit = Summit(database, folsom(), "Monday 9:20")
    yield summit
    await summit.store.close()
