"""What tests of `run` and `check` share: the program as a process, with doubles for networks."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d ")


class Running:
    """A `run` that has begun."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def says(self, count: int) -> list[str]:
        """What happens next on its networks, in no order where they are several."""
        assert self.process.stdout is not None
        return sorted(self.process.stdout.readline().rstrip("\n") for _ in range(count))

    def logs(self) -> str:
        """The next line of its log, without the time."""
        assert self.process.stderr is not None
        return unstamped(self.process.stderr.readline())

    def ends(self, signal: int | None = None) -> tuple[int, list[str], list[str]]:
        """Its exit status, what still happened, and the rest of its log."""
        if signal is not None:
            self.process.send_signal(signal)
        out, log = self.process.communicate(timeout=60)
        return self.process.returncode, out.splitlines(), [*map(unstamped, log.splitlines())]


def unstamped(line: str) -> str:
    """A line of a log without the time, if it has one."""
    return STAMP.sub("", line).removeprefix("summit-bot: ").rstrip("\n")


def command(*arguments: str) -> tuple[str, ...]:
    """How to start the program with doubles for networks."""
    return (sys.executable, "-m", "tests.servers.double", *arguments)


def config(folder: Path, database: str, *tables: str, **servers: str | Sequence[str]) -> Path:
    """A file of settings with these networks, and what their doubles do."""
    networks = [
        f'[[irc]]\nname = "{name}"\nserver = {[does] if isinstance(does, str) else list(does)}\n'
        'channels = ["#ops"]\n'
        for name, does in servers.items()
    ]
    path = folder / "own.toml"
    path.write_text("\n".join([f'[database]\nurl = "{database}"', *tables, *networks]))
    return path


@contextmanager
def running(path: Path, *options: str) -> Iterator[Running]:
    """The program with these settings."""
    with subprocess.Popen(
        command("run", "--config", str(path), *options), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield Running(process)
        finally:
            process.kill()
