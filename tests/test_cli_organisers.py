"""What organisers do in the terminal, and how it is seen afterwards."""

import re
import subprocess
import sys
from pathlib import Path

from tests.test_cli import answered, refused

MOMENT = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ ")
GREETING = re.compile(r"Hello! .*\n")
CHANGED = "[60] Tue 10:00am–10:55am · Swift Quotas · Ballroom · Everett Toews · changed live"


def chatted(cwd: Path, *lines: str, organiser: bool = True) -> list[str]:
    """What the chat says to these lines, an answer each, but for the greeting."""
    who = ("--as", "ada", *(["--organiser"] if organiser else []))
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--at", "Monday 9:00", "--speed", "1", *who],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=True,
        input="".join(f"{line}\n" for line in lines),
    )  # fmt: skip
    assert done.stderr == ""
    return GREETING.sub("", done.stdout).strip().split("\n\n")


def test_the_terminal_changes_the_programme_and_the_log_says_so(tmp_path: Path) -> None:
    assert chatted(tmp_path, "move 60 Ballroom 10:00", "find swift quotas") == [
        "Moved from Tuesday 9:00am, Marina to Tuesday 10:00am, Ballroom. Those who bookmarked it"
        f" are told.\n{CHANGED}\nUndo: ‘withdraw 60’",
        f"1 session about “swift quotas”:\n{CHANGED}",
    ]
    [shown] = chatted(tmp_path, "info 60", organiser=False)
    assert shown.splitlines()[0] == CHANGED
    assert (
        answered("ask", "--as", "bob", "--at", "Monday 9:00", "info 60", cwd=tmp_path).splitlines()[
            0
        ]
        == CHANGED
    )
    [line] = answered("schedule", "audit", cwd=tmp_path).splitlines()
    assert MOMENT.sub("", line) == (
        "console-ada ada (ada): moved [60] “Swift Quotas” from Tuesday 9:00am, Marina to Tuesday"
        " 10:00am, Ballroom"
    )


def test_the_log_says_as_much_as_is_wanted(tmp_path: Path) -> None:
    chatted(tmp_path, "bookmark 60")
    assert answered("schedule", "audit", cwd=tmp_path) == "No organiser has done anything yet.\n"
    chatted(tmp_path, "cancel 60", "restore 60")
    said = answered("schedule", "audit", "--most", "1", cwd=tmp_path)
    assert MOMENT.sub("", said) == (
        "console-ada ada (ada): restored [60] “Swift Quotas”, which was cancelled\n"
    )
    for most in ("0", "99999999999999999999"):
        assert refused("schedule", "audit", "--most", most, cwd=tmp_path) == (
            "--most takes a number from 1 to 1,000,000"
        )


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for action in (["audit"], ["accept"], ["accept", "--dry-run"]):
        assert refused("schedule", *action, cwd=tmp_path) == (
            "There is no database sqlite:///summit-bot.db yet: name the settings of the one that"
            " is meant, with --config FILE."
        )
    assert list(tmp_path.iterdir()) == []


def test_whoever_speaks_on_no_network_needs_no_secrets(tmp_path: Path) -> None:
    chatted(tmp_path, "cancel 60")
    (tmp_path / "config.toml").write_text(
        '[irc]\nserver = "irc.example.org"\naccount = "summitbot"\n'
        '[matrix]\nhomeserver = "https://example.org"\nuser_id = "@bot:example.org"\n'
        'store = "keys"\n[[slack]]\nname = "work"\n'
    )
    said = answered("schedule", "audit", "--config", "config.toml", cwd=tmp_path)
    assert MOMENT.sub("", said) == "console-ada ada (ada): cancelled [60] “Swift Quotas”\n"


def test_whoever_sits_there_otherwise_is_no_organiser(tmp_path: Path) -> None:
    assert chatted(tmp_path, "cancel 60", organiser=False) == [
        "Sorry, only the organisers of the event can do that. A bookmark is removed with"
        " ‘unbookmark 60’."
    ]
