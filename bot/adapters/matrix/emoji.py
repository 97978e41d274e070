"""What reactions mean: the commands that people give with them about the session of a message."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """The command of a reaction, and the one of taking it away, if that means something."""

    command: str
    undone_by: str | None = None


MEANINGS: Mapping[str, Meaning] = {
    "\N{WHITE MEDIUM STAR}": Meaning("bookmark", undone_by="unbookmark"),
    "\N{ALARM CLOCK}": Meaning("snooze"),
}
"""By emoji, without a variation selector."""

EMOJI: Mapping[str, str] = {meaning.command: emoji for emoji, meaning in MEANINGS.items()}
"""By command."""
