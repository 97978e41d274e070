"""`python -m benchmarks NAME [--seed N] [--json]`: measures, prints, and fails where a limit is
missed."""

import argparse
import sys
from importlib import import_module

from benchmarks.report import Report, as_json, as_table

NAMES = ("chaos", "engine", "irc", "matrix", "reminders", "slack", "sources", "updates")
"""One module each, with a function `measure`."""

_WITH_SEED = ("chaos",)
"""Those whose `measure` takes one."""


def main() -> int:
    """Run one benchmark; the result is its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--seed", type=int, help=f"what is left to chance ({', '.join(_WITH_SEED)})"
    )
    parser.add_argument("--json", action="store_true", help="the raw numbers")
    options = parser.parse_args()
    if options.seed is not None and options.name not in _WITH_SEED:
        parser.error(f"{options.name} leaves nothing to chance")
    given = {} if options.seed is None else {"seed": options.seed}
    report: Report = import_module(f"benchmarks.{options.name}").measure(**given)
    print(as_json(report) if options.json else as_table(report))
    return 0 if report.ok else 1


sys.exit(main())
