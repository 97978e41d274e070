"""Who a line comes from: `nick!user@host`, a server's name, an entry of a list of names."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mask:
    """A source as the wire has it (RFC 2812, 2.3.1); a server, or a nick without the rest, has
    None for both of them."""

    nick: str
    user: str | None = None
    host: str | None = None

    def __str__(self) -> str:
        """`nick!user@host`, as far as it is known."""
        user = "" if self.user is None else f"!{self.user}"
        host = "" if self.host is None else f"@{self.host}"
        return f"{self.nick}{user}{host}"


def mask(source: str) -> Mask:
    """The parts of `nick!user@host`, `nick@host`, `nick` or a server's name."""
    # A user name may hold an `@`, a host name never does.
    who, at, host = source.rpartition("@") if "@" in source else (source, "", "")
    nick, bang, user = who.partition("!")
    return Mask(nick, user if bang else None, host if at else None)


def member(entry: str, symbols: Collection[str]) -> tuple[str, Mask]:
    """An entry of RPL_NAMREPLY: the symbols in front, and the mask; more than one symbol with
    multi-prefix, more than a nick with userhost-in-names (IRCv3 specifications of these names)."""
    end = next((i for i, c in enumerate(entry) if c not in symbols), len(entry))
    return entry[:end], mask(entry[end:])


def members(names: str, symbols: Collection[str]) -> list[tuple[str, Mask]]:
    """All entries of one RPL_NAMREPLY's last parameter."""
    found = (member(entry, symbols) for entry in names.split(" "))
    return [(prefix, who) for prefix, who in found if who.nick]
