"""The other bots: installs them, once, into an environment of their own."""

import subprocess
import sys
import venv
from pathlib import Path

LIMNORIA = "2026.10.4"
SOPEL = "8.0.4"

ROOT = Path(__file__).parents[2]
PLUGINS = Path(__file__).parent / "plugins"

_WANTED = (f"limnoria=={LIMNORIA}", f"sopel=={SOPEL}")
_INSTALLING = 600


class Missing(Exception):
    """The other bots could not be installed; the message says why."""


def installed() -> Path:
    """The Python that has them, installed from PyPI if need be. Raises Missing."""
    environment = ROOT / ".cache" / "other-irc-bots"
    python = environment / "bin" / "python"
    ready = environment / "ready"
    # A folder that was moved, or copied from another machine, is made anew.
    state = "\n".join((*_WANTED, sys.version, str(environment)))
    if ready.is_file() and ready.read_text() == state:
        return python
    print("Installing Limnoria and Sopel, once ...", file=sys.stderr)
    venv.create(environment, clear=True, with_pip=True)
    done = subprocess.run(
        (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_WANTED),
        capture_output=True, text=True, check=False, timeout=_INSTALLING,
    )  # fmt: skip
    if done.returncode:
        *_, reason = ["no reason", *done.stderr.strip().splitlines()]
        raise Missing(f"pip could not install {' and '.join(_WANTED)}: {reason}")
    ready.write_text(state)
    return python
