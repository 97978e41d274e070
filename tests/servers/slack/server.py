"""Slack as tests see it: started, stopped, looked at, and told what to do."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.servers.slack.api import Api
from tests.servers.slack.bell import Bell
from tests.servers.slack.channels import Channel
from tests.servers.slack.clock import Clock
from tests.servers.slack.deliveries import Deliveries
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.desk import Desk, desk
from tests.servers.slack.faults import Faults
from tests.servers.slack.limits import Limits
from tests.servers.slack.people import Person
from tests.servers.slack.responses import Responses
from tests.servers.slack.robots import Robot, robot
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.state import Slack
from tests.servers.slack.web import Web
from tests.servers.slack.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class SlackServer:
    """Listens on 127.0.0.1 in the block of an `async with slack()`.

    `sockets` and `web` are the two ways to apps, `deliveries` what went over them, `responses` the
    response URLs. `mistakes` are what apps did wrong that Slack passes over in silence. `bell`
    rings at every change.
    """

    slack: Slack
    api: Api
    url: str
    desk: Desk

    @property
    def api_url(self) -> str:
        """As the `base_url` of Slack's SDK."""
        return f"{self.url}/api/"

    @property
    def faults(self) -> Faults:
        return self.api.faults

    @property
    def sockets(self) -> Sockets:
        return self.desk.sockets

    @property
    def web(self) -> Web:
        return self.desk.web

    @property
    def deliveries(self) -> Deliveries:
        return self.desk.deliveries

    @property
    def responses(self) -> Responses:
        return self.desk.responses

    @property
    def mistakes(self) -> list[str]:
        return self.desk.mistakes

    @property
    def bell(self) -> Bell:
        return self.desk.bell

    async def settled(self) -> None:
        """Nothing is being delivered any more, nor due to be delivered again."""
        await self.desk.deliveries.settled()

    async def person(
        self, name: str, workspace: Workspace | None = None,
        tz: str | None = "America/Los_Angeles", channels: Iterable[Channel] = (),
        id: str | None = None,
    ) -> Person:  # fmt: skip
        """Somebody new, in these channels; in the only workspace unless another is told."""
        where = workspace or self._only()
        user = where.add_user(name, id=id, tz=tz)
        for channel in channels:
            self.slack.join(channel, user)
        return Person(self.desk, user)

    def robot(self, name: str, workspace: Workspace | None = None) -> Robot:
        """The bot of another app, which only talks."""
        return robot(self.desk, workspace or self._only(), name)

    def _only(self) -> Workspace:
        [workspace] = self.slack.workspaces.values()
        return workspace


@asynccontextmanager
async def slack(
    limits: Limits | None = None, clock: Clock = time.time, port: int = 0,
    delivering: Delivering | None = None,
) -> AsyncIterator[SlackServer]:  # fmt: skip
    """A Slack of its own, with nothing in it; without limits on how often, unless told."""
    state = Slack(clock)
    api = Api(state, limits or Limits.generous())
    here = desk(state, delivering or Delivering())
    app = web.Application(client_max_size=2**22)
    app.add_routes([
        *api.routes(), *here.responses.routes(), web.get("/link/", here.sockets.serve)
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        state.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield SlackServer(state, api, state.url, here)
    finally:
        await here.close()
        await runner.cleanup()
