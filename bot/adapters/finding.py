"""What an adapter has found out when it looked around."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence for an organiser; what is `wrong` has to be put right before the event, though
    the bot can speak."""

    sentence: str
    wrong: bool = False


def findings(said: Iterable[str | Finding]) -> list[Finding]:
    """What was found, where most is only to be said."""
    return [Finding(one) if isinstance(one, str) else one for one in said]
