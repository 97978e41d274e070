"""Finds the programs of Debian's servers, runs them, and finds ports for them.

`.ci/servers` unpacks them below .cache; where it could not, those of the machine have to do."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from tests.servers.keeper import DidNotStart

MACHINE = Path("/")
_UNPACKED = Path(__file__).parents[2] / ".cache" / "servers" / "root"
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
# Below those from which the machine takes one for each connection that it opens.
_PORTS = range(16_384, 32_768)
# Tests that run beside each other, and the servers that they start, do not try for the same ones.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_OURS = _PORTS[_WORKER :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))]
# What a server writes that goes on, and of no use.
_FAILURES = ("already in use", "error from server")
# The user who owns nothing, by number: not every machine has a name for it.
NOBODY = 65_534


def installed(program: str) -> tuple[Path, Path]:
    """Where a program is, and the folder that is / for what belongs to it. Raises DidNotStart."""
    for folder in ("usr/sbin", "usr/bin"):
        if (unpacked := _UNPACKED / folder / program).exists():
            return unpacked, _UNPACKED
    if found := shutil.which(program, path=_PATH):
        return Path(found), MACHINE
    raise DidNotStart(f"no {program} here: apt-get install ngircd inspircd atheme-services")


def libraries(root: Path) -> list[Path]:
    """The folders below `root` in which Debian keeps libraries."""
    return sorted((*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")))


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder until the end of the block, also for servers that stop being root."""
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def running(
    command: Sequence[str | Path], output: Path, *, ready: str, root: Path, user: int | None = None
) -> Iterator[int]:
    """The id of a process until the end of the block, which begins when `ready` is in its output.

    Raises DidNotStart if it ends or fails before, or takes half a minute."""
    environment = dict(os.environ)
    if root != MACHINE:
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, libraries(root)))
    with output.open("wb") as written, subprocess.Popen(
        command, env=environment, user=user, group=user,
        extra_groups=None if user is None else (),
        stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            _await(process, output, ready)
            yield process.pid
        finally:
            # What it has is worth nothing, and one that was stopped with SIGSTOP ends so too.
            process.kill()


def _await(process: subprocess.Popen[bytes], output: Path, ready: str) -> None:
    until = time.monotonic() + 30
    while True:
        ended = process.poll() is not None or time.monotonic() > until
        said = output.read_text(errors="replace")
        if ended or any(failure in said for failure in _FAILURES):
            raise DidNotStart(f"it said {' / '.join(said.strip().splitlines()[-3:])!r}")
        if ready in said:
            return
        time.sleep(0.01)


def loopback() -> tuple[str, ...]:
    """The addresses of this machine for itself: a container may have none of IPv6."""
    with suppress(OSError), closing(_bound("::1", 0)):
        return ("127.0.0.1", "::1")
    return ("127.0.0.1",)


def free_port() -> int:
    """A port that is free on all addresses of `loopback`."""
    choose = random.SystemRandom()
    while True:
        port = choose.choice(_OURS)
        with suppress(OSError), ExitStack() as held:
            for address in loopback():
                held.enter_context(closing(_bound(address, port)))
            return port


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound
