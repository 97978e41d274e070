"""How long `summit-bot ask` takes from nothing to its answer, and how much memory."""

import compileall
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import bot
from benchmarks.report import Below, Figure

RUNS = 25
ABOUT = (
    f"`ask now` is a new process of the installed script with ready-made bytecode; of {RUNS} runs"
    " the median.",
)

_PROGRAM = (str(Path(sys.executable).with_name("summit-bot")), "ask", "now")
_NOTHING = (sys.executable, "-c", "pass")
# Linux counts what the parent had before exec as the child's: so a small process has to ask.
_PEAK = (
    "import resource, subprocess, sys;"
    "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
_UNIT = 1 if sys.platform == "darwin" else 1024


def measure() -> list[Figure]:
    """The time of `ask now`, also as a multiple of an interpreter that does nothing; its memory."""
    # Where Python may not write bytecode, each start since the last edit compiles it anew.
    compileall.compile_dir(Path(bot.__file__).parent, quiet=1)
    with TemporaryDirectory() as directory:
        pairs = [
            (_seconds(_PROGRAM, directory), _seconds(_NOTHING, directory)) for _ in range(RUNS)
        ]
        peak = peak_memory(_PROGRAM, directory)
    program, nothing = (1000 * median(each) for each in zip(*pairs, strict=True))
    return [
        Figure("python -c pass", nothing, "ms"),
        Figure("summit-bot ask now", program, "ms"),
        Figure("summit-bot ask now / python -c pass", program / nothing, "", Below(15)),
        Figure("summit-bot ask now, peak memory", peak / 1e6, "MB", Below(60)),
    ]


def peak_memory(command: tuple[str, ...], directory: str) -> int:
    """The most memory that the command held at a time, in bytes. Unix only."""
    asked = subprocess.run(
        (sys.executable, "-c", _PEAK, *command), cwd=directory, check=True, capture_output=True
    )
    return int(asked.stdout) * _UNIT


def _seconds(command: tuple[str, ...], directory: str) -> float:
    begun = perf_counter()
    subprocess.run(command, cwd=directory, check=True, capture_output=True)
    return perf_counter() - begun
