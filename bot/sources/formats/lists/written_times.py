"""Days and times as people write them into lists: `06.03.2025`, `March 6, 2025 9:00 AM`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.sources import LONGEST
from bot.sources.reading.entries import Broken
from bot.sources.reading.texts import line, written
from bot.sources.reading.times import LONGEST_TEXT, NO_DATE, duration, moment_or_none, settled

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAYS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        rf"(?:[a-z]+\.?,? )?{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
        rf"(?:[a-z]+\.?,? )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[ -]{_MONTH},?[ -]"
        r"(?P<year>\d{4})",
    )
)
_SLASHES = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})")
_CLOCK = r"\d{1,2}(?:[:.h]\d{2}(?::\d{2})?)?\s*(?:[ap]\.?m\.?)?"
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?\s*"
    r"(?P<half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"(?P<from>{_CLOCK})\s*(?:[-–—]|to|until)\s*(?P<to>{_CLOCK})", re.IGNORECASE)
_BOTH = re.compile(rf"(?P<day>.+?)(?:,\s*|\s+|\s+at\s+|T)(?P<time>{_CLOCK})", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:PT)?(?:(?P<hours>\d+(?:\.\d+)?)\s*h(?:(?:ou)?rs?)?)?\s*"
    r"(?:(?P<minutes>\d+)\s*m(?:in(?:ute)?s?)?\.?)?(?:0S)?",
    re.IGNORECASE,
)
# Seconds since 1970 that mean 1973 and later, and milliseconds as soon as they are too many.
_SECONDS = range(10**8, 10**10)


@dataclass(frozen=True, slots=True)
class Style:
    """How one list writes its times. `day_first` is for 3/6/2025, and None where nothing in the
    list tells; `form` is a format of strptime, if the settings name one."""

    zone: ZoneInfo
    form: str = ""
    day_first: bool | None = None

    def moment(self, value: object, day: date | None = None) -> datetime:
        """A moment (UTC), or a time on a given day. Raises Broken."""
        if type(value) in (int, float):
            return self._stamp(float(str(value)))
        text = _short(value)
        if self.form:
            return self._formed(text, day)
        # A day alone is no moment.
        if len(text) > len("2025-03-06") and (found := moment_or_none(text, self.zone)) is not None:
            return found
        if text.isascii() and text.isdecimal() and int(text) >= _SECONDS[0]:
            return self._stamp(float(text))
        if day is not None and (at := clock(text)) is not None:
            return settled(datetime.combine(day, at), self.zone)
        both = _BOTH.fullmatch(text)
        if both is not None and (at := clock(both["time"])) is not None:
            return settled(datetime.combine(self.day(both["day"]), at), self.zone)
        raise Broken(NO_DATE)

    def day(self, value: object) -> date:
        """A day. Raises Broken."""
        text = _short(value)
        found = next(filter(None, (form.fullmatch(text) for form in _DAYS)), None)
        try:
            if found is not None:
                parts = found.groupdict()
                name = parts.get("name")
                month = _MONTHS.index(name[:3].lower()) + 1 if name else int(found["month"])
                return date(int(found["year"]), month, int(found["day"]))
            slashes = _SLASHES.fullmatch(text)
            if slashes is not None:
                return self._by_slashes(slashes)
            return datetime.fromisoformat(text).date()
        except ValueError:
            raise Broken(NO_DATE) from None

    def _by_slashes(self, found: re.Match[str]) -> date:
        if self.day_first is None:
            raise Broken("3/6/2025 may be in March or in June: say how times are written")
        first, second = int(found["first"]), int(found["second"])
        day, month = (first, second) if self.day_first else (second, first)
        return date(int(found["year"]), month, day)

    def _formed(self, text: str, day: date | None) -> datetime:
        try:
            found = datetime.strptime(text, self.form)  # noqa: DTZ007
        except (ValueError, re.error):
            raise Broken("its time is not written as the settings say") from None
        if day is not None and found.year == 1900:
            found = datetime.combine(day, found.timetz())
        return settled(found, self.zone)

    def _stamp(self, seconds: float) -> datetime:
        if seconds >= _SECONDS[-1]:
            seconds /= 1000
        if not _SECONDS[0] <= seconds <= _SECONDS[-1]:
            raise Broken(NO_DATE)
        return settled(datetime.fromtimestamp(seconds, UTC), self.zone)


def clock(text: str) -> time | None:
    """A time of day, or none if it is something else."""
    found = _TIME.fullmatch(text.strip())
    if found is None or not (found["minute"] or found["half"]):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None


def parted(value: object) -> tuple[str, str]:
    """`9:00 - 9:45` as its two times; a single time and nothing."""
    text = _short(value)
    found = _RANGE.fullmatch(text)
    if found is None:
        return text, ""
    begins, ends = found["from"].strip(), found["to"].strip()
    half = _TIME.fullmatch(ends)
    if clock(begins) is None and half and half["half"]:
        begins += half["half"]  # 9 - 10:30 am
    return begins, ends


def length(value: object) -> timedelta | None:
    """A length in minutes, or as `1:30`, `45 min`, `1h 30m`, `PT45M`."""
    if isinstance(value, bool):
        return None
    text = written(value)[:LONGEST_TEXT]
    if re.fullmatch(r"\d{1,5}(?:\.0)?", text):
        found = timedelta(minutes=float(text))
    elif (colons := duration(text, with_seconds=True)) is not None:
        return colons
    elif text and (match := _LENGTH.fullmatch(text)) is not None:
        hours, minutes = float(match["hours"] or 0), int(match["minutes"] or 0)
        if hours + minutes / 60 > LONGEST / timedelta(hours=1):
            return None
        found = timedelta(hours=hours, minutes=minutes)
    else:
        return None
    return found if timedelta() < found <= LONGEST else None


def day_first(values: Iterable[object]) -> bool | None:
    """Whether days stand before months in dates like 3/6/2025; None where none of them tells."""
    first = second = 0
    for value in values:
        if found := _SLASHES.match(_short(value)):
            first, second = max(first, int(found["first"])), max(second, int(found["second"]))
    if (first > 12) == (second > 12):
        return None
    return first > 12


def _short(value: object) -> str:
    text = line(value)
    return text if len(text) <= LONGEST_TEXT else ""
