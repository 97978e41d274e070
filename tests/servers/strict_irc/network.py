"""Who and what is on the server, and how news reach those who may see them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from bot.clock import SystemClock
from tests.servers.strict_irc.limits import Inbound
from tests.servers.strict_irc.people import Channel, Client, Outgoing
from tests.servers.strict_irc.rules import Account, Rules
from tests.servers.strict_irc.wire import NO_TAGS, fold, matches, tagged

NAME = "strict.example"
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Sent:
    """A line as a client sent it, when it arrived; `at` is in the server's seconds. `nick` is what
    the client is called now, or was at its end; "*" if it never had a nick."""

    at: float
    nick: str
    line: str


@dataclass(frozen=True, slots=True)
class Kill:
    """A client whose connection the server ended."""

    nick: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A message that reached nobody. `why` is the numeric that says so, or "flood"."""

    at: float
    nick: str
    target: str
    why: str
    text: str


class Network:
    """Owns all that commands change."""

    def __init__(self, rules: Rules, accounts: Iterable[Account]) -> None:
        self.rules = rules
        self.capabilities = set(rules.capabilities)
        self.accounts = {fold(account.name): account for account in accounts}
        self.services_here = True
        self.connected: set[Client] = set()
        self.nicks: dict[str, Client] = {}
        self.channels: dict[str, Channel] = {}
        self.klines: dict[str, str] = {}
        self.held: set[str] = set()
        self.hosts: dict[str, str] = {}
        self.excessive: set[str] = set()
        self.tls_port: int | None = None
        self.heard: list[tuple[float, Client, str]] = []
        self.kills: list[Kill] = []
        self.dropped: list[Dropped] = []
        self._started = asyncio.get_running_loop().time()
        self._batches = count(1)

    def now(self) -> float:
        """Seconds since the server began, at the rules' speed."""
        return (asyncio.get_running_loop().time() - self._started) * self.rules.speed

    def find(self, nick: str, viewer: Client | None = None) -> Client | None:
        """A registered user whom the viewer can see."""
        client = self.nicks.get(fold(nick))
        if client is None or not client.registered:
            return None
        return client if viewer is None or client.far == viewer.far else None

    def channel(self, name: str) -> Channel:
        """It is made if need be."""
        key = fold(name)
        if key not in self.channels:
            self.channels[key] = Channel(name, Inbound(self.rules))
        return self.channels[key]

    def send(
        self, client: Client, body: str, author: Client | None = None,
        tags: Mapping[str, str] = NO_TAGS,
    ) -> None:  # fmt: skip
        """To one client; while it runs a labeled command, among the answers to it."""
        if client.collected is not None:
            client.collected.append(Outgoing(body, author, tags))
        else:
            self.deliver(client, Outgoing(body, author, tags))

    def deliver(self, client: Client, line: Outgoing, more: Mapping[str, str] = NO_TAGS) -> None:
        """With the tags that the client asked for."""
        tags = dict(more)
        author = line.author
        if client.can("server-time"):
            tags["time"] = CLOCK.wall().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        if author is not None and author.account and client.can("account-tag"):
            tags["account"] = author.account
        if client.can("message-tags"):
            if author is not None and "B" in author.modes and self.rules.bot_mode:
                tags["bot"] = ""
            tags.update(line.tags)
        client.link.write(tagged(tags, line.body))

    def numeric(self, client: Client, number: str, text: str) -> None:
        self.send(client, f":{NAME} {number} {client.nick} {text}")

    def notice(self, client: Client, text: str) -> None:
        self.send(client, f":{NAME} NOTICE {client.nick} :*** {text}")

    def neighbours(self, client: Client) -> set[Client]:
        """Everybody who shares a channel with the client and can see it; not itself."""
        return {
            member
            for channel in client.channels
            for member in channel.members
            if member is not client and member.far == client.far
        }

    def tell(
        self, whom: Iterable[Client], body: str, author: Client | None = None,
        needs: str | None = None, tags: Mapping[str, str] = NO_TAGS,
    ) -> None:  # fmt: skip
        """To each of them that has the capability."""
        for client in whom:
            if needs is None or client.can(needs):
                self.send(client, body, author, tags)

    def members(self, channel: Channel, viewer: Client) -> list[Client]:
        """Those whom the viewer can see, itself included."""
        return [member for member in channel.members if member.far == viewer.far]

    def watchers(self, nick: str, far: bool) -> list[Client]:
        """Who asked to be told of this nick (modules/m_monitor.c)."""
        key = fold(nick)
        return [client for client in self.connected if key in client.monitors and client.far == far]

    def appeared(self, client: Client) -> None:
        for watcher in self.watchers(client.nick, client.far):
            self.numeric(watcher, "730", f":{client.prefix}")

    def vanished(self, client: Client, far: bool | None = None) -> None:
        """From those on one side of a split; on its own side if not told."""
        for watcher in self.watchers(client.nick, client.far if far is None else far):
            self.numeric(watcher, "731", f":{client.nick}")

    def drop(self, client: Client, target: str, why: str, text: str) -> None:
        """Remember that a message reached nobody."""
        self.dropped.append(Dropped(self.now(), client.nick, target, why, text))

    def batch(self) -> str:
        """A name that no other batch has."""
        return f"batch{next(self._batches)}"

    def end(self, client: Client, reason: str, said: str | None = None) -> None:
        """Close the connection with an ERROR; the others see the reason (ircd/client.c)."""
        self.kills.append(Kill(client.nick, reason))
        self.close(client, reason, said)

    def close(self, client: Client, reason: str, said: str | None = None) -> None:
        """As `end`, for a client that wanted it."""
        client.collected = None
        self.send(client, f"ERROR :Closing Link: {client.host} ({said or reason})")
        client.link.close()
        self.forget(client, reason)

    def forget(self, client: Client, reason: str) -> None:
        """It is not here any more, for whatever reason; nothing happens the second time."""
        if client not in self.connected:
            return
        self.connected.remove(client)
        if self.nicks.get(fold(client.nick)) is client:
            del self.nicks[fold(client.nick)]
        if client.registered:
            quit_line = f":{client.prefix} QUIT :{reason}"
            self.tell(self.neighbours(client), quit_line, client)
            self.vanished(client)
        for channel in client.channels:
            del channel.members[client]
        for channel in self.channels.values():
            channel.invited.discard(client)
        client.channels.clear()
        for other in self.connected:
            other.accepts.discard(client)

    def banned(self, client: Client) -> str | None:
        """The reason of the K-line that the client meets; masks are of user@host."""
        where = f"{client.user}@{client.host}"
        found = (reason for mask, reason in self.klines.items() if matches(mask, where))
        return next(found, None)

    def named(self, nick: str) -> Client:
        """Raises KeyError if nobody is called so: a mistake in a test."""
        client = self.find(nick)
        if client is None:
            raise KeyError(f"nobody here is called {nick}")
        return client
