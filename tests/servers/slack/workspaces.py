"""Workspaces: who and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.slack.channels import Channel
from tests.servers.slack.users import User
from tests.servers.slack.world import World


@dataclass(eq=False)
class Workspace:
    """A workspace, a team in Slack's API; `user` and `channel` raise KeyError for unknown ids.
    `deactivated` is the error for messages to those who are; None: they are taken in silence."""

    id: str
    name: str
    domain: str
    world: World
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    deactivated: str | None = None
    _direct: dict[frozenset[str], Channel] = field(default_factory=dict)

    def add_user(
        self, name: str, id: str | None = None, tz: str | None = "America/Los_Angeles",
        real_name: str | None = None, display_name: str = "",
    ) -> User:  # fmt: skip
        user = User(
            id or self.world.ids.next("U"), self, name, real_name or name.title(), display_name,
            tz, updated=self.world.clock(),
        )  # fmt: skip
        self.users[user.id] = user
        return user

    def add_channel(
        self, name: str, id: str | None = None, members: Iterable[User] = (), private: bool = False
    ) -> Channel:
        channel = Channel(
            id or self.world.ids.next("C"), self, name, "private" if private else "public",
            {user.id: user for user in members},
        )  # fmt: skip
        self.channels[channel.id] = channel
        return channel

    def dm(self, one: User, other: User) -> Channel:
        """Their direct messages; begun if there are none yet."""
        found = self.find_dm(one, other)
        if found is None:
            members = {one.id: one, other.id: other}
            found = Channel(self.world.ids.next("D"), self, "", "im", members)
            self.channels[found.id] = self._direct[frozenset(members)] = found
        return found

    def find_dm(self, one: User, other: User) -> Channel | None:
        return self._direct.get(frozenset((one.id, other.id)))

    def user(self, id: str) -> User:
        return self.users[id]

    def channel(self, id: str) -> Channel:
        return self.channels[id]
