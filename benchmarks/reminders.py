"""How fast reminders go out when many are due at once, and what a tick costs when none is."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, func, select

from benchmarks import made_up
from benchmarks.reminding import IN_FLIGHT, Seen
from benchmarks.report import AtLeast, Below, Figure, Report, percentiles
from bot.store.tables import bookmarks
from tests.servers.postgres import empty, postgres

WAVE = 20_000
PEOPLE = 50_000
TOLD = 20_000
TICKS = 200
PROCESSES = (1, 2, 4)

ABOUT = (
    f"{made_up.SESSIONS:,} made-up sessions; a network that takes everything at once, {IN_FLIGHT}"
    " messages under way at a time. Every process is one of its own, with a schedule of its own.",
    f"A wave: {WAVE:,} people have bookmarked one session, and their time comes; a tick every half"
    " second, until all is settled in the database. Two hundred questions a second meanwhile.",
    f"Nothing due: {PEOPLE:,} people have 10 bookmarks each, {TOLD:,} of them have been told what"
    f" starts soon. {TICKS} ticks.",
    "PostgreSQL does not wait for the disk (fsync = off), and has been analyzed.",
)

_WARNING = 1.0
_POLL = 0.05
_PATIENCE = 60
_ROOT = Path(__file__).parents[1]


def measure() -> Report:
    """All figures of reminders."""
    figures = [
        Figure("Load of the machine before (processes that want a CPU)", os.getloadavg()[0], "")
    ]
    with TemporaryDirectory() as directory:
        figures += wave("SQLite", f"sqlite:///{directory}/wave.db", WAVE)
        idle_url = f"sqlite:///{directory}/idle.db"
        write_idle(idle_url)
        figures += idle("SQLite", idle_url, TICKS)
    with postgres() as url:
        for processes in PROCESSES:
            empty(url)
            figures += wave("PostgreSQL", url, WAVE, processes)
        empty(url)
        write_idle(url)
        for processes in PROCESSES:
            figures += idle("PostgreSQL", url, TICKS, processes)
    return Report(ABOUT, tuple(figures))


def wave(database: str, url: str, people: int, processes: int = 1) -> list[Figure]:
    """Remind so many people at once, in an empty database."""
    _run("crowd", "wave", url, str(people))
    with _running(processes, "wave", url, str(people)) as bots:
        due = time.time() + _WARNING
        for bot in bots:
            _begin(bot, str(due))
        settled = _when_settled(url, people) - due
        seen = _seen(bots)
    told = [user for each in seen for user in each.told]
    name = _name(database, processes)
    return [
        Figure(f"{name}, last handed over after", max(s.last for s in seen) - due, "s"),
        Figure(f"{name}, all settled after", settled, "s"),
        Figure(f"{name}, told and settled", people / settled, "/s", AtLeast(2_000)),
        Figure(f"{name}, never or twice told", people + len(told) - 2 * len(set(told)), "",
               Below(1)),
        Figure(f"{name}, loop blocked for", 1000 * max(s.blocked for s in seen), "ms", Below(50)),
        Figure(f"{name}, peak memory", max(s.peak for s in seen) / 1e6, "MB", Below(150)),
        *percentiles(f"{name}, answers meanwhile", [a for s in seen for a in s.answers]),
    ]  # fmt: skip


def write_idle(url: str, people: int = PEOPLE, told: int = TOLD) -> None:
    """Fill an empty database with bookmarks of which none is due."""
    _run("crowd", "idle", url, str(people), str(told))


def idle(database: str, url: str, ticks: int, processes: int = 1) -> list[Figure]:
    """So many ticks in a database that `write_idle` has filled."""
    with _running(processes, "idle", url, str(ticks)) as bots:
        for bot in bots:
            _begin(bot, "")
        seen = _seen(bots)
    assert not any(each.told for each in seen)
    name = f"{_name(database, processes)}, nothing due"
    outdated = [taken for each in seen for taken in each.outdated]
    unreminded = [taken for each in seen for taken in each.unreminded]
    return [
        *percentiles(f"{name}, tick", [t for s in seen for t in s.ticks], p50=Below(5)),
        Figure(f"{name}, look for changes (1/min), max", 1000 * max(outdated), "ms"),
        Figure(f"{name}, count what waits (1/5 s), max", 1000 * max(unreminded), "ms"),
        Figure(f"{name}, loop blocked for", 1000 * max(s.blocked for s in seen), "ms", Below(50)),
    ]


def _when_settled(url: str, people: int) -> float:
    """The real time (seconds since 1970) at which the database says that all have been told."""
    database = create_engine(url)
    told = (bookmarks.c.reminded == bookmarks.c.told_start) & bookmarks.c.message.is_(None)
    ends = time.time() + _PATIENCE
    try:
        while True:
            with database.connect() as connection:
                count = connection.execute(select(func.count()).where(told)).scalar_one()
            if count == people:
                return time.time()
            assert time.time() < ends, f"{count} of {people} in {_PATIENCE} s"
            time.sleep(_POLL)
    finally:
        database.dispose()


@contextmanager
def _running(processes: int, *arguments: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of `benchmarks.reminding`, ready to begin."""
    with ExitStack() as stack:
        bots = []
        for _ in range(processes):
            bot = subprocess.Popen(
                _command("reminding", *arguments), cwd=_ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            stack.enter_context(bot)
            stack.callback(bot.kill)
            bots.append(bot)
        for bot in bots:
            assert bot.stdout is not None
            assert bot.stdout.readline() == "ready\n", arguments
        yield bots


def _begin(bot: subprocess.Popen[str], line: str) -> None:
    assert bot.stdin is not None
    bot.stdin.write(f"{line}\n")
    bot.stdin.flush()


def _seen(bots: list[subprocess.Popen[str]]) -> list[Seen]:
    """What they have seen, when they have ended."""
    return [Seen(**json.loads(bot.communicate(timeout=_PATIENCE)[0])) for bot in bots]


def _run(module: str, *arguments: str) -> None:
    subprocess.run(_command(module, *arguments), cwd=_ROOT, check=True)


def _command(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.{module}", *arguments)


def _name(database: str, processes: int) -> str:
    return f"{database}, {processes} processes" if processes > 1 else database
