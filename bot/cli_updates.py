"""The command `schedule accept`: lets through an update of the schedule that was held back."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.setup import configured

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


def add(actions: "Commands") -> None:
    """Add the action to those of `schedule`."""
    accept = actions.add_parser("accept", help="let through an update that was held back")
    accept.add_argument(
        "--config", type=Path, metavar="FILE", help="settings, see config.example.toml"
    )
    accept.add_argument("--dry-run", action="store_true", help="only say what it would change")
    accept.set_defaults(run=_accept)


def _accept(options: argparse.Namespace) -> None:
    from bot.accepting import accept

    asyncio.run(accept(configured(options.config), print, dry=options.dry_run))
