"""`run` and what stands where its schedule is published: real processes, doubles for networks."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.publishing import TALKS, document, moved, rewrite
from tests.running import ROOT, command, config, running
from tests.test_cli import summit_bot

EVENT = '[event]\nschedule = "{}"\nchanges_in = ["libera/#ops"]'
REPLAY = "[clock]\nstart = 2012-04-16T09:00:00Z\nspeed = 1"
ACCEPT = "summit-bot schedule accept --config FILE"
HELD = "An update of the schedule is held back: it removes 3 of 8 sessions still to come."


@contextmanager
def served(*pages: bytes) -> Iterator[str]:
    """The address of a server that gives these, one after the other, and the last one for ever."""
    left = list(pages)

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/s.json?token=secret"
        finally:
            server.shutdown()
            thread.join()


def told(*arguments: str | Path) -> tuple[int, list[str], str]:
    """Exit status, lines on standard output, and standard error of a command."""
    done = subprocess.run(
        command(*map(str, arguments)), cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_people_and_channels_hear_what_changes_in_a_file(database: str, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_bytes(document(*TALKS))
    own = config(tmp_path, database, EVENT.format(file), REPLAY, libera="bookmark_1")
    with running(own) as bot:
        assert bot.says(1) == ["libera speaks"]
        assert bot.says(1)[0].startswith("libera answers: Bookmarked.")
        rewrite(file, document(moved(TALKS[0]), *TALKS[1:]))
        assert bot.says(2) == [
            "libera posts to #ops: The schedule has changed: 1 moved. / Moved (1): / [1] Mon"
            " 11:00am–12:00pm · Talk 1 · Marina · was Monday 10:00am",
            "libera tells ada: Moved from Monday 10:00am to Monday 11:00am, starts in 2 hours: /"
            " [1] Mon 11:00am–12:00pm · Talk 1 · Marina / Remove: ‘unbookmark 1’",
        ]
        status, said, log = bot.ends(signal.SIGTERM)
    assert (status, said) == (0, ["libera is silent"])
    assert "The schedule has changed: 1 moved. version=2" in log


@pytest.mark.every_database
def test_what_is_held_back_is_let_through_by_an_organiser(database: str, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_bytes(document(*TALKS))
    own = config(tmp_path, database, EVENT.format(file), REPLAY, libera="speaks")
    with running(own) as bot:
        assert bot.says(1) == ["libera speaks"]
        assert told("schedule", "accept", "--config", own) == (0, ["Nothing is held back."], "")
        rewrite(file, document(*TALKS[3:]))
        hint = f"If that is meant, an organiser lets it through with: {ACCEPT}"
        assert bot.says(1) == [f"libera posts to #ops: {HELD} / {hint}"]
        removed = [f"[{n}] Mon {9 + n}:00am–{10 + n}:00am · Talk {n} · Marina" for n in (1, 2, 3)]
        removed[1] = removed[1].replace("12:00am", "12:00pm")
        removed[2] = "[3] Mon 12:00pm–1:00pm · Talk 3 · Marina"
        _, lines, _ = told("check", "--config", own)
        assert [line for line in lines if "held back" in line] == [
            "  held back just now is an update: it removes 3 of 8 sessions still to come;"
            f" `{ACCEPT}` lets it through"
        ]
        assert told("schedule", "accept", "--dry-run", "--config", own) == (
            0,
            [
                "Removed (3):",
                *removed,
                "This is held back: it removes 3 of 8 sessions still to come.",
            ],
            "",
        )
        assert told("schedule", "accept", "--config", own) == (
            0,
            [
                "Removed (3):",
                *removed,
                "Accepted: 3 removed. What runs on this database follows within seconds.",
            ],
            "",
        )
        [said] = bot.says(1)
        assert said.startswith("libera posts to #ops: The schedule has changed: 3 removed.")
        assert bot.ends(signal.SIGTERM)[0] == 0
    assert told("schedule", "accept", "--config", own) == (0, ["Nothing is held back."], "")


def test_an_address_that_is_away_is_no_hindrance(database: str, tmp_path: Path) -> None:
    with served(document(*TALKS)) as address:
        own = config(tmp_path, database, EVENT.format(address), REPLAY, libera="next")
        shown = address.partition("?")[0]
        away = f"The schedule {shown} cannot be fetched: the server cannot be reached"
        status, lines, _ = told("check", "--config", own)
        assert (status, lines[2]) == (0, f"  fetched from {shown}")
        with running(own) as bot:
            bot.says(1)
            [answered] = bot.says(1)
            assert answered.startswith("libera answers: Next, at 10:00am, in 1 hour: / [1] ")
            assert bot.ends(signal.SIGTERM)[0] == 0
        asked = summit_bot("ask", "--config", str(own), "next", cwd=tmp_path)
        assert (asked.stderr, "[1] 10:00am–11:00am · Talk 1" in asked.stdout) == ("", True)
    with running(own) as bot:
        assert bot.says(2)[0].startswith("libera answers: Next, at 10:00am, in 1 hour: / [1] ")
        while (line := bot.logs()).startswith(("Small Summit", "speaking")):
            pass
        assert line == (
            "The schedule cannot be read: the server cannot be reached (connection refused). The"
            " last version stays."
        )
        assert bot.ends(signal.SIGTERM)[0] == 0
    asked = summit_bot("ask", "--config", str(own), "next", cwd=tmp_path)
    assert "[1] 10:00am–11:00am · Talk 1" in asked.stdout
    assert asked.stderr == (
        f"summit-bot: {away} (connection refused). This is what was there last.\n"
    )
    status, lines, _ = told("check", "--config", own)
    assert (status, lines[1:3]) == (
        1,
        [
            f"Schedule: no: {away} (connection refused).",
            "  `run` would begin with what was there last",
        ],
    )
    empty = config(tmp_path, f"{database}2", EVENT.format(address), libera="speaks")
    assert told("run", "--config", empty) == (
        1, [], f"summit-bot: {away} (connection refused).\n"
    )  # fmt: skip
    assert "secret" not in " ".join(lines)


def test_the_numbers_of_sessions_are_those_of_the_database(database: str, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_bytes(document(*TALKS))
    own = config(tmp_path, database, EVENT.format(file), REPLAY, libera="speaks")
    with running(own) as bot:
        bot.says(1)
        assert bot.ends(signal.SIGTERM)[0] == 0
    file.write_bytes(document(*(replace(one, id=10 - one.id) for one in TALKS)))
    asked = summit_bot("ask", "--config", str(own), "--as", "ada", "bookmark 1", cwd=tmp_path)
    assert "[1] Mon 10:00am–11:00am · Talk 1 · Marina" in asked.stdout


def test_the_commands_about_schedules_take_addresses(tmp_path: Path) -> None:
    with served(document(*TALKS)) as address:
        shown = summit_bot("schedule", "show", address, cwd=tmp_path)
        assert shown.stdout.endswith(
            "8 sessions on 1 day in 1 place, led by 0 people; times in UTC.\n"
        )
    refused = summit_bot("schedule", "show", "ftp://example.org/s.json", cwd=tmp_path)
    assert refused.returncode == 2
    assert "a schedule is fetched over http or https" in refused.stderr
