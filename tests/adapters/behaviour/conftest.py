"""Makes each test of the suite once for each network that can do what it needs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from bot import bulletins, ticker
from tests.adapters.behaviour import irc
from tests.adapters.behaviour.network import Begin, Network, Talk
from tests.adapters.behaviour.networks import NETWORKS
from tests.servers.irc_server import Server
from tests.servers.nickserv import register


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs: run on the networks that have these abilities")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "begin" in metafunc.fixturenames:
        needed = {
            ability for mark in metafunc.definition.iter_markers("needs") for ability in mark.args
        }
        able = [network for network in NETWORKS if not needed & network.lacks.keys()]
        ids = [network.name for network in able]
        metafunc.parametrize("begin", able, ids=ids, indirect=True)


@pytest.fixture(autouse=True)
def _ticks_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is due is looked for at once: half a second, some hundred times, is a minute."""
    monkeypatch.setattr(ticker, "EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(bulletins, "_EVERY", timedelta())


@pytest.fixture(scope="session")
def inspircd_with_account(inspircd: Server) -> Server:
    """An inspircd whose services know the organiser."""
    asyncio.run(register(inspircd, *irc.LOGIN))
    return inspircd


@pytest.fixture
def begin(request: pytest.FixtureRequest) -> Begin:
    """Begins to talk on a network; takes settings of its adapter."""
    network: Network = request.param
    if network.fixture is None:
        return network.begin
    return partial(network.begin, request.getfixturevalue(network.fixture))


@pytest.fixture
async def talk(begin: Begin) -> AsyncIterator[Talk]:
    """A talk with the usual settings."""
    async with begin() as talk:
        yield talk
