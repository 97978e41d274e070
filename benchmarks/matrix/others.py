"""The other bot: installs it, once, into an environment of its own."""

import subprocess
import sys
import venv
from pathlib import Path

REMINDER_BOT = "0.4.0"

_ROOT = Path(__file__).parents[2]
_WANTED = f"matrix-reminder-bot=={REMINDER_BOT}"
_INSTALLING = 600


class Missing(Exception):
    """The other bot could not be installed; the message says why."""


def installed() -> Path:
    """The Python that has it, installed from PyPI if need be. Raises Missing."""
    environment = _ROOT / ".cache" / "other-matrix-bots"
    python = environment / "bin" / "python"
    ready = environment / "ready"
    # A folder that was moved, or copied from another machine, is made anew.
    state = "\n".join((_WANTED, sys.version, str(environment)))
    if ready.is_file() and ready.read_text() == state:
        return python
    print("Installing matrix-reminder-bot, once ...", file=sys.stderr)
    venv.create(environment, clear=True, with_pip=True)
    done = subprocess.run(
        (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", _WANTED),
        capture_output=True, text=True, check=False, timeout=_INSTALLING,
    )  # fmt: skip
    if done.returncode:
        *_, reason = ["no reason", *done.stderr.strip().splitlines()]
        raise Missing(f"pip could not install {_WANTED}: {reason}")
    ready.write_text(state)
    return python
