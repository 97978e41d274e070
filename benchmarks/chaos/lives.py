"""The processes of a chaos run: starts them, kills them, and ends what is left of them."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.chaos.brief import Files

ROOT = Path(__file__).parents[2]
_ENDING = 20.0

Process = subprocess.Popen[bytes]


class Lives:
    """Owns the network and the bots. A bot has a name, and another one for each of its lives."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._network: Process | None = None
        self._bots: dict[str, tuple[str, Process]] = {}
        self._lived = 0
        self.died: list[str] = []

    def start_network(self) -> None:
        """Start the network, and wait until it listens."""
        self._network = self._started("recorder", "network", stdout=subprocess.PIPE)
        assert self._network.stdout is not None
        self._network.stdout.readline()

    def start(self, bot: str) -> None:
        """Start a bot, for the first time or again."""
        self._lived += 1
        life = f"{bot}-{self._lived}"
        self._bots[bot] = (life, self._started("process", life))

    def life(self, bot: str) -> str | None:
        """The name of this life of a bot; None if it has none now."""
        return self._bots[bot][0] if bot in self._bots else None

    def kill(self, bot: str) -> str:
        """End a bot as if the power had failed; the result is which life it was."""
        life, process = self._bots.pop(bot)
        process.kill()
        _over(process)
        return life

    def look(self) -> Sequence[str]:
        """The bots that have ended by themselves since the last look."""
        ended = [bot for bot, (_, process) in self._bots.items() if process.poll() is not None]
        for bot in ended:
            life, process = self._bots.pop(bot)
            _over(process)
            self.died.append(life)
        return ended

    async def end(self) -> None:
        """End the bots in good order, and the network when they are gone."""
        self.look()
        for _, process in self._bots.values():
            process.terminate()
        for life, process in self._bots.values():
            try:
                await asyncio.to_thread(process.wait, _ENDING)
            except subprocess.TimeoutExpired:
                self.died.append(f"{life}, which did not end")
            else:
                # The signal itself may end what has only just begun.
                if process.returncode not in (0, -signal.SIGTERM):
                    self.died.append(f"{life}, which ended with {process.returncode}")
        if self._network is not None:
            self._network.terminate()
            await asyncio.to_thread(self._network.wait, _ENDING)

    def end_now(self) -> None:
        """End whatever still runs."""
        for process in (*(process for _, process in self._bots.values()), self._network):
            if process is not None:
                process.kill()
                _over(process)

    def _started(self, module: str, life: str, stdout: int = subprocess.DEVNULL) -> Process:
        # Unless the pipe is there, processes would outlive a run that is killed.
        with self._files.errors(life).open("wb") as errors:
            return subprocess.Popen(
                (sys.executable, "-m", f"benchmarks.chaos.{module}", self._files.directory, life),
                cwd=ROOT, stdin=subprocess.PIPE, stdout=stdout, stderr=errors,
            )  # fmt: skip


def _over(process: Process) -> None:
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
