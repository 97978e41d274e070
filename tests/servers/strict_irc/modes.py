"""MODE, of channels and of users (ircd/chmode.c, ircd/s_user.c)."""

from collections.abc import Iterator

from tests.servers.strict_irc.network import Network
from tests.servers.strict_irc.people import Channel, Client
from tests.servers.strict_irc.wire import Line, fold

_FLAGS = "imnrst"
_OF_USERS = "giRw"


def mode(net: Network, client: Client, line: Line) -> None:
    target, changes, *arguments = [*line.params, ""][: max(2, len(line.params))]
    if not target.startswith("#"):
        _of_user(net, client, target, changes)
        return
    channel = net.channels.get(fold(target))
    if channel is None:
        net.numeric(client, "403", f"{target} :No such channel")
    elif not changes:
        net.numeric(client, "324", f"{channel.name} {_shown(channel)}")
    elif changes.lstrip("+") == "b" and not arguments:
        for mask in channel.bans:
            net.numeric(client, "367", f"{channel.name} {mask}")
        net.numeric(client, "368", f"{channel.name} :End of Channel Ban List")
    elif not channel.is_op(client):
        net.numeric(client, "482", f"{channel.name} :You're not a channel operator")
    else:
        client.link.pace.end_grace()
        try:
            change(net, channel, client.prefix, changes, arguments)
        except (KeyError, IndexError, ValueError):
            net.numeric(client, "472", f"{changes} :is an unknown mode change to me")


def _shown(channel: Channel) -> str:
    letters = "".join(sorted(channel.modes))
    letters += "k" * (channel.key is not None) + "l" * (channel.limit is not None)
    return f"+{letters}" + (f" {channel.limit}" if channel.limit is not None else "")


def change(
    net: Network, channel: Channel, by: str, changes: str, arguments: list[str]
) -> None:  # fmt: skip
    """Change a channel's modes, and tell those in it. Raises KeyError for people who are not
    there, IndexError where an argument is missing, ValueError for what is no mode."""
    _apply(net, channel, changes, list(arguments))
    said = " ".join([f":{by} MODE {channel.name} {changes}", *arguments])
    net.tell(channel.members, said)


def _apply(net: Network, channel: Channel, changes: str, arguments: list[str]) -> None:
    for on, letter in _signed(changes):
        match letter:
            case "o" | "v":
                modes = channel.members[net.named(arguments.pop(0))]
                (modes.add if on else modes.discard)(letter)
            case "b" | "q":
                masks = channel.bans if letter == "b" else channel.quiets
                mask = arguments.pop(0)
                (masks.append if on else masks.remove)(mask)
            case "k":
                key = arguments.pop(0) if arguments else None
                channel.key = key if on else None
            case "l":
                channel.limit = int(arguments.pop(0)) if on else None
            case flag if flag in _FLAGS:
                (channel.modes.add if on else channel.modes.discard)(flag)
            case other:
                raise ValueError(f"there is no mode {other}")


def _signed(changes: str) -> Iterator[tuple[bool, str]]:
    on = True
    for letter in changes:
        if letter in "+-":
            on = letter == "+"
        else:
            yield on, letter


def _of_user(net: Network, client: Client, nick: str, changes: str) -> None:
    if fold(nick) != fold(client.nick):
        net.numeric(client, "502", ":Can't change mode for other users")
    elif not changes:
        net.numeric(client, "221", f"+{''.join(sorted(client.modes))}")
    else:
        client.link.pace.end_grace()
        bot = net.rules.bot_mode
        if any(letter not in _OF_USERS and letter != bot for _, letter in _signed(changes)):
            net.numeric(client, "501", ":Unknown MODE flag")
        known = [
            (on, letter) for on, letter in _signed(changes) if letter in _OF_USERS or letter == bot
        ]
        set_modes(net, client, known)


def set_modes(net: Network, client: Client, changes: list[tuple[bool, str]]) -> None:
    """Change a user's modes, and tell them."""
    said = ""
    for on, letter in changes:
        # Whatever letter the server has for it, inside it is B.
        kept = "B" if letter == net.rules.bot_mode else letter
        if on != (kept in client.modes):
            (client.modes.add if on else client.modes.discard)(kept)
            said += ("+" if on else "-") + letter
    if said:
        net.send(client, f":{client.nick} MODE {client.nick} :{said}")
