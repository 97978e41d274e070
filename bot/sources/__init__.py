"""Published schedules -> Schedule: one file per format, found by looking at the content.

`formats` has the readers and says where a new one goes, `reading` what they share, `versions` what
became of a schedule from one version to the next, `writing` what writes one for others, and `own`
what reading and writing agree on.
"""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.schedule import Schedule
from bot.sources.fields import Fields

# A date outside of these is a mistake, and sums with the first and last ones overflow.
YEARS = range(1900, 2200)
# The largest congresses have some thousand.
MOST_SESSIONS = 100_000
# A session that lasts longer is a mistake too; whatever looks at its hours one by one takes long.
LONGEST = timedelta(days=14)
# What calendars alone have in them.
_OF_CALENDARS = b"BEGIN:VCALENDAR"
UNKNOWN = (
    "This is no schedule of a kind that I know: those are schedule JSON and XML as frab and pretalx"
    " export it, answers of the APIs of pretalx and Sessionize, iCalendar, the page of a Sched"
    " event saved as text, and lists in JSON or CSV."
)


class NotASchedule(Exception):
    """The bytes hold no schedule; the message is one sentence for the organiser."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A schedule, and what had to be left out or guessed: each warning names its entry."""

    schedule: Schedule
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a source beside its bytes; zone and title of the event count where the
    source names none."""

    timezone: ZoneInfo | None = None
    event: str | None = None
    fields: Fields = Fields()


def read(
    raw: bytes,
    timezone: ZoneInfo | None = None,
    event: str | None = None,
    fields: Fields | None = None,
) -> Imported:
    """The schedule in any known format, also packed with gzip. `timezone` and `event` (its title)
    count where the source names none, `fields` for lists of no known form. Raises NotASchedule."""
    # A format is loaded when it is needed: each costs some milliseconds of every start.
    from bot.sources.reading.unpacking import text_in, unpacked

    given = Given(timezone, event, fields or Fields())
    raw = unpacked(raw)
    if _OF_CALENDARS in raw[:1000].upper():
        from bot.sources.formats import ical

        if ical.recognises(raw):
            return ical.read(raw, given)
    text = text_in(raw, given.fields.encoding)
    del raw  # Whole schedules may take many times the memory of their bytes.
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(text, given)
    from bot.sources.formats import flat_csv, frab_xml, sched_page

    if frab_xml.recognises(text):
        return frab_xml.read(text, given)
    if sched_page.recognises(text):
        return sched_page.read(text, given)
    return flat_csv.read(text, given)


def _read_json(text: str, given: Given) -> Imported:
    import json

    from bot.sources.formats import c3voc

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise NotASchedule("This JSON is broken: it is no schedule.") from None
    # Whoever names fields says by it that the format is none of the known ones.
    known = not given.fields.named
    if known and c3voc.recognises(document):
        return c3voc.read(document, given)

    from bot.sources.formats import flat, pretalx, sessionize

    if known and pretalx.recognises(document):
        return pretalx.read(document, given)
    if known and sessionize.recognises(document):
        return sessionize.read(document, given)
    return flat.read(document, given)
