"""`ask` loads what its answer needs, and nothing of the networks; `benchmarks` has the times."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cold_start import peak_memory

_NETWORKS = {"slack_bolt", "slack_sdk", "nio", "irc", "aiohttp"}
_SETTINGS = {"pydantic", "pydantic_settings"}
_DATABASE = {"sqlalchemy", "alembic", "psycopg"}
_CHAT = {"apscheduler", "prompt_toolkit"}

_ASK = """
import sys
from bot.cli import main
status = main(["ask", *sys.argv[1:]])
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(status)
"""
_RUN = """
import sys
from pathlib import Path
from bot.config import load
from bot.networks import speaker
from bot.scratch import Scratch
from bot.clock import SystemClock
for network in load(Path("config.toml")).networks:
    speaker(network, Scratch(), SystemClock())
print(*{name.partition(".")[0] for name in sys.modules})
"""
_CONFIGURED = {
    "slack": "[slack]\nbot_token = 'xoxb-1'\napp_token = 'xapp-1'\n",
    "matrix": "[matrix]\nhomeserver = 'https://m.example.org'\nuser_id = '@bot:m.example.org'\n"
    "password = 'secret'\n",
    "irc": "[irc]\nserver = 'irc.example.org'\nchannels = ['#summit']\n",
}
_LIBRARIES = {"slack": {"slack_bolt", "slack_sdk"}, "matrix": {"nio"}, "irc": {"irc"}}
_AT = ("--at", "2012-04-16T09:20")


def _ask(directory: Path, *arguments: str) -> tuple[list[str], set[str]]:
    """What a new process answers, and the packages it has loaded by then."""
    done = subprocess.run(
        (sys.executable, "-c", _ASK, *arguments), cwd=directory, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("now", "On now:"),
        ("next Marina", "Next in Marina, at 9:30am, in 10 minutes:"),
        ("lead Thierry", "Thierry Carrez leads 8 sessions:"),
        ("find statsd", "2 sessions about “statsd”:"),
        ("lead Theirry", "Thierry Carrez leads 8 sessions:"),
    ],
)
def test_question_about_the_programme_loads_no_network_settings_or_database(
    line: str, first: str, tmp_path: Path
) -> None:
    said, loaded = _ask(tmp_path, *_AT, line)
    assert said[0] == first
    assert loaded & (_NETWORKS | _SETTINGS | _DATABASE | _CHAT) == set()
    assert list(tmp_path.iterdir()) == [], "a question about the programme leaves nothing behind"


def test_bookmark_loads_the_database_and_no_network_or_settings(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'summit.db'}"
    _, loaded = _ask(tmp_path, *_AT, "--database", database, "bookmark 12")
    assert "sqlalchemy" in loaded
    assert loaded & (_NETWORKS | _SETTINGS | _CHAT) == set()
    assert (tmp_path / "summit.db").exists()


def test_question_about_the_programme_takes_less_than_60_megabytes(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("summit-bot"))
    assert peak_memory((program, "ask", "now"), str(tmp_path)) < 60_000_000


@pytest.mark.parametrize("network", ["slack", "matrix", "irc"])
def test_a_bot_on_one_network_loads_the_library_of_no_other(network: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(_CONFIGURED[network])
    done = subprocess.run(
        (sys.executable, "-c", _RUN), cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    libraries = {library for names in _LIBRARIES.values() for library in names}
    assert set(done.stdout.split()) & libraries == _LIBRARIES[network]
