"""Which function answers which command, and what has to be true first."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.servers.strict_irc import (
    capabilities,
    channels,
    messages,
    modes,
    nickserv,
    presence,
    registration,
    sasl,
)
from tests.servers.strict_irc.network import NAME, Network
from tests.servers.strict_irc.people import Client, Outgoing
from tests.servers.strict_irc.wire import Line, parse

_LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True)
class Command:
    """`needs` so many parameters; `early` ones may come before registration; `ends_grace`: the
    client is no newcomer any more after it [flood_endgrace]."""

    run: Callable[[Network, Client, Line], None]
    needs: int = 0
    early: bool = False
    ends_grace: bool = False


COMMANDS = {
    "PASS": Command(registration.password, 1, early=True),
    "NICK": Command(registration.nick, early=True, ends_grace=True),
    "USER": Command(registration.user, 4, early=True),
    "CAP": Command(capabilities.cap, 1, early=True),
    "AUTHENTICATE": Command(sasl.authenticate, 1, early=True),
    "PING": Command(registration.ping, 1),
    "PONG": Command(registration.pong, early=True),
    "QUIT": Command(registration.leave, early=True),
    "PRIVMSG": Command(messages.message),
    "NOTICE": Command(messages.message),
    "TAGMSG": Command(messages.message),
    "JOIN": Command(channels.join, 1),
    "PART": Command(channels.part, 1, ends_grace=True),
    "KICK": Command(channels.kick, 2, ends_grace=True),
    "NAMES": Command(channels.names),
    "TOPIC": Command(channels.topic, 1, ends_grace=True),
    "INVITE": Command(channels.invite, 2, ends_grace=True),
    "MODE": Command(modes.mode, 1),
    "MONITOR": Command(presence.monitor, 1),
    "WHO": Command(presence.who, 1),
    "WHOIS": Command(presence.whois, 1),
    "USERHOST": Command(presence.userhost, 1),
    "ISON": Command(presence.ison, 1),
    "AWAY": Command(presence.away),
    "ACCEPT": Command(presence.accept, 1),
    "NICKSERV": Command(nickserv.command, ends_grace=True),
    "NS": Command(nickserv.command, ends_grace=True),
}


def execute(net: Network, client: Client, raw: bytes) -> None:
    """Do what a line says; whatever it says, the connection lives."""
    line = parse(raw)
    if line is None:
        return
    if net.rules.tag_bytes is not None and line.tag_bytes > net.rules.tag_bytes + 2:
        net.numeric(client, "417", ":Input line was too long")
        return
    label = line.tags.get("label", "")
    labeled = 0 < len(label) <= _LONGEST_LABEL and client.can("labeled-response", "batch")
    if not labeled:
        _run(net, client, line)
        return
    client.collected = []
    _run(net, client, line)
    answers, client.collected = client.collected, None
    # None: the command ended the connection, and what it had to say is said.
    if answers is not None:
        _answer(net, client, label, answers, several="," in line.param(0))


def _run(net: Network, client: Client, line: Line) -> None:
    command = COMMANDS.get(line.command)
    if not client.registered and (command is None or not command.early):
        net.numeric(client, "451", ":You have not registered")
    elif command is None:
        net.numeric(client, "421", f"{line.command} :Unknown command")
    elif len(line.params) < command.needs:
        net.numeric(client, "461", f"{line.command} :Not enough parameters")
    else:
        if command.ends_grace:
            client.link.pace.end_grace()
        command.run(net, client, line)


def _answer(
    net: Network, client: Client, label: str, answers: list[Outgoing], several: bool
) -> None:
    """Specification "labeled-response": one line bears the label, more are a batch; Solanum makes
    a batch for several targets, however many lines there are."""
    if not answers and not several:
        net.deliver(client, Outgoing(f":{NAME} ACK", None, {}), {"label": label})
    elif len(answers) == 1 and not several:
        net.deliver(client, answers[0], {"label": label})
    else:
        name = net.batch()
        begin = Outgoing(f":{NAME} BATCH +{name} labeled-response", None, {})
        net.deliver(client, begin, {"label": label})
        for answer in answers:
            net.deliver(client, answer, {"batch": name})
        net.deliver(client, Outgoing(f":{NAME} BATCH -{name}", None, {}))
