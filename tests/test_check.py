"""`summit-bot check`: real processes, with doubles only for the networks."""

import signal
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import app, checking, networks
from bot.schedule import Session, Slot
from bot.setup import Setup
from tests.databases import without_tables
from tests.publishing import TALKS, document
from tests.running import ROOT, command, config, running
from tests.servers.double import speaker
from tests.summit import DATA, small_schedule
from tests.supervised import executed

SCHEDULE = (
    "Schedule: OpenStack Folsom Design Summit, 159 sessions, times in America/Los_Angeles, ended on"
    " Wednesday 18 April 2012"
)
WELL = "All is well: `run` would start."
NOT_WELL = "`run` would not go well: see what says no."
HELD = "holds bookmarks of OpenStack Folsom Design Summit"


def checked(path: Path, *, well: bool) -> list[str]:
    """What is on the screen, without the settings' line."""
    done = subprocess.run(
        command("check", "--config", str(path)), cwd=ROOT, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    first, *rest, last = done.stdout.splitlines()
    assert (done.stderr, done.returncode) == ("", 0 if well else 1)
    assert (first, last) == (f"Settings: {path}", WELL if well else NOT_WELL)
    return [line for line in rest if not line.endswith(" looks")]


def registered(name: str) -> list[str]:
    return [f"{name}:", "  Registered as summitbot.", "  Kept: yes"]


@pytest.mark.every_database
def test_all_is_well_and_nothing_has_changed(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, without_tables(database), libera="speaks", oftc="speaks")
    for _ in range(2):
        place, _, more = checked(own, well=True)[1].partition(" holds ")
        assert place.startswith(f"Database: {database.partition('@')[0].partition(':')[0]}")
        assert more == "nothing yet; its tables will be made"
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]
    assert checked(own, well=True) == [
        SCHEDULE, f"{place} holds nothing yet; its tables will be made",
        *registered("libera"), *registered("oftc"),
    ]  # fmt: skip


@pytest.mark.every_database
def test_it_works_beside_a_running_bot(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, database, libera="speaks")
    with running(own) as bot:
        bot.says(1)
        first, second, *rest = checked(own, well=True)
        assert (first, second.partition(" holds ")[2]) == (SCHEDULE, HELD.removeprefix("holds "))
        version = "  schedule: version 1, changed just now, last seen just now"
        assert rest == [version, *registered("libera")]
        assert executed(database, "SELECT count(*) FROM kept WHERE owner = 'libera'") == [0]
        assert bot.ends(signal.SIGTERM)[:2] == (0, ["libera is silent"])


def test_it_says_what_will_be_upgraded_and_leaves_it(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, database, libera="speaks")
    with running(own) as bot:
        bot.says(1)
        bot.ends(signal.SIGTERM)
    executed(database, "UPDATE alembic_version SET version_num = '0001'")
    for _ in range(2):
        assert checked(own, well=True)[1] == (
            f"Database: {database} {HELD}; its tables will be upgraded from revision 0001"
        )
    executed(database, "UPDATE alembic_version SET version_num = '9999'")
    assert checked(own, well=False)[1] == (
        "Database: no: The database was written by a newer Summit Bot (revision 9999):"
        " start that one, or name another database."
    )


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        (2198, 2199, ", begins on Monday 16 April 2198 at 9:00am"),
        (2012, 2199, ""),
        (2011, 2012, ", ended on Monday 16 April 2012"),
    ],
)
def test_an_event_is_introduced_by_when_it_is(first: int, last: int, when: str) -> None:
    nine = datetime(first, 4, 16, 9, tzinfo=UTC)
    slots = [Slot(nine.replace(year=year), nine.replace(year=year, hour=10), ())
             for year in (first, last)]  # fmt: skip
    schedule = small_schedule(*(Session(n, f"g{n}", "A", s) for n, s in enumerate(slots, 1)))
    introduced = "Small Summit, 2 sessions, times in UTC"
    setup = Setup(Path("a.json"))
    assert app.introduced(setup, schedule) == f"{introduced}{when}"
    gone = Session(3, "g3", "B", slots[0], cancelled=True, removed=True)
    more = small_schedule(*schedule.sessions, gone)
    assert app.introduced(setup, more) == f"{introduced}{when}", "what was removed does not count"
    replayed = replace(setup, start=nine)
    assert app.introduced(replayed, schedule).startswith(f"{introduced}, replayed from ")


def test_what_is_wrong_does_not_keep_it_from_the_rest(tmp_path: Path) -> None:
    own = config(
        tmp_path, "sqlite:////nowhere/x.db", '[event]\nschedule = "nowhere.json"',
        libera="refuses", oftc="fails", own="speaks",
    )  # fmt: skip
    assert checked(own, well=False) == [
        f"Schedule: no: The schedule {tmp_path}/nowhere.json cannot be read:"
        " No such file or directory.",
        "Database: no: The database sqlite:////nowhere/x.db cannot be opened (unable to open"
        " database file): check that it may be written.",
        "libera:",
        "  no: The password is wrong: set another one.",
        "oftc:",
        "  no: To look at it failed (RuntimeError).",
        *registered("own"),
    ]


def test_what_has_to_be_put_right_before_the_event_is_not_well(
    database: str, tmp_path: Path
) -> None:
    own = config(tmp_path, database, libera="warns", oftc="speaks")
    assert checked(own, well=False)[-6:] == [
        "libera:", "  Registered as summitbot.", "  no: Nobody is called ada.",
        *registered("oftc"),
    ]  # fmt: skip


def test_a_schedule_with_warnings_is_counted_and_one_of_another_event_refused(
    database: str, tmp_path: Path
) -> None:
    with running(config(tmp_path, database, libera="speaks")) as bot:
        bot.says(1)
        bot.ends(signal.SIGTERM)
    other = tmp_path / "other.json"
    text = document(*TALKS).decode()
    other.write_text(text.replace('"date": "2012-04-16T11:00:00+00:00"', '"date": "soon"'))
    own = config(tmp_path, database, '[event]\nschedule = "other.json"', libera="speaks")
    assert checked(own, well=False) == [
        "Schedule: Small Summit, 7 sessions, times in UTC, ended on Monday 16 April 2012",
        f"  1 entry of {other} could not be read: summit-bot schedule show {other} lists it.",
        "Database: no: The database holds bookmarks of 'OpenStack Folsom Design Summit': name"
        " another one for 'Small Summit', like url = \"sqlite:///other.db\" in [database]",
        *registered("libera"),
    ]


def test_an_event_that_is_only_called_otherwise_waits(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, libera="speaks")) as bot:
        bot.says(1)
        bot.ends(signal.SIGTERM)
    other = tmp_path / "other.json"
    other.write_text(DATA.read_text(encoding="utf-8").replace("OpenStack Folsom", "Another"))
    own = config(tmp_path, database, '[event]\nschedule = "other.json"', libera="speaks")
    assert (
        "  called 'Another Design Summit' by now: that waits until `summit-bot schedule accept"
        " --config FILE` lets it through"
    ) in checked(own, well=True)


def test_without_a_network_it_says_what_to_add(database: str, tmp_path: Path) -> None:
    assert checked(config(tmp_path, database), well=False)[2:] == [
        "Networks: no: No network is configured: add a table, like [irc], to the settings"
        " (config.example.toml shows all of it), and name their file with --config."
    ]


def test_settings_that_cannot_be_used_are_named(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, database, "[reminders]\nbefor = 5", libera="speaks")
    done = subprocess.run(
        command("check", "--config", str(own)), cwd=ROOT, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 1)
    assert done.stdout.splitlines() == [
        f"Settings: no: {own}: reminders.befor: there is no such key.", NOT_WELL
    ]  # fmt: skip


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    own = config(tmp_path, f"sqlite:///{tmp_path}/no/x.db", libera="speaks")
    assert checked(own, well=False)[1] == (
        f"Database: no: The database sqlite:///{tmp_path}/no/x.db cannot be opened (unable to open"
        " database file): check that it may be written."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


async def test_a_network_that_does_not_answer_is_given_up(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "speaker", speaker)
    monkeypatch.setattr(checking, "_LONGEST", 0.1)
    said = list[str]()
    own = config(tmp_path, database, libera="hangs", oftc="speaks")
    assert await checking.check(own, said.append) is False
    assert said[3:] == [
        "libera:",
        "  no: It has not answered within 0.1 seconds.",
        *registered("oftc"),
        NOT_WELL,
    ]
