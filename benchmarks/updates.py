"""How fast people hear that their sessions have moved, and what others wait for meanwhile."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import crowd, made_up
from benchmarks.renewing import MOVED, PEOPLE
from benchmarks.report import Below, Figure, Report, percentiles
from bot.sources.writing import c3voc
from tests.servers.postgres import empty, postgres

ABOUT = (
    f"{made_up.SESSIONS:,} made-up sessions in a file, {PEOPLE * crowd.EACH:,} bookmarks of"
    f" {PEOPLE:,} people; {MOVED} sessions that are still to come move by 10 minutes. A network"
    " that takes everything at once; one question after the other, with 5 ms between them.",
    "Times count from when the new file is there; that it is looked at every two seconds or every"
    " five minutes comes on top. PostgreSQL does not wait for the disk (fsync = off).",
)

_ROOT = Path(__file__).parents[1]


def measure() -> Report:
    """All figures of updates."""
    figures: list[Figure] = []
    with TemporaryDirectory() as folder:
        figures += update("SQLite", f"sqlite:///{folder}/updates.db", Path(folder))
    with postgres() as url, TemporaryDirectory() as folder:
        empty(url)
        figures += update("PostgreSQL", url, Path(folder))
    return Report(ABOUT, tuple(figures))


def update(
    database: str, url: str, folder: Path, people: int = PEOPLE, moved: int = MOVED
) -> list[Figure]:
    """Move so many sessions for so many people, in an empty database."""
    file = folder / "schedule.json"
    file.write_text(c3voc.write(crowd.schedule()), encoding="utf-8")
    _run("crowd", "idle", url, str(people), "0")
    seen = json.loads(_run("renewing", url, str(file), str(people), str(moved)))
    return [
        Figure(f"{database}, read, compared and published after", seen["published"], "s"),
        Figure(f"{database}, first told after that", seen["first"] - seen["published"], "s",
               Below(2)),
        Figure(f"{database}, first told after", seen["first"], "s"),
        Figure(f"{database}, last of {seen['owed']} told after", seen["last"], "s"),
        Figure(f"{database}, told too much", seen["told"] - seen["owed"], "", Below(1)),
        *percentiles(f"{database}, answers before", seen["before"]),
        *percentiles(f"{database}, answers meanwhile", seen["answers"], Below(50)),
        Figure(f"{database}, loop blocked for", 1000 * seen["blocked"], "ms"),
    ]  # fmt: skip


def _run(module: str, *arguments: str) -> str:
    command = (sys.executable, "-m", f"benchmarks.{module}", *arguments)
    return subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
