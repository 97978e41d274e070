"""The command line: reads arguments, and prints what is to be said or one sentence of trouble."""

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot import __version__, app, cli_schedule, cli_slack, cli_updates, defaults
from bot.addresses import Url
from bot.cli_schedule import as_data, print_json, source_argument, zone_named
from bot.clock import SystemClock
from bot.messages import Response
from bot.schedule import Schedule
from bot.setup import (
    CannotFetch,
    CannotStart,
    Setup,
    configured,
    load_schedule,
    moment_meant,
    pointed_at,
)
from bot.text import lines
from bot.versions import Version

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
    chat.add_argument(
        "--organiser", action="store_true", help="as an organiser, who may change the programme"
    )
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

    cli_updates.add(cli_schedule.add(commands))
    cli_slack.add(commands, _add_config)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="name", metavar="NAME", help="who asks, and whose bookmarks")
    parser.add_argument(
        "--schedule", type=source_argument, metavar="FILE", help="another schedule, or its address"
    )
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
    user = app.console_user(_name(options.name or "you"))
    asyncio.run(app.chat(setup, schedule, user, organises=options.organiser))


def _ask(options: argparse.Namespace) -> None:
    setup, schedule = _prepared(options)
    user = app.console_user(_name(options.name)) if options.name else None
    response = asyncio.run(app.ask(setup, schedule, user, " ".join(options.line)))
    if options.json:
        print_json(_response(response, schedule))
    else:
        print("\n".join(lines(response.reply, response.reader)))
    if setup.start is None and schedule.closes and schedule.closes <= SystemClock().now():
        print("Ask as if it were another moment: --at 'Monday 9:20'.", file=sys.stderr)


def _run(options: argparse.Namespace) -> None:
    from bot.logs import to_standard_error
    from bot.running import run

    to_standard_error(logging.DEBUG if options.verbose else logging.INFO, stamped=True)
    setup = configured(options.config)
    asyncio.run(run(setup))


def _check(options: argparse.Namespace) -> None:
    from bot.checking import check
    from bot.logs import to_standard_error

    to_standard_error(logging.WARNING)
    if not asyncio.run(check(options.config, partial(print, flush=True))):
        raise _NotAllIsWell


def _prepared(options: argparse.Namespace) -> tuple[Setup, Schedule]:
    """The setup with what the arguments change, and its schedule."""
    setup = configured(options.config)
    setup = replace(
        setup,
        schedule=options.schedule or setup.schedule,
        timezone=zone_named(options.timezone) or setup.timezone,
        database=options.database or setup.database,
    )
    schedule = _schedule_of(setup)
    if options.at is not None:
        speed = setup.speed or defaults.REPLAY_SPEED
        setup = replace(setup, start=moment_meant(options.at, schedule), speed=speed)
    return setup, schedule


def _schedule_of(setup: Setup) -> Schedule:
    """The configured schedule; what could not be read of it is counted on standard error. If it is
    at an address, the database may hold it, with the numbers that its sessions have."""
    version = _kept_version(setup.database) if isinstance(setup.schedule, Url) else None
    try:
        imported = load_schedule(setup.schedule, setup.timezone, fields=setup.fields)
    except CannotFetch as problem:
        if version is None:
            raise
        print(f"summit-bot: {problem} This is what was there last.", file=sys.stderr)
        from bot.updating import restored

        return restored(version.document)
    if imported.warnings:
        print(pointed_at(setup, len(imported.warnings)), file=sys.stderr)
    schedule = imported.schedule
    if version is not None and version.event == schedule.event:
        return app.as_numbered(schedule, version)
    return schedule


def _kept_version(database: str) -> Version | None:
    """What a database holds, if it can be looked into; whoever uses it says why it cannot."""
    from bot.store.opening import StoreFailed, looked_into

    try:
        return looked_into(database, whole=True).version
    except StoreFailed:
        return None


def _response(response: Response, schedule: Schedule) -> dict[str, Any]:
    return {
        "command": response.command,
        "text": "\n".join(lines(response.reply, response.reader)),
        "private": response.private,
        "sessions": [as_data(session, schedule) for session in response.reply.sessions()],
    }


def _name(name: str) -> str:
    short = " ".join(name.split())
    if not short.isprintable() or not 1 <= len(short) <= _LONGEST_NAME:
        raise _BadArgument(f"--as takes a name of 1 to {_LONGEST_NAME} letters")
    return short
