"""How long an import takes and how much memory: of a made-up schedule in every format, and of what
others have published."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from xml.sax.saxutils import escape

from benchmarks import made_up
from benchmarks.cold_start import peak_memory
from benchmarks.others import ROOT
from benchmarks.report import Below, Figure, Report
from bot.schedule import Schedule, Session
from bot.sources.writing import c3voc, ical

SESSIONS = 2 * made_up.SESSIONS
_PUBLISHED = ROOT.parent / "shared" / "schedules"
_NO_SCHEDULES = ("README.md", "expected.json", "sched_joco2023_diff.json")
_ZONE = "America/Los_Angeles"


def measure() -> Report:
    """Each import is a process of its own: `summit-bot schedule import`, to a new file."""
    figures: list[Figure] = []
    with TemporaryDirectory() as directory:
        whole = _whole()
        for name, write in _FORMATS.items():
            source = Path(directory, "source")
            source.write_bytes(write(whole))
            size = source.stat().st_size / 1e6
            figures += _imported(f"made-up, {name} ({size:.0f} MB)", source, directory)
        for source in sorted(_PUBLISHED.glob("*.*")):
            if source.name not in _NO_SCHEDULES and source.suffix != ".html":
                figures += _imported(source.name, source, directory)
    about = (
        f"`schedule import` is a new process; the made-up schedule has {SESSIONS:,} sessions.",
        "Published files are those beside the project, in shared/schedules, if they are there.",
    )
    return Report(about, tuple(figures))


def _imported(name: str, source: Path, directory: str) -> Iterator[Figure]:
    command = (
        sys.executable, "-m", "bot", "schedule", "import", str(source), "--timezone", _ZONE,
        "-o", str(Path(directory, "own.json")),
    )  # fmt: skip
    try:
        begun = perf_counter()
        peak = peak_memory(command, directory)
        took = perf_counter() - begun
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"{name}: {failed.stderr.decode().strip()}") from None
    Path(directory, "own.json").unlink()
    yield Figure(f"{name}, time", took, "s", Below(5))
    yield Figure(f"{name}, peak memory", peak / 1e6, "MB", Below(300))


def _whole() -> Schedule:
    """Two made-up schedules, one a week behind the other."""
    first, second = (made_up.schedule(Random(seed)) for seed in (1, 2))
    week, many = timedelta(days=7), len(first.sessions)
    return Schedule(first.event, first.timezone, (*first.sessions, *(
        replace(
            session, id=session.id + many, guid=f"{session.guid}-later",
            slot=replace(session.slot, start=session.slot.start + week,
                         end=session.slot.until + week),
        )
        for session in second.sessions
    )))  # fmt: skip


def _local(moment: datetime, schedule: Schedule) -> datetime:
    return moment.astimezone(schedule.timezone)


def _xml(schedule: Schedule) -> bytes:
    parts = [
        f"<schedule><conference><title>Made-up</title><time_zone_name>{_ZONE}</time_zone_name></conference>"
    ]
    for day in schedule.days:
        parts.append(f'<day date="{day}">')
        for session in schedule.on(day):
            start = _local(session.slot.start, schedule)
            people = "".join(f'<person id="1">{escape(name)}</person>' for name in session.leads)
            parts.append(
                f'<room name="{session.slot.rooms[0]}">'
                f'<event id="{session.id}" guid="{session.guid}">'
                f"<date>{start.isoformat()}</date><start>{start:%H:%M}</start>"
                f"<duration>{_minutes(session) // 60:02}:{_minutes(session) % 60:02}</duration>"
                f"<title>{escape(session.title)}</title><subtitle/><track/><type>lecture</type>"
                f"<abstract>{escape(session.abstract)}</abstract>"
                f"<description>&lt;p&gt;{escape(session.abstract)}&lt;/p&gt;</description>"
                f"<persons>{people}</persons><links/></event></room>"
            )
        parts.append("</day>")
    return "".join((*parts, "</schedule>")).encode()


def _minutes(session: Session) -> int:
    return int((session.slot.until - session.slot.start) / timedelta(minutes=1))


def _rows(schedule: Schedule, make: Callable[[Session, str, str], Any]) -> list[Any]:
    """What is made of each session and its start and end, local and without an offset."""
    return [
        make(
            s, *(f"{_local(at, schedule):%Y-%m-%dT%H:%M:%S}" for at in (s.slot.start, s.slot.until))
        )
        for s in schedule.sessions
    ]


def _pretalx(schedule: Schedule) -> bytes:
    talks = _rows(schedule, lambda s, start, end: {
        "code": f"T{s.id}", "title": s.title, "abstract": s.abstract, "description": s.abstract,
        "state": "confirmed", "submission_type": {"en": "Talk"},
        "speakers": [{"code": name, "name": name, "biography": None} for name in s.leads],
        "slots": [{"start": start, "end": end, "room": {"name": {"en": s.slot.rooms[0]}}}],
    })  # fmt: skip
    return json.dumps({"count": len(talks), "next": None, "results": talks}).encode()


def _sessionize(schedule: Schedule) -> bytes:
    sessions = _rows(schedule, lambda s, start, end: {
        "id": str(s.id), "title": s.title, "description": s.abstract, "startsAt": start,
        "endsAt": end, "speakers": [{"id": name, "name": name} for name in s.leads],
        "room": s.slot.rooms[0], "categories": [], "liveUrl": None,
    })  # fmt: skip
    return json.dumps([{"groupName": "All", "sessions": sessions}]).encode()


def _list(schedule: Schedule) -> bytes:
    return json.dumps(_rows(schedule, _row)).encode()


def _table(schedule: Schedule) -> bytes:
    rows = _rows(schedule, _row)
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def _row(session: Session, start: str, end: str) -> dict[str, str]:
    return {
        "Name": session.title, "StartTime": start, "EndTime": end,
        "Location": session.slot.rooms[0], "Speakers": ", ".join(session.leads),
        "Description": session.abstract,
    }  # fmt: skip


def _page(schedule: Schedule) -> bytes:
    def clock(moment: datetime) -> str:
        return f"{_local(moment, schedule):%I:%M%p}".lower().lstrip("0")

    entries = (
        f"{clock(s.slot.start)}\n\n{s.title}\n{s.abstract} (Session lead is {s.leads[0]})\n\n"
        f"{_local(s.slot.start, schedule):%A %B %d, %Y} {clock(s.slot.start)} -"
        f" {clock(s.slot.until)}\n{s.slot.rooms[0]}\n\n"
        for s in schedule.sessions
    )
    return "".join(entries).encode()


_FORMATS: Mapping[str, Callable[[Schedule], bytes]] = {
    "schedule JSON": lambda schedule: c3voc.write(schedule).encode(),
    "schedule XML": _xml,
    "pretalx": _pretalx,
    "Sessionize": _sessionize,
    "iCalendar": lambda schedule: ical.write(schedule, datetime(2012, 4, 1, tzinfo=UTC)),
    "JSON list": _list,
    "CSV": _table,
    "Sched page": _page,
}
