"""What everybody who uses the double needs: its state, and its ways to apps."""

from dataclasses import dataclass, field

from tests.servers.slack.apps import App, Installation
from tests.servers.slack.bell import Bell
from tests.servers.slack.deliveries import Deliveries
from tests.servers.slack.delivering import Delivering
from tests.servers.slack.events import Events
from tests.servers.slack.responses import Responses
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.state import Slack
from tests.servers.slack.web import Web
from tests.servers.slack.workspaces import Workspace


@dataclass(eq=False, slots=True)
class Desk:
    """`mistakes` is what apps did wrong that Slack passes over in silence; `robots` are the apps
    that are there only to talk."""

    slack: Slack
    sockets: Sockets
    web: Web
    deliveries: Deliveries
    events: Events
    responses: Responses
    bell: Bell
    mistakes: list[str]
    robots: set[App] = field(default_factory=set)

    def installed(self, workspace: Workspace) -> list[Installation]:
        """Of the apps that are no robots, the newest last."""
        return [one for one in self.known(workspace) if one.active]

    def known(self, workspace: Workspace) -> list[Installation]:
        """Those that have been removed too."""
        found = [app.installations.get(workspace.id) for app in self.slack.apps.values()]
        return [one for one in found if one is not None and one.app not in self.robots]

    async def close(self) -> None:
        """Deliver nothing more, and end all connections."""
        await self.deliveries.close()
        self.sockets.abort()
        await self.web.close()


def desk(slack: Slack, delivering: Delivering) -> Desk:
    """Watches the state from now on."""
    bell, mistakes = Bell(), list[str]()
    sockets, web = Sockets(slack, delivering, bell, mistakes), Web(delivering)
    deliveries = Deliveries(delivering, sockets, web, slack.clock, bell)
    events, responses = Events(slack, deliveries), Responses(slack, delivering)
    slack.watchers.append(events.heard)
    slack.watchers.append(lambda change: bell.ring())
    return Desk(slack, sockets, web, deliveries, events, responses, bell, mistakes)
