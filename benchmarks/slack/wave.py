"""Two thousand people who are all reminded at one moment, under the limits of Slack: who is, how
late, how often, and what a crash changes."""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.process import running
from benchmarks.slack.bots import BEFORE, TITLE, reminding, write_reminders
from benchmarks.slack.place import Place, place

PEOPLE = 2_000
RATE = 50
"""Messages a second, as the server limits them and as the bot is set."""

KILLED_AFTER = PEOPLE // 2
"""How many have been reminded when the bot is killed."""

DOWN = 2.0
"""Seconds for which it is down."""

_LEAD = 15.0
"""Seconds for the bot to start before the reminders are due."""
_SETTLING = 5.0
_UNLIKELY = 10.0
"""Seconds after the start of the session in which what comes is still seen."""


@dataclass(frozen=True, slots=True)
class Wave:
    """What came of it: for each person how many seconds after the due time their reminders came;
    how many messages of the busiest second the bot has asked for; how often it asked for too much;
    how often it looked into somebody's chat; and how many had been reminded when it was killed."""

    late: Sequence[Sequence[float]]
    busiest: int
    limited: int
    looked: int
    before_kill: int = 0

    @property
    def reminded(self) -> int:
        """How many people were."""
        return sum(map(bool, self.late))

    @property
    def repeated(self) -> int:
        """How many people were more than once."""
        return sum(len(each) > 1 for each in self.late)

    @property
    def lateness(self) -> list[float]:
        """Seconds after the due time at which each was reminded first, the soonest first."""
        return sorted(each[0] for each in self.late if each)


def busiest(moments: Sequence[float]) -> int:
    """How many of these (in seconds, in order) are in the second that has most of them."""
    counts = (n + 1 - bisect_right(moments, at - 1) for n, at in enumerate(moments))
    return max(counts, default=0)


async def wave(directory: Path, *, kill: bool) -> Wave:
    """Let everybody have a reminder, start the bot, and kill it in the middle and start it again if
    it is to be so. Raises Failed."""
    async with place(PEOPLE, RATE) as slack:
        # Whoever writes the bookmarks has to know when they are due, and needs some time.
        due = float(int(time.time() + _LEAD + PEOPLE / 200) + 1)
        await write_reminders(directory, slack.people, datetime.fromtimestamp(due, UTC))
        bot = reminding(directory, slack, RATE)
        before = 0
        if kill:
            async with running(bot) as process:
                await _listens(slack, due)
                await slack.order("reminded", TITLE, KILLED_AFTER, BEFORE.total_seconds())
                process.kill()
                await process.wait()
            await asyncio.sleep(DOWN)
            before = await slack.order("reminded", TITLE, PEOPLE, 0)
        async with running(bot):
            if not kill:
                await _listens(slack, due)
            left = due + BEFORE.total_seconds() + _UNLIKELY - time.time()
            await slack.order("reminded", TITLE, PEOPLE, left)
            # What was in doubt is said again by now, if anything is.
            await asyncio.sleep(_SETTLING)
        found = await slack.order("wave", TITLE)
    assert found["mistakes"] == [], found["mistakes"]
    return Wave(
        [[at - due for at in each] for each in found["arrived"]],
        busiest(found["posted"]), found["limited"], found["looked"], before,
    )  # fmt: skip


async def _listens(slack: Place, due: float) -> None:
    await slack.order("opened", "ours")
    assert time.time() < due, "the bot was not there when the reminders were due"
