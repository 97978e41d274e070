"""A database that goes away while the bot runs, or is not there when it starts."""

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.fairness import Fairness
from bot.messages import User
from bot.rules import Rules
from bot.store import opening
from bot.store.opening import StoreFailed
from bot.storing import StoreAway
from tests.courier_talk import LEASE, keys, reminder
from tests.servers.away import away, full, locked, read_only, unreachable
from tests.servers.postgres import empty
from tests.summit import Summit, folsom

TROUBLE = ["That did not work just now, and nothing was changed. Try again in a minute."]
PEOPLE = [f"person {number}" for number in range(60)]
"""So many that to claim what they are owed takes new pages of a file."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = [pragma.replace("5000", "20") for pragma in opening._SQLITE_PRAGMAS]
    monkeypatch.setattr(opening, "_SQLITE_PRAGMAS", shorter)


Trouble = Callable[[Summit], AbstractContextManager[None]]

TROUBLES: dict[str, tuple[str, Trouble, str]] = {
    "locked": ("sqlite", lambda s: locked(s._database), "database is locked"),
    "full": ("sqlite", lambda s: full(s.store), "database or disk is full"),
    "read-only": ("sqlite", lambda s: read_only(s.store), "attempt to write a readonly database"),
    "unreachable": ("postgresql", lambda s: unreachable(s._database), "connection"),
}


@pytest.fixture
def trouble(request: pytest.FixtureRequest) -> tuple[Trouble, str]:
    return TROUBLES[request.param][1:]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "trouble" in metafunc.fixturenames:
        cases = [(backend, name) for name, (backend, _, _) in TROUBLES.items()]
        metafunc.parametrize(("database", "trouble"), cases, indirect=True, ids=list(TROUBLES))


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    events = [record.msg for record in caplog.records if record.levelno >= logging.WARNING]
    return [event["event"] if isinstance(event, dict) else event for event in events]


async def tick_for(summit: Summit, seconds: float) -> None:
    for _ in range(int(seconds * 2)):
        await summit.courier.tick()
        summit.clock.advance(timedelta(seconds=0.5))


async def test_what_is_due_while_the_store_is_away_comes_when_it_is_back(
    summit: Summit, trouble: tuple[Trouble, str], caplog: pytest.LogCaptureFixture
) -> None:
    happens, reason = trouble
    for name in PEOPLE:
        await summit.say(name, "bookmark 12")
    summit.go("Monday 10:55")
    with happens(summit):
        await tick_for(summit, 60)
        assert summit.network.taken == []
        (line,) = warnings(caplog)
        assert line.startswith("The database cannot be used now (")
        assert line.endswith("). Reminders wait for it.")
        assert reason in line
    assert "\n" not in line
    summit.go("Monday 10:57")
    assert await summit.notices() == [reminder(3)] * len(PEOPLE)
    assert warnings(caplog) == [line, "The database is back."]
    summit.wait(LEASE)
    assert await summit.notices() == []


async def test_what_was_sent_is_settled_when_the_store_is_back_and_not_sent_again(
    summit: Summit, trouble: tuple[Trouble, str]
) -> None:
    for name in PEOPLE:
        await summit.say(name, "bookmark 12")
    begun = [trouble[0](summit)]

    async def hook(_user: User, _key: str) -> None:
        while begun:
            begun[0].__enter__()
            outages.append(begun.pop())

    outages = list[AbstractContextManager[None]]()
    summit.network.before_taking = hook
    summit.go("Monday 10:55")
    await tick_for(summit, 60)
    assert sorted(user.id for user, _, _ in summit.network.taken) == sorted(PEOPLE)
    outages[0].__exit__(None, None, None)
    await tick_for(summit, 60)
    assert len(keys(summit)) == len(PEOPLE)
    said = (await summit.say(PEOPLE[0], "bookmarks"))[1]
    assert said.endswith("you have been reminded")


async def test_the_store_is_asked_less_and_less_often(
    summit: Summit, trouble: tuple[Trouble, str]
) -> None:
    for name in PEOPLE:
        await summit.say(name, "bookmark 12")
    summit.go("Monday 10:55")
    asked = list[float]()

    @event.listens_for(summit.store._engine, "handle_error")  # type: ignore[attr-defined]
    def failed(_context: object) -> None:
        moment = summit.clock.moment.timestamp()
        if moment not in asked:
            asked.append(moment)

    happens, _ = trouble
    with happens(summit):
        await tick_for(summit, 120)
    waits = [later - earlier for earlier, later in pairwise(asked)]
    # Twice as long each time up to half a minute, less up to a half of it by chance.
    most = [2, 4, 8, 16, *[30] * 6]
    assert all(0.5 * m <= wait <= m + 0.5 for wait, m in zip(waits, most, strict=False))
    assert 5 <= len(waits) <= 10


@pytest.mark.every_database
async def test_commands_are_answered_and_nothing_is_changed(
    summit: Summit, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    await summit.say("ada", "bookmark 12")
    before = await summit.say("ada", "bookmarks")
    with away(database):
        assert await summit.say("ada", "bookmark 13") == TROUBLE
        assert await summit.say("ada", "settings before 10") == TROUBLE
        for name in ("ada", "somebody new"):
            assert (await summit.say(name, "next"))[0].startswith("Next, at"), "needs no database"
    assert all("\n" not in line for line in warnings(caplog))
    assert await summit.say("ada", "bookmarks") == before
    summit.go("Monday 10:55")
    assert await summit.notices() == [reminder(5)]


@pytest.mark.every_database
async def test_what_will_be_asked_again_is_not_answered_yet_and_not_counted(
    database: str, caplog: pytest.LogCaptureFixture
) -> None:
    few = Rules(greets=False, fairness=Fairness(burst=2))
    summit = Summit(database, folsom(), "Monday 9:20", few)
    with away(database):
        for _ in range(5):
            with pytest.raises(StoreAway):
                await summit.say("ada", "bookmark 12", id="event", again=True)
        assert (await summit.say("ada", "next", again=True))[0].startswith("Next, at")
    assert warnings(caplog) == []
    assert (await summit.say("ada", "bookmark 12", id="event", again=True))[0] == (
        "Bookmarked. I will remind you 5 minutes before, at 10:55am."
    )
    assert await summit.say("ada", "now") == ["That is a lot at once. Ask me again in 1 s."]
    await summit.store.close()


async def test_a_password_is_in_no_message_and_no_log(
    postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    empty(postgresql)
    url = postgresql.replace("postgres:@", "postgres:s3cret@")
    assert "s3cret" in url
    summit = Summit(url, folsom(), "Monday 10:55")
    with unreachable(postgresql):
        await tick_for(summit, 5)
        assert await summit.say("ada", "bookmark 12") == TROUBLE
    await summit.store.close()
    assert len(warnings(caplog)) == 2
    assert "s3cret" not in caplog.text


PLACE = "127.0.0.1:1/summit"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://ada:s3cret@{PLACE}",
        f"postgresql+psycopg://ada:in/s3cret@{PLACE}",
        f"postgresql+psycopg://ada:in:s3cret@{PLACE}",
        f"postgresql+psycopg://ada:in@s3cret@{PLACE}",
        f"postgresql+psycopg://ada:in%40s3cret@{PLACE}",
        f"postgresql+psycopg://{PLACE}?user=ada&password=s3cret&connect_timeout=2",
        f"postgresql+psycopg://{PLACE}?password=s3cret&sslpassword=s3cret",
        "postgresql+psycopg://ada:in/s3cret@127.0.0.1:port/summit",
        f"postgresql+psycopg:/ada:in/s3cret@{PLACE}",
        f"postgres://ada:s3cret@{PLACE}",
        f"mysql://ada:s3cret@{PLACE}",
        f"ada:s3cret@{PLACE}",
    ],
)
def test_a_password_is_in_no_refusal(url: str) -> None:
    with pytest.raises(StoreFailed) as refusal:
        opening.opened(url)
    assert "\n" not in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


# As `python -m bot`, but it does not wait five seconds for a lock.
IMPATIENT = (
    "import sys; from bot import cli; from bot.store import opening;"
    "opening._SQLITE_PRAGMAS = [p.replace('5000', '20') for p in opening._SQLITE_PRAGMAS];"
    "sys.exit(cli.main())"
)
REFUSALS = {
    "postgresql+psycopg://nobody@127.0.0.1:1/x": (
        "The database postgresql+psycopg://nobody@127.0.0.1:1/x cannot be opened (connection"
        ' failed: connection to server at "127.0.0.1", port 1 failed: Connection refused):'
        " check that the server runs and that this user may use the database."
    ),
    "sqlite:///locked.db": (
        "The database sqlite:///locked.db cannot be opened (database is locked):"
        " another program is using it."
    ),
    "sqlite:///folder": (
        "The database sqlite:///folder cannot be opened (unable to open database file):"
        " check that it may be written."
    ),
    "sqlite:///page.txt": (
        "The database sqlite:///page.txt cannot be opened (file is not a database):"
        " name another file."
    ),
    "sqlite:///page.txt/summit.db": (
        "The database sqlite:///page.txt/summit.db cannot be opened (unable to open database file):"
        " check that it may be written."
    ),
}


@pytest.mark.parametrize("url", REFUSALS)
def test_a_start_without_a_database_is_refused_in_one_sentence(tmp_path: Path, url: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.txt").write_text("Monday, April 16\n" * 100)
    sqlite3.connect(tmp_path / "locked.db").close()
    with locked(f"sqlite:///{tmp_path / 'locked.db'}"):
        done = subprocess.run(
            (sys.executable, "-c", IMPATIENT, "chat", "--database", url), cwd=tmp_path,
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"summit-bot: {REFUSALS[url]}\n"


async def test_where_only_the_answer_to_the_commit_is_lost_nobody_is_told_that_nothing_was_done(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: object) -> None:
        raise sqlite3.OperationalError("the connection is gone")

    await summit.say("ada", "now")
    with monkeypatch.context() as patch:
        patch.setattr(summit.store._engine.dialect, "do_commit", lost)  # type: ignore[attr-defined]
        assert await summit.say("ada", "bookmark 12") == [
            "I cannot tell whether that worked: look in a minute before you try it again."
        ]
