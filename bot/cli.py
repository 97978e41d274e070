"""The command line: reads arguments, and prints what is to be said or one sentence of trouble."""

import argparse
import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import __version__, app, defaults
from bot.clock import SystemClock
from bot.document import Item
from bot.messages import Response
from bot.schedule import Schedule, Session
from bot.setup import (
    CannotStart,
    Setup,
    configured,
    kept_schedule,
    load_schedule,
    moment_meant,
    pointed_at,
)
from bot.sources import Imported
from bot.text import block_line, lines
from bot.times import Reader, long_day

# The replay begins when the first sessions are under way: Monday 9:20 at the first event.
_INTO_THE_FIRST_DAY = timedelta(minutes=20)
_CHAT_PAGE = 24
_LONGEST_NAME = 30
_FASTEST = 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the result is its exit status."""
    _take_any_text()
    options = _parser().parse_args(arguments)
    _log_in_one_line()
    try:
        options.run(options)
        if sys.stdout is not None:  # It is None where it was closed by whoever started this.
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left, which is no trouble.
        _drop_output()
    except OSError as problem:
        print(f"summit-bot: Reading or writing failed: {problem.strerror}.", file=sys.stderr)
        _drop_output()
        return 1
    except (CannotStart, _BadArgument) as trouble:
        print(f"summit-bot: {trouble}", file=sys.stderr)
        return 1
    except _NotAllIsWell:
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _take_any_text() -> None:
    """A terminal or pipe may have an encoding that lacks a dash: it gets a question mark."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """What could not be written is lost; Python would complain about it again at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _log_in_one_line() -> None:
    """Trouble goes to standard error as one line: whoever sits here cannot use a traceback."""

    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            kind = record.exc_info[0] if record.exc_info else None
            why = f" ({kind.__name__})" if kind else ""
            return f"summit-bot: {record.getMessage()}{why}"

    shown = logging.StreamHandler()
    shown.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[shown])


class _NotAllIsWell(Exception):
    """What is wrong has been said."""


class _BadArgument(Exception):
    """An argument cannot be used; the message says what it should be."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="summit-bot", description="The programme of a conference, in the chat."
    )
    parser.add_argument("--version", action="version", version=f"summit-bot {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    chat = commands.add_parser("chat", help="talk in the terminal; the event is replayed")
    _add_common(chat)
    chat.add_argument(
        "--at",
        metavar="TIME",
        help="where the replay starts, like 'Monday 9:20' (default: as configured, else 20 minutes"
        " into the first day)",
    )
    chat.add_argument(
        "--speed",
        type=float,
        metavar="N",
        help="replay N times as fast as real time (default: as configured, else 60)",
    )
    chat.add_argument("--live", action="store_true", help="no replay: it is what time it is")
    chat.set_defaults(run=_chat)

    ask = commands.add_parser("ask", help="ask one question and exit")
    _add_common(ask)
    ask.add_argument(
        "--at", metavar="TIME", help="ask as if it were this moment, like 'Monday 9:20'"
    )
    ask.add_argument("--json", action="store_true", help="answer as JSON")
    ask.add_argument("line", nargs="+", metavar="WORDS", help="the question, like: next Marina")
    ask.set_defaults(run=_ask)

    run = commands.add_parser("run", help="speak on the configured networks until stopped")
    _add_config(run)
    run.add_argument("--verbose", action="store_true", help="log more")
    run.set_defaults(run=_run)

    check = commands.add_parser("check", help="tell whether `run` would go well")
    _add_config(check)
    check.set_defaults(run=_check)

    schedule = commands.add_parser("schedule", help="read published schedules")
    actions = schedule.add_subparsers(title="actions", required=True, metavar="ACTION")
    imports = actions.add_parser("import", help="turn a published schedule into schedule JSON")
    imports.add_argument("source", type=Path, metavar="SOURCE")
    imports.add_argument(
        "--timezone", metavar="ZONE", help="the event's zone, where the source names none"
    )
    imports.add_argument("--title", help="the event's name, where the source names none")
    imports.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    imports.set_defaults(run=_schedule_import)
    show = actions.add_parser("show", help="list the sessions of a schedule")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument(
        "--timezone", metavar="ZONE", help="the event's zone, where the file names none"
    )
    show.add_argument("--json", action="store_true", help="as JSON")
    show.set_defaults(run=_schedule_show)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", metavar="NAME", help="who asks, and whose bookmarks")
    parser.add_argument("--schedule", type=Path, metavar="FILE", help="another schedule")
    parser.add_argument(
        "--timezone", metavar="ZONE", help="the event's zone, where the schedule names none"
    )
    parser.add_argument(
        "--database", metavar="URL", help=f"where bookmarks are kept (default: {defaults.DATABASE})"
    )
    _add_config(parser)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings, see config.example.toml"
    )


def _chat(options: argparse.Namespace) -> None:
    from bot.logs import to_standard_error

    if options.live and (options.at is not None or options.speed is not None):
        raise _BadArgument("--live is the real time: leave out --at and --speed")
    setup, schedule = _prepared(options)
    setup = replace(setup, rules=replace(setup.rules, page=_CHAT_PAGE))
    if options.live:
        setup = replace(setup, start=None, speed=None)
    elif setup.start is None:
        start = (schedule.opens or SystemClock().now()) + _INTO_THE_FIRST_DAY
        setup = replace(setup, start=start, speed=defaults.REPLAY_SPEED)
    if options.speed is not None:
        if not 0 < options.speed <= _FASTEST:
            raise _BadArgument(f"--speed goes from just above 0 to {_FASTEST}")
        setup = replace(setup, speed=options.speed)
    to_standard_error(logging.WARNING)
    asyncio.run(app.chat(setup, schedule, app.console_user(_name(options.name or "you"))))


def _ask(options: argparse.Namespace) -> None:
    setup, schedule = _prepared(options)
    user = app.console_user(_name(options.name)) if options.name else None
    response = asyncio.run(app.ask(setup, schedule, user, " ".join(options.line)))
    if options.json:
        _print_json(_response(response, schedule))
    else:
        print("\n".join(lines(response.reply, response.reader)))
    if setup.start is None and schedule.closes and schedule.closes <= SystemClock().now():
        print("Ask as if it were another moment: --at 'Monday 9:20'.", file=sys.stderr)


def _run(options: argparse.Namespace) -> None:
    from bot.logs import to_standard_error
    from bot.running import run

    to_standard_error(logging.DEBUG if options.verbose else logging.INFO, stamped=True)
    setup = configured(options.config)
    asyncio.run(run(setup, _schedule_of(setup)))


def _check(options: argparse.Namespace) -> None:
    from bot.checking import check
    from bot.logs import to_standard_error

    to_standard_error(logging.WARNING)
    if not asyncio.run(check(options.config, partial(print, flush=True))):
        raise _NotAllIsWell


def _schedule_import(options: argparse.Namespace) -> None:
    from bot.sources import c3voc, identity

    imported = load_schedule(options.source, _zone(options.timezone), options.title)
    _warn(imported)
    schedule = imported.schedule
    before = kept_schedule(options.output, schedule.timezone)
    if before is not None:
        schedule = identity.kept(before, schedule)
    try:
        options.output.write_text(c3voc.write(schedule), encoding="utf-8")
    except OSError as problem:
        raise _BadArgument(f"{options.output} cannot be written: {problem.strerror}.") from None
    print(_summary(schedule))


def _schedule_show(options: argparse.Namespace) -> None:
    imported = load_schedule(options.file, _zone(options.timezone))
    schedule = imported.schedule
    _warn(imported)
    if options.json:
        _print_json(
            [
                _session(s, schedule) | {"kind": s.kind.value, "guid": s.guid}
                for s in schedule.sessions
            ]
        )
        return
    reader = Reader(schedule.timezone)
    for day in schedule.days:
        print(long_day(day))
        for session in schedule.on(day):
            print(f"  {block_line(Item(session), reader)}")
    print(_summary(schedule))


def _prepared(options: argparse.Namespace) -> tuple[Setup, Schedule]:
    """The setup with what the arguments change, and its schedule."""
    setup = configured(options.config)
    setup = replace(
        setup,
        schedule=options.schedule or setup.schedule,
        timezone=_zone(options.timezone) or setup.timezone,
        database=options.database or setup.database,
    )
    schedule = _schedule_of(setup)
    if options.at is not None:
        speed = setup.speed or defaults.REPLAY_SPEED
        setup = replace(setup, start=moment_meant(options.at, schedule), speed=speed)
    return setup, schedule


def _schedule_of(setup: Setup) -> Schedule:
    """The configured schedule; what could not be read of it is counted on standard error."""
    imported = load_schedule(setup.schedule, setup.timezone)
    if imported.warnings:
        print(pointed_at(setup, len(imported.warnings)), file=sys.stderr)
    return imported.schedule


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


def _response(response: Response, schedule: Schedule) -> dict[str, Any]:
    return {
        "command": response.command,
        "text": "\n".join(lines(response.reply, response.reader)),
        "private": response.private,
        "sessions": [_session(session, schedule) for session in response.reply.sessions()],
    }


def _session(session: Session, schedule: Schedule) -> dict[str, Any]:
    slot, zone = session.slot, schedule.timezone
    return {
        "id": session.id,
        "title": session.title,
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat() if slot.end else None,
        "room": ", ".join(slot.rooms) or None,
        "leads": list(session.leads),
    }


def _print_json(value: object) -> None:
    # Where the output cannot hold every letter, JSON has its own way to write them.
    everything = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not everything, indent=2))


def _name(name: str) -> str:
    short = " ".join(name.split())
    if not short.isprintable() or not 1 <= len(short) <= _LONGEST_NAME:
        raise _BadArgument(f"--as takes a name of 1 to {_LONGEST_NAME} letters")
    return short


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise _BadArgument(
            f"there is no time zone {name!r}; one looks like America/Los_Angeles"
        ) from None
