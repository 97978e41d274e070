"""When an entry of schedule JSON begins and ends: it may give a date, a time, a day, or all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sources import YEARS
from bot.sources.reading.entries import Broken
from bot.sources.reading.texts import line
from bot.sources.reading.times import (
    LATEST_DAY_CHANGE,
    NO_DATE,
    USUAL_DAY_CHANGE,
    clock_time,
    day_named,
    duration,
    end_named,
    has_seconds,
    is_nothing,
    moment,
    moment_or_none,
    settled,
)

_MINUTE = timedelta(minutes=1)

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Times:
    """How one document writes times. `day_change` is when its days begin, in local time, and
    `with_seconds` whether its lengths of three parts have seconds."""

    zone: ZoneInfo
    day_change: time
    with_seconds: bool

    def start(self, event: Json, day: date | None) -> datetime:
        """The moment (UTC) at which an entry begins that stands under this day. Raises Broken where
        it cannot be used."""
        given = event.get("date") or None
        own = day_named(given)
        if own is None and given is not None:
            return moment(given, self.zone)
        try:
            found = _on(day, own, clock_time(event.get("start")), self.day_change)
        except ValueError:
            raise Broken(NO_DATE) from None
        return settled(found, self.zone)

    def end(
        self, event: Json, start: datetime, called: str, warnings: list[str]
    ) -> datetime | None:
        """The moment at which it ends, or none if nobody can tell."""
        named, lasts = event.get("end"), event.get("duration")
        length = duration(lasts, with_seconds=self.with_seconds)
        if length is None:
            if not line(named) and not is_nothing(lasts):
                warnings.append(f"{called}: its length cannot be read, so it has an open end.")
            return end_named(named, start, self.zone, called, warnings)
        # A length has no seconds.
        end, exact = start + length, moment_or_none(named, self.zone)
        return exact if exact and start < exact and abs(exact - end) < _MINUTE else end


def times_of(
    conference: Json, days: Iterable[Json], events: Iterable[Json], zone: ZoneInfo
) -> Times:
    """How a document with these days and entries writes times."""
    with_seconds = any(has_seconds(event.get("duration")) for event in events)
    return Times(zone, _day_change(conference, days, zone), with_seconds)


def _on(day: date | None, own: date | None, at: time, change: time) -> datetime:
    """The local moment of an entry that gives a time, and a date of its own or none.

    What begins before the day change stands under the day before; but a date of its own that is
    not the day's is already the one of the calendar.
    """
    base = own or day
    if base is None or base.year not in YEARS:
        raise ValueError("there is no date")
    late = at < change and (day is None or base == day)
    return datetime.combine(base, at) + timedelta(days=late)


def _day_change(conference: Json, days: Iterable[Json], zone: ZoneInfo) -> time:
    """The local time at which the days of the source begin, where all agree on it."""
    starts = set[time]()
    try:
        if conference.get("day_change"):
            starts.add(clock_time(conference["day_change"]))
        else:
            listed = list(days)
            # The first day of a long event begins when the event does.
            for day in listed[1:] if len(listed) > 2 else listed:
                begins = datetime.fromisoformat(day["day_start"])
                starts.add((begins.astimezone(zone) if begins.tzinfo else begins).time())
    except (KeyError, TypeError, ValueError, OverflowError):
        return USUAL_DAY_CHANGE
    only = starts.pop() if len(starts) == 1 else USUAL_DAY_CHANGE
    return only if only <= LATEST_DAY_CHANGE else USUAL_DAY_CHANGE
