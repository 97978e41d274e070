"""To how many people the server lets somebody without a voice begin to write, and how soon.

Solanum and its relatives (ircd/tgchange.c) keep ten places for recipients, give back one a minute,
and remember the last five who wrote to us behind them; ircu and UnrealIRCd have kin of this. Who
has a voice in a channel may write to its members as they like.
"""

import re
from dataclasses import dataclass

_REPLIES = 5
_MARGIN = 1.0
"""Seconds: the clock of the server has whole ones."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many people at once, and one more each `every` seconds."""

    people: int
    every: float


# What the server calls itself in 004.
_KNOWN = (
    (re.compile(r"solanum|charybdis|ratbox|hybrid|seven", re.IGNORECASE), Limit(10, 60.0)),
    (re.compile(r"^u\d|ircu|snircd|nefarious", re.IGNORECASE), Limit(10, 120.0)),
    (re.compile(r"unreal", re.IGNORECASE), Limit(10, 15.0)),
)


def limit_of(version: str) -> Limit | None:
    """The limit of this kind of server; None where none is known."""
    return next((limit for kind, limit in _KNOWN if kind.search(version)), None)


class Recipients:
    """Counts as the server does. Owns the places; times are seconds of the event loop."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._free = limit.people
        self._since: float | None = None
        # Whom the server remembers: those written to last, and behind them those who wrote to us.
        # Whoever comes in pushes the ones behind on, and the last one out.
        self._known: list[str | None] = [None] * (limit.people + _REPLIES)

    def seconds_to_wait(self, nick: str, now: float, kept: int = 0) -> float:
        """For how long this nick (folded) may not be written to, if so many places are kept for
        others; 0 if it may."""
        lacking = min(kept, self.limit.people - 1) + 1 - self._free
        if nick in self._known or lacking <= 0:
            return 0.0
        assert self._since is not None, "all places are free until one is taken"
        return max(0.0, self._since + lacking * self.limit.every + _MARGIN - now)

    def writes_to(self, nick: str, now: float) -> None:
        """We write to this nick now."""
        if nick not in self._known:
            self._take_a_place(now)
        self._put(nick, 0)

    def hears_from(self, nick: str) -> None:
        """A nick has written to us: answers cost nothing for a while."""
        # The first place behind is left as it is, too.
        if nick not in self._known[: self.limit.people + 1]:
            self._put(nick, self.limit.people)

    def refused(self, nick: str, now: float) -> None:
        """The server has counted otherwise than we did."""
        self._free, self._since = 0, now
        self._known = [None if known == nick else known for known in self._known]

    def _put(self, nick: str, place: int) -> None:
        last = self._known.index(nick) if nick in self._known else -1
        del self._known[last]
        self._known.insert(place, nick)

    def _take_a_place(self, now: float) -> None:
        back = self._back(now)
        # The server looks at its clock only here, and forgets the fraction.
        if back or self._free == self.limit.people:
            self._since = now
        self._free = max(0, min(self.limit.people, self._free + back) - 1)

    def _back(self, now: float) -> int:
        """Places that the server would give back now."""
        if self._since is None or self._free == self.limit.people:
            return 0
        return max(0, int((now - self._since - _MARGIN) / self.limit.every))
