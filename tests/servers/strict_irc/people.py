"""Clients and channels: what the server knows of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.strict_irc.limits import Inbound, Targets
from tests.servers.strict_irc.link import Link
from tests.servers.strict_irc.rules import Rules
from tests.servers.strict_irc.sasl_exchange import Exchange
from tests.servers.strict_irc.wire import matches


@dataclass(eq=False, slots=True)
class Client:
    """A connection, and once it is registered a user. `collected` are the answers to a labeled
    command while it runs. `far` is beyond a netsplit."""

    link: Link
    host: str
    targets: Targets
    inbound: Inbound
    nick: str = "*"
    user: str = ""
    realname: str = ""
    account: str | None = None
    password: str = ""
    registered: bool = False
    negotiating: bool = False
    newest: bool = False
    cookie: str | None = None
    caps: set[str] = field(default_factory=set)
    modes: set[str] = field(default_factory=set)
    away: str | None = None
    far: bool = False
    channels: "set[Channel]" = field(default_factory=set)
    monitors: dict[str, str] = field(default_factory=dict)
    accepts: "set[Client]" = field(default_factory=set)
    exchange: Exchange | None = None
    collected: "list[Outgoing] | None" = None
    pinged: bool = False
    told_of_callers: float = float("-inf")
    nick_changes: int = 0
    last_nick_change: float = 0.0

    @property
    def prefix(self) -> str:
        return f"{self.nick}!{self.user}@{self.host}"

    def can(self, *capabilities: str) -> bool:
        return self.caps.issuperset(capabilities)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A line for one client: what it says, who caused it, and which tags stand on it anyway."""

    body: str
    author: Client | None
    tags: Mapping[str, str]


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, which stays when it is empty. `members` have letters of "ov"."""

    name: str
    inbound: Inbound
    members: dict[Client, set[str]] = field(default_factory=dict)
    modes: set[str] = field(default_factory=lambda: {"n", "t"})
    key: str | None = None
    limit: int | None = None
    bans: list[str] = field(default_factory=list)
    quiets: list[str] = field(default_factory=list)
    invited: set[Client] = field(default_factory=set)
    topic: str | None = None

    def speaks_freely(self, client: Client) -> bool:
        """With voice or op [is_chanop_voiced]."""
        return bool(self.members.get(client))

    def is_op(self, client: Client) -> bool:
        return "o" in self.members.get(client, ())

    def shuts_out(self, masks: list[str], client: Client) -> bool:
        """`$~a` are those without an account, `$a:name` those with this one; else a mask."""
        return any(_meets(mask, client) for mask in masks)


def _meets(mask: str, client: Client) -> bool:
    if mask == "$~a":
        return client.account is None
    if mask.startswith("$a:"):
        return client.account is not None and matches(mask[3:], client.account)
    return matches(mask, client.prefix)


def sigil(modes: set[str], multi: bool) -> str:
    """How NAMES and WHO mark a member."""
    signs = "@" * ("o" in modes) + "+" * ("v" in modes)
    return signs if multi else signs[:1]


def may_flood(sender: Client, recipient: Client) -> bool:
    """One who has a voice in a channel that both are in is not counted [find_allowing_channel]."""
    shared = sender.channels & recipient.channels
    return any(channel.speaks_freely(sender) for channel in shared)


def new_client(link: Link, rules: Rules, free: int | None) -> Client:
    """`free` slots for recipients at first; None for as many as there are."""
    targets = Targets(rules)
    if free is not None:
        targets.free = free
    return Client(link, link.address, targets, Inbound(rules))
