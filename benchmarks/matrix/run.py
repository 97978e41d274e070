"""Runs all that is measured: both bots where nothing is limited, and where messages are."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.matrix.bots import BEFORE, summit_bot
from benchmarks.matrix.load import Answered, loaded
from benchmarks.matrix.meeting import Stage, with_usual_limits, without_limits
from benchmarks.matrix.wave import LEAD, Kill, Wave, wave_of

PEOPLE = 200
"""How many are reminded at once."""

FEW = 60
"""How many where messages are limited."""

# There Summit Bot leaves a fifth of the pace to replies, and so begins some seconds early.
_EARLY = 15.0
_SELDOM = 5.0

_Unlimited = tuple[Answered, Wave, Wave, Wave]


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one bot: of commands and waves where nothing is limited, and of a wave where
    messages are."""

    answered: Answered
    wave: Wave
    killed_before: Wave
    killed_amid: Wave
    limited: Wave


@dataclass(frozen=True, slots=True)
class All:
    """What came of both bots, and of Summit Bot where it alone is exempt from the limit."""

    ours: Measured
    theirs: Measured
    exempt: Wave


async def measured(python: Path, directory: Path) -> All:
    """Run all of it; `python` is the one that has the other bot."""
    async with AsyncExitStack() as stack:
        (few, theirs_limited), many = await asyncio.gather(
            _few(stack, python, directory / "limited"),
            without_limits(stack, python, directory / "unlimited", PEOPLE),
        )
        ours_limited, (ours, theirs) = await asyncio.gather(
            # It says something each five seconds, and disturbs nobody.
            wave_of(
                few.ours, few.with_ours,
                lead=LEAD + _EARLY, within=BEFORE.total_seconds(), every=_SELDOM,
            ),
            _unlimited(many),
        )  # fmt: skip
        await few.server.accounts.lift_limits(few.ours.user)
        told = summit_bot(few.ours.bot.directory, few.server.url, few.ours.account, limited=False)
        exempt = await wave_of(told, few.with_ours)
    return All(Measured(*ours, ours_limited), Measured(*theirs, theirs_limited), exempt)


async def _few(stack: AsyncExitStack, python: Path, directory: Path) -> tuple[Stage, Wave]:
    """Where messages are limited, and what came of the other bot there: it gives up at once."""
    few = await with_usual_limits(stack, python, directory, FEW)
    return few, await wave_of(few.theirs, few.with_theirs)


async def _unlimited(stage: Stage) -> list[_Unlimited]:
    """What takes its time is measured of one bot after the other: each has the homeserver alone."""
    bots = (stage.ours, stage.with_ours), (stage.theirs, stage.with_theirs)
    answered = await loaded(bots)
    waves = [await wave_of(*each) for each in bots]
    killed = [
        await asyncio.gather(*(wave_of(*each, when) for each in bots))
        for when in (Kill.BEFORE, Kill.AMID)
    ]
    return list(zip(answered, waves, *killed, strict=True))
