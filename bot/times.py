"""How moments, days and durations read: `9:30am`, `Monday 16 April`, `in 10 minutes`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.schedule import Slot

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom times are written: the event's zone, the reader's own where they told it,
    a clock of 12 or 24 hours, `plain` for people who want neither colour nor emphasis, and `named`
    for those who may be named in a channel where they cannot be written to in time."""

    zone: ZoneInfo
    own: ZoneInfo | None = None
    hours: int = 12
    plain: bool = False
    named: bool = False

    def clock(self, moment: datetime) -> str:
        """`9:30am`, or `09:30`; with the reader's own time beside it where that differs."""
        return self._beside((moment,), self._clock(moment, self.zone))

    def span(self, slot: Slot) -> str:
        """`9:30am-10:25am`, or the start alone where the end is unknown."""
        moments = (slot.start, slot.end) if slot.end else (slot.start,)
        return self._beside(moments, self._joined(moments, self.zone))

    def weekday(self, moment: datetime) -> str:
        """The name of the calendar day at the event."""
        return weekday(moment.astimezone(self.zone).date())

    def _beside(self, moments: tuple[datetime, ...], text: str) -> str:
        own = self.own
        if own is None or all(_offset(m, own) == _offset(m, self.zone) for m in moments):
            return text
        yours = self._joined(moments, own)
        theirs = moments[0].astimezone(own).date()
        if theirs != moments[0].astimezone(self.zone).date():
            yours = f"{weekday(theirs)[:3]} {yours}"
        return f"{text} ({yours} your time)"

    def _joined(self, moments: Iterable[datetime], zone: tzinfo) -> str:
        return "\N{EN DASH}".join(self._clock(moment, zone) for moment in moments)

    def _clock(self, moment: datetime, zone: tzinfo) -> str:
        local = moment.astimezone(zone)
        if self.hours == 24:
            return f"{local.hour:02}:{local.minute:02}"
        half = "am" if local.hour < 12 else "pm"
        return f"{local.hour % 12 or 12}:{local.minute:02}{half}"


def weekday(day: date) -> str:
    """`Monday`."""
    return _WEEKDAYS[day.weekday()]


def long_day(day: date) -> str:
    """`Monday 16 April`."""
    return f"{weekday(day)} {day.day} {_MONTHS[day.month - 1]}"


def months() -> tuple[str, ...]:
    """The names of the months, January first."""
    return _MONTHS


def weekdays() -> tuple[str, ...]:
    """The names of the days, Monday first."""
    return _WEEKDAYS


def minutes_until(moment: datetime, now: datetime) -> int:
    """Whole minutes, rounded to the nearest, never negative."""
    return max(0, round((moment - now) / timedelta(minutes=1)))


def in_how_long(moment: datetime, now: datetime) -> str:
    """`in less than a minute`, `in 5 minutes`, `in 2 hours 5 minutes`, `in 3 days`."""
    minutes = minutes_until(moment, now)
    return f"in {duration(minutes)}" if minutes else "in less than a minute"


def duration(minutes: int) -> str:
    """`5 minutes`, `1 hour 30 minutes`, `3 days`: as exact as people care about."""
    if minutes < 60:
        return _count(minutes, "minute")
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return _count(hours, "hour") + (f" {_count(rest, 'minute')}" if rest else "")
    return _count(round(minutes / (24 * 60)), "day")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
