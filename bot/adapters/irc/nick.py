"""The nick that the bot wants: taken back as soon as it is free."""

from collections.abc import Callable

from bot.adapters.irc.people.roster import Roster
from bot.adapters.irc.wire import Heard


class WantedNick:
    """Follows one nick on one connection."""

    def __init__(self, wanted: str, roster: Roster, say_soon: Callable[[str], None]) -> None:
        self.name = wanted
        self._roster = roster
        self._say_soon = say_soon

    @property
    def missing(self) -> bool:
        """True while the bot is called otherwise."""
        return not self._roster.is_me(self.name)

    def ask_services(self, nickserv: str) -> None:
        """Let the services take it from whoever has it, as a rule our own lost connection: they do
        that for those who are logged in (atheme's REGAIN)."""
        if self.missing:
            self._say_soon(f"PRIVMSG {nickserv} :REGAIN {self.name}")

    def hear(self, heard: Heard) -> None:
        """Take it where somebody has just given it up."""
        fold = self._roster.fold
        if self.missing and heard.type in ("quit", "nick") and fold(heard.nick) == fold(self.name):
            self._take()

    def free(self, nicks: set[str]) -> None:
        """Take it if it is among these, which nobody has (folded)."""
        if self.missing and self._roster.fold(self.name) in nicks:
            self._take()

    def _take(self) -> None:
        self._say_soon(f"NICK {self.name}")
