"""Fixtures for all tests."""

import gc
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot import logs
from tests.databases import new_database
from tests.servers.irc_fixtures import inspircd, ngircd
from tests.servers.keeper import Missing
from tests.servers.matrix_fixtures import synapse, synapse_limited
from tests.servers.postgres import empty, postgres
from tests.summit import Summit, folsom

__all__ = ["inspircd", "ngircd", "synapse", "synapse_limited"]

# The same examples in every run: what is red for one is red for all, however busy the machine is.
settings.register_profile(
    "same for all",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same for all")
logs.through_logging()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "every_database: run what uses a database on SQLite and on PostgreSQL"
    )
    # What runs in the background may have been told to ignore Ctrl-C, and tells what it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "long: begin early, so that others run beside it")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Without looking for garbage, of which there is none: that would take a third of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker("every_database") is not None
    if marked and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a database of PostgreSQL, which is started when the first test asks for it."""
    try:
        with postgres() as url:
            yield url
    except Missing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new database: a file of SQLite, unless a test is for `every_database`."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return new_database(tmp_path)
    url: str = request.getfixturevalue("postgresql")
    empty(url)
    return url


@pytest.fixture
async def summit(database: str) -> AsyncIterator[Summit]:
    """The Folsom summit on Monday at 9:20."""
    summit = Summit(database, folsom(), "Monday 9:20")
    yield summit
    await summit.store.close()
