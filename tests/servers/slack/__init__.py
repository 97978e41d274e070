"""Slack, as strict as its documentation, in the process of the test.

    async with slack() as server:
        app = server.slack.create_app(MANIFEST)
        team = server.slack.create_workspace("T01")
        installed = app.install(team)
        ...  # an app with installed.bot_token calls server.api_url

Each rule names the page it is taken from, or says that it is assumed.
"""

from tests.servers.slack.clock import Hands
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.faults import Drop, Error, Faults, Garbage, Held, Limited, Slow, Status
from tests.servers.slack.limits import Limits
from tests.servers.slack.people import CommandFailed, NotAcknowledged, Person
from tests.servers.slack.robots import Robot
from tests.servers.slack.server import SlackServer, slack

__all__ = [
    "CommandFailed", "Delivering", "Drop", "Error", "Faults", "Garbage", "Hands", "Held",
    "Limited", "Limits", "NotAcknowledged", "Person", "Robot", "SlackServer", "Slow", "Status",
    "slack",
]  # fmt: skip
