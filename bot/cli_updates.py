"""The commands `schedule accept`, which lets through an update of the schedule that was held back,
and `schedule audit`, which says what organisers did."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.setup import CannotStart, configured

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001


_MOST = 1_000_000


def add(actions: "Commands") -> None:
    """Add the actions to those of `schedule`."""
    accept = actions.add_parser("accept", help="let through an update that was held back")
    _add_config(accept)
    accept.add_argument("--dry-run", action="store_true", help="only say what it would change")
    accept.set_defaults(run=_accept)

    audit = actions.add_parser("audit", help="say what organisers did, the latest first")
    _add_config(audit)
    audit.add_argument("--most", type=int, default=100, metavar="N", help="at most so many lines")
    audit.set_defaults(run=_audit)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings, see config.example.toml"
    )


def _accept(options: argparse.Namespace) -> None:
    from bot.accepting import accept

    setup = configured(options.config, speaks=False)
    asyncio.run(accept(setup, print, dry=options.dry_run))


def _audit(options: argparse.Namespace) -> None:
    from bot.auditing import audit

    if not 1 <= options.most <= _MOST:
        raise CannotStart(f"--most takes a number from 1 to {_MOST:,}")
    setup = configured(options.config, speaks=False)
    asyncio.run(audit(setup, print, options.most))
