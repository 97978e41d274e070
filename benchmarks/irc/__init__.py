"""How fast Summit Bot is on IRC, beside two other bots, and what becomes of a wave of reminders."""

from benchmarks.report import Report


def measure() -> Report:
    """All figures of IRC; the other bots are installed at the first run."""
    # The other bots' plugins are in this package too, and do not have what this needs.
    from benchmarks.irc.report import report

    return report()
