"""Runs all that is measured on IRC, and makes figures of it."""

import asyncio
import compileall
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import bot
from benchmarks.irc.bots import WANTED, database, limnoria, sopel, summit_bot
from benchmarks.irc.load import ALL, CLIENTS, EACH, ONE_BY_ONE, Answered, loaded, started
from benchmarks.irc.strict import strict
from benchmarks.irc.wave import SETTLING, WITHIN, Wave, wave_of, write_bookmarks
from benchmarks.irc.wording import PEOPLE
from benchmarks.others import installed
from benchmarks.process import Bot
from benchmarks.report import AtLeast, Below, Figure, Report, percentiles
from bot.defaults import schedule_path
from bot.sources import read
from tests.servers.ngircd import ngircd

STARTS = 5

NOW = "2012-04-16T09:20:00-07:00"
# The session of the wave starts at 9:30, and the bot needs no second to join.
SOON = f"2012-04-16T09:24:{60 - SETTLING}-07:00"

ABOUT = (
    f"Commands: `!now` in a channel on ngircd without throttle, answered in two lines; one client"
    f" sends {ONE_BY_ONE} one after another, each when the answer to the last has come; then"
    f" {CLIENTS} clients send {EACH} each in one piece, all at once, and every line is counted. The"
    " clients acknowledge at once what comes, so that no bot pays for how TCP waits. The memory"
    " (RSS) is that of the process after that.",
    f"Start: from the start of the process to its JOIN, as another client sees it; of {STARTS} the"
    " median. Bytecode is ready-made; Summit Bot has a database unless it says otherwise.",
    f"Wave: {PEOPLE} people in a channel on a server with the limits of Solanum (5 lines, then 2 a"
    " second; 4 recipients of a line; without a voice 10 people, then one a minute) are reminded of"
    f" one session; what comes within {WITHIN:g} s of the first is counted. All bots hold"
    " themselves back as they do when nobody has set anything about that; Limnoria and Sopel are"
    f" told by a command, {SETTLING} s after they joined, to write {PEOPLE} private messages"
    " through their own queue.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one bot's commands; `starts` are in seconds."""

    starts: Sequence[float]
    answered: Answered


@dataclass(frozen=True, slots=True)
class Waves:
    """What came of one bot's waves."""

    with_voice: Wave
    without: Wave


def report() -> Report:
    """All figures."""
    python = installed("other-irc-bots", *WANTED)
    # Where Python may not write bytecode, each start since the last edit compiles it anew.
    compileall.compile_dir(Path(bot.__file__).parent, quiet=1)
    load = Figure("Load of the machine before (processes that want a CPU)", os.getloadavg()[0], "")
    with TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as name:
        measured, first_start, told = _commands(python, Path(name))
        waves = asyncio.run(_waves(python, Path(name)))
    figures = (load, *command_figures(measured, first_start), *wave_figures(waves))
    return Report((*ABOUT, *told), figures)


def command_figures(measured: Mapping[str, Measured], first_start: float) -> list[Figure]:
    """The figures of commands, of which Summit Bot's have limits; durations are in seconds."""
    ours, limnoria = measured["Summit Bot"].answered, measured["Limnoria"].answered
    figures = list[Figure]()
    for name, each in measured.items():
        limits = name == "Summit Bot"
        answered = each.answered
        figures += [
            *percentiles(f"{name}, answer", answered.durations, Below(5) if limits else None),
            Figure(f"{name}, answered of {ALL:,}", answered.answers, "",
                   AtLeast(ALL) if limits else None),
            Figure(f"{name}, answers a second", answered.rate, "/s"),
            Figure(f"{name}, memory", answered.memory / 1e6, "MB", Below(95) if limits else None),
            Figure(f"{name}, start to joined", median(each.starts), "s",
                   Below(1) if limits else None),
        ]  # fmt: skip
    return [
        *figures,
        Figure("Summit Bot, start to joined, new database", first_start, "s"),
        Figure("Summit Bot's p50 / Limnoria's", _p50(ours) / _p50(limnoria), "", Below(0.5)),
        Figure("Summit Bot's answers a second / Limnoria's", ours.rate / limnoria.rate, "",
               AtLeast(3)),
    ]  # fmt: skip


def wave_figures(waves: Mapping[str, Waves]) -> list[Figure]:
    """The figures of waves, of which Summit Bot's have limits."""
    figures = list[Figure]()
    for name, both in waves.items():
        for voice, wave in (("voice", both.with_voice), ("no voice", both.without)):
            ours = name == "Summit Bot"
            all_of_them = ours and voice == "voice"
            figures += [
                Figure(f"{name}, {voice}, reminded of {PEOPLE}", wave.reminded, "",
                       AtLeast(PEOPLE) if all_of_them else None),
                Figure(f"{name}, {voice}, first to last", wave.lasted, "s",
                       Below(27) if all_of_them else None),
                Figure(f"{name}, {voice}, reminded twice", wave.repeated, "",
                       Below(1) if ours else None),
                Figure(f"{name}, {voice}, killed by the server", wave.killed, "",
                       Below(1) if ours else None),
            ]  # fmt: skip
    return figures


def _p50(answered: Answered) -> float:
    return sorted(answered.durations)[len(answered.durations) // 2]


def _commands(python: Path, directory: Path) -> tuple[Mapping[str, Measured], float, Sequence[str]]:
    """What came of the commands of all bots; the first start of Summit Bot with a new database;
    and what was set for each bot."""
    measured = dict[str, Measured]()
    with ngircd() as server:
        port = server.port
        bots = (
            summit_bot(_new(directory, "commands-summit-bot"), port, "unlimited", NOW),
            limnoria(python, _new(directory, "commands-limnoria"), port, "unlimited"),
            sopel(python, _new(directory, "commands-sopel"), port, "unlimited"),
        )
        first_start = median(
            asyncio.run(
                started(summit_bot(_new(directory, f"new-{n}"), port, "unlimited", NOW), port)
            )
            for n in range(STARTS)
        )
        for each in bots:
            # The very first makes files of its own: databases, logs, bytecode of plugins.
            asyncio.run(started(each, port))
            starts = [asyncio.run(started(each, port)) for _ in range(STARTS)]
            measured[each.name] = Measured(starts, asyncio.run(loaded(each, port)))
    return measured, first_start, [each.told for each in bots]


async def _waves(python: Path, directory: Path) -> Mapping[str, Waves]:
    schedule = read(schedule_path().read_bytes()).schedule

    async def one(folder: Path, make: Callable[[Path, int], Bot], ask: str | None,
                  *, voice: bool) -> Wave:  # fmt: skip
        if ask is None:
            await write_bookmarks(database(folder), schedule)
        with strict() as port:
            return await wave_of(make(folder, port), port, voice=voice, ask=ask)

    async def of(name: str, make: Callable[[Path, int], Bot], ask: str | None) -> Waves:
        # They wait nearly all the time, so both go on at once.
        with_voice, without = await asyncio.gather(
            one(_new(directory, f"{name}-with-voice"), make, ask, voice=True),
            one(_new(directory, f"{name}-without-voice"), make, ask, voice=False),
        )
        return Waves(with_voice, without)

    # Nobody disturbs the one that has limits.
    ours = await of("summit-bot", lambda f, p: summit_bot(f, p, "stock", SOON), None)
    theirs = await asyncio.gather(
        of("limnoria", lambda f, p: limnoria(python, f, p, "stock"), "!wave"),
        of("sopel", lambda f, p: sopel(python, f, p, "stock"), "!wave"),
    )
    return dict(zip(("Summit Bot", "Limnoria", "Sopel"), (ours, *theirs), strict=True))


def _new(directory: Path, name: str) -> Path:
    folder = directory / name
    folder.mkdir()
    return folder
