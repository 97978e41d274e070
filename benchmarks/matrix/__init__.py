"""How fast Summit Bot is on Matrix, beside another bot, and what becomes of waves of reminders."""

from benchmarks.report import Report


def measure() -> Report:
    """All figures of Matrix; the other bot is installed at the first run."""
    # It starts a homeserver, which needs what only the tests do.
    from benchmarks.matrix.report import report

    return report()
