"""What the server lets the bot say to whom, and how soon: much less where it has no voice."""

import asyncio

from bot.adapters.irc.people.roster import Roster
from bot.adapters.irc.sending.crowding import Crowding
from bot.adapters.irc.sending.recipients import Limit, Recipients

KEPT_FOR_CHANNELS = 1
"""Places for recipients: Solanum counts channels too (channel_target_change), and people who ask
there would get no answer."""
_UNKNOWN = Limit(10, 60.0)
"""Of a server that limits recipients, which nobody knew of its kind."""


class Standing:
    """The bot's standing on one connection. Targets are nicks and channels, also parts of channels
    like `@#channel`."""

    def __init__(self, roster: Roster, limit: Limit | None, crowding: Crowding) -> None:
        self._roster = roster
        self._recipients = Recipients(limit) if limit is not None else None
        self._crowding = crowding

    @property
    def limit(self) -> Limit | None:
        """How many people may be written to where the bot has no voice; None if it does not
        matter here."""
        return self._recipients.limit if self._recipients is not None else None

    def has_voice_for(self, target: str) -> bool:
        """True if the bot has a voice, or more, in the channel, or in one where the nick is too."""
        joined = self._roster.channel(self._roster.isupport.channel(target) or target)
        channels = [joined] if joined is not None else self._roster.shared(target)
        return any(channel.modes for channel in channels)

    def limits(self, target: str) -> bool:
        """True if it is counted whether we write to this target."""
        return self._recipients is not None and not self.has_voice_for(target)

    def seconds_to_wait(self, target: str) -> float:
        """For how long this target may not be written to, by the server's own count of whom we
        write to."""
        if self._recipients is None or self.has_voice_for(target):
            return 0.0
        kept = 0 if self._roster.isupport.channel(target) else KEPT_FOR_CHANNELS
        return self._recipients.seconds_to_wait(self._folded(target), _now(), kept)

    def writes_to(self, target: str) -> None:
        """The target is written to now."""
        if self._recipients is not None and not self.has_voice_for(target):
            self._recipients.writes_to(self._folded(target), _now())

    def books(self, target: str, lines: int) -> float:
        """So many lines are meant for a target; the result is for how many seconds they have to
        wait, lest the target has had too much by then."""
        if not self.limits(target):
            return 0.0
        return self._crowding.books(self._folded(target), lines, _now())

    def hears_from(self, nick: str) -> None:
        """A nick has written to us alone: what we write back does not count."""
        if self._recipients is not None:
            self._recipients.hears_from(self._roster.fold(nick))

    def hears_in(self, channel: str) -> None:
        """Somebody has said something in a channel."""
        if self.limits(channel):
            self._crowding.books(self._folded(channel), 1, _now())

    def refused(self, target: str) -> None:
        """The server says that we write to too many (707, 439)."""
        if self._recipients is None:
            self._recipients = Recipients(_UNKNOWN)
        self._recipients.refused(self._folded(target), _now())

    def _folded(self, target: str) -> str:
        """As it is counted: a part of a channel (`@#channel`) as the channel."""
        return self._roster.fold(self._roster.isupport.channel(target) or target)


def _now() -> float:
    return asyncio.get_running_loop().time()
