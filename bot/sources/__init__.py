"""Published schedules -> Schedule: one file per format, found by looking at the content."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.schedule import Schedule

# A date outside of these is a mistake, and sums with the first and last ones overflow.
YEARS = range(1900, 2200)


class NotASchedule(Exception):
    """The bytes hold no schedule; the message is one sentence for the organiser."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A schedule, and what had to be left out or guessed: each warning names its entry."""

    schedule: Schedule
    warnings: tuple[str, ...] = ()


def read(raw: bytes, timezone: ZoneInfo | None = None, event: str | None = None) -> Imported:
    """The schedule in any known format. `timezone` and `event` (its title) count where the source
    names none. Raises NotASchedule."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotASchedule(
            "This is no text in UTF-8, so it is no schedule that I can read."
        ) from None
    if text.lstrip().startswith("{"):
        from bot.sources import c3voc

        return c3voc.read(text, timezone)
    from bot.sources import sched_page

    return sched_page.read(text, timezone, event)
