"""How long something is tried again that Slack is too busy for, or does not answer."""

import asyncio
from datetime import timedelta

from bot.adapters.slack.sending.api import Away, Limited
from bot.backoff import pause


class Patience:
    """From now on, for so many `seconds`; what has failed without a word of when to come back is
    tried again after a pause of `first`, then of up to `longest`."""

    def __init__(self, seconds: float, first: timedelta, longest: timedelta) -> None:
        self._ends = asyncio.get_running_loop().time() + seconds
        self._first = first
        self._longest = longest
        self._failures = 0

    def end(self) -> None:
        """There is no other try."""
        self._ends = 0.0

    def left(self) -> float:
        """Seconds until it ends."""
        return self._ends - asyncio.get_running_loop().time()

    def lasts(self, after: timedelta) -> bool:
        """True if there will be another try after so long."""
        return after.total_seconds() <= self.left()

    async def wait(self, problem: Limited | Away) -> None:
        """Wait until it is worth another try; raises the problem if that is too late."""
        match problem:
            case Limited(after=after):
                pass
            case Away():
                after = pause(self._failures, self._first, self._longest)
        if not self.lasts(after):
            raise problem
        self._failures += 1
        await asyncio.sleep(after.total_seconds())
