"""The chat in a pipe and in a terminal: real processes, typed to and read from."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

CHAT = [sys.executable, "-m", "bot", "chat"]
PATIENCE = 60.0
PROMPT = "am >"
NOISE = re.compile("Traceback|Error|Interrupt")


class Reading:
    """What a process says, read piece by piece."""

    def __init__(self, stream: int) -> None:
        self._stream = stream
        self._seen = b""
        self._read = 0

    def until(self, wanted: str) -> str:
        """What is new up to the wanted text; fails with what came instead when patience ends."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in (new := plain(self._seen)[self._read :]):
            ready, _, _ = select.select([self._stream], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"{wanted!r} did not come, but {new!r}"
            more = os.read(self._stream, 65536)
            assert more, f"{wanted!r} did not come before the end of {new!r}"
            self._seen += more
        end = new.index(wanted) + len(wanted)
        self._read += end
        return new[:end]


def plain(seen: bytes) -> str:
    """Without the sequences that move and colour."""
    text = re.sub(r"\x1b\[\d*C", " ", seen.decode(errors="replace"))
    return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>])", "", text)


class Piped:
    """A chat whose input and output are pipes."""

    def __init__(self, cwd: Path, *arguments: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [*CHAT, *arguments],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | environment,
        )
        assert self._process.stdout is not None
        self.until = Reading(self._process.stdout.fileno()).until

    def type(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=PATIENCE)

    def end(self) -> str:
        """End the input; what was still said."""
        out, err = self._process.communicate(timeout=PATIENCE)
        assert (err.decode(), self._process.returncode) == ("", 0)
        return out.decode()


class Terminal:
    """A chat in a terminal of 100 columns."""

    def __init__(self, cwd: Path, *arguments: str, **environment: str) -> None:
        self.screen, inside = pty.openpty()
        termios.tcsetwinsize(inside, (40, 100))
        self._process = subprocess.Popen(
            [*CHAT, *arguments],
            cwd=cwd,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=os.environ | {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"} | environment,
            start_new_session=True,
            # Only a terminal that controls the session turns Ctrl-C into a signal.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(inside)
        self.until = Reading(self.screen).until

    def type(self, keys: str) -> None:
        os.write(self.screen, keys.encode())

    def ends(self) -> int:
        return self._process.wait(timeout=PATIENCE)

    def rest(self) -> str:
        """What was still said after the last that was read."""
        rest = ""
        while select.select([self.screen], [], [], 0.2)[0]:
            try:
                rest += plain(os.read(self.screen, 65536))
            except OSError:
                break
        return rest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self.screen)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path) as terminal:
        yield terminal


def test_a_pipe_gets_plain_answers_each_ended_by_an_empty_line(tmp_path: Path) -> None:
    chat = Piped(tmp_path, "--speed", "1")
    chat.type("now")
    chat.type("nonsense")
    assert chat.end() == (
        "On now:\n"
        "[1] 9:00am–9:25am · Welcome · Ballroom\n"
        "Hello! I know the programme of OpenStack Folsom Design Summit. Try ‘now’,"
        " ‘next Bayview B’, ‘bookmark 4’ (I remind you before it starts), or ‘help’ for all"
        " commands.\n"
        "\n"
        "I do not know “nonsense”. All commands: ‘help’.\n"
        "\n"
    )


def test_a_reminder_arrives_five_minutes_before(tmp_path: Path) -> None:
    chat = Piped(tmp_path, "--speed", "60")
    chat.type("bookmark 6")
    said = chat.until("Remove: ")
    assert re.search(r"\nStarts in [2345] minutes:\n\[6\] 9:30am–10:25am · Breakout of vol", said)
    assert "Starts" not in chat.end()


def test_a_reminder_survives_a_kill_and_comes_once(tmp_path: Path) -> None:
    chat = Piped(tmp_path, "--speed", "1")
    chat.type("bookmark 6")
    chat.until("9:25am")
    chat.kill()
    chat = Piped(tmp_path, "--at", "Monday 9:27", "--speed", "1")
    chat.until("Starts in 3 minutes")
    chat.end()
    chat = Piped(tmp_path, "--at", "Monday 9:28", "--speed", "1")
    chat.type("remind test")
    assert "Starts" not in chat.until("it has arrived")
    chat.end()


def test_a_notice_for_somebody_else_waits_for_them(tmp_path: Path) -> None:
    chat = Piped(tmp_path, "--speed", "1", "--as", "ada")
    chat.type("bookmark 6")
    chat.until("9:25am")
    chat.end()
    chat = Piped(tmp_path, "--at", "Monday 9:27", "--speed", "1", "--as", "bob")
    chat.type("remind test")
    assert "Starts" not in chat.until("it has arrived")
    chat.end()
    chat = Piped(tmp_path, "--at", "Monday 9:28", "--speed", "1", "--as", "ada")
    chat.until("Starts in 2 minutes")
    chat.end()


def test_input_that_is_no_utf8_is_answered(tmp_path: Path) -> None:
    done = subprocess.run(
        CHAT, cwd=tmp_path, input=b"\xff\xfe\nnow\n", capture_output=True, timeout=30, check=False
    )
    assert (done.stderr, done.returncode) == (b"", 0)
    assert b"On now:" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_pipe_of_few_letters_gets_question_marks(tmp_path: Path, encoding: str) -> None:
    chat = Piped(tmp_path, PYTHONIOENCODING=encoding)
    chat.type("Málaga")
    chat.type("now")
    assert "9:00am?9:25am" in chat.until("Welcome")
    chat.end()


def test_input_that_means_the_end_of_a_transmission_is_a_line_like_others(tmp_path: Path) -> None:
    chat = Piped(tmp_path)
    chat.type("\x04")
    chat.type("now")
    assert "On now:" in chat.end()


def test_a_live_chat_takes_the_real_time(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[clock]\nstart = 2012-04-16T09:20:00-07:00\n")
    chat = Piped(tmp_path, "--live", "--config", "config.toml")
    chat.type("now")
    chat.until("OpenStack Folsom Design Summit is over; it ended on Wednesday 18 April 2012.")
    chat.end()


def test_a_reminder_appears_above_the_line_being_typed(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--speed", "50") as terminal:
        terminal.until(PROMPT)
        terminal.type("bookmark 6\r")
        terminal.until("I will remind you")
        terminal.type("lead Thier")
        terminal.until("Starts in")
        terminal.until("> lead Thier")
        terminal.type("ry\r")
        terminal.until("Thierry Carrez leads 8 sessions:")


def test_tab_completes_commands_rooms_and_names(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    terminal.type("unb\t")
    terminal.until("unbookmark")
    terminal.type("\x15lead Vishv\t\r")
    terminal.until("Vishvananda Ishaya leads 1 session:")


def test_the_arrow_brings_back_what_was_typed_before_a_restart(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.until(PROMPT)
        terminal.type("next lunch\r")
        terminal.until("2nd Floor")
        terminal.until(PROMPT)
        terminal.type("\x04")
        assert terminal.ends() == 0
    with Terminal(tmp_path) as terminal:
        terminal.until(PROMPT)
        terminal.type("\x1b[A")
        terminal.until("next lunch")


@pytest.mark.parametrize("key", ["\x04", "\x03"], ids=["Ctrl-D", "Ctrl-C"])
def test_the_chat_ends_without_noise(terminal: Terminal, key: str) -> None:
    terminal.until(PROMPT)
    terminal.type(key)
    assert terminal.ends() == 0
    assert not NOISE.search(terminal.rest())


# On a line with text Ctrl-D ends nothing; Ctrl-U empties the line. While the reminder is printed
# the terminal itself takes these two, so they are pressed right after it; Ctrl-C in between.
@pytest.mark.parametrize(
    ("shown", "keys"),
    [("Starts", "\x03"), ("> lead Thier", "\x03"), ("> lead Thier", "\x04\x15\x04")],
    ids=["Ctrl-C in the reminder", "Ctrl-C", "Ctrl-D"],
)
def test_the_chat_ends_without_noise_in_the_middle_of_a_line_and_a_reminder(
    tmp_path: Path, shown: str, keys: str
) -> None:
    with Terminal(tmp_path, "--speed", "50") as terminal:
        terminal.until(PROMPT)
        terminal.type("bookmark 6\r")
        terminal.until("I will remind you")
        terminal.type("lead Thier")
        terminal.until("Starts")
        terminal.until(shown.removeprefix("Starts"))
        terminal.type(keys)
        assert terminal.ends() == 0
        assert not NOISE.search(terminal.rest())


def test_a_termination_signal_ends_the_chat(tmp_path: Path) -> None:
    chat = Piped(tmp_path)
    chat.type("now")
    chat.until("On now:")
    chat._process.send_signal(signal.SIGTERM)
    assert chat._process.wait(timeout=PATIENCE) in (0, -signal.SIGTERM)
    chat.kill()


@pytest.mark.parametrize(("wish", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_left_out_where_nobody_wants_it(
    tmp_path: Path, wish: dict[str, str], coloured: bool
) -> None:
    with Terminal(tmp_path, **wish) as terminal:
        terminal.until(PROMPT)
        terminal.type("now\r")
        seen = b""
        while b"Ballroom" not in seen:
            assert select.select([terminal.screen], [], [], PATIENCE)[0]
            seen += os.read(terminal.screen, 65536)
    assert bool(re.search(rb"\x1b\[[0-9;]*(3[0-7]|9[0-7])m", seen)) == coloured


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({}, "All commands: help."),
        ({"NO_COLOR": ""}, "All commands: help."),
        ({"NO_COLOR": "1"}, "All commands: ‘help’."),
        ({"TERM": "dumb"}, "All commands: ‘help’."),
    ],
)
def test_a_line_to_type_is_in_colour_or_in_quotation_marks(
    tmp_path: Path, wish: dict[str, str], said: str
) -> None:
    with Terminal(tmp_path, **wish) as terminal:
        terminal.until("> ")
        terminal.type("xyzzy\r")
        terminal.until(said)


def test_buttons_without_colour_are_in_quotation_marks(tmp_path: Path) -> None:
    with Terminal(tmp_path, NO_COLOR="1") as terminal:
        terminal.until(PROMPT)
        terminal.type("bookmark 6\r")
        terminal.until(": ‘unbookmark 6’")
