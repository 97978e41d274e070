"""Asks for the accounts of people who join where the JOIN itself does not tell them."""

import asyncio
from collections.abc import Callable

from bot.adapters.irc.people.roster import WHOX_FIELDS, Roster

_TOGETHER = 3.0
"""Seconds that a channel waits for others who join: WHO asks for all of them in one line."""


class Newcomers:
    """The channels of one connection that will be asked for soon."""

    def __init__(self, roster: Roster, say_soon: Callable[[str], None]) -> None:
        self._roster = roster
        self._say_soon = say_soon
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def hear(self, nick: str, channel: str) -> None:
        """Somebody has joined; with extended-join their account is known by now."""
        person, folded = self._roster.person(nick), self._roster.fold(channel)
        unknown = person is not None and person.account is None and self._roster.isupport.whox
        if unknown and folded not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[folded] = loop.call_later(_TOGETHER, self._ask, folded)

    def close(self) -> None:
        """Nobody is asked for any more."""
        for timer in self._timers.values():
            timer.cancel()

    def _ask(self, channel: str) -> None:
        del self._timers[channel]
        if self._roster.channel(channel) is not None:
            self._say_soon(f"WHO {channel} {WHOX_FIELDS}")
