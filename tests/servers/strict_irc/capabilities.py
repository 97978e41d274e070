"""CAP: which capabilities there are, and which a client has (specification "capability
negotiation"; modules/m_cap.c)."""

from collections.abc import Iterable

from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Client
from tests.servers.strict_irc.registration import finish
from tests.servers.strict_irc.wire import Line, packed

_VERSION_WITH_VALUES = 302
# [CLICAP_FLAGS_STICKY] they cannot be given back.
_STICKY = {"sasl", "cap-notify"}


def cap(net: Network, client: Client, line: Line) -> None:
    match line.param(0).upper():
        case "LS":
            _listed(net, client, line.param(1))
        case "REQ":
            client.negotiating = not client.registered
            _requested(net, client, line.param(1))
        case "LIST":
            _in_lines(net, client, "LIST", sorted(client.caps))
        case "END":
            client.negotiating = False
            finish(net, client)
        case other:
            net.numeric(client, "410", f"{other} :Invalid CAP subcommand")


def offered(net: Network, client: Client) -> dict[str, str]:
    """Each with its value, which may be empty."""
    values = dict.fromkeys(net.capabilities, "")
    if "sasl" in values:
        values["sasl"] = ",".join(net.rules.sasl)
    if net.rules.sts is not None:
        values["sts"] = net.rules.sts.replace("{tls_port}", str(net.tls_port))
    return dict(sorted(values.items()))


def shown(values: dict[str, str], client: Client) -> list[str]:
    """As this client can read them."""
    return [
        f"{name}={value}" if value and client.newest else name for name, value in values.items()
    ]


def _listed(net: Network, client: Client, version: str) -> None:
    client.negotiating = not client.registered
    if version.isdecimal() and int(version) >= _VERSION_WITH_VALUES:
        client.newest = True
        client.caps.add("cap-notify")
    _in_lines(net, client, "LS", shown(offered(net, client), client))


def _in_lines(net: Network, client: Client, what: str, words: list[str]) -> None:
    lines = list(packed(words, net.rules.cap_bytes)) or [""]
    for text in lines[:-1]:
        # Clients of the older version know of one line alone.
        if client.newest:
            net.send(client, f":{NAME} CAP {client.nick} {what} * :{text}")
    net.send(client, f":{NAME} CAP {client.nick} {what} :{lines[-1]}")


def _requested(net: Network, client: Client, words: str) -> None:
    """All of them or none."""
    wanted = words.split()
    to_add = {word for word in wanted if not word.startswith("-")}
    to_drop = {word[1:] for word in wanted if word.startswith("-")}
    # "sts" is for reading only: its specification forbids to request it.
    known = offered(net, client).keys() - {"sts"}
    if to_add | to_drop <= known and not to_drop & _STICKY:
        client.caps |= to_add
        client.caps -= to_drop
        net.send(client, f":{NAME} CAP {client.nick} ACK :{words}")
    else:
        net.send(client, f":{NAME} CAP {client.nick} NAK :{words}")


def add(net: Network, names: Iterable[str]) -> None:
    """Offer them from now on, and say so with CAP NEW."""
    new = set(names)
    net.capabilities |= new
    for client in _notified(net):
        values = {name: value for name, value in offered(net, client).items() if name in new}
        text = " ".join(shown(values, client))
        net.send(client, f":{NAME} CAP {client.nick} NEW :{text}")


def remove(net: Network, names: Iterable[str]) -> None:
    """Nobody has them any more; say so with CAP DEL."""
    gone = sorted(names)
    net.capabilities -= set(gone)
    for client in net.connected:
        client.caps -= set(gone)
    for client in _notified(net):
        net.send(client, f":{NAME} CAP {client.nick} DEL :{' '.join(gone)}")


def _notified(net: Network) -> list[Client]:
    return [client for client in net.connected if client.can("cap-notify")]
