"""People who are all reminded at one moment: who is, how late, and what a crash changes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from benchmarks.matrix.bots import Contestant
from benchmarks.matrix.load import Asking, Place, unless_ended
from benchmarks.matrix.people import heard
from benchmarks.process import running

LEAD = 15.0
"""Seconds from the start of a bot until its reminders are due."""

WITHIN = 20.0
"""Seconds after that, or after a new start, in which what comes is counted."""

AMID = 1.0
"""Seconds after the due time at which a bot is killed amid its wave. To look whom it has reminded
would hold up the homeserver, and with it the bot."""

DOWN = 3.0
"""Seconds after the due time at which a bot that was killed before it starts again."""

_SETTLING = 3.0
_BEFORE = 1.0
_ARRIVED = 2.0


class Kill(Enum):
    """When a bot is killed with SIGKILL, to be started again."""

    BEFORE = "before they are due"
    AMID = "amid them"


@dataclass(frozen=True, slots=True)
class Wave:
    """What came of it: for each person how many seconds after the due time their reminders came;
    and how many had come when the bot was killed, if it was."""

    late: Sequence[Sequence[float]]
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


async def wave_of(
    bot: Contestant, place: Place, kill: Kill | None = None, *,
    lead: float = LEAD, within: float = WITHIN, every: float = 0.5,
) -> Wave:  # fmt: skip
    """Let everybody have a reminder, start the bot, and kill it and start it again if it is to be
    so. Raises Ended, and Late where the bot is not there when the reminders are due."""
    due = float(int(time.time() + lead) + 1)
    chats = [(p.user, chat) for p, chat in zip(place.people, place.chats, strict=True)]
    mark = await bot.remind(datetime.fromtimestamp(due, UTC), chats)

    async def reminders(until: float, settling: float = _SETTLING) -> list[list[float]]:
        times = await heard(
            place.people, place.chats, bot.user, mark,
            since=0.0, until=until, settling=settling, every=every,
        )  # fmt: skip
        return [[at - due for at in each] for each in times]

    async with running(bot.bot) as process:
        asking = Asking(place.people[0], place.room, bot)
        await unless_ended(bot.bot, process, asking.ask(within=due - time.time()))
        match kill:
            case None:
                late = await unless_ended(bot.bot, process, reminders(due + within))
                return Wave(late)
            case Kill.BEFORE:
                await asyncio.sleep(due - _BEFORE - time.time())
            case Kill.AMID:
                await asyncio.sleep(due + AMID - time.time())
        process.kill()
        await process.wait()
    # What had been sent by then, the homeserver still takes.
    await asyncio.sleep(_ARRIVED)
    before = await reminders(time.time(), settling=0.0)
    await asyncio.sleep(due + DOWN - time.time())
    async with running(bot.bot) as process:
        late = await unless_ended(bot.bot, process, reminders(time.time() + within))
        return Wave(late, before_kill=sum(map(bool, before)))
