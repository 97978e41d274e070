"""How fast people can be written to here, and what that means for reminders."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.irc.people.roster import Joined
from bot.adapters.irc.sending.recipients import Limit

_SECONDS = 300
"""Reminders come five minutes before, as a rule."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`lines` a second after a `burst` of them; a line takes so many `targets`. `limit` is how many
    people may be written to without a voice, None if it does not matter here."""

    lines: float
    burst: int
    targets: int
    limit: Limit | None

    @property
    def messages(self) -> float:
        """Messages a second that can be counted on. Most of those that are due together say the
        same to many, but not all: so half of what a line takes is counted."""
        if self.limit is not None:
            return min(self.lines, 1 / self.limit.every)
        return self.lines * max(1.0, self.targets / 2)

    @property
    def at_once(self) -> int:
        """Messages that go out beside, at the beginning."""
        return min(self.burst, self.limit.people) if self.limit is not None else self.burst

    def fitting(self) -> tuple[int, int]:
        """How many reminders go out in five minutes: different ones, and such as say the same."""
        if self.limit is not None:
            people = int(self.limit.people + _SECONDS / self.limit.every)
            return people, people
        lines = int(self.burst + _SECONDS * self.lines)
        return lines, lines * self.targets


def about_voice(channels: Sequence[Joined], limit: Limit | None) -> list[str]:
    """What the bot's standing in its channels means for direct messages, a sentence each."""
    said: list[str] = []
    for channel in channels:
        if channel.modes:
            standing = (
                "a voice" if "v" in channel.modes else f"mode +{''.join(sorted(channel.modes))}"
            )
            said.append(
                f"{channel.name}: {standing}, so its members can be written to at any pace."
            )
        elif limit is not None:
            said.append(
                f"{channel.name}: no voice, so the server lets the bot begin to write to"
                f" {limit.people} people, and to one more each {limit.every:g} seconds: ask an"
                f" operator for /mode {channel.name} +v."
            )
        else:
            said.append(f"{channel.name}: no voice; none is needed here, as far as is known.")
    return said
