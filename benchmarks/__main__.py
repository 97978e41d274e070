"""`python -m benchmarks NAME [--json]`: measures, prints, and fails where a limit is missed."""

import argparse
import sys
from importlib import import_module

from benchmarks.report import Report, as_json, as_table

NAMES = ("engine",)
"""One module each, with a function `measure`."""


def main() -> int:
    """Run one benchmark; the result is its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="the raw numbers")
    options = parser.parse_args()
    report: Report = import_module(f"benchmarks.{options.name}").measure()
    print(as_json(report) if options.json else as_table(report))
    return 0 if report.ok else 1


sys.exit(main())
