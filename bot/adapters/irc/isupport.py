"""What the server says of itself in RPL_ISUPPORT (005), and what follows from it.

The Internet draft "IRC RPL_ISUPPORT numeric definition" (draft-hardy-irc-isupport) and the
"RPL_ISUPPORT parameters" of modern.ircdocs.horse.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from types import MappingProxyType
from typing import Literal, TypeVar

NO_LIMIT = sys.maxsize

Casemapping = Literal["ascii", "rfc1459", "rfc1459-strict"]

_FOLDS: dict[Casemapping, dict[int, int]] = {
    "ascii": str.maketrans(ascii_uppercase, ascii_lowercase),
    "rfc1459": str.maketrans(ascii_uppercase + "[]\\~", ascii_lowercase + "{}|^"),
    "rfc1459-strict": str.maketrans(ascii_uppercase + "[]\\", ascii_lowercase + "{}|"),
}
_CASEMAPPINGS: dict[str, Casemapping] = {
    "ascii": "ascii",
    "rfc1459": "rfc1459",
    "rfc1459-strict": "rfc1459-strict",
    "strict-rfc1459": "rfc1459-strict",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._-]{0,63}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PREFIX = re.compile(r"\(([A-Za-z]*)\)([^A-Za-z0-9\s,:]*)")
_SYMBOLS = re.compile(r"[^A-Za-z0-9\s,:]*")
_ESCAPED = re.compile(r"\\x([2-6][0-9A-Fa-f]|7[0-9A-Ea-e])")
_SHORTEST_LINE = 512

_Meaning = TypeVar("_Meaning")


@dataclass(frozen=True, slots=True)
class ChannelModes:
    """The letters of CHANMODES by kind: lists, with a parameter always, with one when set only,
    and without."""

    lists: str = "b"
    always: str = "k"
    when_set: str = "l"
    flags: str = "imnpst"


@dataclass(frozen=True, slots=True)
class ModeChange:
    """One letter of a MODE message on a channel; the parameter is None where there is none."""

    set: bool
    letter: str
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Isupport:
    """What is known of a server; RFC 1459 as long as it has not said more.

    `tokens` are all that it has sent, by name in upper case, with unescaped values ("" for a
    flag). `prefixes` leads from symbol to mode, the highest first. `monitor` is how many nicks
    MONITOR watches, 0 where there is none; `bot` the mode that marks a bot. `linelen` is in bytes,
    the end of the line included.
    """

    tokens: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    casemapping: Casemapping = "rfc1459"
    prefixes: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({"@": "o", "+": "v"})
    )
    chanmodes: ChannelModes = ChannelModes()
    chantypes: str = "#&"
    statusmsg: str = ""
    targmax: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
    maxtargets: int | None = 1
    monitor: int = 0
    nicklen: int = 9
    linelen: int = _SHORTEST_LINE
    bot: str | None = None

    @property
    def whox(self) -> bool:
        """True if WHO can be asked for accounts (IRCv3 "WHOX")."""
        return "WHOX" in self.tokens

    def fold(self, text: str) -> str:
        """A nick or channel in the form in which the server compares them."""
        return text.translate(_FOLDS[self.casemapping])

    def targets(self, command: str) -> int | None:
        """How many targets one line of this command may have; None if as many as fit."""
        command = command.upper()
        if command in self.targmax:
            return self.targmax[command]
        return self.maxtargets if command in ("PRIVMSG", "NOTICE") else 1

    def is_channel(self, target: str) -> bool:
        """True for a channel's name."""
        return bool(target) and target[0] in self.chantypes

    def channel(self, target: str) -> str | None:
        """The channel of `#channel` or `@#channel`; None for a nick."""
        name = target if self.is_channel(target) else target.lstrip(self.statusmsg)
        return name if self.is_channel(name) else None

    def told(self, arguments: Sequence[str]) -> "Isupport":
        """With what one 005 adds, or takes back; its parameters without the first, our nick. What
        is malformed changes nothing."""
        tokens = dict(self.tokens)
        for argument in arguments:
            name, _, value = argument.partition("=")
            if argument.startswith("-"):
                tokens.pop(argument[1:].upper(), None)
            elif _NAME.fullmatch(name) and " " not in argument:  # the last one is for people
                name, value = name.upper(), _unescaped(value)
                if _is_well_formed(name, value):
                    tokens[name] = value
        return _isupport(tokens)

    def mode_changes(self, arguments: Sequence[str]) -> list[ModeChange]:
        """A MODE message on a channel without its first parameter, the channel: `+o-v`, `nick`,
        `nick`. Letters that nobody has announced have no parameter."""
        letters, *parameters = arguments or ("",)
        parameters.reverse()
        kinds = self.chanmodes
        both_ways = {*kinds.lists, *kinds.always, *self.prefixes.values()}
        changes: list[ModeChange] = []
        sign = True
        for letter in letters:
            if letter in "+-":
                sign = letter == "+"
                continue
            takes = letter in both_ways or (sign and letter in kinds.when_set)
            changes.append(
                ModeChange(sign, letter, parameters.pop() if takes and parameters else None)
            )
        return changes


def _casemapping(value: str) -> Casemapping:
    # The mappings of Unicode that exist leave brackets alone. A letter taken for another would let
    # one person pass for somebody else; one that is not costs no more than a second look.
    return _CASEMAPPINGS.get(value.lower(), "ascii")


def _prefixes(value: str) -> Mapping[str, str]:
    """`(ov)@+`; empty where the server has none."""
    found = _PREFIX.fullmatch(value or "()")
    if found is None or len(found[1]) != len(found[2]) or len(set(found[2])) != len(found[2]):
        raise ValueError(value)
    return MappingProxyType(dict(zip(found[2], found[1], strict=True)))


def _chanmodes(value: str) -> ChannelModes:
    """`b,k,l,imnpst`; more kinds may follow, of which nothing is known."""
    kinds = value.split(",")
    if len(kinds) < 4 or not all(c in ascii_letters for kind in kinds for c in kind):
        raise ValueError(value)
    return ChannelModes(*kinds[:4])


def _symbols(value: str) -> str:
    if not _SYMBOLS.fullmatch(value):
        raise ValueError(value)
    return value


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return int(value)


def _length(value: str) -> int:
    if _number(value) == 0:
        raise ValueError(value)
    return int(value)


def _line_length(value: str) -> int:
    """A shorter line than everybody's is a mistake."""
    if _number(value) < _SHORTEST_LINE:
        raise ValueError(value)
    return int(value)


def _limit(value: str) -> int | None:
    return (_number(value) or None) if value else None


def _targmax(value: str) -> Mapping[str, int | None]:
    """`PRIVMSG:4,NOTICE:4,JOIN:`."""
    limits: dict[str, int | None] = {}
    for entry in filter(None, value.split(",")):
        command, colon, limit = entry.partition(":")
        if not command or not colon:
            raise ValueError(value)
        limits[command.upper()] = _limit(limit)
    return MappingProxyType(limits)


def _monitor(value: str) -> int:
    return _number(value) if value else NO_LIMIT


def _letter(value: str) -> str:
    if len(value) != 1 or value not in ascii_letters:
        raise ValueError(value)
    return value


_PARSERS: dict[str, Callable[[str], object]] = {
    "CASEMAPPING": _casemapping,
    "PREFIX": _prefixes,
    "CHANMODES": _chanmodes,
    "CHANTYPES": _symbols,
    "STATUSMSG": _symbols,
    "TARGMAX": _targmax,
    "MAXTARGETS": _limit,
    "MONITOR": _monitor,
    "NICKLEN": _length,
    "LINELEN": _line_length,
    "BOT": _letter,
}


def _is_well_formed(name: str, value: str) -> bool:
    try:
        _PARSERS.get(name, str)(value)
    except ValueError:
        return False
    return True


def _isupport(tokens: dict[str, str]) -> Isupport:
    """What these tokens say, all of them well-formed."""

    def read(name: str, parse: Callable[[str], _Meaning], otherwise: _Meaning) -> _Meaning:
        return parse(tokens[name]) if name in tokens else otherwise

    rfc = Isupport()
    return Isupport(
        tokens=MappingProxyType(tokens),
        casemapping=read("CASEMAPPING", _casemapping, rfc.casemapping),
        prefixes=read("PREFIX", _prefixes, rfc.prefixes),
        chanmodes=read("CHANMODES", _chanmodes, rfc.chanmodes),
        chantypes=read("CHANTYPES", _symbols, rfc.chantypes),
        statusmsg=read("STATUSMSG", _symbols, rfc.statusmsg),
        targmax=read("TARGMAX", _targmax, rfc.targmax),
        maxtargets=read("MAXTARGETS", _limit, rfc.maxtargets),
        monitor=read("MONITOR", _monitor, rfc.monitor),
        nicklen=read("NICKLEN", _length, rfc.nicklen),
        linelen=read("LINELEN", _line_length, rfc.linelen),
        bot=read("BOT", _letter, rfc.bot),
    )


def _unescaped(value: str) -> str:
    r"""With `\x20` as a space; what would be a control character stays as it is."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
