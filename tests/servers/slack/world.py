"""What all parts of the double share: the clock, the ids, and who watches."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack.clock import Clock
from tests.servers.slack.ids import Ids


@dataclass
class World:
    clock: Clock
    ids: Ids = field(default_factory=Ids)
    watchers: list[Callable[[Any], None]] = field(default_factory=list)
    _micros: int = 0

    def timestamp(self) -> str:
        """A `ts`: unix seconds with six digits, later than every other one.

        https://docs.slack.dev/messaging/retrieving-messages: it identifies a message.
        """
        self._micros = max(self._micros + 1, int(self.clock() * 1_000_000))
        return f"{self._micros // 1_000_000}.{self._micros % 1_000_000:06}"

    def tell(self, change: Any) -> None:
        """In the order in which they came; what one of them raises goes to whoever caused it."""
        for watcher in tuple(self.watchers):
            watcher(change)
