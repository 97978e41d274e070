"""iCalendar, as Sched and many others publish it.

Format: RFC 5545. The library that writes it here decodes text before it puts lines together, and
reads ten times as slowly. In the wild zones are named that stand nowhere, instants are in UTC
whatever the place, events have no end and no title, and a key may stand for several events.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.sources import Given, Imported, NotASchedule
from bot.sources.formats.calendars.lines import Calendar, Component, Property, parsed
from bot.sources.formats.calendars.repeats import repeats
from bot.sources.reading.assembling import assembled
from bot.sources.reading.entries import Broken, Entry, each, ended, named, not_too_many
from bot.sources.reading.keys import keyed
from bot.sources.reading.texts import line, lines, web_address
from bot.sources.reading.times import known_zone, settled, zone_of

_SCHED = re.compile(r"-//Sched\.com (?P<event>.+)//EN")
_LENGTH = re.compile(
    r"\+?P(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,3})D)?"
    r"(?:T(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?"
)
_UNTITLED = "Untitled"
_LONGEST_DATE = 40
_MOST_DATES = 1000
# What a calendar means by these is a moment, and nothing about the place of the event.
_UTC = ("UTC", "GMT", "ETC/UTC", "ETC/GMT", "Z", "ZULU", "UNIVERSAL", "ETC/UNIVERSAL", "ETC/ZULU")

# Some write remarks in front of it.
_BEGINS = re.compile(rb"^(?:\xef\xbb\xbf)?\s*BEGIN:VCALENDAR\b", re.IGNORECASE | re.MULTILINE)


def recognises(raw: bytes) -> bool:
    """True for what soon begins as a calendar."""
    return _BEGINS.search(raw[:1000]) is not None


def read(raw: bytes, given: Given) -> Imported:
    """The schedule in a calendar. Raises NotASchedule."""
    calendar = parsed(raw)
    if not calendar.whole:
        raise NotASchedule("This calendar has no end: it did not arrive whole.")
    warnings: list[str] = []
    zones = _Zones(calendar, given.timezone)
    zone = zone_of(zones.of_event, given.timezone)
    if calendar.foreign:
        warnings.append(
            f"The whole calendar: {calendar.foreign} of its lines are not in UTF-8, and were read"
            " as Windows-1252."
        )
    replaced = {
        (_value(event, "UID"), _value(event, "RECURRENCE-ID"))
        for event in calendar.events
        if "RECURRENCE-ID" in event
    }
    found = each(
        calendar.events,
        lambda event: list(_entries(event, zones, zone, replaced, warnings)),
        _called,
        warnings,
    )
    entries = list(not_too_many(entry for several in found for entry in several))
    warnings += zones.warnings
    return assembled(
        keyed(entries, "UID", warnings),
        event=_name(calendar) or given.event or "",
        zone=zone,
        warnings=warnings,
    )


class _Zones:
    """The zones that a calendar names, and which of them is the one of the event."""

    def __init__(self, calendar: Calendar, given: ZoneInfo | None) -> None:
        self.warnings: list[str] = []
        self._own = calendar.zones
        self._known: dict[str, ZoneInfo | None] = {}
        self._given = given
        self.of_event = self._named(calendar) or self._commonest(calendar.events)

    def of(self, tzid: str, default: ZoneInfo, called: str) -> ZoneInfo:
        """The zone of this name; the event's where nobody knows it, with one warning."""
        zone = self._find(tzid)
        if zone is None and tzid not in self._known:
            self._known[tzid] = None
            self.warnings.append(
                f"{called}: nobody knows its time zone {line(tzid)!r}, so its times, and those of"
                f" all others with it, were taken as of {default.key}."
            )
        return zone or default

    def _named(self, calendar: Calendar) -> str | None:
        for name in ("X-WR-TIMEZONE", "TIMEZONE-ID"):
            for found in calendar.about.get(name, ()):
                zone = self._find(found.value)
                if zone is not None and zone.key.upper() not in _UTC:
                    return zone.key
        return None

    def _commonest(self, events: Iterable[Component]) -> str | None:
        tzids = Counter(
            start.parameters["TZID"]
            for event in events
            for start in event.get("DTSTART", ())[:1]
            if "TZID" in start.parameters
        )
        for tzid, _ in tzids.most_common():
            zone = self._find(tzid)
            if zone is not None and zone.key.upper() not in _UTC:
                return zone.key
        return None

    def _find(self, tzid: str) -> ZoneInfo | None:
        if self._known.get(tzid) is None:
            zone = next(filter(None, map(known_zone, self._names(tzid))), None)
            if zone is None:
                return None
            self._known[tzid] = zone
        return self._known[tzid]

    def _names(self, tzid: str) -> Iterator[str]:
        """What the zone may be called elsewhere: programs put their own name in front."""
        name = tzid.strip().strip('"')
        yield name
        yield self._own.get(tzid, "").strip()
        parts = name.split("/")[-3:]
        yield from ("/".join(parts[-count:]) for count in (3, 2) if count <= len(parts))
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        yield WINDOWS_TO_OLSON.get(name, "")


def _entries(
    event: Component,
    zones: _Zones,
    zone: ZoneInfo,
    replaced: set[tuple[str, str]],
    warnings: list[str],
) -> Iterator[Entry]:
    """The event, as often as it takes place."""
    title, called = line(_text(event, "SUMMARY")), _called(event)
    begins = event.get("DTSTART")
    if not begins:
        raise Broken("it has no start")
    local = _moment(begins[0], zones, zone, called)
    start = settled(local, zone)
    if not title:
        # There are calendars in which a room is taken by nobody knows what.
        title = _UNTITLED
        called = named("", f"{local.astimezone(zone):%Y-%m-%d %H:%M}")
        warnings.append(f"{called}: it is called {title!r}.")
    length = _length(event, start, zones, zone, called, warnings)
    address = web_address(_value(event, "URL"))
    first = Entry(
        title=title,
        start=start,
        end=start + length if length else None,
        rooms=lines([_text(event, "LOCATION")]),
        key=line(_text(event, "UID")),
        kind=_text(event, "CATEGORIES"),
        description=_text(event, "DESCRIPTION") or _text(event, "X-ALT-DESC"),
        links=(address,) if address else (),
        cancelled=_value(event, "STATUS").strip().upper() == "CANCELLED",
    )
    if "RECURRENCE-ID" in event:
        yield first
        return
    added = _added(event, zones, zone, called, warnings)
    for moment in repeats(event, local, added, called, warnings):
        again = settled(moment, zone)
        if not _is_replaced(first.key, moment, replaced):
            yield _at(first, again, length)


def _called(event: Component) -> str:
    """What a warning calls it."""
    return named(_text(event, "SUMMARY"), _value(event, "UID") or _value(event, "DTSTART"))


def _added(
    event: Component, zones: _Zones, zone: ZoneInfo, called: str, warnings: list[str]
) -> list[datetime]:
    """The starts that are named one by one, beside the first or a rule; a length of their own, as
    RFC 5545 allows, nobody gives them."""
    named = [
        Property(written.partition("/")[0], dates.parameters)
        for dates in event.get("RDATE", ())
        for written in dates.value.split(",")
    ]
    if len(named) > _MOST_DATES:
        warnings.append(f"{called}: it is repeated more often than anything, so it is once.")
        return []
    found: list[datetime] = []
    for start in named:
        try:
            found.append(_moment(start, zones, zone, called))
        except Broken:
            date = line(start.value)[:_LONGEST_DATE]
            warnings.append(f"{called}: it is repeated at {date!r}, which is no time: left out.")
    return found


def _at(entry: Entry, start: datetime, length: timedelta | None) -> Entry:
    return replace(entry, start=start, end=start + length if length else None)


def _is_replaced(uid: str, moment: datetime, replaced: set[tuple[str, str]]) -> bool:
    if not replaced:
        return False
    utc = moment.astimezone(UTC)
    return (uid, f"{moment:%Y%m%dT%H%M%S}") in replaced or (
        uid,
        f"{utc:%Y%m%dT%H%M%SZ}",
    ) in replaced


def _length(
    event: Component,
    start: datetime,
    zones: _Zones,
    zone: ZoneInfo,
    called: str,
    warnings: list[str],
) -> timedelta | None:
    if "DTEND" in event:
        try:
            end = settled(_moment(event["DTEND"][0], zones, zone, called), zone)
        except Broken:
            warnings.append(f"{called}: its end cannot be read, so it has an open end.")
            return None
    else:
        lasts = _value(event, "DURATION").strip().upper()
        found = _LENGTH.fullmatch(lasts)
        units = {unit: int(n) for unit, n in found.groupdict().items() if n} if found else {}
        if lasts and not units:
            warnings.append(f"{called}: its length cannot be read, so it has an open end.")
        end = start + timedelta(**units)
    end_or_none = ended(start, end, called, warnings)
    return end_or_none - start if end_or_none else None


def _moment(written: Property, zones: _Zones, zone: ZoneInfo, called: str) -> datetime:
    """The moment, in the zone in which it is written. Raises Broken."""
    value = written.value.strip().upper()
    if written.parameters.get("VALUE", "").upper() == "DATE" or "T" not in value:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise Broken("it has no date that can be read") from None
        raise Broken("it names a day and no time")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise Broken("it has no date that can be read") from None
    if found.tzinfo is not None:
        return found
    tzid = written.parameters.get("TZID")
    return found.replace(tzinfo=zones.of(tzid, zone, called) if tzid else zone)


def _name(calendar: Calendar) -> str:
    """What the event is called: Sched has its name where others have that of the program."""
    sched = _SCHED.fullmatch(_value(calendar.about, "PRODID").strip())
    if sched is not None:
        return line(sched["event"])
    return line(_text(calendar.about, "X-WR-CALNAME") or _text(calendar.about, "NAME"))


def _value(component: Component, name: str) -> str:
    found = component.get(name)
    return found[0].value if found else ""


def _text(component: Component, name: str) -> str:
    found = component.get(name)
    return found[0].text if found else ""
