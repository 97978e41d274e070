"""Other bots, to compare with: installs them, once, into an environment of their own."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]

_INSTALLING = 600


class Missing(Exception):
    """Other bots could not be installed; the message says why."""


def installed(folder: str, *wanted: str) -> Path:
    """The Python that has these packages, installed from PyPI into a folder below `.cache` if need
    be. Raises Missing."""
    environment = ROOT / ".cache" / folder
    python = environment / "bin" / "python"
    ready = environment / "ready"
    # A folder that was moved, or copied from another machine, is made anew.
    state = "\n".join((*wanted, sys.version, str(environment)))
    if ready.is_file() and ready.read_text() == state:
        return python
    print(f"Installing {' and '.join(wanted)}, once ...", file=sys.stderr)
    venv.create(environment, clear=True, with_pip=True)
    done = subprocess.run(
        (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted),
        capture_output=True, text=True, check=False, timeout=_INSTALLING,
    )  # fmt: skip
    if done.returncode:
        *_, reason = ["no reason", *done.stderr.strip().splitlines()]
        raise Missing(f"pip could not install {' and '.join(wanted)}: {reason}")
    ready.write_text(state)
    return python
