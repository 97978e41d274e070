"""What holds for everybody who has not set it otherwise."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.fairness import Fairness
from bot.messages import Preferences
from bot.times import Reader


@dataclass(frozen=True, slots=True)
class Rules:
    """`before` is in minutes; `page` is how many lines an answer may have before the rest waits
    for `more`, None for no limit; `greets` says whether newcomers are greeted;
    `fairness` how much one person may ask, None for no limit."""

    before: int = 5
    hours: int = 12
    page: int | None = None
    greets: bool = True
    fairness: Fairness | None = None

    def reader(self, preferences: Preferences, zone: ZoneInfo) -> Reader:
        """For whom times are written, at an event in this zone."""
        hours = preferences.hours or self.hours
        return Reader(zone, preferences.timezone, hours, preferences.plain)
