"""How often an app may call what, in one workspace.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits in force. Messages in one channel: `channel_per_second` after a burst, and all in
    a workspace `workspace_per_second`, after a burst of one second's worth unless told.

    `history` "external" is for apps that are sold outside the directory, as `App.internal` False.
    """

    rates: bool = True
    channel_per_second: float = 1.0
    # "Short bursts >1 allowed": assumed four.
    channel_burst: int = 4
    # "A workspace-wide limit", of "several hundred messages per minute"; assumed unless told.
    workspace_per_second: float = 5.0
    workspace_burst: int | None = None
    history: Literal["internal", "external"] = "internal"

    @classmethod
    def generous(cls, history: Literal["internal", "external"] = "internal") -> Limits:
        """None at all."""
        return cls(rates=False, history=history)


@dataclass
class _Bucket:
    rate: float
    most: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """How many seconds until there is one more; 0 if there is one now."""
        self.level = min(self.most, self.level + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.level >= 1 - 1e-9 else (1 - self.level) / self.rate


@dataclass
class Counter:
    """What was taken of it. What is refused costs nothing: assumed."""

    limits: Limits
    _buckets: dict[Hashable, _Bucket] = field(default_factory=dict)
    _calls: dict[Hashable, deque[float]] = field(default_factory=dict)

    def call(self, key: Hashable, per_minute: int, now: float) -> int:
        """Seconds to wait, as in Retry-After; 0 if the call is taken."""
        if not self.limits.rates:
            return 0
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        if len(calls) >= per_minute:
            return max(1, math.ceil(calls[0] + MINUTE - now))
        calls.append(now)
        return 0

    def message(self, team: Hashable, channel: Hashable, now: float) -> int:
        """The same for a message that is posted."""
        limits = self.limits
        if not limits.rates:
            return 0
        whole = limits.workspace_burst or max(1, int(limits.workspace_per_second))
        buckets = [
            self._bucket(("team", team), limits.workspace_per_second, whole, now),
            self._bucket(
                ("channel", channel), limits.channel_per_second, limits.channel_burst, now
            ),
        ]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in buckets:
            bucket.level -= 1
        return 0

    def _bucket(self, key: Hashable, rate: float, most: float, now: float) -> _Bucket:
        return self._buckets.setdefault(key, _Bucket(rate, most, most, now))
