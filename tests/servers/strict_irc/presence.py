"""Who is there: MONITOR, WHO, WHOIS, USERHOST, ISON, AWAY and ACCEPT."""

from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Channel, Client, sigil
from tests.servers.strict_irc.wire import Line, fold, matches, packed

_ROW = 400


def monitor(net: Network, client: Client, line: Line) -> None:
    """modules/m_monitor.c, specification "Monitor"."""
    most = net.rules.monitor
    if most is None:
        net.numeric(client, "421", "MONITOR :Unknown command")
        return
    names = [name for name in line.param(1).split(",") if name]
    match line.param(0).upper():
        case "+" | "-" if not names:
            net.numeric(client, "461", "MONITOR :Not enough parameters")
        case "+":
            _monitor(net, client, names, most)
        case "-":
            for name in names:
                client.monitors.pop(fold(name), None)
        case "C":
            client.monitors.clear()
        case "L":
            for text in packed(list(client.monitors.values()), _ROW, ","):
                net.numeric(client, "732", f":{text}")
            net.numeric(client, "733", ":End of MONITOR list")
        case "S":
            _status(net, client, list(client.monitors.values()))


def _monitor(net: Network, client: Client, names: list[str], most: int) -> None:
    new: list[str] = []
    for index, name in enumerate(names):
        if len(client.monitors) >= most:
            _status(net, client, new)
            rest = ",".join(names[index:])
            net.numeric(client, "734", f"{most} {rest} :Monitor list is full")
            return
        if fold(name) not in client.monitors and len(name) <= net.rules.nick_length:
            client.monitors[fold(name)] = name
            new.append(name)
    _status(net, client, new)


def _status(net: Network, client: Client, names: list[str]) -> None:
    found = [(name, net.find(name, client)) for name in names]
    here = [other.prefix for _, other in found if other is not None]
    away = [name for name, other in found if other is None]
    for number, words in (("730", here), ("731", away)):
        for text in packed(words, _ROW, ","):
            net.numeric(client, number, f":{text}")


def who(net: Network, client: Client, line: Line) -> None:
    """modules/m_who.c; with "%" and letters it is WHOX, which says the account."""
    mask, asked = line.param(0), line.param(1).partition("%")[2]
    letters, _, token = asked.partition(",")
    wanted = letters if net.rules.whox else ""
    channel = net.channels.get(fold(mask))
    if channel is not None:
        for member in net.members(channel, client):
            if client in channel.members or "i" not in member.modes:
                _who_row(net, client, member, channel, wanted, token)
    elif not mask.startswith("#"):
        for other in [one for one in net.connected if one.registered]:
            if other.far == client.far and matches(mask, other.nick):
                shared = next(iter(client.channels & other.channels), None)
                _who_row(net, client, other, shared, wanted, token)
    net.numeric(client, "315", f"{mask} :End of /WHO list.")


def _who_row(
    net: Network, client: Client, other: Client, channel: Channel | None, letters: str, token: str
) -> None:
    modes = channel.members[other] if channel is not None else set()
    flags = "H" if other.away is None else "G"
    flags += sigil(modes, bool(letters) or client.can("multi-prefix"))
    if "B" in other.modes and net.rules.bot_mode:
        flags += net.rules.bot_mode
    place = channel.name if channel is not None else "*"
    if not letters:
        row = f"{place} {other.user} {other.host} {NAME} {other.nick} {flags}"
        net.numeric(client, "352", f"{row} :0 {other.realname}")
        return
    values = {
        "t": token if 0 < len(token) <= 3 else "0", "c": place, "u": other.user,
        "i": "255.255.255.255", "h": other.host, "s": NAME, "n": other.nick, "f": flags,
        "d": "0", "l": "0", "a": other.account or "0", "o": "999" if "o" in modes else "n/a",
        "r": f":{other.realname}",
    }  # fmt: skip
    # The order of the columns is the server's, whatever the order of the letters.
    row = " ".join(value for letter, value in values.items() if letter in letters)
    net.numeric(client, "354", row)


def whois(net: Network, client: Client, line: Line) -> None:
    nick = line.params[-1]
    other = net.find(nick, client)
    if other is None:
        net.numeric(client, "401", f"{nick} :No such nick/channel")
    else:
        net.numeric(client, "311", f"{other.nick} {other.user} {other.host} * :{other.realname}")
        places = [
            sigil(channel.members[other], multi=True) + channel.name
            for channel in other.channels & client.channels
        ]
        for text in packed(sorted(places), _ROW):
            net.numeric(client, "319", f"{other.nick} :{text}")
        net.numeric(client, "312", f"{other.nick} {NAME} :strict-irc")
        if other.away is not None:
            net.numeric(client, "301", f"{other.nick} :{other.away}")
        if "B" in other.modes:
            net.numeric(client, "335", f"{other.nick} :is a bot")
        if other.account is not None:
            net.numeric(client, "330", f"{other.nick} {other.account} :is logged in as")
    net.numeric(client, "318", f"{nick} :End of /WHOIS list.")


def userhost(net: Network, client: Client, line: Line) -> None:
    found = [net.find(nick, client) for nick in line.params[:5]]
    rows = [
        f"{one.nick}={'+' if one.away is None else '-'}{one.user}@{one.host}"
        for one in found
        if one is not None
    ]
    net.numeric(client, "302", f":{' '.join(rows)}")


def ison(net: Network, client: Client, line: Line) -> None:
    asked = " ".join(line.params).split()
    found = [net.find(nick, client) for nick in asked]
    net.numeric(client, "303", f":{' '.join(one.nick for one in found if one is not None)}")


def away(net: Network, client: Client, line: Line) -> None:
    """modules/m_away.c, specification "away-notify"."""
    client.away = line.param(0) or None
    said = f":{client.prefix} AWAY" + (f" :{client.away}" if client.away else "")
    net.tell(net.neighbours(client), said, client, needs="away-notify")
    if client.away is None:
        net.numeric(client, "305", ":You are no longer marked as being away")
    else:
        net.numeric(client, "306", ":You have been marked as being away")


def accept(net: Network, client: Client, line: Line) -> None:
    """Whom a user with +g or +R lets through (modules/m_accept.c)."""
    for nick in filter(None, line.param(0).split(",")):
        other = net.find(nick.removeprefix("-"), client)
        if other is None:
            net.numeric(client, "401", f"{nick.removeprefix('-')} :No such nick/channel")
        elif nick.startswith("-"):
            client.accepts.discard(other)
        elif other in client.accepts:
            net.numeric(client, "457", f"{other.nick} :is already on your accept list")
        else:
            client.accepts.add(other)
