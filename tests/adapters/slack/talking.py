"""A bot in a workspace where somebody talks with it, for tests of the whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from tests.adapters.slack.bot import Bot, Home, app_on, bot_on
from tests.servers.slack import Delivering, SlackServer, slack
from tests.servers.slack.apps import Installation
from tests.servers.slack.channels import Channel, Message
from tests.servers.slack.limits import Limits
from tests.servers.slack.people import Person
from tests.servers.slack.pressing import labels

VOLUME = "9:30am–10:25am · Breakout of volume into its own service · Marina · Vishvananda Ishaya"
BOOKMARKED = "Bookmarked. I will remind you 5 minutes before, at 9:25am."
NEXT = f"Next in Marina, at 9:30am, in 10 minutes:\n[6] {VOLUME}"
LATER = f"Next in Marina, at 9:30am:\n[6] {VOLUME}"
"""The same when it is drawn again."""
REMINDER = f"Starts in 5 minutes:\n[6] {VOLUME}\nSnooze: ‘snooze 6’ · Remove: ‘unbookmark 6’"


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace with a channel, in which a bot and Ada are. Or nobody but Ada, where the bot is
    started by the test."""

    server: SlackServer
    home: Home
    installed: Installation
    channel: Channel
    ada: Person

    async def settled(self) -> None:
        """Everything that Slack has to tell the bot has been dealt with."""
        await self.server.settled()

    def effects(self, method: str = "chat.postMessage") -> int:
        """How often a method was called."""
        return len(self.server.api.of(method))


@asynccontextmanager
async def workspace(
    mode: str = "socket", *, delivering: Delivering | None = None, limits: Limits | None = None,
    tz: str = "America/Los_Angeles", **table: Any,
) -> AsyncIterator[Place]:  # fmt: skip
    """A workspace in which the app is installed; no bot runs yet. `table` is more of `[slack]`."""
    async with slack(limits=limits, delivering=delivering or Delivering.quick()) as server:
        team = server.slack.create_workspace("T01")
        channel = team.add_channel("summit", id="C07")
        home = app_on(server, mode, **table)
        installed = home.app.installations[team.id]
        server.slack.join(channel, installed.bot_user)
        ada = await server.person("ada", channels=[channel], tz=tz)
        yield Place(server, home, installed, channel, ada)
        assert server.mistakes == []


@asynccontextmanager
async def summit(mode: str = "socket", **more: Any) -> AsyncIterator[tuple[Place, Bot]]:
    """A workspace with a bot that runs. `more` is what `workspace` and `bot_on` take."""
    running = {key: more.pop(key) for key in ("at", "schedule", "rules", "database", "patience")
               if key in more}  # fmt: skip
    async with workspace(mode, **more) as place, bot_on(place.server, place.home, **running) as bot:
        yield place, bot


def said(message: Message | None) -> str:
    """The top-level text, as people hear it."""
    assert message is not None, "nothing was said"
    return unescape(message.text)


def shown(on: Any) -> list[str]:
    """What stands on buttons and menus of a message or a view, in order."""
    return labels(on.blocks if isinstance(on, Message) else on.payload["blocks"])
