"""One courier for one SQLite file: real processes that are refused, and those that may go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.alone import alone
from bot.store.opening import StoreFailed
from tests.summit import DATA
from tests.test_cli import answered, refused

CHAT = ("chat", "--live", "--database")
AT = ("--at", "Monday 9:20")


@contextmanager
def chat(url: str, cwd: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A chat that has begun: it has answered."""
    with subprocess.Popen(
        (sys.executable, "-m", "bot", *CHAT, url, *options), cwd=cwd, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            print("help", file=process.stdin, flush=True)
            assert process.stdout.readline(), "the chat did not begin"
            yield process
        finally:
            process.kill()


def sentence(file: Path) -> str:
    return (
        f"Another Summit Bot is running on {file}: end it, name another database, or let both"
        " use PostgreSQL (postgresql+psycopg://...), which any number may share."
    )


def test_a_second_chat_on_a_file_is_refused_and_questions_are_not(tmp_path: Path) -> None:
    file = tmp_path / "summit.db"
    url = f"sqlite:///{file}"
    with chat(url, tmp_path) as first:
        assert refused(*CHAT, url, cwd=tmp_path) == sentence(file)
        asked = ("ask", *AT, "--database", url)
        said = answered(*asked, "bookmark 12", cwd=tmp_path)
        assert said == (
            "Bookmarked. I will remind you 5 minutes before, at 10:55am.\n"
            "[12] Mon 11:00am–11:25am · Ryu Network Operating System · Bayview B"
            " · Kazutaka Morita\n"
        )
        assert answered("schedule", "show", str(DATA), cwd=tmp_path).startswith("Monday 16 April\n")
        with chat(f"sqlite:///{tmp_path / 'another.db'}", tmp_path):
            pass
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        with chat(url, tmp_path) as next_one:
            next_one.send_signal(signal.SIGTERM)
            assert (next_one.wait(20), next_one.communicate()[1]) == (0, "")


@pytest.mark.parametrize(
    "same",
    [
        "sqlite:///summit.db",
        "sqlite+pysqlite:///summit.db",
        "sqlite:///folder/../summit.db",
        "sqlite:///link.db",
        "sqlite:///linked/summit.db",
        "sqlite:///file:summit.db?uri=true",
        "sqlite:///file:{}/summit%2Edb?uri=true&mode=rwc",
        "sqlite:///{}/summit.db",
        "sqlite:////{}/summit.db",
    ],
)
def test_a_file_is_the_same_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.db").symlink_to("summit.db")
    (tmp_path / "linked").symlink_to(tmp_path)
    with alone(f"sqlite:///{tmp_path / 'summit.db'}"):
        with pytest.raises(StoreFailed) as refusal, alone(same.format(tmp_path)):
            pass
        assert str(refusal.value) == sentence(tmp_path / "summit.db")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql+psycopg://ada@127.0.0.1:1/x", "nonsense"]
)
def test_what_is_no_file_is_not_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with alone(url), alone(url):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "no" / "where" / "summit.db"
    assert refused(*CHAT, f"sqlite:///{file}", cwd=tmp_path) == (
        f"The database sqlite:///{file} cannot be opened (unable to open database file):"
        " check that it may be written."
    )
    assert list(tmp_path.iterdir()) == []
