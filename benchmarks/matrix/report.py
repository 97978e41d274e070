"""Makes figures of all that is measured on Matrix."""

import asyncio
import compileall
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import bot
from benchmarks.matrix.bots import BEFORE, REMINDER_BOT_TOLD, SUMMIT_BOT_TOLD, WANTED
from benchmarks.matrix.load import ONE_BY_ONE, ROUNDS, Answered
from benchmarks.matrix.meeting import IN_THE_ROOM
from benchmarks.matrix.run import FEW, PEOPLE, All, Measured, measured
from benchmarks.matrix.wave import AMID, DOWN, WITHIN, Wave
from benchmarks.others import installed
from benchmarks.report import AtLeast, Below, Figure, Report, percentiles

OURS, THEIRS = "Summit Bot", "matrix-reminder-bot"

ABOUT = (
    f"On a Synapse with SQLite in memory and without limits; {PEOPLE} people have each a direct"
    " chat with each bot, not encrypted. When something came is told by the homeserver's clock.",
    f"Commands: `!now` to {OURS}, `!help` to {THEIRS}; in a room of {IN_THE_ROOM} people"
    f" {ONE_BY_ONE} one after another, to the bots in turn, each when a sync that brings only what"
    " the bot says has brought the answer to the last; then one of each of"
    f" {PEOPLE} people in their direct chat, all at once, and for each answer the time since then;"
    f" of {ROUNDS} rounds, to the bots in turn, the one that is neither the quickest nor the"
    " slowest. The memory (RSS) is that of the process after that.",
    f"Wave: everybody is reminded of one session, from what was in the bot's database when it"
    f" started; what comes until {WITHIN:g} s after the due time is counted. Killed before, amid:"
    f" with SIGKILL a second before the due time, or {AMID:g} s after it; the bot starts again"
    f" {DOWN:g} s after the due time, and what comes in {WITHIN:g} s from then is counted.",
    "Limited: on a Synapse that has had all its usual limits (10 messages, then one each 5 s) since"
    f" all chats were open; {FEW} people are reminded. Exempt: there, but an administrator has"
    " lifted them for the bot.",
)


def report() -> Report:
    """All figures."""
    python = installed("other-matrix-bots", WANTED)
    # Where Python may not write bytecode, each start since the last edit compiles it anew.
    compileall.compile_dir(Path(bot.__file__).parent, quiet=1)
    load = Figure("Load of the machine before (processes that want a CPU)", os.getloadavg()[0], "")
    with TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as name:
        found = asyncio.run(measured(python, Path(name)))
    return Report((*ABOUT, SUMMIT_BOT_TOLD, REMINDER_BOT_TOLD), (load, *figures(found)))


def figures(found: All) -> list[Figure]:
    """The figures of both bots, of which Summit Bot's have limits."""
    return [
        *_figures(OURS, found.ours, limits=True),
        *wave_figures(f"{OURS}, exempt", found.exempt, FEW, limits=True),
        *_figures(THEIRS, found.theirs, limits=False),
        *_compared(found.ours.answered, found.theirs.answered),
    ]


def _figures(name: str, found: Measured, *, limits: bool) -> list[Figure]:
    return [
        *command_figures(name, found.answered, limits=limits),
        *wave_figures(f"{name}, wave", found.wave, PEOPLE, limits=limits),
        *killed_figures(f"{name}, killed before", found.killed_before, limits=limits),
        *killed_figures(f"{name}, killed amid", found.killed_amid, limits=limits),
        *limited_figures(f"{name}, limited", found.limited, limits=limits),
    ]


def command_figures(name: str, answered: Answered, *, limits: bool) -> list[Figure]:
    """What came of a bot's commands; durations are in seconds."""
    limit = Below(5000) if limits else None
    return [
        *percentiles(f"{name}, one by one", answered.one_by_one),
        Figure(f"{name}, at once, answered of {PEOPLE}", answered.fewest, "",
               AtLeast(PEOPLE) if limits else None),
        *(percentiles(f"{name}, at once", answered.middle, limit) if answered.middle else ()),
        Figure(f"{name}, memory", answered.memory / 1e6, "MB", Below(125) if limits else None),
    ]  # fmt: skip


def wave_figures(name: str, wave: Wave, people: int, *, limits: bool) -> list[Figure]:
    """What came of a wave for so many people, and how late."""
    late = percentiles(f"{name}, late", wave.lateness) if wave.reminded else []
    return [*_reminded(name, wave, people, limits=limits), *late]


def killed_figures(name: str, wave: Wave, *, limits: bool) -> list[Figure]:
    """What came of a wave around which the bot was killed."""
    return [
        Figure(f"{name}, reminded by then", wave.before_kill, ""),
        *_reminded(name, wave, PEOPLE, limits=limits),
    ]


def limited_figures(name: str, wave: Wave, *, limits: bool) -> list[Figure]:
    """What came of a wave that takes most of the time before the start."""
    late = wave.lateness or [0.0]
    return [
        *_reminded(name, wave, FEW, limits=limits),
        Figure(f"{name}, first to last", late[-1] - late[0], "s"),
        Figure(f"{name}, from the last to the start", BEFORE.total_seconds() - late[-1], "s",
               AtLeast(0) if limits else None),
    ]  # fmt: skip


def _reminded(name: str, wave: Wave, people: int, *, limits: bool) -> list[Figure]:
    return [
        Figure(f"{name}, reminded of {people}", wave.reminded, "",
               AtLeast(people) if limits else None),
        Figure(f"{name}, reminded twice", wave.repeated, "", Below(1) if limits else None),
    ]  # fmt: skip


def _compared(ours: Answered, theirs: Answered) -> list[Figure]:
    pairs = zip(*(percentiles("", each.one_by_one) for each in (ours, theirs)), strict=True)
    p50, p99, _ = (mine.value / other.value for mine, other in pairs)
    return [
        Figure(f"{OURS}'s p50 one by one / {THEIRS}'s", p50, "", Below(1)),
        Figure(f"{OURS}'s p99 one by one / {THEIRS}'s", p99, "", Below(1)),
    ]
