"""What a server or a bouncer plays again of what was said before: nobody waits for an answer to it,
and who was there then need not be there now.

IRCv3 specifications "chathistory", "batch" and "server-time"; ZNC's module playback.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.adapters.irc.wire import Heard

_log = structlog.get_logger(__name__)

_KINDS = frozenset({"chathistory", "znc.in/playback"})
_OLD = timedelta(seconds=60)
# Of other lines the time may be when somebody came, which servers tell each other later.
_MESSAGES = frozenset({
    "pubmsg", "privmsg", "ctcp", "action", "pubnotice", "privnotice", "ctcpreply"
})  # fmt: skip


class History:
    """Knows which batches of one connection are history. `wall` is the real time."""

    def __init__(self, wall: Callable[[], datetime], network: str) -> None:
        self._wall = wall
        self._network = network
        self._batches = set[str]()
        self._told = False

    def plays(self, heard: Heard) -> bool:
        """True if this belongs to history; each line is to be shown once, in order."""
        if heard.type == "batch":
            return self._batch(heard)
        if heard.tags.get("batch") in self._batches:
            return True
        return heard.type in _MESSAGES and "time" in heard.tags and self._is_old(heard.tags["time"])

    def _batch(self, heard: Heard) -> bool:
        sign, reference = heard.target[:1], heard.target[1:]
        if sign == "-" and reference in self._batches:
            self._batches.remove(reference)
            return True
        inside = heard.tags.get("batch") in self._batches
        if sign == "+" and (inside or not _KINDS.isdisjoint(heard.arguments[:1])):
            self._batches.add(reference)
            return True
        return inside

    def _is_old(self, time: str) -> bool:
        try:
            said = datetime.fromisoformat(time)
        except ValueError:
            return False
        if said.tzinfo is None or self._wall() - said <= _OLD:
            return False
        if not self._told:
            self._told = True
            # If it is not history, this clock is wrong.
            _log.warning(
                "What was said more than a minute ago, by this machine's clock, is taken for old"
                " and not answered.",
                network=self._network,
            )
        return True
