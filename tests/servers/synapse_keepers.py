"""The keepers of a Synapse: one of the process, one of its folder, which outlives the process."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from functools import partial
from pathlib import Path

from tests.servers.keeper import keep
from tests.servers.programs import MACHINE, running

SETTINGS = "homeserver.json"

# What is in memory waits for no disk, and a server of many tests writes some megabytes.
_MEMORY = "/dev/shm"
_ROOM_IN_MEMORY = 2**28


@contextmanager
def _folder() -> Iterator[str]:
    """A folder that outlives the server in it."""
    with tempfile.TemporaryDirectory(prefix="summit-bot-", dir=_place()) as name:
        try:
            yield name
        finally:
            # Where tests were killed, the keeper of the server ends at the same time.
            with Path(name, "lock").open("w") as lock:
                flock(lock, LOCK_EX)


def _place() -> str:
    with suppress(OSError):
        if shutil.disk_usage(_MEMORY).free > _ROOM_IN_MEMORY and os.access(_MEMORY, os.W_OK):
            return _MEMORY
    return tempfile.gettempdir()


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    for name in list(os.environ):
        # Measuring the tests' coverage of Synapse takes longer than the tests.
        if name.startswith("COVERAGE_"):
            del os.environ[name]
    # It asks git for its version, which would look through all files of the repository around.
    os.environ["GIT_DIR"] = os.devnull
    command = (sys.executable, "-m", "synapse.app.homeserver", "-c", folder / SETTINGS)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        with running(command, folder / "output", ready="now listening", root=MACHINE) as pid:
            yield str(pid)


if __name__ == "__main__":
    keep(partial(_running, Path(sys.argv[1])) if sys.argv[1:] else _folder)
