"""Fixtures with real IRC servers, which start when the first test asks for them."""

from collections.abc import Iterator

import pytest

from tests.servers.inspircd import inspircd as start_inspircd
from tests.servers.irc_server import Server
from tests.servers.keeper import Missing
from tests.servers.ngircd import ngircd as start_ngircd


@pytest.fixture(scope="session")
def ngircd() -> Iterator[Server]:
    """An ngircd for all tests that leave it as it is."""
    try:
        with start_ngircd() as server:
            yield server
    except Missing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None


@pytest.fixture(scope="session")
def inspircd() -> Iterator[Server]:
    """An inspircd with services for all tests that leave it as it is."""
    try:
        with start_inspircd() as server:
            yield server
    except Missing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
