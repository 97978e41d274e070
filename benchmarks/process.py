"""Bots as processes: started so that none outlives the benchmark, and looked at. Linux only."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.others import ROOT
from bot.defaults import ENVIRONMENT

_ENDING = 10.0


@dataclass(frozen=True, slots=True)
class Bot:
    """How a bot is started. `told` is what has to be said about its settings."""

    name: str
    nick: str
    command: tuple[str, ...]
    directory: Path
    told: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What the process sees: nothing of ours counts but the file, and the other bots' plugins
        read what they say from this package."""
        usual = {n: v for n, v in os.environ.items() if not n.upper().startswith(ENVIRONMENT)}
        return usual | {"HOME": str(self.directory), "PYTHONPATH": str(ROOT)}


class Ended(Exception):
    """A bot has ended by itself; the message says what it said last."""


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot's process until the end of the block. What it says goes to a file."""
    with output(bot).open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            *_WITH_US, *bot.command, cwd=bot.directory, env=bot.environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        yield process
    finally:
        await _end(process)


def output(bot: Bot) -> Path:
    """What a bot says on its standard output and error."""
    return bot.directory / "output.log"


def memory(process: asyncio.subprocess.Process) -> int:
    """How much of a process is in memory now (RSS), in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def last_words(bot: Bot) -> str:
    """The last line that a bot has said."""
    *_, last = ["nothing", *output(bot).read_text(errors="replace").strip().splitlines()]
    return last


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process in good order, or else otherwise."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _ENDING)
    except TimeoutError:
        process.kill()
        await process.wait()


# The kernel ends the process when we are gone, however; setpriv becomes what it starts.
_WITH_US = (shutil.which("setpriv") or "/usr/bin/setpriv", "--pdeathsig", "KILL", "--")
