"""Netsplits: some users are on another server, which is lost and comes back (specification
"netsplit and netjoin batches")."""

from collections.abc import Iterable, Sequence

from tests.servers.strict_irc.channels import arrival, powers
from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Client, Outgoing
from tests.servers.strict_irc.wire import fold

SERVERS = "a.example b.example"


def split(net: Network, nicks: Sequence[str]) -> None:
    """They and all others cannot see each other any more; the connections stay. Nobody else gets
    the nick of one who is far."""
    far = [net.named(nick) for nick in nicks]
    near = [client for client in net.connected if client.registered and client not in far]
    if any(client.far for client in near):
        raise ValueError("one netsplit at a time")
    for viewers, lost in ((near, far), (far, near)):
        for viewer in viewers:
            gone = sorted((one for one in lost if one.channels & viewer.channels), key=_by_nick)
            said = [Outgoing(f":{one.prefix} QUIT :{SERVERS}", one, {}) for one in gone]
            _in_batch(net, viewer, "netsplit", said)
    for client in far:
        client.far = True
    for client in far:
        net.vanished(client, far=False)
    for client in near:
        net.vanished(client, far=True)


def heal(net: Network) -> None:
    """All who are far are back in their channels."""
    far = [client for client in net.connected if client.far]
    near = [client for client in net.connected if client.registered and not client.far]
    for client in far:
        client.far = False
    for viewers, back in ((near, far), (far, near)):
        for viewer in viewers:
            lines = [line for one in sorted(back, key=_by_nick) for line in _returned(viewer, one)]
            _in_batch(net, viewer, "netjoin", lines)
            for one in back:
                if fold(one.nick) in viewer.monitors:
                    net.numeric(viewer, "730", f":{one.prefix}")


def _returned(viewer: Client, client: Client) -> Iterable[Outgoing]:
    for channel in sorted(viewer.channels & client.channels, key=lambda one: one.name):
        yield Outgoing(arrival(client, channel, viewer), client, {})
        if channel.members[client]:
            yield Outgoing(powers(client, channel), None, {})


def _in_batch(net: Network, viewer: Client, kind: str, lines: Sequence[Outgoing]) -> None:
    if not lines:
        return
    if not viewer.can("batch"):
        for line in lines:
            net.deliver(viewer, line)
        return
    name = net.batch()
    net.deliver(viewer, Outgoing(f":{NAME} BATCH +{name} {kind} {SERVERS}", None, {}))
    for line in lines:
        net.deliver(viewer, line, {"batch": name})
    net.deliver(viewer, Outgoing(f":{NAME} BATCH -{name}", None, {}))


def _by_nick(client: Client) -> str:
    return client.nick
