"""Zones, moments and lengths as sources write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sources import LONGEST, YEARS, NotASchedule
from bot.sources.reading.entries import Broken, ended
from bot.sources.reading.texts import line, written

USUAL_DAY_CHANGE = time(4)
LATEST_DAY_CHANGE = time(9)
NO_DATE = "it has no date that can be read"

_DURATION = re.compile(r"(?:(\d+):)?(\d{1,4}):(\d{2})")
# 2025-03-06 09:00 +0100, as some write where the standard wants +01:00 and nothing before it.
_SPACED_OFFSET = re.compile(r"(?<=\d) (?=[+-]\d\d:?\d\d$|Z$|UTC$|GMT$)| ?(?:UTC|GMT)$")
LONGEST_TEXT = 80
"""Characters; no date or time needs more."""


def known_zone(named: object) -> ZoneInfo | None:
    """The zone of this name, if there is one."""
    try:
        return ZoneInfo(named) if isinstance(named, str) and named else None
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        return None


def zone_of(named: object, fallback: ZoneInfo | None) -> ZoneInfo:
    """The zone that a source names, else the configured one. Raises NotASchedule."""
    zone = known_zone(named) or fallback
    if zone is None:
        raise NotASchedule(
            "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."
        )
    return zone


def moment(written: object, zone: ZoneInfo) -> datetime:
    """A moment (UTC) in ISO 8601 or nearly so; without an offset it is one of the zone. Raises
    Broken."""
    text = " ".join(written.split()) if isinstance(written, str) else ""
    if not text or len(text) > LONGEST_TEXT:
        raise Broken(NO_DATE)
    try:
        found = datetime.fromisoformat(_SPACED_OFFSET.sub(_joint, text))
    except ValueError:
        raise Broken(NO_DATE) from None
    return settled(found, zone)


def settled(found: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC, if it is within reason. Raises Broken."""
    if found.year not in YEARS:
        raise Broken("its date is out of all reason")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def moment_or_none(written: object, zone: ZoneInfo) -> datetime | None:
    """The moment, or none where it cannot be read."""
    try:
        return moment(written, zone)
    except Broken:
        return None


def end_named(
    value: object, start: datetime, zone: ZoneInfo, called: str, warnings: list[str]
) -> datetime | None:
    """The end that an entry names, if it can be used."""
    if is_nothing(value):
        return None
    try:
        return ended(start, moment(value, zone), called, warnings)
    except Broken:
        warnings.append(f"{called}: its end cannot be read, so it has an open end.")
        return None


def is_nothing(value: object) -> bool:
    """True for an end or a length that is not told, or is none."""
    return value is None or (
        isinstance(value, str | int | float) and not written(value).strip("0:. ")
    )


def day_named(written: object) -> date | None:
    """The date, or none where it is none."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def clock_time(written: object) -> time:
    """A time of day like `9:30` or `09:30:00`. Raises ValueError."""
    text = line(written)
    hour, colon, rest = text.partition(":")
    if not colon:
        raise ValueError(text)
    return time.fromisoformat(f"{hour.zfill(2)}{colon}{rest}")


def duration(written: object, *, with_seconds: bool = False) -> timedelta | None:
    """A length like `1:30` or `D:HH:MM`; `with_seconds` says that this file means `HH:MM:SS`."""
    match = _DURATION.fullmatch(line(written))
    if match is None:
        return None
    try:
        first, second, third = (int(part or 0) for part in match.groups())
        if with_seconds and match[1]:
            length = timedelta(hours=first, minutes=second, seconds=third)
        else:
            length = timedelta(days=first, hours=second, minutes=third)
    except (ValueError, OverflowError):
        return None
    return length if timedelta() < length <= LONGEST else None


def has_seconds(written: object) -> bool:
    """True for a length in three parts that cannot mean days, hours and minutes."""
    match = _DURATION.fullmatch(line(written))
    return bool(match and match[1] and (not match[1].strip("0") or int(match[2]) >= 24))


def _joint(found: re.Match[str]) -> str:
    return "+00:00" if found.group().strip() else ""
