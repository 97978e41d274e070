"""What holds for everybody who has not set it otherwise."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.fairness import Fairness
from bot.messages import Preferences
from bot.times import Reader

_SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time of the event to another, over midnight as a rule."""

    begin: time
    end: time

    def hold(self, local: time) -> bool:
        """True while they last."""
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end


@dataclass(frozen=True, slots=True)
class Rules:
    """`before` is in minutes; `page` is how many lines an answer may have before the rest waits
    for `more`, None for no limit; `greets` says whether newcomers are greeted;
    `fairness` how much one person may ask, None for no limit; in the `quiet` hours news about what
    is not soon waits."""

    before: int = 5
    hours: int = 12
    page: int | None = None
    greets: bool = True
    fairness: Fairness | None = None
    quiet: QuietHours | None = QuietHours(time(22), time(8))

    def reader(
        self, preferences: Preferences, zone: ZoneInfo, profile: ZoneInfo | None = None
    ) -> Reader:
        """For whom times are written, at an event in this zone; `profile` is the zone that their
        profile on the network names."""
        hours = preferences.hours or self.hours
        own, named = preferences.timezone or profile, preferences.named
        return Reader(zone, own, hours, preferences.plain, named)

    def news_before(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """In the quiet hours, the moment (UTC) from which on a session is not soon; else None."""
        if self.quiet is None or not self.quiet.hold(now.astimezone(zone).time()):
            return None
        return (now + _SOON).astimezone(UTC)
