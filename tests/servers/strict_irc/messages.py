"""PRIVMSG, NOTICE and TAGMSG: who may write to whom, and how much (modules/core/m_message.c)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers.strict_irc import nickserv
from tests.servers.strict_irc.network import Network
from tests.servers.strict_irc.people import Channel, Client, may_flood
from tests.servers.strict_irc.wire import Line, fold


@dataclass(frozen=True, slots=True)
class Message:
    """What one client wants to tell others. `tags` are those that clients give each other."""

    sender: Client
    command: str
    text: str
    tags: Mapping[str, str]

    @property
    def asks(self) -> bool:
        """A NOTICE gets no errors back, other than 407 and 707."""
        return self.command != "NOTICE"

    def body(self, target: str) -> str:
        said = f":{self.sender.prefix} {self.command} {target}"
        return said if self.command == "TAGMSG" else f"{said} :{self.text}"


def message(net: Network, client: Client, line: Line) -> None:
    tags = {key: value for key, value in line.tags.items() if key.startswith("+")}
    written = Message(client, line.command, line.param(1), tags)
    if not line.param(0):
        if written.asks:
            net.numeric(client, "411", f":No recipient given ({line.command})")
    elif line.command == "TAGMSG" and not (tags and client.can("message-tags")):
        return
    elif not written.text and line.command != "TAGMSG":
        if written.asks:
            net.numeric(client, "412", ":No text to send")
    else:
        # Some clients write to themselves to see how slow the server is.
        if fold(line.param(0)) != fold(client.nick):
            client.link.pace.end_grace()
        for target in _targets(net, written, line.param(0)):
            match target:
                case Channel():
                    _to_channel(net, written, target)
                case Client():
                    _to_client(net, written, target)
                case service:
                    nickserv.hear(net, client, written.text)
                    _echo(net, written, service)


def _targets(net: Network, written: Message, names: str) -> list[Channel | Client | str]:
    """At most so many as one line may have; a service is its name."""
    sender, found = written.sender, list[Channel | Client | str]()
    for name in filter(None, names.split(",")):
        target: Channel | Client | str | None
        if name.startswith("#"):
            target = net.channels.get(fold(name))
        elif fold(name) == "nickserv" and net.services_here:
            target = "NickServ"
        else:
            target = net.find(name, sender)
        if target is None:
            net.drop(sender, name, "401", written.text)
            if written.asks:
                net.numeric(sender, "401", f"{name} :No such nick/channel")
        elif target in found:
            continue
        elif net.rules.max_targets is not None and len(found) >= net.rules.max_targets:
            net.drop(sender, name, "407", written.text)
            net.numeric(sender, "407", f"{name} :Too many recipients.")
            break
        else:
            found.append(target)
    return found


def _to_channel(net: Network, written: Message, channel: Channel) -> None:
    sender = written.sender
    free = channel.speaks_freely(sender)
    if not free and not _may_speak(channel, sender):
        net.drop(sender, channel.name, "404", written.text)
        if written.asks:
            net.numeric(sender, "404", f"{channel.name} :Cannot send to nick/channel")
    elif not free and net.rules.channel_targets and not _counted(net, written, channel):
        return
    elif not free and not channel.inbound.take(net.now()):
        _throttled(net, written, channel.name)
    else:
        others = [member for member in net.members(channel, sender) if member is not sender]
        _pass_on(net, written, others, channel.name)
        _echo(net, written, channel.name)


def _may_speak(channel: Channel, sender: Client) -> bool:
    """[can_send]"""
    if "m" in channel.modes:
        return False
    if sender not in channel.members:
        return "n" not in channel.modes
    return not channel.shuts_out(channel.bans + channel.quiets, sender)


def _to_client(net: Network, written: Message, target: Client) -> None:
    sender = written.sender
    free = may_flood(sender, target)
    ctcp_reply = written.command == "NOTICE" and written.text.startswith("\x01")
    if not free and not ctcp_reply and sender is not target and not _counted(net, written, target):
        return
    if not free and sender is not target and not target.inbound.take(net.now()):
        _throttled(net, written, target.nick)
        return
    if written.command == "PRIVMSG" and target.away is not None:
        net.numeric(sender, "301", f"{target.nick} :{target.away}")
    if not (_known_caller(net, written, target) and _known_account(net, written, target)):
        return
    target.targets.add_reply(sender)
    if target is sender:
        # What one gets from oneself is no answer to what one sent: the echo is.
        answers, sender.collected = sender.collected, None
        _pass_on(net, written, [target], target.nick)
        sender.collected = answers
    else:
        _pass_on(net, written, [target], target.nick)
    _echo(net, written, target.nick)


def _counted(net: Network, written: Message, target: Channel | Client) -> bool:
    """Whether a recipient is none too many; Solanum's text says what became of the message."""
    sender = written.sender
    if sender.targets.add(target, net.now()):
        return True
    net.excessive.add(sender.link.address)
    name = target.name if isinstance(target, Channel) else target.nick
    net.drop(sender, name, "707", written.text)
    net.numeric(sender, "707", f"{name} :Targets changing too fast, message dropped")
    return False


def _throttled(net: Network, written: Message, name: str) -> None:
    net.drop(written.sender, name, "flood", written.text)
    if written.asks:
        net.notice(written.sender, f"Message to {name} throttled due to flooding")


def _known_caller(net: Network, written: Message, target: Client) -> bool:
    """Whether a user with +g accepts the sender (modules/um_callerid.c)."""
    sender = written.sender
    if written.asks and "g" in sender.modes:
        sender.accepts.add(target)
    if "g" not in target.modes or sender in target.accepts or sender is target:
        return True
    net.drop(sender, target.nick, "716", written.text)
    if written.asks:
        said = "is in +g mode and must manually allow you to message them."
        net.numeric(sender, "716", f"{target.nick} :{said} Your message was discarded.")
        if target.told_of_callers + net.rules.caller_id_seconds < net.now():
            target.told_of_callers = net.now()
            net.numeric(sender, "717", f"{target.nick} :has been informed that you messaged them.")
            said = "is messaging you, and you have umode +g. The message was discarded."
            caller = f"{sender.nick} {sender.user}@{sender.host}"
            net.numeric(target, "718", f"{caller} :{said}")
    return False


def _known_account(net: Network, written: Message, target: Client) -> bool:
    """Whether a user with +R takes messages from the sender (modules/um_regonlymsg.c)."""
    sender = written.sender
    if written.asks and "R" in sender.modes:
        sender.accepts.add(target)
    if "R" not in target.modes or sender.account or sender in target.accepts or sender is target:
        return True
    net.drop(sender, target.nick, "486", written.text)
    if written.asks:
        said = "You must log into your NickServ account to message this user"
        net.numeric(sender, "486", f"{target.nick} :{said}")
    return False


def _pass_on(net: Network, written: Message, whom: list[Client], name: str) -> None:
    needs = "message-tags" if written.command == "TAGMSG" else None
    net.tell(whom, written.body(name), written.sender, needs, written.tags)


def _echo(net: Network, written: Message, name: str) -> None:
    """One for each target that took it (specification "echo-message")."""
    if written.sender.can("echo-message"):
        _pass_on(net, written, [written.sender], name)
