"""The command line as a user meets it: real processes, their output, errors and exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.summit import DATA

PAGE = """Monday, April 16


9:00am

Opening
Coffee and hellos. (Session lead is Ada Lovelace)

Monday April 16, 2012 9:00am - 9:25am
Main Room
"""


def summit_bot(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def answered(*arguments: str, cwd: Path) -> str:
    """What is printed when all goes well."""
    done = summit_bot(*arguments, cwd=cwd)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def refused(*arguments: str, cwd: Path) -> str:
    """The one sentence of a refusal."""
    done = summit_bot(*arguments, cwd=cwd)
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("summit-bot: ").rstrip("\n")


def test_ask_answers_in_plain_text(tmp_path: Path) -> None:
    assert answered("ask", "--at", "2012-04-16T09:20", "next", "Marina", cwd=tmp_path) == (
        "Next in Marina, at 9:30am, in 10 minutes:\n"
        "[6] 9:30am–10:25am · Breakout of volume into its own service · Marina"
        " · Vishvananda Ishaya\n"
    )
    assert list(tmp_path.iterdir()) == [], "a question that is not personal opens no database"


def test_ask_answers_in_json_with_the_offset_of_the_event(tmp_path: Path) -> None:
    said = answered("ask", "--json", "--at", "2012-04-17T00:20:00Z", "next party", cwd=tmp_path)
    assert json.loads(said) == {
        "command": "next",
        "text": (
            "Next (party), at 6:00pm, in 40 minutes:\n"
            "[54] 6:00pm–9:00pm · Mirantis Summit Kickoff Party · Sens Restaurant"
        ),
        "private": False,
        "sessions": [
            {
                "id": 54,
                "title": "Mirantis Summit Kickoff Party",
                "start": "2012-04-16T18:00:00-07:00",
                "end": "2012-04-16T21:00:00-07:00",
                "room": "Sens Restaurant",
                "leads": [],
            }
        ],
    }


def test_ask_json_holds_all_sessions_in_the_order_shown(tmp_path: Path) -> None:
    said = answered("ask", "--json", "--at", "Monday 9:20", "agenda monday", cwd=tmp_path)
    answer = json.loads(said)
    shown = [int(line[1 : line.index("]")]) for line in answer["text"].splitlines()[1:]]
    assert [session["id"] for session in answer["sessions"]] == shown
    assert len(shown) == 55


def test_ask_json_of_words_that_are_no_command(tmp_path: Path) -> None:
    said = answered("ask", "--json", "--at", "Monday 9:20", "nxt", cwd=tmp_path)
    assert json.loads(said) == {
        "command": None,
        "text": "I do not know “nxt”. Did you mean ‘next’?",
        "private": False,
        "sessions": [],
    }


def test_bookmarks_are_kept_by_name(tmp_path: Path) -> None:
    at = ("--at", "Monday 9:20")
    answered("ask", *at, "--as", "ada", "bookmark 12", cwd=tmp_path)
    answered("ask", *at, "--as", "bob", "bookmark 60", cwd=tmp_path)
    said = json.loads(answered("ask", *at, "--json", "--as", "ada", "bookmarks", cwd=tmp_path))
    assert said["private"] is True
    assert [session["id"] for session in said["sessions"]] == [12]
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.db"
    said = answered("ask", *at, "--as", "ada", "--database", elsewhere, "bookmarks", cwd=tmp_path)
    assert said == "You have no bookmarks yet. Add one by number or title: ‘bookmark 12’\n"


def test_a_settings_change_shows_in_the_next_answer(tmp_path: Path) -> None:
    asks = ("ask", "--at", "Monday 12:40", "--as", "ada")
    answered(*asks, "settings hours 24", cwd=tmp_path)
    assert answered(*asks, "now", cwd=tmp_path) == "On now:\n[23] 12:30–13:30 · Lunch · 2nd Floor\n"


def test_asking_about_now_long_after_the_event_says_how_to_ask_about_then(tmp_path: Path) -> None:
    done = summit_bot("ask", "now", cwd=tmp_path)
    assert done.stdout == (
        "OpenStack Folsom Design Summit is over; it ended on Wednesday 18 April 2012.\n"
    )
    assert done.stderr == "Ask as if it were another moment: --at 'Monday 9:20'.\n"


def test_a_page_is_imported_shown_and_asked(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    importing = ("schedule", "import", "page.txt", "-o", "own.json", "--title", "Small Summit")
    assert refused(*importing, cwd=tmp_path) == (
        "page.txt: This page names no time zone: name the event's, like America/Los_Angeles"
        " (--timezone)."
    )
    assert answered(*importing, "--timezone", "Europe/Berlin", cwd=tmp_path) == (
        "1 sessions on 1 days in 1 places, led by 1 people; times in Europe/Berlin.\n"
    )
    assert answered("schedule", "show", "own.json", cwd=tmp_path) == (
        "Monday 16 April\n"
        "  [1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
        "1 sessions on 1 days in 1 places, led by 1 people; times in Europe/Berlin.\n"
    )
    shown = json.loads(answered("schedule", "show", "--json", "own.json", cwd=tmp_path))
    assert [(s["id"], s["kind"], s["start"]) for s in shown] == [
        (1, "session", "2012-04-16T09:00:00+02:00")
    ]
    own = ("--schedule", "own.json", "--at", "2012-04-16T09:10")
    assert answered("ask", *own, "now", cwd=tmp_path) == (
        "On now:\n[1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
    )


def test_settings_come_from_a_file_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f"[event]\nschedule = '{DATA}'\nhours = 24\n"
        "[clock]\nstart = 2012-04-16T09:20:00-07:00\n[reminders]\nbefore = 10\n"
    )
    asks = ("ask", "--config", "config.toml")
    assert answered(*asks, "now", cwd=tmp_path) == (
        "On now:\n[1] 09:00–09:25 · Welcome · Ballroom\n"
    )
    assert answered(*asks, "bookmark 12", cwd=tmp_path).startswith(
        "Bookmarked. I will remind you 10 minutes before, at 10:50.\n"
    )
    monkeypatch.setenv("SUMMIT_BOT_EVENT__HOURS", "12")
    assert answered(*asks, "now", cwd=tmp_path) == (
        "On now:\n[1] 9:00am–9:25am · Welcome · Ballroom\n"
    )
    monkeypatch.setenv("SUMMIT_BOT_EVENT__HOURS", "13")
    assert refused(*asks, "now", cwd=tmp_path) == (
        "config.toml: event.hours: a clock has 12 or 24 hours."
    )


def test_the_example_settings_are_accepted(tmp_path: Path) -> None:
    example = DATA.parent.parent / "config.example.toml"
    arguments = ("ask", "--config", str(example), "--schedule", str(DATA), "now")
    assert answered(*arguments, cwd=tmp_path) == "On now:\n[1] 9:00am–9:25am · Welcome · Ballroom\n"


REFUSALS = [
    (
        ("ask", "--at", "soon", "now"),
        "'soon' is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'.",
    ),
    (("ask", "--as", "x" * 31, "now"), "--as takes a name of 1 to 30 letters"),
    (
        ("ask", "--schedule", "nowhere.json", "now"),
        "The schedule nowhere.json cannot be read: No such file or directory.",
    ),
    (
        ("ask", "--config", "nowhere.toml", "now"),
        "There is no file nowhere.toml: copy config.example.toml and change it.",
    ),
    (("ask", "--config", "bad.toml", "now"), "bad.toml: reminders.befor: there is no such key."),
    (
        ("ask", "--database", "sqlite:////nowhere/x.db", "bookmarks"),
        "The database sqlite:////nowhere/x.db cannot be opened (unable to open database file):"
        " check that it may be written.",
    ),
    (
        ("ask", "--database", "nonsense", "bookmarks"),
        "'nonsense' is no database URL; one looks like sqlite:///summit-bot.db",
    ),
    (("chat", "--speed", "0"), "--speed goes from just above 0 to 3600"),
    (
        ("schedule", "show", "bad.toml"),
        "bad.toml: No session was found: this is no schedule page of a known kind.",
    ),
    (
        ("schedule", "import", "bad.toml", "-o", "x.json", "--timezone", "Mars/Olympus"),
        "there is no time zone 'Mars/Olympus'; one looks like America/Los_Angeles",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSALS, ids=lambda value: str(value)[:40])
def test_trouble_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "bad.toml").write_text("[reminders]\nbefor = 5\n")
    assert refused(*arguments, cwd=tmp_path) == sentence


def test_output_into_a_closed_pipe_is_no_trouble(tmp_path: Path) -> None:
    command = f"{sys.executable} -m bot schedule show {DATA} | head -1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("Monday 16 April\n", "")
