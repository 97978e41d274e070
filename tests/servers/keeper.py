"""Keepers: processes that start a real server for tests, and end it when the tests end, however.

A server would outlive tests that are killed; its keeper sees that they are gone, for the pipe
between them closes."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


class Missing(Exception):
    """There is no such server; the message says what installs it."""


class DidNotStart(Exception):
    """The server, in its keeper, because of what the message says."""


@contextmanager
def kept(keeper: str, server: str, *arguments: str) -> Iterator[str]:
    """The line that says what runs, from the keeper in this module, until the end of the block.

    Raises Missing where `server` does not start."""
    # Ctrl-C, which reaches a whole session of processes, does not reach the keeper.
    with subprocess.Popen(
        (sys.executable, "-m", keeper, *arguments), cwd=Path(__file__).parents[2],
        start_new_session=True, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline().strip()
        if not line:
            *_, reason = ["no reason", *process.stderr.read().splitlines()]
            raise Missing(
                f"These tests need {server}, and it did not start ({reason}); ./check installs it."
            )
        yield line


def keep(running: Callable[[], AbstractContextManager[str]]) -> None:
    """What a keeper does: run the server, say so in a line, and wait for the tests to end."""
    try:
        with running() as line:
            print(line, flush=True)
            sys.stdin.read()
    except DidNotStart as reason:
        sys.exit(str(reason))
