"""What the benchmark of IRC counts, and the figures that it makes of it."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.irc.bots import database, limnoria, sopel, summit_bot
from benchmarks.irc.client import Gone, connected, numeric, said_by
from benchmarks.irc.load import ALL, Answered, Counting
from benchmarks.irc.report import NOW, SOON, Measured, Waves, command_figures, wave_figures
from benchmarks.irc.wave import Watching, Wave, write_bookmarks
from benchmarks.irc.wording import ANSWER, NETWORK, PEOPLE, REMINDER, SESSION, TITLE, person
from benchmarks.report import AtLeast, Below, Figure
from bot.clock import SystemClock
from bot.config import load
from bot.defaults import schedule_path
from bot.messages import User
from bot.schedule import Schedule
from bot.sources import read
from bot.store.sql import SqlStore
from tests.summit import Summit


def test_numerics_and_senders_are_found_in_lines() -> None:
    assert numeric(b":irc.example 376 ada :End") == b"376"
    assert numeric(b"ERROR") == b""
    assert said_by("bot", b":bot!b@host PRIVMSG #summit :On now:")
    assert not said_by("bot", b":bottle!b@host PRIVMSG #summit :On now:")


def test_an_answer_counts_when_all_its_lines_have_come() -> None:
    counting = Counting("bot")
    counted = []
    for line in (*ANSWER, ANSWER[0], ANSWER[0], ANSWER[1]):
        counting.hear(f":ada!a@host PRIVMSG #summit :{line}".encode())
        counting.hear(f":bot!b@host PRIVMSG ada :{line}".encode())
        counting.hear(f":bot!b@host PRIVMSG #summit :{line}".encode())
        counted.append(counting.answers)
    assert counted == [0, 1, 1, 1, 2]


async def test_who_waits_for_answers_is_woken_by_the_last() -> None:
    counting = Counting("bot")
    answered = counting.when(2)
    seen = []
    for line in ANSWER * 2:
        counting.hear(f":bot!b@host NOTICE #summit :{line}".encode())
        seen.append(answered.done())
    assert seen == [False, False, False, True]


def test_a_wave_is_who_was_reminded_in_private_and_how_long_it_took() -> None:
    watching = Watching("bot")
    for at, who, said in (
        (0.5, "person001", f":bot!b@host PRIVMSG #summit :{REMINDER}"),
        (1.0, "person001", f":bot!b@host PRIVMSG person001 :{REMINDER}"),
        (2.0, "person002", f":bot!b@host PRIVMSG person002 :{REMINDER}"),
        (4.0, "person001", f":bot!b@host NOTICE person001 :{REMINDER}"),
        (5.0, "person003", ":bot!b@host PRIVMSG person003 :Good morning."),
        (6.0, "person003", f":ada!a@host PRIVMSG person003 :{REMINDER}"),
        (7.0, "person003", "ERROR"),
    ):
        watching.hear(who, said.encode(), at)
    watching.watch(b":bot!b@host QUIT :Excess Flood")
    watching.watch(b":ada!a@host QUIT :Good night")
    assert watching.wave() == Wave(reminded=2, repeated=1, lasted=3.0, killed=1)
    assert watching.first.is_set()
    assert not watching.all.is_set()


def test_a_wave_is_over_when_everybody_is_reminded() -> None:
    watching = Watching("bot")
    for number in range(1, PEOPLE + 1):
        assert not watching.all.is_set()
        who = person(number)
        watching.hear(who, f":bot!b@host PRIVMSG {who} :{REMINDER}".encode(), number)
    assert watching.all.is_set()
    assert watching.wave() == Wave(PEOPLE, 0, PEOPLE - 1.0, 0)


def test_nobody_reminded_takes_no_time() -> None:
    assert Watching("bot").wave() == Wave(0, 0, 0.0, 0)


async def test_a_client_answers_pings_and_hears_the_rest() -> None:
    heard = list[bytes]()
    pieces = (b"PING :a b\r\n:server 376 ada :E", b"nd\r\n:server NOTICE ada :hello\r\n")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline() + await reader.readline())
        for piece in pieces:
            writer.write(piece)
        heard.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = await connected(port, "ada")
        with closing(client), pytest.raises(Gone, match=r"^The server has closed .* of ada\.$"):
            await client.until(lambda _: False, "PRIVMSG #summit :!now")
    assert heard[0] == b"NICK ada\r\nUSER ada 0 * :ada\r\n"
    assert heard[1] == b"PONG :a b\r\n"


def test_figures_of_commands_compare_summit_bot_with_limnoria() -> None:
    fast = Answered([0.001] * 100, ALL, 0.2, 60_000_000)
    slow = Answered([0.003] * 100, ALL, 0.8, 30_000_000)
    figures = command_figures(
        {"Summit Bot": Measured([0.5, 0.4, 0.9], fast), "Limnoria": Measured([0.1], slow)}, 0.7
    )
    assert figures == [
        Figure("Summit Bot, answer, p50", 1.0, "ms"),
        Figure("Summit Bot, answer, p99", 1.0, "ms", Below(5)),
        Figure("Summit Bot, answer, max", 1.0, "ms"),
        Figure("Summit Bot, answered of 1,000", ALL, "", AtLeast(ALL)),
        Figure("Summit Bot, answers a second", 5000.0, "/s"),
        Figure("Summit Bot, memory", 60.0, "MB", Below(95)),
        Figure("Summit Bot, start to joined", 0.5, "s", Below(1)),
        Figure("Limnoria, answer, p50", 3.0, "ms"),
        Figure("Limnoria, answer, p99", 3.0, "ms"),
        Figure("Limnoria, answer, max", 3.0, "ms"),
        Figure("Limnoria, answered of 1,000", ALL, ""),
        Figure("Limnoria, answers a second", 1250.0, "/s"),
        Figure("Limnoria, memory", 30.0, "MB"),
        Figure("Limnoria, start to joined", 0.1, "s"),
        Figure("Summit Bot, start to joined, new database", 0.7, "s"),
        Figure("Summit Bot's p50 / Limnoria's", 0.001 / 0.003, "", Below(0.5)),
        Figure("Summit Bot's answers a second / Limnoria's", 4.0, "", AtLeast(3)),
    ]


def test_figures_of_waves_have_limits_for_summit_bot_alone() -> None:
    good, cut = Wave(PEOPLE, 0, 26.5, 0), Wave(14, 0, 60.0, 0)
    figures = wave_figures({"Summit Bot": Waves(good, cut), "Sopel": Waves(cut, cut)})
    limits = {figure.name: figure.limit for figure in figures if figure.limit is not None}
    assert limits == {
        "Summit Bot, voice, reminded of 200": AtLeast(PEOPLE),
        "Summit Bot, voice, first to last": Below(27),
        "Summit Bot, voice, reminded twice": Below(1),
        "Summit Bot, voice, killed by the server": Below(1),
        "Summit Bot, no voice, reminded twice": Below(1),
        "Summit Bot, no voice, killed by the server": Below(1),
    }
    assert all(figure.ok for figure in figures)
    killed = wave_figures({"Summit Bot": Waves(replace(good, killed=1, reminded=199), cut)})
    assert [figure.name for figure in killed if not figure.ok] == [
        "Summit Bot, voice, reminded of 200",
        "Summit Bot, voice, killed by the server",
    ]


async def test_the_others_say_what_summit_bot_says(summit: Summit) -> None:
    assert await summit.say("ada", "now") == list(ANSWER)


async def test_everybody_has_bookmarked_the_session(tmp_path: Path) -> None:
    schedule = _schedule()
    await write_bookmarks(database(tmp_path), schedule)
    store = SqlStore(database(tmp_path), SystemClock())
    try:
        found = [
            await store.load(User(NETWORK, f"account:{person(number)}"), bookmarks=True)
            for number in range(1, PEOPLE + 1)
        ]
    finally:
        await store.close()
    assert [[b.session_id for b in each.bookmarks] for each in found] == [[SESSION]] * PEOPLE
    assert found[0].bookmarks[0].told.title == TITLE
    assert found[0].bookmarks[0].told.slot.start.isoformat() == "2012-04-16T16:30:00+00:00"


def test_summit_bot_holds_itself_back_only_where_nothing_is_set(tmp_path: Path) -> None:
    summit_bot(tmp_path, 6667, "unlimited", NOW)
    unlimited = load(tmp_path / "config.toml")
    summit_bot(tmp_path, 6667, "stock", SOON)
    stock = load(tmp_path / "config.toml")
    [fast], [usual] = unlimited.irc, stock.irc
    own = {"rate": 1_000_000, "burst": 1_000_000, "channel_answers": 0}
    assert fast == usual.model_copy(update=own)
    assert usual.model_dump(exclude_unset=True).keys() == {"server", "port", "tls", "channels"}
    assert unlimited.fairness == stock.fairness
    assert unlimited.fairness.fairness is None
    assert unlimited.clock is not None
    assert unlimited.clock.start.isoformat() == NOW


def test_the_others_hold_themselves_back_only_where_nothing_is_set(tmp_path: Path) -> None:
    python = Path("/somewhere/bin/python")
    for make, file, settings in (
        (limnoria, "limnoria.conf", ["throttleTime", "abuse.flood"]),
        (sopel, "sopel.cfg", ["flood_", "antiloop_"]),
    ):
        make(python, tmp_path, 6667, "stock")
        stock = (tmp_path / file).read_text()
        make(python, tmp_path, 6667, "unlimited")
        unlimited = (tmp_path / file).read_text()
        assert unlimited.startswith(stock)
        assert [name in unlimited for name in settings] == [True, True]
        assert [name in stock for name in settings] == [False, False]


def _schedule() -> Schedule:
    return read(schedule_path().read_bytes()).schedule
