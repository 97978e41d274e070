"""People are reminded while everything breaks: processes are killed, and networks fail."""

from benchmarks.report import Report

SEED = 2012


def measure(seed: int = SEED) -> Report:
    """A run on SQLite with one process, and one on PostgreSQL with three."""
    # Each process of a run imports this package too, and is to start quickly.
    from benchmarks.chaos.report import report

    return report(seed)
