"""A scripted Web API, and a workspace there in which something can be said."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.sending import delivery
from bot.adapters.slack.sending.api import Api
from bot.adapters.slack.sending.delivery import Sending
from tests.adapters.slack.sending.saying import NINE, Workspace
from tests.adapters.slack.sending.scripted import Scripted, scripted
from tests.summit import StandingClock


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def api(server: Scripted, session: ClientSession) -> Api:
    return Api(session, f"{server.url}/api", "xoxb-1", within=20)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(delivery, "_PAUSE", timedelta(milliseconds=1))
    monkeypatch.setattr(delivery, "_LONGEST_PAUSE", timedelta(milliseconds=2))
    monkeypatch.setattr(delivery, "_A_CHANNEL", (1, 0.001))


@pytest.fixture
def new(api: Api) -> Callable[..., Workspace]:
    """Makes the workspace as a process finds it that has just started."""

    def made(burst: int = 100) -> Workspace:
        revoked = list[str]()
        clock = StandingClock(NINE)
        sending = Sending(
            api, clock, network="slack", team="T1", rate=1000, burst=burst, revoked=revoked.append
        )
        return Workspace(sending, clock, revoked)

    return made


@pytest.fixture
def workspace(new: Callable[..., Workspace]) -> Workspace:
    return new()
