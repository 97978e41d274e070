"""Fixtures for all tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.summit import Summit, folsom

# The same examples in every run: what is red for one is red for all.
settings.register_profile("same for all", derandomize=True, deadline=None)
settings.load_profile("same for all")


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
