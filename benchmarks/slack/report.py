"""Runs all that is measured on Slack, and makes figures of it."""

import asyncio
import compileall
import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import bot
from benchmarks.report import AtLeast, Below, Figure, Report, percentiles
from benchmarks.slack.bots import BARE_TOLD, BEFORE, SUMMIT_BOT_TOLD, bare_app, summit_bot
from benchmarks.slack.load import (
    AT_ONCE,
    IN_FLIGHT,
    ONE_BY_ONE,
    PEOPLE,
    ROUNDS,
    Answered,
    loaded,
    p99,
)
from benchmarks.slack.place import place
from benchmarks.slack.wave import DOWN, KILLED_AFTER, RATE, Wave, wave
from benchmarks.slack.wave import PEOPLE as REMINDED

OURS, BARE = "Summit Bot", "Bare app"

ABOUT = (
    "On the Slack of the tests, in a process of its own on the same machine; it keeps the limits of"
    " Slack in the waves, and none in the rest.",
    f"Commands: `/summit next Marina` to {OURS}, its only one to the bare app; {ONE_BY_ONE:,} of"
    f" each one after another, of {PEOPLE} people and to the bots in turn, each timed from the"
    " envelope to its acknowledgement, which holds the answer. Then"
    f" {AT_ONCE:,} with {IN_FLIGHT} under way at a time, each of another person. Of {ROUNDS} rounds"
    " the middle one counts. The memory (RSS) is that of the process after that.",
    f"Wave: {REMINDED:,} people are reminded of one session, from what was in the bot's database"
    f" when it started, where Slack takes {RATE} messages a second. Killed: with SIGKILL when"
    f" {KILLED_AFTER:,} have been reminded; it starts again {DOWN:g} s later.",
)


def report() -> Report:
    """All figures."""
    # Where Python may not write bytecode, each start since the last edit compiles it anew.
    compileall.compile_dir(Path(bot.__file__).parent, quiet=1)
    load = Figure("Load of the machine before (processes that want a CPU)", os.getloadavg()[0], "")
    with TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as name:
        ours, bare = asyncio.run(_commands(_new(name, "ours"), _new(name, "bare")))
        whole = asyncio.run(wave(_new(name, "wave"), kill=False))
        killed = asyncio.run(wave(_new(name, "killed"), kill=True))
    figures = (
        load, *command_figures(ours, bare), *wave_figures("Wave", whole),
        *killed_figures("Killed", killed),
    )  # fmt: skip
    return Report((*ABOUT, SUMMIT_BOT_TOLD, BARE_TOLD), figures)


async def _commands(ours: Path, bare: Path) -> list[Answered]:
    async with place(max(PEOPLE, IN_FLIGHT)) as slack:
        return await loaded(slack, [summit_bot(ours, slack), bare_app(bare, slack)])


def command_figures(ours: Answered, bare: Answered) -> list[Figure]:
    """What came of the commands; of Summit Bot's the limits are what the bare app needed. A round
    is compared with that of the other: the machine had as much else to do."""
    rounds = zip(ours.one_by_one, bare.one_by_one, strict=True)
    slower = median(p99(mine) / p99(other) for mine, other in rounds)
    rates = zip(ours.rates, bare.rates, strict=True)
    as_many = median(mine / other for mine, other in rates)
    return [
        *_figures(OURS, ours),
        *_figures(BARE, bare),
        Figure(f"{OURS}'s p99 / {BARE}'s, middle round", slower, "", Below(1.3)),
        Figure(f"{OURS}'s acknowledgements a second / {BARE}'s, middle round", as_many, "",
               AtLeast(0.5)),
        Figure(f"{OURS}'s memory above {BARE}'s", (ours.memory - bare.memory) / 1e6, "MB",
               Below(25)),
    ]  # fmt: skip


def _figures(name: str, found: Answered) -> list[Figure]:
    return [
        *percentiles(f"{name}, acknowledged", found.middle),
        Figure(f"{name}, acknowledgements a second", found.rate, "/s"),
        Figure(f"{name}, processor time for one of these", 1000 * found.work, "ms"),
        Figure(f"{name}, memory", found.memory / 1e6, "MB"),
    ]


def wave_figures(name: str, found: Wave) -> list[Figure]:
    """What came of a wave that nothing interrupts."""
    return [
        *_reminded(name, found),
        Figure(f"{name}, from the due time to the last", _last(found), "s", Below(44)),
    ]


def killed_figures(name: str, found: Wave) -> list[Figure]:
    """What came of a wave in which the bot was killed."""
    return [
        Figure(f"{name}, reminded by then", found.before_kill, ""),
        *_reminded(name, found),
        Figure(f"{name}, looked for in the history", found.looked, ""),
        Figure(f"{name}, from the due time to the last", _last(found), "s"),
    ]


def _reminded(name: str, found: Wave) -> list[Figure]:
    before = BEFORE.total_seconds() - _last(found)
    return [
        Figure(f"{name}, reminded of {REMINDED:,}", found.reminded, "", AtLeast(REMINDED)),
        Figure(f"{name}, reminded twice", found.repeated, "", Below(1)),
        Figure(f"{name}, asked for too much (429)", found.limited, "", Below(1)),
        Figure(f"{name}, messages in the busiest second", found.busiest, "", Below(RATE + 1)),
        Figure(f"{name}, from the last to the start", before, "s", AtLeast(0)),
    ]


def _last(found: Wave) -> float:
    return max((at for each in found.late for at in each), default=0.0)


def _new(directory: str, name: str) -> Path:
    folder = Path(directory) / name
    folder.mkdir()
    return folder
