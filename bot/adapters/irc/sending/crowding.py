"""How much a nick or a channel has been sent lately, for servers that drop what is too much.

Solanum (flood_attack_client and flood_attack_channel in modules/core/m_message.c) lets everybody
together send ten messages to each, forgets one a second, and drops all that comes after an eleventh
until everything is forgotten; but for those who have a voice.
"""

from bot.recent import Recent

_MARGIN = 2
"""Messages: the server counts whole seconds, and may have heard more than we have."""
_REMEMBERED = 1_000
_LONGEST_WAIT = 10.0
"""Seconds; in a channel where people never stop talking, our lines are worth the attempt."""


class Crowding:
    """Counts for each target what was sent, or will have been; times are seconds of the loop."""

    def __init__(self, burst: int, every: float) -> None:
        """A target may be sent `burst` messages at once, and one more each `every` seconds."""
        self._room = max(1.0, burst - _MARGIN)
        self._every = every
        self._had: Recent[str, tuple[float, float]] = Recent(_REMEMBERED)

    def books(self, target: str, lines: int, now: float) -> float:
        """So many lines go to this target (folded), in as many seconds as the result says."""
        had, since = self._had.get(target) or (0.0, now)
        had = max(0.0, had - (now - since) / self._every)
        # A long message is sent at a pace of its own, if it begins with nothing before it.
        wait = max(0.0, had + min(lines, self._room) - self._room) * self._every
        self._had.put(target, (min(had + lines, self._room + _LONGEST_WAIT / self._every), now))
        return min(wait, _LONGEST_WAIT)
