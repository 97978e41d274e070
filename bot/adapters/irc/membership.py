"""The channels that the bot wants to be in: joins them, with keys, and comes back politely."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import structlog

from bot.adapters.irc.wire import Heard

_log = structlog.get_logger(__name__)

REFUSALS = {
    "403": "there is no such channel",
    "405": "the server lets nobody into more channels",
    "437": "the channel is not to be had for a while",
    "470": "it leads to another one",
    "471": "the channel is full",
    "473": "it is for people who were invited: let an operator invite the bot",
    "474": "the bot is banned there: let an operator lift the ban",
    "475": 'the key is another one: write it as "#channel key"',
    "476": "no channel can be called so",
    "477": "it is for people with an account: set `account` and `password`",
    "479": "no channel can be called so",
    "480": "too many have joined just now",
    "489": "it is for people who use TLS",
    "495": "it lets nobody in so soon after a kick",
    "520": "it is for the network's staff",
}
"""Why a JOIN can fail, by numeric."""

_FIRST_PAUSE, _LONGEST_PAUSE = 30.0, 600.0
"""Seconds until the next attempt, doubled each time."""
_PAUSE_AFTER_KICK = 60.0
_INVITED_AGAIN = 10.0
"""Seconds in which a second invitation to a channel is not followed."""
_LONGEST_JOIN = 400
"""Bytes of names and keys in one line."""


@dataclass(slots=True, eq=False)
class _Wanted:
    """A channel as the settings have it. `pause` is the last one, which `began` then; `tried` is
    when the bot last tried to join, all by the loop's time."""

    name: str
    key: str
    open: bool = True
    joined: bool = False
    pause: float = 0.0
    began: float = -inf
    tried: float = -inf
    timer: asyncio.TimerHandle | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.key}".rstrip()


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
        wanted = (_Wanted(*channel.partition(" ")[::2]) for channel in channels)
        self._wanted = {fold(channel.name): channel for channel in wanted}
        self._say_soon = say_soon
        self._fold = fold
        self._network = network
        self.refused: dict[str, str] = {}
        self.settled = asyncio.Event()

    def start(self) -> None:
        """Join all channels; those with keys stand first, for keys go by the order."""
        batch: list[_Wanted] = []
        for channel in sorted(self._wanted.values(), key=lambda channel: not channel.key):
            if batch and sum(len(str(c).encode()) + 1 for c in (*batch, channel)) > _LONGEST_JOIN:
                self._join(batch)
                batch = []
            batch.append(channel)
        if batch:
            self._join(batch)
        self._look_whether_settled()

    def wants(self, channel: str) -> bool:
        """True if the bot is meant to be there."""
        return self._fold(channel) in self._wanted

    def known(self, channel: str) -> None:
        """The bot is in this channel, and knows who else is."""
        wanted = self._wanted.get(self._fold(channel))
        if wanted is not None:
            wanted.joined, wanted.open = True, False
            self.refused.pop(wanted.name, None)
            _stop(wanted.timer)
            self._look_whether_settled()

    def hear(self, heard: Heard) -> None:
        """Note a refusal (a numeric), or an invitation."""
        wanted = self._wanted.get(self._fold(heard.arguments[0])) if heard.arguments else None
        if wanted is None or wanted.joined:
            return  # some of the numerics refuse other things as well
        if heard.type == "invite":
            if asyncio.get_running_loop().time() - wanted.tried >= _INVITED_AGAIN:
                self._join([wanted])
        elif heard.type in REFUSALS:
            why = REFUSALS[heard.type]
            pause = self._later(wanted, _FIRST_PAUSE)
            _log.warning("cannot join", network=self._network, channel=wanted.name, reason=why,
                         again_in=f"{pause:.0f}s")  # fmt: skip
            self.refused[wanted.name] = why
            wanted.open = False
            self._look_whether_settled()

    def kicked(self, channel: str, by: str) -> None:
        """Somebody does not want the bot in this channel just now."""
        wanted = self._wanted.get(self._fold(channel))
        if wanted is not None:
            wanted.joined = wanted.open = False
            pause = self._later(wanted, _PAUSE_AFTER_KICK)
            self._look_whether_settled()
            _log.warning("kicked", network=self._network, channel=wanted.name, by=by,
                         again_in=f"{pause:.0f}s")  # fmt: skip

    def close(self) -> None:
        """Nothing is joined any more."""
        for wanted in self._wanted.values():
            _stop(wanted.timer)

    def _later(self, wanted: _Wanted, first: float) -> float:
        """Join again after a pause: the first one, or twice the last one if that was lately."""
        loop = asyncio.get_running_loop()
        lately = loop.time() - wanted.began < 2 * _LONGEST_PAUSE
        wanted.pause = min(2 * wanted.pause, _LONGEST_PAUSE) if lately else first
        wanted.began = loop.time()
        _stop(wanted.timer)
        wanted.timer = loop.call_later(wanted.pause, self._join, [wanted])
        return wanted.pause

    def _join(self, channels: Sequence[_Wanted]) -> None:
        for wanted in channels:
            wanted.tried = asyncio.get_running_loop().time()
            self.refused.pop(wanted.name, None)
        names = ",".join(wanted.name for wanted in channels)
        keys = ",".join(wanted.key for wanted in channels if wanted.key)
        self._say_soon(f"JOIN {names} {keys}".rstrip())

    def _look_whether_settled(self) -> None:
        if not any(wanted.open for wanted in self._wanted.values()):
            self.settled.set()


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
