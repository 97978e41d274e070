"""Fixtures with real Matrix servers, which start when the first test asks for them."""

from collections.abc import Iterator

import pytest

from tests.servers.keeper import Missing
from tests.servers.synapse import Synapse, Wanted
from tests.servers.synapse import synapse as start_synapse


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    """A Synapse without limits for all tests that leave it as it is."""
    yield from _started(Wanted())


@pytest.fixture(scope="session")
def synapse_limited() -> Iterator[Synapse]:
    """A Synapse with the limits that it has by default, for all tests that leave it as it is."""
    yield from _started(Wanted(limits=True))


def _started(wanted: Wanted) -> Iterator[Synapse]:
    try:
        with start_synapse(wanted) as server:
            yield server
    except Missing as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
