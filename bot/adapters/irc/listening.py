"""Which lines are commands, and for whom an answer is meant. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.adapters.irc.people.roster import Roster
from bot.adapters.irc.wire import Heard

# Bold, italics, underline, strike, monospace, reverse, reset; colours with their numbers.
_FORMATTING = re.compile(
    r"\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?"
    r"|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was said: by whom, in a channel or (None) to the bot alone, whether by its
    name. The account is None where the message does not tell; it is `vouched` for if the server
    says itself when it changes. `id` is the server's own. An answer goes to the `target`: the
    channel, a part of it like `@#channel`, or the nick."""

    mask: str
    account: str | None
    channel: str | None
    target: str
    line: str
    named: bool
    id: str | None
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Ctcp:
    """A question of one client to another."""

    mask: str
    command: str
    argument: str


def asked(
    heard: Heard, account: str | None, roster: Roster, prefix: str, *, vouched: bool = False
) -> Said | None:
    """What a message asks of the bot; None if it asks nothing, or a bot or a server has said it.
    The account is what is known of whoever said it, and whether the server vouches for it."""
    if "bot" in heard.tags or "draft/bot" in heard.tags or "!" not in heard.source:
        return None
    text, id = heard.arguments[0], heard.tags.get("msgid")
    channel = roster.isupport.channel(heard.target)
    if channel is None:
        if not roster.is_me(heard.target):
            return None
        line = command_in_private(text, roster.me, prefix, roster.fold)
        return Said(heard.source, account, None, heard.nick, line, True, id, vouched)
    meant = command_in_channel(text, roster.me, prefix, roster.fold)
    if meant is None:
        return None
    line, named = meant
    return Said(heard.source, account, channel, heard.target, line, named, id, vouched)


def command_in_channel(
    text: str, me: str, prefix: str, fold: Callable[[str], str] = str.lower
) -> tuple[str, bool] | None:
    """The command in what somebody said in a channel, and whether the bot was called by its name
    (`fold` is how the server compares names); None if it was not meant."""
    plain = unformatted(text).strip()
    behind_name = _behind_name(plain, me, fold)
    if behind_name is not None:
        return behind_name.removeprefix(prefix).strip(), True
    rest = plain.removeprefix(prefix) if prefix and plain.startswith(prefix) else ""
    # `!!!` is no command, and neither is `!?`.
    return (rest, False) if rest[:1].isalnum() else None


def command_in_private(
    text: str, me: str, prefix: str, fold: Callable[[str], str] = str.lower
) -> str:
    """The command in what somebody wrote to the bot alone: no prefix is needed."""
    plain = unformatted(text).strip()
    behind_name = _behind_name(plain, me, fold)
    return (plain if behind_name is None else behind_name).removeprefix(prefix).strip()


def unformatted(text: str) -> str:
    """The text without the codes of bold and colour."""
    return _FORMATTING.sub("", text)


def _behind_name(text: str, me: str, fold: Callable[[str], str]) -> str | None:
    """What follows `summitbot:`, `summitbot,` or `@summitbot`; None for anything else."""
    called = text.removeprefix("@")
    name, mark, rest = called[: len(me)], called[len(me) : len(me) + 1], called[len(me) + 1 :]
    if fold(name) != fold(me):
        return None
    is_call = mark in (":", ",", "") or (mark.isspace() and called != text)
    return rest.strip() if is_call else None
