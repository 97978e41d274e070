"""`summit-bot run`: real processes, with doubles only for the networks."""

import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.store import migrations
from tests.databases import without_tables
from tests.publishing import TALKS, document
from tests.running import ROOT, STAMP, command, config, running
from tests.servers.programs import free_port
from tests.store.test_alone import sentence
from tests.supervised import executed
from tests.test_cli import refused

INTRODUCED = "OpenStack Folsom Design Summit, 159 sessions, times in America/Los_Angeles"
REPLAY = "[clock]\nstart = 2012-04-16T10:56:00-07:00\nspeed = 1"
REMINDED = "SELECT reminded > 0 FROM bookmarks"
TOLD = (
    "libera tells ada: Starts in 4 minutes: / [12] 11:00am–11:25am · Ryu Network Operating System"
    " · Bayview B · Kazutaka Morita / Snooze: ‘snooze 12’ · Remove: ‘unbookmark 12’"
)


def refusal(path: Path) -> str:
    """The one sentence of a run that cannot start."""
    done = subprocess.run(
        command("run", "--config", str(path)), cwd=ROOT, capture_output=True, text=True,
        timeout=30, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode, done.stderr.count("\n")) == ("", 1, 1)
    return done.stderr.removeprefix("summit-bot: ").rstrip("\n")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_speaks_on_every_network_until_it_is_stopped(
    database: str, tmp_path: Path, how: signal.Signals
) -> None:
    own = config(tmp_path, database, libera="speaks", oftc="speaks")
    with running(own) as bot:
        assert bot.says(2) == ["libera speaks", "oftc speaks"]
        status, said, log = bot.ends(how)
    assert (status, sorted(said)) == (0, ["libera is silent", "oftc is silent"])
    assert log == [
        f"{INTRODUCED}, ended on Wednesday 18 April 2012; database {database}; networks: libera,"
        " oftc.",
        "speaking network=libera",
        "speaking network=oftc",
    ]


def test_each_line_of_the_log_begins_with_the_time(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, libera="speaks")) as bot:
        bot.says(1)
        bot.process.terminate()
        _, log = bot.process.communicate(timeout=60)
    assert log
    for line in log.splitlines():
        assert STAMP.sub("", line, count=1).startswith("summit-bot: ")
        assert STAMP.match(line)


def test_a_replay_is_introduced_as_one(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, REPLAY, libera="speaks")) as bot:
        assert bot.logs() == (
            f"{INTRODUCED}, replayed from Monday 16 April, 10:56am on, 1 times as fast;"
            f" database {database}; networks: libera."
        )
        bot.says(1)
        assert bot.ends(signal.SIGTERM)[0] == 0


def test_a_replay_forgets_at_its_start_what_was_told_from_there_on(
    database: str, tmp_path: Path
) -> None:
    own = config(tmp_path, database, REPLAY, libera="bookmark_12")
    for _ in range(2):
        with running(own) as bot:
            assert bot.says(1) == ["libera speaks"]
            assert bot.says(1)[0].startswith("libera answers: ")
            assert bot.says(1) == [TOLD]
            assert bot.ends(signal.SIGTERM)[:2] == (0, ["libera is silent"])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_replay_that_joins_another_one_forgets_nothing(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, database, REPLAY, libera="bookmark_12")
    with running(own) as first:
        first.says(2)
        assert first.says(1) == [TOLD]
        while executed(database, REMINDED) == [False]:
            pass  # it is noted at the next tick
        with running(own) as second:
            second.logs()
            assert second.logs() == "standing by network=libera"
            assert executed(database, REMINDED) == [True]
            assert second.ends(signal.SIGTERM) == (0, [], [])
        assert first.ends(signal.SIGTERM)[0] == 0


def test_newcomers_are_greeted_and_nobody_waits_for_the_rest(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, libera=["agenda_monday"])) as bot:
        assert bot.says(1) == ["libera speaks"]
        (answer,) = bot.says(1)
        assert answer.count(" / [") == 55
        assert "Hello! I know the programme of OpenStack Folsom Design Summit." in answer
        assert bot.ends(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize(
    ("table", "last"),
    [
        ("commands = 2\nseconds = 7", "That is a lot at once. Ask me again in 7 s."),
        ("commands = 0", None),
        ("", None),
    ],
)
def test_one_person_may_ask_as_much_as_is_fair(
    database: str, tmp_path: Path, table: str, last: str | None
) -> None:
    own = config(tmp_path, database, f"[fairness]\n{table}", libera=["rooms"] * 3)
    with running(own) as bot:
        assert bot.says(1) == ["libera speaks"]
        _greeted, second, third = (bot.says(1)[0].removeprefix("libera answers: ") for _ in "abc")
        assert bot.ends(signal.SIGTERM)[0] == 0
    assert second.startswith("Rooms: / Ballroom: 4 sessions / ")
    assert third == (last or second)


def test_a_network_that_will_not_have_us_ends_alone(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, libera="refuses", oftc="speaks")) as bot:
        assert bot.says(3) == ["libera is silent", "libera speaks", "oftc speaks"]
        status, said, log = bot.ends(signal.SIGTERM)
    assert (status, said) == (0, ["oftc is silent"])
    assert sorted(log[1:]) == [
        "The password is wrong: set another one. network=libera",
        "speaking network=libera",
        "speaking network=oftc",
    ]


def test_when_no_network_will_have_us_it_ends_with_the_reasons(
    database: str, tmp_path: Path
) -> None:
    with running(config(tmp_path, database, libera="refuses", oftc="refuses")) as bot:
        status, said, log = bot.ends()
    assert (status, len(said)) == (1, 4)
    # Each sentence stands there once.
    *before, last = log[1:]
    wrong = "The password is wrong: set another one."
    speaking = ["speaking network=libera", "speaking network=oftc"]
    assert (sorted(before), last) in [
        ([f"{wrong} network={one}", *speaking], f"{other}: {wrong}")
        for one, other in (("libera", "oftc"), ("oftc", "libera"))
    ]


def test_what_the_only_network_says_when_it_will_not_have_us_is_said_once(
    database: str, tmp_path: Path
) -> None:
    with running(config(tmp_path, database, libera="refuses")) as bot:
        status, _, log = bot.ends()
    assert (status, log[1:]) == (
        1, ["speaking network=libera", "libera: The password is wrong: set another one."]
    )  # fmt: skip


def test_without_a_network_it_says_what_to_add(database: str, tmp_path: Path) -> None:
    said = (
        "No network is configured: add a table, like [irc], to the settings (config.example.toml"
        " shows all of it), and name their file with --config."
    )
    assert refusal(config(tmp_path, without_tables(database))) == said
    assert refused("run", cwd=tmp_path) == said
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


def test_a_second_one_on_a_file_is_refused(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, database, libera="speaks")
    with running(own) as bot:
        bot.says(1)
        assert refusal(own) == sentence(tmp_path / "summit.db")
        assert bot.ends(signal.SIGTERM)[0] == 0


def test_a_database_of_another_event_is_refused(database: str, tmp_path: Path) -> None:
    with running(config(tmp_path, database, libera="speaks")) as bot:
        bot.says(1)
        assert bot.ends(signal.SIGTERM)[0] == 0
    other = tmp_path / "other.json"
    other.write_bytes(document(*TALKS))
    own = config(tmp_path, database, f'[event]\nschedule = "{other}"', libera="speaks")
    assert refusal(own) == (
        "The database holds bookmarks of 'OpenStack Folsom Design Summit': name another one for"
        " 'Small Summit', like url = \"sqlite:///other.db\" in [database]"
    )


@pytest.mark.every_database
def test_it_loads_nothing_that_it_does_not_need(database: str, tmp_path: Path) -> None:
    own = config(tmp_path, without_tables(database), libera="loads")
    loaded = []
    for _ in range(2):
        with running(own) as bot:
            bot.says(1)
            loaded.append(set(bot.says(1)[0].split()))
            assert bot.ends(signal.SIGTERM)[0] == 0
    never = {"pydantic_settings", "prompt_toolkit", "slack_bolt", "nio", "aiohttp", "rapidfuzz"}
    assert [never & packages for packages in loaded] == [set(), set()]
    assert ["alembic" in packages for packages in loaded] == [True, False], migrations.HEAD


def test_monitoring_reads_the_counts(database: str, tmp_path: Path) -> None:
    port = free_port()
    own = config(tmp_path, database, REPLAY, f"[metrics]\nport = {port}", libera="bookmark_12")
    with running(own) as bot:
        bot.says(2)
        assert bot.says(1) == [TOLD]
        assert bot.logs().startswith("OpenStack")
        while bot.logs().partition(" ")[0] != "told":
            pass
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            counts = answer.read().decode()
        assert 'summit_bot_messages_sent_total{network="libera"} 1.0\n' in counts
        assert refusal(own).startswith("Another Summit Bot is running on ")
        second = config(tmp_path, f"{database}2", f"[metrics]\nport = {port}", libera="speaks")
        assert refusal(second) == (
            f"The metrics cannot be served at 127.0.0.1, port {port} (address already in use):"
            " name another port or host in [metrics]."
        )
        assert bot.ends(signal.SIGTERM)[0] == 0
