"""The command line as a user meets it: real processes, their output, errors and exit status."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from bot.setup import CannotStart, moment_meant
from tests.summit import DATA, folsom

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
            "Next party, at 6:00pm, in 40 minutes:\n"
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


def test_a_database_belongs_to_one_event(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    zone = ("--timezone", "Europe/Berlin")
    answered("ask", "--at", "Monday 9:20", "bookmark 12", cwd=tmp_path)
    other = ("ask", "--schedule", "page.txt", *zone, "--at", "2012-04-16T08:00")
    assert refused(*other, "bookmarks", cwd=tmp_path) == (
        "The database holds bookmarks of 'OpenStack Folsom Design Summit': name another one for"
        " 'The event', like --database sqlite:///other.db"
    )
    own = ("--database", f"sqlite:///{tmp_path}/other.db")
    assert answered(*other, *own, "bookmark 1", cwd=tmp_path).startswith("Bookmarked.")


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
        "1 session on 1 day in 1 place, led by 1 person; times in Europe/Berlin.\n"
    )
    assert answered("schedule", "show", "own.json", cwd=tmp_path) == (
        "Monday 16 April\n"
        "  [1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
        "1 session on 1 day in 1 place, led by 1 person; times in Europe/Berlin.\n"
    )
    shown = json.loads(answered("schedule", "show", "--json", "own.json", cwd=tmp_path))
    assert [(s["id"], s["kind"], s["start"]) for s in shown] == [
        (1, "session", "2012-04-16T09:00:00+02:00")
    ]
    own = ("--schedule", "own.json", "--at", "2012-04-16T09:10")
    assert answered("ask", *own, "now", cwd=tmp_path) == (
        "On now:\n[1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
    )


def test_a_page_is_asked_as_it_is_in_the_zone_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    asks = ("ask", "--schedule", "page.txt", "--at", "2012-04-16T07:10Z")
    assert refused(*asks, "now", cwd=tmp_path) == (
        "page.txt: This page names no time zone: name the event's, like America/Los_Angeles"
        " (--timezone)."
    )
    assert answered(*asks, "--timezone", "Europe/Berlin", "now", cwd=tmp_path) == (
        "On now:\n[1] 9:00am–9:25am · Opening · Main Room · Ada Lovelace\n"
    )


def test_a_corrected_page_keeps_the_numbers_that_people_know(tmp_path: Path) -> None:
    importing = ("schedule", "import", "page.txt", "--timezone", "Europe/Berlin", "-o", "own.json")
    (tmp_path / "page.txt").write_text(PAGE)
    answered(*importing, cwd=tmp_path)
    earlier = PAGE.replace("Opening", "Breakfast").replace("9:00am", "8:00am")
    (tmp_path / "page.txt").write_text(earlier + PAGE)
    assert answered(*importing, cwd=tmp_path) == (
        "2 sessions on 1 day in 1 place, led by 1 person; times in Europe/Berlin.\n"
    )
    shown = json.loads(answered("schedule", "show", "--json", "own.json", cwd=tmp_path))
    assert [(s["id"], s["title"]) for s in shown] == [(2, "Breakfast"), (1, "Opening")]


def test_what_could_not_be_read_is_counted_and_can_be_listed(tmp_path: Path) -> None:
    lost = PAGE.replace("Opening", "Frogs").replace("9:00am - 9:25am", "9.00am - 9.25am")
    (tmp_path / "my page.txt").write_text(lost + PAGE)
    zone = ("--timezone", "Europe/Berlin")
    warning = (
        "Frogs: the time 'Monday April 16, 2012 9.00am - 9.25am' cannot be read, so the entry was"
        " left out.\n"
    )
    shown = summit_bot("schedule", "show", "my page.txt", *zone, cwd=tmp_path)
    assert (shown.stderr, shown.returncode) == (warning, 0)
    imported = summit_bot("schedule", "import", "my page.txt", *zone, "-o", "o.json", cwd=tmp_path)
    assert (imported.stderr, imported.returncode) == (warning, 0)
    asked = summit_bot("ask", "--schedule", "my page.txt", *zone, "--at", "9:10", "now",
                       cwd=tmp_path)  # fmt: skip
    assert asked.stderr == (
        "1 entry of my page.txt could not be read: summit-bot schedule show 'my page.txt'"
        " --timezone Europe/Berlin lists it.\n"
    )
    (tmp_path / "my page.txt").write_text(lost + lost + PAGE)
    chat = summit_bot("chat", "--schedule", "my page.txt", *zone, cwd=tmp_path)
    assert (chat.stderr, chat.returncode) == (
        "2 entries of my page.txt could not be read: summit-bot schedule show 'my page.txt'"
        " --timezone Europe/Berlin lists them.\n",
        0,
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
        "SUMMIT_BOT_EVENT__HOURS: a clock has 12 or 24 hours."
    )


def test_the_example_settings_hold_from_wherever_one_starts(tmp_path: Path) -> None:
    example = DATA.parent.parent / "config.example.toml"
    arguments = ("ask", "--config", str(example), "now")
    assert answered(*arguments, cwd=tmp_path) == "On now:\n[1] 9:00am–9:25am · Welcome · Ballroom\n"


REFUSALS = [
    (
        ("ask", "--at", "soon", "now"),
        "'soon' is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'.",
    ),
    (
        ("ask", "--at", "", "now"),
        "'' is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'.",
    ),
    (
        ("ask", "--at", "9999-12-31T23:59", "now"),
        "'9999-12-31T23:59' is out of all reason: years go from 1900 to 2199.",
    ),
    (
        ("chat", "--at", "0001-01-01"),
        "'0001-01-01' is out of all reason: years go from 1900 to 2199.",
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
        "bad.toml: This JSON is broken: it is no schedule.",
    ),
    (
        ("schedule", "import", str(DATA), "-o", "nowhere/x.json"),
        "nowhere/x.json cannot be written: No such file or directory.",
    ),
    (
        ("schedule", "import", str(DATA), "-o", "."),
        ". cannot be written: Is a directory.",
    ),
    (
        ("ask", "--timezone", "", "now"),
        "there is no time zone ''; one looks like America/Los_Angeles",
    ),
    (
        ("chat", "--live", "--at", "Monday 9:20"),
        "--live is the real time: leave out --at and --speed",
    ),
    (("chat", "--live", "--speed", "5"), "--live is the real time: leave out --at and --speed"),
    (
        ("schedule", "import", "bad.toml", "-o", "x.json", "--timezone", "Mars/Olympus"),
        "there is no time zone 'Mars/Olympus'; one looks like America/Los_Angeles",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSALS, ids=lambda value: str(value)[:40])
def test_trouble_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "bad.toml").write_text("[reminders]\nbefor = 5\n")
    assert refused(*arguments, cwd=tmp_path) == sentence


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2012-04-16T09:20", "2012-04-16T09:20:00-07:00"),
        ("2012-04-16T16:20:00Z", "2012-04-16T09:20:00-07:00"),
        ("Monday 9:20", "2012-04-16T09:20:00-07:00"),
        ("tue 2:30pm", "2012-04-17T14:30:00-07:00"),
        ("Monday 3:59", "2012-04-16T03:59:00-07:00"),
        ("Monday 3", "2012-04-16T03:00:00-07:00"),
        ("day 2 12am", "2012-04-18T00:00:00-07:00"),
        ("16 April 12 pm", "2012-04-16T12:00:00-07:00"),
        ("9:20", "2012-04-16T09:20:00-07:00"),
    ],
)
def test_a_moment_is_taken_by_the_letter(words: str, moment: str) -> None:
    assert moment_meant(words, folsom()) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "words", ["", " ", "Monday", "Monday 24:00", "Monday 9:60", "Monday 13pm", "Monday 0am",
              "9:20x", "9:20 10:20", "Frogday 9:20", "day 2", "April 16"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(words: str) -> None:
    with pytest.raises(CannotStart) as refusal:
        moment_meant(words, folsom())
    assert str(refusal.value) == (
        f"{words!r} is no time: write it like 2012-04-16T09:20, or 'Monday 9:20'."
    )


_NEXT = ("--at", "Monday 9:20", "next", "Marina")


@pytest.mark.parametrize(
    ("encoding", "dash", "dot"), [("ascii", b"?", b"?"), ("latin-1", b"?", b"\xb7")]
)
def test_output_that_lacks_letters_gets_question_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, dash: bytes, dot: bytes
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    ask = [sys.executable, "-m", "bot", "ask", *_NEXT]
    done = subprocess.run(ask, cwd=tmp_path, capture_output=True, timeout=30, check=False)
    said = "Next in Marina, at 9:30am, in 10 minutes:\n[6] 9:30am–10:25am · Breakout"
    expected = said.encode().replace("–".encode(), dash).replace("·".encode(), dot)
    assert (done.stdout[: len(expected)], done.stderr, done.returncode) == (expected, b"", 0)


def test_json_keeps_all_letters_in_any_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = json.loads(answered("ask", "--json", *_NEXT, cwd=tmp_path))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert json.loads(answered("ask", "--json", *_NEXT, cwd=tmp_path)) == expected


@pytest.mark.parametrize("command", ["ask now", "ask --json agenda", "chat"])
def test_output_that_is_full_is_one_sentence(tmp_path: Path, command: str) -> None:
    line = f"echo now | {sys.executable} -m bot {command} --at 'Monday 9:20' > /dev/full"
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stderr, done.returncode) == (
        "summit-bot: Reading or writing failed: No space left on device.\n",
        1,
    )


def test_output_that_is_closed_is_no_trouble(tmp_path: Path) -> None:
    line = f"{sys.executable} -m bot ask --at 'Monday 9:20' now >&-"
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)


def test_import_into_a_folder_that_is_read_only_is_one_sentence(tmp_path: Path) -> None:
    # Not even root, for whom no folder of a test is read-only, may make files in this one.
    said = refused("schedule", "import", str(DATA), "-o", "/sys/own.json", cwd=tmp_path)
    assert re.fullmatch(
        r"/sys/own\.json cannot be written: (Permission denied|Read-only file system)\.", said
    )


def test_output_into_a_closed_pipe_is_no_trouble(tmp_path: Path) -> None:
    command = f"{sys.executable} -m bot schedule show {DATA} | head -1"
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.stdout, done.stderr) == ("Monday 16 April\n", "")
