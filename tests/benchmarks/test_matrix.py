"""What the benchmark of Matrix counts, and the figures that it makes of it."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.matrix.bots import BEFORE, database, keynote, reminder_bot, summit_bot
from benchmarks.matrix.load import Answered, Late, unless_ended
from benchmarks.matrix.people import Said, said_in, some_at_a_time
from benchmarks.matrix.report import figures
from benchmarks.matrix.run import FEW, PEOPLE, All, Measured
from benchmarks.matrix.wave import Wave
from benchmarks.process import Bot, Ended, last_words, running
from benchmarks.report import AtLeast, Below, Figure
from bot.clock import SystemClock
from bot.config import load
from bot.messages import User
from bot.schedule import Schedule
from bot.sources import read
from bot.store.sql import SqlStore
from tests.servers.accounts import Account

SERVER = "http://127.0.0.1:8008"
BOT = Account(user="@bot:summit.test", password="secret", token="token", device="DEVICE")
CHATS = [(f"@person{number}:summit.test", f"!chat{number}") for number in range(3)]
DUE = datetime(2012, 4, 16, 16, 25, 7, tzinfo=UTC)


def test_what_is_said_is_read_from_messages_alone() -> None:
    events = [
        {"type": "m.room.message", "origin_server_ts": 1_500, "content": {"body": "On now"}},
        {"type": "m.room.member", "origin_server_ts": 1_600, "content": {"body": "no"}},
        {"type": "m.room.message", "origin_server_ts": 1_700, "content": {}},
        {"type": "m.room.message", "origin_server_ts": 2_000, "content": {"body": "More"}},
    ]
    assert said_in(events) == [Said(1.5, "On now"), Said(2.0, "More")]


async def test_results_come_in_order_whoever_is_first() -> None:
    async def slow(number: int) -> int:
        for _ in range(3 - number):
            await asyncio.sleep(0)
        return number

    assert await some_at_a_time(slow, range(3)) == [0, 1, 2]


def test_of_several_rounds_the_middle_one_counts_and_the_fewest_answers() -> None:
    answered = Answered([], [[1.0, 9.0], [2.0, 3.0], [1.0, 5.0, 6.0]], 0)
    assert (answered.fewest, answered.middle) == (2, [1.0, 5.0, 6.0])
    silent = Answered([], [[], [2.0], [9.0]], 0)
    assert (silent.fewest, silent.middle) == (0, [9.0])


def test_a_wave_counts_people_and_their_first_reminder() -> None:
    wave = Wave([[2.0, 9.0], [], [0.5], [1.0]], before_kill=1)
    assert (wave.reminded, wave.repeated, wave.lateness) == (3, 1, [0.5, 1.0, 2.0])


async def test_a_bot_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    bot = _python(tmp_path, "print('Good morning.'); print('I give up.')")
    async with running(bot) as process:
        with pytest.raises(Ended, match=r"^Bot has ended by itself; it said last: I give up\.$"):
            await unless_ended(bot, process, asyncio.Event().wait())


async def test_a_bot_that_is_late_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    bot = _python(tmp_path, "import time; print('I am busy.', flush=True); time.sleep(99)")

    async def in_vain() -> None:
        async with asyncio.timeout(10):
            while True:
                if "busy" in last_words(bot):
                    raise TimeoutError
                await asyncio.sleep(0.01)

    async with running(bot) as process:
        with pytest.raises(Late, match=r"^Bot has not come, or not answered; it said: I am busy"):
            await unless_ended(bot, process, in_vain())


def test_summit_bot_is_limited_only_where_its_homeserver_is(tmp_path: Path) -> None:
    summit_bot(tmp_path, SERVER, BOT, limited=True)
    usual = load(tmp_path / "config.toml")
    summit_bot(tmp_path, SERVER, BOT, limited=False)
    told = load(tmp_path / "config.toml")
    [limited], [unlimited] = usual.matrix, told.matrix
    assert unlimited == limited.model_copy(update={"rate": 0})
    assert limited.model_dump(exclude_unset=True).keys() == {
        "homeserver", "user_id", "password", "store",
    }  # fmt: skip
    assert usual.fairness.fairness is None
    assert usual.clock is None


async def test_everybody_is_reminded_by_summit_bot_when_it_is_due(tmp_path: Path) -> None:
    contestant = summit_bot(tmp_path, SERVER, BOT, limited=False)
    later = DUE + timedelta(minutes=1)
    assert await contestant.remind(DUE, CHATS) == keynote(DUE) == "Keynote 162507"
    assert await contestant.remind(later, CHATS[:1]) == keynote(later)
    programme = _programme(tmp_path)
    first, second = programme.session(2), programme.session(3)
    assert first is not None
    assert second is not None
    assert (first.title, second.title) == (keynote(DUE), keynote(later))
    assert first.slot.start - BEFORE == DUE
    store = SqlStore(database(tmp_path), SystemClock())
    try:
        found = [
            (await store.load(User("matrix", user), bookmarks=True)).bookmarks for user, _ in CHATS
        ]
    finally:
        await store.close()
    assert [[mark.session_id for mark in marks] for marks in found] == [[2, 3], [2], [2]]
    assert found[1][0].told == first.facts


async def test_everybody_is_reminded_by_the_other_bot_when_it_is_due(tmp_path: Path) -> None:
    file = tmp_path / "reminders.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "CREATE TABLE reminder (text, start_time, timezone, recurse_timedelta_s, cron_tab,"
            " room_id, target_user, alarm)"
        )
        connection.execute("INSERT INTO reminder (text) VALUES ('an older one')")
    contestant = reminder_bot(Path("/somewhere/bin/python"), tmp_path, SERVER, BOT)
    assert await contestant.remind(DUE, CHATS) == keynote(DUE)
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT * FROM reminder ORDER BY room_id").fetchall()
    assert rows == [
        ("Keynote 162507", "2012-04-16T16:25:07", "UTC", None, None, room, user, 0)
        for user, room in CHATS
    ]


def test_figures_have_limits_for_summit_bot_alone() -> None:
    found = figures(_ALL)
    assert {figure.name: figure.limit for figure in found if figure.limit is not None} == {
        "Summit Bot, at once, answered of 200": AtLeast(200),
        "Summit Bot, at once, p99": Below(5000),
        "Summit Bot, memory": Below(125),
        "Summit Bot, wave, reminded of 200": AtLeast(200),
        "Summit Bot, wave, reminded twice": Below(1),
        "Summit Bot, killed before, reminded of 200": AtLeast(200),
        "Summit Bot, killed before, reminded twice": Below(1),
        "Summit Bot, killed amid, reminded of 200": AtLeast(200),
        "Summit Bot, killed amid, reminded twice": Below(1),
        "Summit Bot, limited, reminded of 60": AtLeast(60),
        "Summit Bot, limited, reminded twice": Below(1),
        "Summit Bot, limited, from the last to the start": AtLeast(0),
        "Summit Bot, exempt, reminded of 60": AtLeast(60),
        "Summit Bot, exempt, reminded twice": Below(1),
        "Summit Bot's p50 one by one / matrix-reminder-bot's": Below(1),
        "Summit Bot's p99 one by one / matrix-reminder-bot's": Below(1),
    }
    assert all(figure.ok for figure in found)


def test_a_limit_that_is_missed_shows() -> None:
    slow = replace(
        _OURS.answered, one_by_one=[0.2] * 200, at_once=[[5.0] * 199], memory=125_000_000
    )
    twice = Wave([[1.0]] * (PEOPLE - 1) + [[1.0, 2.0]])
    lost = Wave([[1.0]] * (PEOPLE - 1) + [[]])
    late = Wave([[-10.0]] * (FEW - 1) + [[300.5]])
    ours = Measured(slow, twice, lost, twice, late)
    found = figures(replace(_ALL, ours=ours))
    assert [figure.name for figure in found if not figure.ok] == [
        "Summit Bot, at once, answered of 200",
        "Summit Bot, at once, p99",
        "Summit Bot, memory",
        "Summit Bot, wave, reminded twice",
        "Summit Bot, killed before, reminded of 200",
        "Summit Bot, killed amid, reminded twice",
        "Summit Bot, limited, from the last to the start",
        "Summit Bot's p50 one by one / matrix-reminder-bot's",
        "Summit Bot's p99 one by one / matrix-reminder-bot's",
    ]


def test_figures_of_a_bot_are_of_commands_and_of_its_waves() -> None:
    found = [figure for figure in figures(_ALL) if figure.name.startswith("matrix-reminder-bot")]
    name = "matrix-reminder-bot"
    assert found == [
        Figure(f"{name}, one by one, p50", 100.0, "ms"),
        Figure(f"{name}, one by one, p99", 100.0, "ms"),
        Figure(f"{name}, one by one, max", 100.0, "ms"),
        Figure(f"{name}, at once, answered of 200", 1, ""),
        Figure(f"{name}, at once, p50", 6000.0, "ms"),
        Figure(f"{name}, at once, p99", 6000.0, "ms"),
        Figure(f"{name}, at once, max", 6000.0, "ms"),
        Figure(f"{name}, memory", 70.0, "MB"),
        Figure(f"{name}, wave, reminded of 200", 2, ""),
        Figure(f"{name}, wave, reminded twice", 1, ""),
        Figure(f"{name}, wave, late, p50", 3000.0, "ms"),
        Figure(f"{name}, wave, late, p99", 3000.0, "ms"),
        Figure(f"{name}, wave, late, max", 3000.0, "ms"),
        Figure(f"{name}, killed before, reminded by then", 0, ""),
        Figure(f"{name}, killed before, reminded of 200", 0, ""),
        Figure(f"{name}, killed before, reminded twice", 0, ""),
        Figure(f"{name}, killed amid, reminded by then", 1, ""),
        Figure(f"{name}, killed amid, reminded of 200", 1, ""),
        Figure(f"{name}, killed amid, reminded twice", 0, ""),
        Figure(f"{name}, limited, reminded of 60", 2, ""),
        Figure(f"{name}, limited, reminded twice", 0, ""),
        Figure(f"{name}, limited, first to last", 40.0, "s"),
        Figure(f"{name}, limited, from the last to the start", 250.0, "s"),
    ]


_EVERYBODY = Wave([[1.0]] * PEOPLE)
_OURS = Measured(
    Answered([0.05] * 200, [[4.0] * PEOPLE] * 3, 110_000_000),
    _EVERYBODY, _EVERYBODY, _EVERYBODY, Wave([[float(late)] for late in range(FEW)]),
)  # fmt: skip
_THEIRS = Measured(
    Answered([0.1] * 200, [[3.0, 6.0], [8.0] * 5, [5.0]], 70_000_000),
    Wave([[2.0, 4.0], [3.0], []]), Wave([[], []]), Wave([[0.5], []], before_kill=1),
    Wave([[10.0], [50.0], []]),
)  # fmt: skip
_ALL = All(_OURS, _THEIRS, exempt=Wave([[1.0]] * FEW))


def _python(directory: Path, program: str) -> Bot:
    return Bot("Bot", "bot", (sys.executable, "-c", program), directory, "")


def _programme(directory: Path) -> Schedule:
    return read((directory / "schedule.json").read_bytes()).schedule
