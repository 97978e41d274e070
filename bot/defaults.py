"""Where things are, and how fast a replay is, while nobody has configured it."""

from pathlib import Path

DATABASE = "sqlite:///summit-bot.db"
SCHEDULE = "folsom-design-summit-2012.json"
ENVIRONMENT = "SUMMIT_BOT_"
"""What the names of settings in the environment begin with, in any case."""
ACCEPT = "summit-bot schedule accept --config FILE"
"""What lets an update through that is held back, on the bot's machine."""
REFRESH = 300
"""Seconds from one look at a published schedule to the next."""
REPLAY_SPEED = 60.0
"""A replay plays a minute of the programme each second."""


def schedule_path() -> Path:
    """The schedule that ships with the project: in the wheel inside the package, else beside it."""
    package = Path(__file__).parent
    inside = package / "data" / SCHEDULE
    return inside if inside.exists() else package.parent / "data" / SCHEDULE
