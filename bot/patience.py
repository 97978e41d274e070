"""How long things may take before they are given up, or tried again."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long (real time) things may take.

    A message under way is given up after `sending` (to a channel, `posting`), and counts as in
    doubt after `lease`. What was put off is tried again after `pause`, which doubles up to
    `longest_pause`; somebody who cannot be written to, after `absence`. When the program stops,
    what is under way is given up after `stopping`; others need a little time as well, and whoever
    stops it waits for ten seconds as a rule.
    """

    lease: timedelta = timedelta(seconds=20)
    sending: timedelta = timedelta(seconds=15)
    pause: timedelta = timedelta(seconds=2)
    longest_pause: timedelta = timedelta(seconds=30)
    absence: timedelta = timedelta(minutes=1)
    posting: timedelta = timedelta(seconds=18)
    stopping: timedelta = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Holding:
    """How long (real time) a process that takes part in a network counts as alive, and how often
    it says so, or looks whether another one still does."""

    lease: timedelta = timedelta(seconds=25)
    every: timedelta = timedelta(seconds=2)
