"""The commands `schedule import`, `show`, `export`, `diff`; how a session is printed as JSON."""

import argparse
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.addresses import Source, source_named
from bot.clock import SystemClock
from bot.document import Item
from bot.schedule import Schedule, Session
from bot.setup import CannotStart, kept_schedule, load_schedule
from bot.sources import Imported
from bot.sources.fields import Fields, of
from bot.text import block_line, lines
from bot.times import Reader, long_day

if TYPE_CHECKING:
    from bot.sources.versions.comparison import Change, Changes

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add(commands: "Commands") -> "Commands":
    """Add the command and its actions to those of the program; the result takes more actions."""
    schedule = commands.add_parser("schedule", help="read published schedules")
    actions = schedule.add_subparsers(title="actions", required=True, metavar="ACTION")

    imports = actions.add_parser("import", help="turn a published schedule into schedule JSON")
    _add_source(imports, "source")
    imports.add_argument("--title", help="the event's name, where the source names none")
    imports.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    imports.set_defaults(run=_import)

    show = actions.add_parser("show", help="list the sessions of a schedule")
    _add_source(show, "file")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.set_defaults(run=_show)

    export = actions.add_parser("export", help="turn a schedule into what other programs read")
    _add_source(export, "file")
    export.add_argument("--title", help="the event's name, where the file names none")
    export.add_argument(
        "--format",
        choices=("c3voc", "ical"),
        required=True,
        help="schedule JSON for conference apps, or iCalendar for calendars",
    )
    export.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    export.set_defaults(run=_export)

    diff = actions.add_parser("diff", help="tell what is new in another version of a schedule")
    diff.add_argument("old", type=source_argument, metavar="OLD")
    _add_source(diff, "new")
    diff.add_argument("--json", action="store_true", help="as JSON")
    diff.set_defaults(run=_diff)
    return actions


def _add_source(parser: argparse.ArgumentParser, called: str) -> None:
    parser.add_argument(called, type=source_argument, metavar=called.upper())
    named = "file" if called == "new" else called
    parser.add_argument(
        "--timezone", metavar="ZONE", help=f"the event's zone, where the {named} names none"
    )
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="NAME=FIELD",
        help="what a list in JSON or CSV calls it, like title=Name; may be repeated",
    )


def _import(options: argparse.Namespace) -> None:
    from bot.sources.versions import identity
    from bot.sources.writing import c3voc

    schedule = _loaded(options.source, options, options.title)
    before = kept_schedule(options.output, schedule.timezone)
    if before is not None:
        schedule = identity.succeeding(before, schedule)
    _write(options.output, c3voc.write(schedule).encode())
    print(_summary(identity.published(schedule)))


def _show(options: argparse.Namespace) -> None:
    from bot.sources.versions import identity

    schedule = identity.published(_loaded(options.file, options))
    if options.json:
        print_json([_in_full(session, schedule) for session in schedule.sessions])
        return
    reader = Reader(schedule.timezone)
    for day in schedule.days:
        print(long_day(day))
        for session in schedule.on(day):
            print(f"  {block_line(Item(session), reader)}")
    print(_summary(schedule))


def _export(options: argparse.Namespace) -> None:
    from bot.sources.versions import identity

    schedule = _loaded(options.file, options, options.title)
    published = identity.published(schedule)
    if options.format == "c3voc":
        from bot.sources.writing import c3voc

        # Apps that open it know nothing of what was removed, and would show it. A calendar that is
        # subscribed to has to be told.
        if not published.sessions:
            raise CannotStart(
                f"{options.file}: all of its sessions were removed: there is nothing to export."
            )
        _write(options.output, c3voc.write(published).encode())
    else:
        from bot.sources.writing import ical

        _write(options.output, ical.write(schedule, SystemClock().now()))
    print(_summary(published))


def _diff(options: argparse.Namespace) -> None:
    from bot.sources.versions import comparison, identity

    old = _loaded(options.old, options)
    new = identity.kept(old, _loaded(options.new, options))
    changes = comparison.compared(old, new)
    if options.json:
        print_json(_changes(changes, old, new))
        return
    if changes:
        print("\n".join(lines(comparison.written(changes), Reader(new.timezone))))
    said = comparison.summary(changes)
    print(f"{said[0].upper()}{said[1:]}; times in {new.timezone.key}.")


def _changes(changes: "Changes", old: Schedule, new: Schedule) -> dict[str, Any]:
    """All that is new; what was changed has all that is new of it under `changes`, and under
    `before` what it was."""

    def shown(some: Iterable["Change"]) -> list[dict[str, Any]]:
        return [
            _in_full(change.after, new)
            | {"changes": changes.of(change), "before": _in_full(change.before, old)}
            for change in some
        ]

    return {
        "added": [_in_full(session, new) for session in changes.added],
        "removed": [_in_full(session, old) for session in changes.removed],
        "moved": shown(changes.moved),
        "renamed": shown(changes.renamed),
        "changed": shown(changes.otherwise),
    }


def _loaded(source: Source, options: argparse.Namespace, title: str | None = None) -> Schedule:
    """The schedule in the file; what could not be read of it is said on standard error."""
    imported = load_schedule(source, zone_named(options.timezone), title, _fields(options.field))
    _warn(imported)
    return imported.schedule


def _fields(named: Sequence[str]) -> Fields:
    try:
        return of({name.strip(): field for name, _, field in (one.partition("=") for one in named)})
    except ValueError as problem:
        raise CannotStart(f"--field takes something like title=Name: {problem}") from None


def _write(path: Path, content: bytes) -> None:
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # A pipe, or a device.
        else:
            _replace(path.resolve(), content)
    except OSError as problem:
        raise CannotStart(f"{path} cannot be written: {problem.strerror}.") from None


def _replace(path: Path, content: bytes) -> None:
    """Write the file as a whole or not at all: it is the only place where ids are remembered."""
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    with beside.open("xb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                shutil.copymode(path, beside)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _warn(imported: Imported) -> None:
    for warning in imported.warnings:
        print(warning, file=sys.stderr)


def _summary(schedule: Schedule) -> str:
    counts = [
        _counted(len(schedule.sessions), "session"),
        f"on {_counted(len(schedule.days), 'day')}",
        f"in {_counted(len(schedule.rooms), 'place')}",
    ]
    people = _counted(len(schedule.people), "person", "people")
    return f"{' '.join(counts)}, led by {people}; times in {schedule.timezone.key}."


def _counted(number: int, noun: str, nouns: str | None = None) -> str:
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def source_argument(text: str) -> Source:
    """A file or an address. Raises ArgumentTypeError."""
    try:
        return source_named(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def as_data(session: Session, schedule: Schedule) -> dict[str, Any]:
    """A session as `--json` shows it, its times with the event's offset."""
    slot, zone = session.slot, schedule.timezone
    return {
        "id": session.id,
        "title": session.title,
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat() if slot.end else None,
        "room": ", ".join(slot.rooms) or None,
        "leads": list(session.leads),
    }


def _in_full(session: Session, schedule: Schedule) -> dict[str, Any]:
    return as_data(session, schedule) | {"kind": session.kind.value, "guid": session.guid}


def print_json(value: object) -> None:
    """Print it, in letters that the output can hold."""
    # Where the output cannot hold every letter, JSON has its own way to write them.
    everything = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not everything, indent=2))


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone that an argument names. Raises CannotStart."""
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise CannotStart(
            f"there is no time zone {name!r}; one looks like America/Los_Angeles"
        ) from None
