"""How fast Summit Bot is on Slack, beside the smallest app there can be, and what becomes of a wave
of direct messages."""

from benchmarks.report import Report


def measure() -> Report:
    """All figures of Slack."""
    # It starts a Slack for tests, which needs what only the tests do.
    from benchmarks.slack.report import report

    return report()
