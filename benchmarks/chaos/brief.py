"""What every process of a chaos run is told when it starts, and the files that they share."""

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.chaos.plan import Fault
from benchmarks.chaos.scale import ORIGIN, Scale
from bot.clock import ReplayClock


@dataclass(frozen=True, slots=True)
class Brief:
    """`born` is the reading of the machine's monotonic clock at which the run began."""

    scale: Scale
    seed: int
    born: float
    database: str
    faults: Sequence[Fault]

    @property
    def clock(self) -> ReplayClock:
        """The clock that all follow."""
        return ReplayClock(ORIGIN, self.scale.speed, self.born)


_BRIEF = TypeAdapter(Brief)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run."""

    directory: Path

    @property
    def socket(self) -> Path:
        """Where the network listens."""
        return self.directory / "network"

    @property
    def schedule(self) -> Path:
        """The schedule as it is published now."""
        return self.directory / "schedule.json"

    @property
    def log(self) -> Path:
        """What the network notes."""
        return self.directory / "network.jsonl"

    def errors(self, process: str) -> Path:
        """What a process writes to its standard error."""
        return self.directory / f"{process}.log"

    def write(self, brief: Brief) -> None:
        """Tell all."""
        self._brief.write_bytes(_BRIEF.dump_json(brief))

    def read(self) -> Brief:
        """What all were told."""
        return _BRIEF.validate_json(self._brief.read_bytes())

    @property
    def _brief(self) -> Path:
        return self.directory / "brief.json"


def end_with_parent() -> None:
    """End this process when whoever started it is gone: then its standard input ends."""

    def wait() -> None:
        # A buffered read would hold a lock for which the interpreter waits when it ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        os._exit(3)

    threading.Thread(target=wait, daemon=True).start()
