"""Published schedules -> Schedule: one file per format, found by looking at the content."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.schedule import Schedule

# A date outside of these is a mistake, and sums with the first and last ones overflow.
YEARS = range(1900, 2200)
_UNKNOWN = (
    "This is no schedule of a kind that I know: those are schedule JSON in the c3voc format,"
    " and the page of a Sched event saved as text, both in UTF-8."
)


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
        raise NotASchedule(_UNKNOWN) from None
    for recognises, read_format in _FORMATS:
        if recognises(text):
            return read_format(text, timezone, event)
    raise NotASchedule(_UNKNOWN)


# A format is loaded when it is needed: each costs some milliseconds of every start.
def _is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def _read_c3voc(text: str, timezone: ZoneInfo | None, event: str | None) -> Imported:
    from bot.sources import c3voc

    return c3voc.read(text, timezone)


def _is_sched_page(text: str) -> bool:
    from bot.sources import sched_page

    return sched_page.recognises(text)


def _read_sched_page(text: str, timezone: ZoneInfo | None, event: str | None) -> Imported:
    from bot.sources import sched_page

    return sched_page.read(text, timezone, event)


_FORMATS = ((_is_json, _read_c3voc), (_is_sched_page, _read_sched_page))
"""For each format: whether a text is of it, and what reads it; the first that says yes reads."""
