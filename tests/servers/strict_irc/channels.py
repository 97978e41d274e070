"""Channels: JOIN, PART, KICK, NAMES, TOPIC and INVITE (modules/core/m_join.c and others)."""

from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Channel, Client, sigil
from tests.servers.strict_irc.wire import Line, encode, fold, packed


def join(net: Network, client: Client, line: Line) -> None:
    if line.param(0) == "0":
        client.link.pace.end_grace()
        for channel in list(client.channels):
            depart(net, client, channel, f":{client.prefix} PART {channel.name}")
        return
    keys = line.param(1).split(",")
    for index, name in enumerate(filter(None, line.param(0).split(","))):
        if not name.startswith("#") or len(encode(name)) > net.rules.channel_length:
            net.numeric(client, "479", f"{name} :Illegal channel name")
        elif net.rules.max_channels is not None and len(client.channels) >= net.rules.max_channels:
            net.numeric(client, "405", f"{name} :You have joined too many channels")
        else:
            _join(net, client, name, keys[index] if index < len(keys) else "")


def _join(net: Network, client: Client, name: str, key: str) -> None:
    new = fold(name) not in net.channels
    channel = net.channel(name)
    if client in channel.members:
        return
    refusal = _refusal(channel, client, key)
    if refusal is not None:
        number, text = refusal
        net.numeric(client, number, f"{channel.name} :Cannot join channel {text}")
        return
    enter(net, client, channel, {"o"} if new and net.rules.first_is_op else set())
    if channel.topic is not None:
        net.numeric(client, "332", f"{channel.name} :{channel.topic}")
    _names(net, client, channel)


def _refusal(channel: Channel, client: Client, key: str) -> tuple[str, str] | None:
    """[can_join]; an invitation opens +i, +l and +r, but neither a ban nor a key."""
    if channel.shuts_out(channel.bans, client):
        return "474", "(+b) - you are banned"
    if channel.key is not None and key != channel.key:
        return "475", "(+k) - bad key"
    if client in channel.invited:
        return None
    if "i" in channel.modes:
        return "473", "(+i) - you must be invited"
    if channel.limit is not None and len(channel.members) >= channel.limit:
        return "471", "(+l) - channel is full, try again later"
    if "r" in channel.modes and client.account is None:
        return "477", "(+r) - you need to be logged into your NickServ account"
    return None


def enter(net: Network, client: Client, channel: Channel, modes: set[str]) -> None:
    """The client is in; everybody there is told (specifications "extended-join" and
    "away-notify")."""
    channel.invited.discard(client)
    channel.members[client] = modes
    client.channels.add(channel)
    for member in net.members(channel, client):
        net.send(member, arrival(client, channel, member), client)
    if client.away is not None:
        others = [member for member in net.members(channel, client) if member is not client]
        net.tell(others, f":{client.prefix} AWAY :{client.away}", client, "away-notify")
    if modes:
        net.tell(net.members(channel, client), powers(client, channel))


def powers(client: Client, channel: Channel) -> str:
    """The MODE by which the server says what a member is."""
    letters = "".join(sorted(channel.members[client]))
    return f":{NAME} MODE {channel.name} +{letters}{f' {client.nick}' * len(letters)}"


def arrival(client: Client, channel: Channel, viewer: Client) -> str:
    """The JOIN that the viewer sees."""
    said = f":{client.prefix} JOIN {channel.name}"
    if not viewer.can("extended-join"):
        return said
    return f"{said} {client.account or '*'} :{client.realname}"


def depart(net: Network, client: Client, channel: Channel, said: str) -> None:
    """The client is out, and everybody who was there hears what is said."""
    net.tell(net.members(channel, client), said, client)
    del channel.members[client]
    client.channels.discard(channel)


def part(net: Network, client: Client, line: Line) -> None:
    for name in filter(None, line.param(0).split(",")):
        channel = _joined(net, client, name)
        if channel is not None:
            reason = f" :{line.param(1)}" if line.param(1) else ""
            depart(net, client, channel, f":{client.prefix} PART {channel.name}{reason}")


def kick(net: Network, client: Client, line: Line) -> None:
    channel = _led(net, client, line.param(0))
    if channel is None:
        return
    target = net.find(line.param(1), client)
    if target is None or target not in channel.members:
        number, text = "441", f"{line.param(1)} {channel.name} :They aren't on that channel"
        net.numeric(client, number, text)
    else:
        put_out(net, channel, target, line.param(2) or client.nick, client.prefix)


def put_out(net: Network, channel: Channel, client: Client, reason: str, by: str) -> None:
    """Kick somebody."""
    said = f":{by} KICK {channel.name} {client.nick} :{reason}"
    net.tell(net.members(channel, client), said)
    del channel.members[client]
    client.channels.discard(channel)


def names(net: Network, client: Client, line: Line) -> None:
    channel = net.channels.get(fold(line.param(0)))
    if channel is None:
        net.numeric(client, "366", f"{line.param(0) or '*'} :End of /NAMES list.")
    else:
        _names(net, client, channel)


def _names(net: Network, client: Client, channel: Channel) -> None:
    """Specifications "multi-prefix" and "userhost-in-names"."""
    whole, multi = client.can("userhost-in-names"), client.can("multi-prefix")
    shown = [
        sigil(channel.members[member], multi) + (member.prefix if whole else member.nick)
        for member in net.members(channel, client)
    ]
    kind = "@" if "s" in channel.modes else "="
    for text in packed(shown, 400):
        net.numeric(client, "353", f"{kind} {channel.name} :{text}")
    net.numeric(client, "366", f"{channel.name} :End of /NAMES list.")


def topic(net: Network, client: Client, line: Line) -> None:
    channel = _joined(net, client, line.param(0))
    if channel is None:
        return
    if len(line.params) == 1:
        if channel.topic is None:
            net.numeric(client, "331", f"{channel.name} :No topic is set.")
        else:
            net.numeric(client, "332", f"{channel.name} :{channel.topic}")
    elif "t" in channel.modes and not channel.is_op(client):
        net.numeric(client, "482", f"{channel.name} :You're not a channel operator")
    else:
        channel.topic = line.param(1) or None
        said = f":{client.prefix} TOPIC {channel.name} :{line.param(1)}"
        net.tell(net.members(channel, client), said, client)


def invite(net: Network, client: Client, line: Line) -> None:
    target, channel = net.find(line.param(0), client), _led(net, client, line.param(1))
    if target is None:
        net.numeric(client, "401", f"{line.param(0)} :No such nick/channel")
    elif channel is not None:
        let_in(net, channel, target, client.prefix)
        net.numeric(client, "341", f"{target.nick} {channel.name}")


def let_in(net: Network, channel: Channel, client: Client, by: str) -> None:
    """Invite somebody."""
    channel.invited.add(client)
    net.send(client, f":{by} INVITE {client.nick} :{channel.name}")


def _joined(net: Network, client: Client, name: str) -> Channel | None:
    """The channel if the client is in it; else it is told why not."""
    channel = net.channels.get(fold(name))
    if channel is None:
        net.numeric(client, "403", f"{name} :No such channel")
        return None
    if client not in channel.members:
        net.numeric(client, "442", f"{name} :You're not on that channel")
        return None
    return channel


def _led(net: Network, client: Client, name: str) -> Channel | None:
    """The channel if the client is its operator; else it is told why not."""
    channel = _joined(net, client, name)
    if channel is not None and not channel.is_op(client):
        net.numeric(client, "482", f"{name} :You're not a channel operator")
        return None
    return channel
