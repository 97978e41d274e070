"""AUTHENTICATE, and who is logged in (specifications "sasl-3.1" and "sasl-3.2", "account-notify";
modules/m_sasl.c)."""

import base64

from tests.servers.strict_irc.network import Network
from tests.servers.strict_irc.people import Client
from tests.servers.strict_irc.rules import Account
from tests.servers.strict_irc.sasl_exchange import Exchange, Known, begin, decoded
from tests.servers.strict_irc.wire import Line

_PIECE = 400


def authenticate(net: Network, client: Client, line: Line) -> None:
    said = line.param(0)
    if not client.can("sasl"):
        return
    if not net.services_here:
        _end(net, client, "906", ":SASL authentication aborted")
    elif len(said) > _PIECE:
        _end(net, client, "905", ":SASL message too long")
    elif said == "*":
        _end(net, client, "906", ":SASL authentication aborted")
    elif client.account is not None and not net.rules.sasl_again:
        _end(net, client, "907", ":You have already completed SASL authentication")
    elif client.exchange is None:
        _begin(net, client, said.upper())
    else:
        _continue(net, client, client.exchange, said)


def _begin(net: Network, client: Client, mechanism: str) -> None:
    if mechanism not in net.rules.sasl:
        net.numeric(client, "908", f"{','.join(net.rules.sasl)} :are available SASL mechanisms")
        _end(net, client, "904", ":SASL authentication failed")
        return
    print_ = client.link.fingerprint
    known = Known(net.accounts, client.nick, print_, net.rules.sasl_forged)
    client.exchange = begin(mechanism, known)
    _say(net, client, next(client.exchange.steps))


def _continue(net: Network, client: Client, exchange: Exchange, said: str) -> None:
    """A piece of exactly 400 bytes has another one behind it, if only an empty "+"."""
    if said != "+":
        exchange.partial.append(said)
        if len(said) == _PIECE:
            return
    answer = decoded("".join(exchange.partial))
    exchange.partial.clear()
    if answer is None:
        _end(net, client, "904", ":SASL authentication failed")
        return
    try:
        challenge = exchange.steps.send(answer)
    except StopIteration as end:
        account: Account | None = end.value
        if account is None:
            _end(net, client, "904", ":SASL authentication failed")
        else:
            set_account(net, client, account.name)
            _end(net, client, "903", ":SASL authentication successful")
    else:
        _say(net, client, challenge)


def _say(net: Network, client: Client, challenge: bytes) -> None:
    text = base64.b64encode(challenge).decode()
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    if not pieces or len(pieces[-1]) == _PIECE:
        pieces.append("+")
    for piece in pieces:
        net.send(client, f"AUTHENTICATE {piece}")


def _end(net: Network, client: Client, number: str, text: str) -> None:
    client.exchange = None
    net.numeric(client, number, text)


def set_account(net: Network, client: Client, account: str | None) -> None:
    """Log the client in, or out; everybody who may know is told."""
    client.account = account
    user, host = client.user or "*", client.host
    who = f"{client.nick}!{user}@{host}"
    if account is None:
        net.numeric(client, "901", f"{who} :You are now logged out")
    else:
        net.numeric(client, "900", f"{who} {account} :You are now logged in as {account}")
    client.link.pace.exempt = account in net.rules.flood_exempt
    if client.registered:
        said = f":{client.prefix} ACCOUNT {account or '*'}"
        net.tell([client, *net.neighbours(client)], said, client, needs="account-notify")
