"""Who is seen in the bot's channels, under which mask and account, and the bot's modes there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.people.masks import members
from bot.adapters.irc.wire import Heard

_TOKEN = "912"  # noqa: S105  # it tells our WHO from others
WHOX_FIELDS = f"%tuhnfa,{_TOKEN}"
"""Token, user, host, nick, flags, account: 354 brings them in this order (WHOX)."""


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who is seen. The mask is empty until it is known; `account` is None until it is
    known, and empty if there is none; channels are folded names."""

    nick: str
    mask: str = ""
    account: str | None = None
    bot: bool = False
    channels: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Joined:
    """A channel that the bot is in, with the modes of its own there, like v and o."""

    name: str
    modes: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Appeared:
    """More is known of a person than before: they came, or their mask or account is known."""

    person: Person


@dataclass(frozen=True, slots=True)
class Renamed:
    """A person has another nick, or another user or host, than the mask that they had; the account
    is what was known of it at that moment."""

    person: Person
    mask_before: str
    account: str | None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A person, under the mask that they had all the time, has an account now, or none any more.
    The one before is empty if there was none, and None if it was not known."""

    person: Person
    account_before: str | None


Change: TypeAlias = Appeared | Renamed | LoggedIn


class Roster:
    """All that the bot sees of people on one connection. Nicks and channels compare as the server
    compares them."""

    def __init__(self, me: str, isupport: Isupport) -> None:
        self.me = me
        self.isupport = isupport
        self._people: dict[str, Person] = {}
        self._joined: dict[str, Joined] = {}
        self._by_account: dict[str, set[str]] = {}
        self._hearing: dict[str, Callable[[Heard], Iterator[Change]]] = {
            "join": self._join,
            "part": self._part,
            "kick": self._kick,
            "quit": self._quit,
            "nick": self._nick,
            "account": self._account,
            "chghost": self._chghost,
            "mode": self._mode,
            "353": self._names,
            "352": self._who,
            "354": self._whox,
        }

    def fold(self, name: str) -> str:
        """A nick, channel or account as the server compares it."""
        return self.isupport.fold(name)

    def person(self, nick: str) -> Person | None:
        """Who has this nick, if they are seen."""
        return self._people.get(self.fold(nick))

    def logged_in(self, account: str) -> list[Person]:
        """Everybody who is seen under this account."""
        nicks = self._by_account.get(self.fold(account), set())
        return [self._people[nick] for nick in sorted(nicks)]

    def channel(self, channel: str) -> Joined | None:
        """A channel, if the bot is in it."""
        return self._joined.get(self.fold(channel))

    @property
    def channels(self) -> list[Joined]:
        """The channels that the bot is in."""
        return list(self._joined.values())

    def shared(self, nick: str) -> list[Joined]:
        """The channels where the bot and this nick are."""
        person = self.person(nick)
        return [self._joined[name] for name in sorted(person.channels)] if person else []

    def is_me(self, nick: str) -> bool:
        """True for the bot's own nick."""
        return self.fold(nick) == self.fold(self.me)

    def hear(self, heard: Heard) -> list[Change]:
        """Note what the server says about people; what it changes, if anything does."""
        hearing = self._hearing.get(heard.type)
        return list(hearing(heard)) if hearing is not None else []

    def is_seen_as(self, mask: str) -> bool:
        """True unless somebody is seen under this nick with another mask."""
        person = self.person(mask.partition("!")[0])
        return person is None or not person.mask or self.fold(person.mask) == self.fold(mask)

    def note(self, mask: str, account: str | None = None) -> list[Change]:
        """A message has come under this mask, and this account if the server tells those."""
        person = self.person(mask.partition("!")[0])
        return list(self._learn(person, mask, account)) if person is not None else []

    def leave(self, channel: str) -> None:
        """The bot is not in this channel any more."""
        joined = self._joined.pop(self.fold(channel), None)
        for nick in joined.members if joined else ():
            self._out_of(self.fold(channel), self._people[nick])

    def _join(self, heard: Heard) -> Iterator[Change]:
        channel, nick = self.fold(heard.target), heard.nick
        if self.is_me(nick):
            self.leave(channel)  # the server tells anew who is there
            self._joined[channel] = Joined(heard.target)
        elif nick and channel in self._joined:
            # extended-join: the account, or *, and the real name.
            account = _account(heard.arguments[0]) if len(heard.arguments) > 1 else None
            person = self._into(channel, nick)
            yield from self._learn(person, heard.source, account)
            yield Appeared(person)

    def _part(self, heard: Heard) -> Iterator[Change]:
        return self._leaves(heard.target, heard.nick)

    def _kick(self, heard: Heard) -> Iterator[Change]:
        return self._leaves(heard.target, heard.arguments[0] if heard.arguments else "")

    def _leaves(self, channel: str, nick: str) -> Iterator[Change]:
        joined, person = self.channel(channel), self.person(nick)
        if self.is_me(nick):
            self.leave(channel)
        elif joined is not None and person is not None:
            joined.members.discard(self.fold(nick))
            self._out_of(self.fold(channel), person)
        yield from ()

    def _quit(self, heard: Heard) -> Iterator[Change]:
        self._forget(heard.nick)
        yield from ()

    def _nick(self, heard: Heard) -> Iterator[Change]:
        old, new = heard.nick, heard.target
        if not new:
            return
        if self.fold(old) != self.fold(new):
            self._forget(new)  # nobody can have it, if we have heard everything
        if self.is_me(old):
            self.me = new
        elif self.is_me(new):
            self._forget(old)
        elif (person := self.person(old)) is not None:
            person.mask = person.mask or _whole(heard.source)
            mask = _whole(heard.source) or person.mask
            self._move(person, new)
            # One change, whatever else is new: it leads from the mask that is known.
            yield from self._learn(person, f"{new}!{mask.partition('!')[2]}", None)
            yield Appeared(person)

    def _account(self, heard: Heard) -> Iterator[Change]:
        person = self.person(heard.nick)
        if person is not None:
            yield from self._learn(person, heard.source, _account(heard.target))

    def _chghost(self, heard: Heard) -> Iterator[Change]:
        person = self.person(heard.nick)
        if person is not None and heard.arguments:
            person.mask = person.mask or _whole(heard.source)
            mask = f"{person.nick}!{heard.target}@{heard.arguments[0]}"
            yield from self._learn(person, mask, None)

    def _mode(self, heard: Heard) -> Iterator[Change]:
        joined = self.channel(heard.target)
        if joined is None:
            return
        for change in self.isupport.mode_changes(heard.arguments):
            mine = change.parameter is not None and self.is_me(change.parameter)
            if mine and change.letter in self.isupport.prefixes.values():
                (joined.modes.add if change.set else joined.modes.discard)(change.letter)
        yield from ()

    def _names(self, heard: Heard) -> Iterator[Change]:
        if len(heard.arguments) < 3:
            return
        channel = self.fold(heard.arguments[1])
        joined = self._joined.get(channel)
        if joined is None:
            return
        prefixes = self.isupport.prefixes
        for symbols, mask in members(heard.arguments[2], prefixes):
            if self.is_me(mask.nick):
                joined.modes = {prefixes[symbol] for symbol in symbols}
                continue
            person = self._into(channel, mask.nick)
            if mask.user and mask.host:
                yield from self._learn(person, str(mask), None)
            yield Appeared(person)

    def _who(self, heard: Heard) -> Iterator[Change]:
        # channel, user, host, server, nick, flags, hops and real name
        if len(heard.arguments) >= 6:
            _, user, host, _, nick, flags = heard.arguments[:6]
            yield from self._described(nick, user, host, flags, None)

    def _whox(self, heard: Heard) -> Iterator[Change]:
        if len(heard.arguments) >= 6 and heard.arguments[0] == _TOKEN:
            _, user, host, nick, flags, account = heard.arguments[:6]
            yield from self._described(nick, user, host, flags, _account(account, none="0"))

    def _described(
        self, nick: str, user: str, host: str, flags: str, account: str | None
    ) -> Iterator[Change]:
        person = self.person(nick)
        if person is None:
            return
        letter = self.isupport.bot
        person.bot = person.bot or (letter is not None and letter in flags)
        yield from self._learn(person, f"{nick}!{user}@{host}", account)
        yield Appeared(person)

    def _learn(self, person: Person, mask: str, account: str | None) -> Iterator[Change]:
        """Note a mask and an account, where they are told."""
        if _whole(mask) and mask != person.mask:
            before, person.mask = person.mask, mask
            if before and self.fold(before) != self.fold(mask):
                yield Renamed(person, before, person.account)
        if account is not None and account != person.account:
            before_account = person.account
            self._log_in(person, account)
            if before_account is not None or account:
                yield LoggedIn(person, before_account)

    def _log_in(self, person: Person, account: str | None) -> None:
        nick = self.fold(person.nick)
        if person.account:
            nicks = self._by_account[self.fold(person.account)]
            nicks.discard(nick)
            if not nicks:
                del self._by_account[self.fold(person.account)]
        person.account = account
        if account:
            self._by_account.setdefault(self.fold(account), set()).add(nick)

    def _into(self, channel: str, nick: str) -> Person:
        person = self._people.setdefault(self.fold(nick), Person(nick))
        person.channels.add(channel)
        self._joined[channel].members.add(self.fold(nick))
        return person

    def _out_of(self, channel: str, person: Person) -> None:
        person.channels.discard(channel)
        if not person.channels:
            self._forget(person.nick)

    def _forget(self, nick: str) -> None:
        person = self._people.pop(self.fold(nick), None)
        if person is not None:
            self._log_in(person, None)
            for channel in person.channels:
                self._joined[channel].members.discard(self.fold(nick))

    def _move(self, person: Person, nick: str) -> None:
        """They are called otherwise from now on."""
        account, channels = person.account, person.channels
        self._forget(person.nick)
        person.nick = nick
        self._people[self.fold(nick)] = person
        for channel in channels:
            self._joined[channel].members.add(self.fold(nick))
        self._log_in(person, account)


def _whole(mask: str) -> str:
    """The mask, if it has all its parts; else nothing."""
    return mask if "!" in mask and "@" in mask else ""


def _account(name: str, none: str = "*") -> str:
    return "" if name == none else name
