"""How a process ends, in good order or not, and what the next one finds: real processes."""

import asyncio
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from bot.patience import Patience
from bot.store import opening
from bot.store.tables import bookmarks, holders, users
from bot.supervisor import _LAST_WORDS
from tests.courier_talk import keys
from tests.servers.away import away
from tests.servers.postgres import empty
from tests.summit import NETWORK, Summit, folsom

pytestmark = pytest.mark.every_database

ROOT = Path(__file__).parent.parent


class Process:
    """One that speaks on a slow network."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self.running = running

    def says(self) -> list[str]:
        """The next thing that happens, as words."""
        assert self.running.stdout is not None
        return self.running.stdout.readline().split()

    def writes(self, messages: int) -> dict[str, str]:
        """To whom it begins to write, and under which ids, when it has begun so many."""
        said = [self.says() for _ in range(messages)]
        assert {what for what, *_ in said} == {"writes"}
        return {name: key for _, name, key in said}

    def logs(self) -> str:
        """The next line of its log."""
        assert self.running.stderr is not None
        return self.running.stderr.readline()

    def ends(self) -> tuple[int, list[str], str]:
        """Its exit status, what it still said, and its log."""
        out, log = self.running.communicate(timeout=60)
        return self.running.returncode, out.splitlines(), log


@contextmanager
def process(database: str, *arguments: str) -> Iterator[Process]:
    command = (sys.executable, "-m", "tests.servers.slow_network", database, *arguments)
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        try:
            yield Process(running)
        finally:
            running.kill()


async def bookmark(database: str, *names: str) -> None:
    """These people are to be reminded at once."""
    summit = Summit(database, folsom(), "Monday 9:20")
    for name in names:
        await summit.say(name, "bookmark 12")
    await summit.store.close()


def left(database: str) -> tuple[dict[str, tuple[bool, str | None]], int, int]:
    """Who has been reminded, and which message is in doubt; how many leases go on, of messages and
    of processes."""
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(select(bookmarks, users.c.ident).join(users)).all()
        processes = connection.execute(select(holders)).all()
    engine.dispose()
    state = {row.ident: (row.reminded > 0, row.message) for row in rows}
    return state, sum(row.lease_until > time.time() * 1000 for row in rows), len(processes)


def test_to_stop_takes_ten_seconds_at_most() -> None:
    assert Patience().stopping.total_seconds() + _LAST_WORDS == 10
    assert Patience().stopping < Patience().lease


async def test_a_signal_lets_what_is_under_way_settle_and_gives_up_the_rest(database: str) -> None:
    await bookmark(database, "ada", "bob", "stuck")
    with process(database, "--seconds", "0.4", "--stopping", "1") as first:
        assert first.says() == ["speaks"]
        ids = first.writes(3)
        began = time.monotonic()
        first.running.send_signal(signal.SIGTERM)
        status, said, log = first.ends()
        assert 1 <= time.monotonic() - began < 8
    assert (status, log) == (0, "")
    assert sorted(said[:2]) == [f"wrote {name} {ids[name]}" for name in ("ada", "bob")]
    assert said[2:] == ["is silent"], "the connection was there until the end"
    told = {"ada": (True, None), "bob": (True, None), "stuck": (False, ids["stuck"])}
    assert left(database) == (told, 0, 0)
    with process(database) as next_one:
        assert next_one.says() == ["speaks"]
        assert next_one.writes(1) == {"stuck": ids["stuck"]}


async def test_a_signal_without_anything_under_way_ends_at_once(database: str) -> None:
    await bookmark(database, "ada")
    with process(database) as first:
        assert first.says() == ["speaks"]
        key = first.writes(1)["ada"]
        assert first.says() == ["wrote", "ada", key]
        began = time.monotonic()
        first.running.send_signal(signal.SIGTERM)
        assert first.ends() == (0, ["is silent"], "")
        assert time.monotonic() - began < 8, "it waits as if something were under way"
    assert left(database) == ({"ada": (True, None)}, 0, 0)


async def test_after_a_signal_nothing_new_is_begun_however_much_is_owed(database: str) -> None:
    names = [f"person-{number}" for number in range(100)]
    await bookmark(database, *names)
    # So quick that one tick would go on with everybody; on a busy machine the signal comes late.
    with process(database, "--seconds", "0.4", "--in-flight", "1") as first:
        assert first.says() == ["speaks"]
        written = first.writes(1)
        first.running.send_signal(signal.SIGTERM)
        status, said, log = first.ends()
    assert (status, log, said.pop()) == (0, "", "is silent")
    wrote, written_later = said[::2], said[1::2]
    written |= {name: key for _, name, key in map(str.split, written_later)}
    assert wrote == [f"wrote {name} {key}" for name, key in written.items()]
    assert len(wrote) <= 5, "with ten seconds for what is under way it could be 25"
    state = dict.fromkeys(names, (False, None)) | dict.fromkeys(written, (True, None))
    assert left(database) == (state, 0, 0)


async def test_what_is_settled_while_the_process_ends_stays_so_if_that_is_cut_short(
    database: str,
) -> None:
    await bookmark(database, "ada", "stuck")
    with process(database, "--seconds", "0.4") as first:
        assert first.says() == ["speaks"]
        ids = first.writes(2)
        first.running.send_signal(signal.SIGTERM)
        assert first.says() == ["wrote", "ada", ids["ada"]]
        began = time.monotonic()
        while not left(database)[0]["ada"][0]:
            assert time.monotonic() - began < 8, "it waits for those that are slower"
        first.running.kill()
        first.running.wait()
    assert left(database)[0] == {"ada": (True, None), "stuck": (False, ids["stuck"])}


async def test_after_a_crash_the_next_process_sends_again_under_the_same_ids(
    database: str, postgresql: str
) -> None:
    await bookmark(database, "ada", "stuck")
    holding = ("--holding", "1")
    with process(database, "--seconds", "30", *holding) as first:
        assert first.says() == ["speaks"]
        ids = first.writes(2)
        first.running.kill()
        first.running.wait()
        in_doubt = {name: (False, key) for name, key in ids.items()}
        assert left(database) == (in_doubt, 2, int(database == postgresql))
    with process(database, *holding, "--stopping", "0.1") as next_one:
        assert next_one.says() == ["speaks"]
        assert next_one.writes(2) == ids
        assert next_one.says() == ["wrote", "ada", ids["ada"]]
        next_one.running.send_signal(signal.SIGTERM)
        assert next_one.ends() == (0, ["is silent"], "")
    assert left(database) == ({"ada": (True, None), "stuck": (False, ids["stuck"])}, 0, 0)


async def test_a_process_that_stands_by_takes_over_when_the_other_one_ends(
    postgresql: str,
) -> None:
    empty(postgresql)
    await bookmark(postgresql, "stuck")
    with process(postgresql, "--stopping", "0.1") as first:
        assert first.says() == ["speaks"]
        ids = first.writes(1)
        with process(postgresql, "--stopping", "0.1") as second:
            first.running.send_signal(signal.SIGTERM)
            assert first.ends() == (0, ["is silent"], "")
            assert second.says() == ["speaks"]
            assert second.writes(1) == ids
            with process(postgresql, "--verbose") as third:
                assert third.logs() == f"summit-bot: standing by network={NETWORK}\n"
                third.running.send_signal(signal.SIGTERM)
                assert third.ends() == (0, [], "")
            assert left(postgresql) == ({"stuck": (False, ids["stuck"])}, 1, 1)


async def test_a_database_that_is_away_at_the_end_costs_a_line_and_a_repeat(
    summit: Summit,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)
    summit.patience = Patience(stopping=timedelta(seconds=0.2))
    await summit.restart()
    for name in ("ada", "stuck"):
        await summit.say(name, "bookmark 12")

    async def hook(user: object, _key: str) -> None:
        if "stuck" in str(user):
            await asyncio.Event().wait()

    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await summit.courier.tick()
    began = asyncio.get_running_loop().time()
    with away(database):
        await summit.courier.finish()
    assert asyncio.get_running_loop().time() - began < 2
    (line,) = [record.msg for record in caplog.records if record.levelno >= logging.WARNING]
    assert isinstance(line, dict)
    assert line["event"].startswith("The database cannot be used now (")
    assert line["event"].endswith("). What was sent last may be sent again.")
    summit.network.before_taking = None
    await summit.restart()
    assert len(await summit.notices()) == 3, "one before the end, and both after it"
    assert keys(summit)[0] in keys(summit)[1:]
