"""The channels that the bot wants to be in: joins them, with keys, and comes back politely."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.adapters.irc.wire import Heard

_log = structlog.get_logger(__name__)

REFUSALS = {
    "403": "there is no such channel",
    "405": "the server lets nobody into more channels",
    "437": "the channel is not to be had for a while",
    "471": "the channel is full",
    "473": "it is for people who were invited: let an operator invite the bot",
    "474": "the bot is banned there: let an operator lift the ban",
    "475": 'the key is another one: write it as "#channel key"',
    "476": "no channel can be called so",
    "477": "it is for people with an account: set `account` and `password`",
    "480": "too many have joined just now",
    "489": "it is for people who use TLS",
    "520": "it is for the network's staff",
}
"""Why a JOIN can fail, by numeric."""

_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 600.0
"""Seconds until the next attempt, doubled each time."""
_PAUSE_AFTER_KICK = 60.0


class Membership:
    """What is wanted and what has become of it, on one connection."""

    def __init__(
        self,
        channels: Sequence[str],
        say_soon: Callable[[str], None],
        fold: Callable[[str], str],
        network: str,
    ) -> None:
        """`channels` are `#name` or `#name key`."""
        self._wanted = dict(channel.partition(" ")[::2] for channel in channels)
        self._say_soon = say_soon
        self._fold = fold
        self._network = network
        # By folded name: the last pause, and when it began.
        self._pauses: dict[str, tuple[float, float]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._open = set(map(fold, self._wanted))
        self.refused: dict[str, str] = {}
        self.settled = asyncio.Event()
        if not self._open:
            self.settled.set()

    def start(self) -> None:
        """Join all channels; those with keys stand first, for keys go by the order."""
        with_keys = sorted(self._wanted.items(), key=lambda channel: not channel[1])
        if with_keys:
            names = ",".join(name for name, _ in with_keys)
            keys = ",".join(key for _, key in with_keys if key)
            self._say_soon(f"JOIN {names} {keys}".rstrip())

    def wants(self, channel: str) -> bool:
        """True if the bot is meant to be there."""
        return self._fold(channel) in map(self._fold, self._wanted)

    def known(self, channel: str) -> None:
        """The bot is in this channel, and knows who else is."""
        self._close(channel)

    def hear(self, heard: Heard) -> None:
        """Note a refusal (a numeric), or an invitation."""
        channel = heard.arguments[0] if heard.arguments else ""
        if not self.wants(channel):
            return
        if heard.type == "invite":
            self._join(self._named(channel))
        elif heard.type in REFUSALS:
            why = REFUSALS[heard.type]
            pause = self._later(channel, _FIRST_PAUSE)
            _log.warning("cannot join", network=self._network, channel=channel, reason=why,
                         again_in=f"{pause:.0f}s")  # fmt: skip
            self.refused[self._named(channel)] = why
            self._close(channel)

    def kicked(self, channel: str, by: str) -> None:
        """Somebody does not want the bot in this channel just now."""
        if self.wants(channel):
            pause = self._later(channel, _PAUSE_AFTER_KICK)
            _log.warning("kicked", network=self._network, channel=channel, by=by,
                         again_in=f"{pause:.0f}s")  # fmt: skip

    def close(self) -> None:
        """Nothing is joined any more."""
        for timer in self._timers.values():
            timer.cancel()

    def _later(self, channel: str, first: float) -> float:
        loop, name, folded = asyncio.get_running_loop(), self._named(channel), self._fold(channel)
        last, began = self._pauses.get(folded, (0.0, 0.0))
        again = last and loop.time() - began < 2 * _LONGEST_PAUSE
        pause = min(2 * last, _LONGEST_PAUSE) if again else first
        self._pauses[folded] = (pause, loop.time())
        if folded in self._timers:
            self._timers[folded].cancel()
        self._timers[folded] = loop.call_later(pause, self._join, name)
        return pause

    def _join(self, name: str) -> None:
        self.refused.pop(name, None)
        self._say_soon(f"JOIN {name} {self._wanted[name]}".rstrip())

    def _named(self, channel: str) -> str:
        """As the settings write it."""
        folded = self._fold(channel)
        return next(name for name in self._wanted if self._fold(name) == folded)

    def _close(self, channel: str) -> None:
        self._open.discard(self._fold(channel))
        if not self._open:
            self.settled.set()
