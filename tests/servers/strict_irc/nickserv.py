"""NickServ, as atheme's answers: IDENTIFY, GHOST, REGAIN, RELEASE and LOGOUT."""

from collections.abc import Callable

from tests.servers.strict_irc.network import Network
from tests.servers.strict_irc.people import Client
from tests.servers.strict_irc.registration import change_nick
from tests.servers.strict_irc.rules import Account
from tests.servers.strict_irc.sasl import set_account
from tests.servers.strict_irc.wire import Line, fold

PREFIX = "NickServ!NickServ@services.example"


def command(net: Network, client: Client, line: Line) -> None:
    """NICKSERV and NS are as a message to it (modules/m_alias.c)."""
    if net.services_here:
        hear(net, client, " ".join(line.params))
    else:
        net.numeric(client, "440", "NickServ :Services are currently unavailable")


def hear(net: Network, client: Client, text: str) -> None:
    """What somebody wrote to it."""
    word, *words = text.split() or [""]
    run = _COMMANDS.get(word.upper())
    if run is not None:
        run(net, client, words)
    elif not text.startswith("\x01"):
        help_ = "Use \2/msg NickServ HELP\2 for a command listing."
        say(net, client, f"Invalid command. {help_}")


def say(net: Network, client: Client, text: str) -> None:
    net.send(client, f":{PREFIX} NOTICE {client.nick} :{text}")


def _identify(net: Network, client: Client, words: list[str]) -> None:
    name, password = ([client.nick, *words] if len(words) == 1 else [*words, "", ""])[:2]
    if not password:
        say(net, client, "Insufficient parameters for \2IDENTIFY\2.")
        say(net, client, "Syntax: IDENTIFY [nick] <password>")
        return
    account = net.accounts.get(fold(name))
    if account is None:
        say(net, client, f"\2{name}\2 is not a registered nickname.")
    elif account.password != password:
        say(net, client, f"Invalid password for \2{account.name}\2.")
    elif client.account == account.name:
        say(net, client, f"You are already logged in as \2{account.name}\2.")
    else:
        say(net, client, f"You are now identified for \2{account.name}\2.")
        set_account(net, client, account.name)


def _logout(net: Network, client: Client, words: list[str]) -> None:
    if client.account is None:
        say(net, client, "You are not logged in.")
    else:
        say(net, client, "You have been logged out.")
        set_account(net, client, None)


def _owned(net: Network, client: Client, name: str, words: list[str]) -> str | None:
    """The nick that a command is about, if the client may have it; else it is told why not."""
    if not words:
        say(net, client, f"Insufficient parameters for \2{name}\2.")
        say(net, client, f"Syntax: {name} <nick> [password]")
        return None
    nick, password = [*words, ""][:2]
    account: Account | None = net.accounts.get(fold(nick))
    if account is None:
        say(net, client, f"\2{nick}\2 is not a registered nickname.")
    elif client.account == account.name or password == account.password:
        return nick
    elif password:
        say(net, client, f"Invalid password for \2{account.name}\2.")
    else:
        say(net, client, f"You are not authorized to use {name} on \2{nick}\2.")
    return None


def _ghost(net: Network, client: Client, words: list[str]) -> None:
    nick = _owned(net, client, "GHOST", words)
    if nick is None:
        return
    if net.find(nick) is None:
        say(net, client, f"\2{nick}\2 is not online.")
    elif net.find(nick) is client:
        say(net, client, "You may not ghost yourself.")
    else:
        _kill(net, client, nick, "GHOST")
        say(net, client, f"\2{nick}\2 has been ghosted.")


def _release(net: Network, client: Client, words: list[str]) -> None:
    nick = _owned(net, client, "RELEASE", words)
    if nick is None:
        return
    if fold(nick) in net.held:
        net.held.discard(fold(nick))
        say(net, client, f"\2{nick}\2 has been released.")
    elif net.find(nick) not in (None, client):
        _kill(net, client, nick, "RELEASE")
        say(net, client, f"\2{nick}\2 has been released.")
    else:
        say(net, client, f"\2{nick}\2 is not being held.")


def _regain(net: Network, client: Client, words: list[str]) -> None:
    nick = _owned(net, client, "REGAIN", words)
    if nick is None:
        return
    if net.find(nick) is client:
        say(net, client, "You may not regain your own nick.")
        return
    net.held.discard(fold(nick))
    if net.find(nick) is not None:
        _kill(net, client, nick, "REGAIN")
    change_nick(net, client, nick)
    say(net, client, f"\2{nick}\2 has been regained.")


def _kill(net: Network, client: Client, nick: str, name: str) -> None:
    reason = f"{name} command used by {client.nick}"
    net.end(net.named(nick), f"Killed (NickServ ({reason}))")


_COMMANDS: dict[str, Callable[[Network, Client, list[str]], None]] = {
    "IDENTIFY": _identify,
    "ID": _identify,
    "LOGOUT": _logout,
    "GHOST": _ghost,
    "RELEASE": _release,
    "REGAIN": _regain,
}
