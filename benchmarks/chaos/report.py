"""The table of a chaos run."""

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from pydantic import TypeAdapter

from benchmarks.chaos.history import History, Kind
from benchmarks.chaos.repeats import repeats
from benchmarks.chaos.run import play
from benchmarks.chaos.scale import FULL, Scale
from benchmarks.chaos.turns import held
from benchmarks.chaos.verdict import Finding, judged
from benchmarks.report import AtLeast, Below, Figure, Report
from tests.servers.postgres import postgres

_KILLS = 20
_TAKEN_OVER_WITHIN = 30
_SHOWN = 20


def report(seed: int) -> Report:
    """Both runs of a seed. What was found is printed on the standard error, and the files of a run
    that failed stay where they are."""
    figures = _run("SQLite", seed, ("only",), None)
    with postgres() as url:
        figures += _run("PostgreSQL", seed, ("a", "b", "c"), url)
    about = (
        f"{FULL.people:,} people with {FULL.bookmarks:,} bookmarks of {FULL.sessions} sessions,"
        f" half of them on a network that cannot drop repeats and allows one connection, half on"
        f" one that can and allows any number; the programme {FULL.speed:g} times as fast.",
        f"SQLite with one process, then PostgreSQL with three; seed {seed}. Judged by what the"
        " network has noted.",
    )
    return Report(about, tuple(figures))


def findings(history: History, scale: Scale) -> list[Finding]:
    """All that should not have happened, the earliest first."""
    verdict = judged(history, scale)
    found = [*verdict.lost, *verdict.late, *verdict.wrong, *verdict.outdated]
    found += repeats(history, scale).forbidden
    return sorted(found, key=lambda finding: finding.at)


def figures(history: History, scale: Scale) -> list[Figure]:
    """What came out, each with its limit."""
    verdict, repeated = judged(history, scale), repeats(history, scale)
    faults = Counter(got.fault for got in history.got if got.fault is not None)
    people = {(mark.network, mark.user) for mark in history.bookmarked}
    turns = held(history)
    none = Below(1)
    return [
        Figure("duration", history.ended, "s"),
        Figure("people", len(people), ""),
        Figure("bookmarks", len(history.bookmarked), ""),
        Figure("changes of sessions", sum(p.at > 0 for p in history.published), ""),
        Figure("messages taken", sum(got.taken for got in history.got), ""),
        Figure("kill -9", len(history.killed), "", AtLeast(min(scale.kills, _KILLS))),
        *(Figure(f"messages {kind}", faults[kind], "") for kind in Kind),
        Figure("pairs of a person and a start to be reminded of", verdict.expected, ""),
        Figure("reminded", verdict.expected - len(verdict.lost), ""),
        Figure("lost", len(verdict.lost), "", none),
        Figure("late", len(verdict.late), "", none),
        Figure("last words to be true", verdict.words, ""),
        Figure("wrong", len(verdict.wrong), "", none),
        Figure("told what had not been true any more", len(verdict.outdated), "", none),
        Figure("not judged, for the person was called gone", verdict.excused, ""),
        Figure("repeats of what was in flight at a kill", repeated.after_kills, ""),
        Figure("repeats of what the network had taken without an answer", repeated.unanswered, ""),
        Figure("other repeats, or where the network drops them", len(repeated.forbidden), "", none),
        Figure("ended by themselves", len(history.died), "", none),
        Figure("takeovers of the network that allows one connection", turns.takeovers, ""),
        Figure("longest without anybody on it", turns.longest_gap, "s", Below(_TAKEN_OVER_WITHIN)),
        Figure("times two were on it", turns.both, "", none),
    ]  # fmt: skip


def _run(database: str, seed: int, bots: Sequence[str], url: str | None) -> list[Figure]:
    # A socket's path may not exceed some hundred bytes.
    directory = Path(mkdtemp(prefix="summit-bot-chaos-", dir="/tmp"))
    url = url or f"sqlite:///{directory / 'summit.db'}"
    history = asyncio.run(play(FULL, seed, bots, url, directory))
    found, measured = findings(history, FULL), figures(history, FULL)
    if all(figure.ok for figure in measured):
        rmtree(directory)
    else:
        (directory / "history.json").write_bytes(TypeAdapter(History).dump_json(history))
        print(f"{database}: see {directory}", *found[:_SHOWN], *history.died, sep="\n",
              file=sys.stderr)  # fmt: skip
    return [Figure(f"{database}: {f.name}", f.value, f.unit, f.limit) for f in measured]
