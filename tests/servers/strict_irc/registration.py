"""From a connection to a user: PASS, NICK, USER, the welcome; and PING, PONG and QUIT.

Numerics and their texts are those of Solanum's include/messages.h.
"""

import re
import secrets

from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Client
from tests.servers.strict_irc.wire import Line, decode, encode, fold, packed

_NICK = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]*")
_USER_LENGTH = 10


def password(net: Network, client: Client, line: Line) -> None:
    if client.registered:
        net.numeric(client, "462", ":You are already connected and cannot handshake again")
    else:
        client.password = line.param(0)


def user(net: Network, client: Client, line: Line) -> None:
    if client.registered:
        net.numeric(client, "462", ":You are already connected and cannot handshake again")
        return
    # The tilde: nobody asked an ident server.
    client.user = "~" + decode(encode(line.param(0))[: _USER_LENGTH - 1])
    client.realname = line.param(3)
    finish(net, client)


def nick(net: Network, client: Client, line: Line) -> None:
    """modules/core/m_nick.c: what is too long is cut, not refused."""
    wanted = line.param(0)[: net.rules.nick_length]
    if not wanted:
        net.numeric(client, "431", ":No nickname given")
    elif not _NICK.fullmatch(wanted):
        net.numeric(client, "432", f"{wanted} :Erroneous Nickname")
    elif fold(wanted) in net.held:
        net.numeric(client, "437", f"{wanted} :Nick/channel is temporarily unavailable")
    elif net.nicks.get(fold(wanted), client) is not client or fold(wanted) == "nickserv":
        net.numeric(client, "433", f"{wanted} :Nickname is already in use.")
    elif not client.registered:
        change_nick(net, client, wanted)
        finish(net, client)
    elif wanted != client.nick and not _too_many_changes(net, client, wanted):
        change_nick(net, client, wanted)


def _too_many_changes(net: Network, client: Client, wanted: str) -> bool:
    rules, now = net.rules, net.now()
    if client.last_nick_change + rules.nick_seconds < now:
        client.nick_changes = 0
    client.last_nick_change = now
    client.nick_changes += 1
    if rules.nick_changes is None or client.nick_changes <= rules.nick_changes:
        return False
    wait = f"{client.nick} {wanted} :Nick change too fast. Please wait {rules.nick_seconds:.0f}"
    net.numeric(client, "438", f"{wait} seconds.")
    return True


def change_nick(net: Network, client: Client, wanted: str) -> None:
    """The client is called so from now on, whoever wanted it."""
    other = fold(wanted) != fold(client.nick)
    if net.nicks.get(fold(client.nick)) is client:
        del net.nicks[fold(client.nick)]
    net.nicks[fold(wanted)] = client
    if not client.registered:
        client.nick = wanted
        return
    if other:
        net.vanished(client)
    said = f":{client.prefix} NICK :{wanted}"
    net.tell([client, *net.neighbours(client)], said, client)
    client.nick = wanted
    if other:
        net.appeared(client)
        for someone in net.connected:
            someone.accepts.discard(client)


def finish(net: Network, client: Client) -> None:
    """Register the client if nothing is missing any more."""
    if client.registered or client.negotiating or client.nick == "*" or not client.user:
        return
    if net.rules.ping_cookie and client.cookie != "":
        if client.cookie is None:
            client.cookie = secrets.token_hex(4).upper()
            net.send(client, f"PING :{client.cookie}")
        return
    if net.rules.password is not None and client.password != net.rules.password:
        net.numeric(client, "464", ":Password Incorrect")
        net.end(client, "Bad Password")
        return
    client.host = net.hosts.get(fold(client.nick), client.host)
    reason = net.banned(client)
    if reason is not None:
        net.numeric(client, "465", f":You are banned from this server- {reason}")
        net.end(client, "K-Lined")
        return
    if client.exchange is not None:
        client.exchange = None
        net.numeric(client, "906", ":SASL authentication aborted")
    _welcome(net, client)
    net.appeared(client)


def _welcome(net: Network, client: Client) -> None:
    client.registered = True
    client.link.pace.register()
    client.link.pace.exempt = client.account in net.rules.flood_exempt
    network = f":Welcome to the Strict Internet Relay Chat Network {client.nick}"
    net.numeric(client, "001", network)
    net.numeric(client, "002", f":Your host is {NAME}, running strict-irc")
    net.numeric(client, "003", ":This server was created for a test")
    net.numeric(client, "004", f"{NAME} {net.rules.version} BgiRw biklmnoqrstv bkloqv")
    for words in packed(isupport(net), 360):
        net.numeric(client, "005", f"{words} :are supported by this server")
    net.numeric(client, "422", ":MOTD File is missing")
    client.modes.add("i")
    net.send(client, f":{client.nick} MODE {client.nick} :+i")


def isupport(net: Network) -> list[str]:
    """ircd/supported.c; BOT is the specification "bot-mode"."""
    rules = net.rules
    most = "" if rules.max_targets is None else rules.max_targets
    targets = f"TARGMAX=NAMES:1,LIST:1,KICK:1,WHOIS:1,PRIVMSG:{most},NOTICE:{most},ACCEPT:,MONITOR:"
    words = {
        "CHANTYPES=#": True,
        "CHANMODES=bq,k,l,imnrst": True,
        f"CHANLIMIT=#:{rules.max_channels}": rules.max_channels is not None,
        "PREFIX=(ov)@+": True,
        "MODES=4": True,
        "NETWORK=Strict": True,
        "STATUSMSG=@+": True,
        "CALLERID=g": True,
        "CASEMAPPING=rfc1459": True,
        f"NICKLEN={rules.nick_length}": True,
        f"CHANNELLEN={rules.channel_length}": True,
        "TOPICLEN=390": True,
        "LINELEN=512": True,
        targets: rules.targmax,
        f"MAXTARGETS={most}": rules.maxtargets and rules.max_targets is not None,
        "EXTBAN=$,a": True,
        f"MONITOR={rules.monitor}": rules.monitor is not None,
        "WHOX": rules.whox,
        f"BOT={rules.bot_mode}": rules.bot_mode is not None,
    }
    return [word for word, said in words.items() if said] + list(rules.isupport)


def ping(net: Network, client: Client, line: Line) -> None:
    net.send(client, f":{NAME} PONG {NAME} :{line.param(0)}")


def pong(net: Network, client: Client, line: Line) -> None:
    if client.cookie and line.param(0) == client.cookie:
        client.cookie = ""
        finish(net, client)


def leave(net: Network, client: Client, line: Line) -> None:
    """QUIT; what a client says of itself is marked."""
    reason = f"Quit: {line.param(0)}" if line.param(0) else "Client Quit"
    net.close(client, reason)
