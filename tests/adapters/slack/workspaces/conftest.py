"""The double that workspaces are tested with."""

from collections.abc import AsyncIterator

import pytest

from tests.servers.slack.limits import Limits
from tests.servers.slack.server import SlackServer, slack


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with slack(limits=Limits.generous()) as server:
        yield server
