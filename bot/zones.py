"""Which time zone somebody means: a city, a country, an abbreviation, or hours from UTC."""

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.names import How, Names

_AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific",
)  # fmt: skip
# An abbreviation names a city, not a fixed distance from UTC: the clocks there change.
_OTHERWISE = {
    "America/New_York": "est edt et eastern boston washington",
    "America/Chicago": "cst cdt ct central austin dallas houston",
    "America/Denver": "mst mdt mt mountain",
    "America/Los_Angeles": "pst pdt pt pacific california sanfrancisco seattle",
    "America/Sao_Paulo": "brt brazil",
    "Europe/London": "gmt bst uk england britain",
    "Europe/Paris": "france",
    "Europe/Berlin": "cet cest germany",
    "Europe/Madrid": "spain",
    "Europe/Rome": "italy",
    "Europe/Amsterdam": "netherlands",
    "Europe/Lisbon": "wet west portugal",
    "Europe/Helsinki": "eet eest finland",
    "Europe/Moscow": "msk russia",
    "Asia/Jerusalem": "israel",
    "Asia/Kolkata": "ist india mumbai delhi bangalore",
    "Asia/Shanghai": "china beijing",
    "Asia/Hong_Kong": "hkt",
    "Asia/Singapore": "sgt",
    "Asia/Seoul": "kst korea",
    "Asia/Tokyo": "jst japan",
    "Australia/Sydney": "aest aedt aet",
    "Australia/Adelaide": "acst acdt",
    "Australia/Perth": "awst",
    "Pacific/Auckland": "nzst nzdt newzealand",
    "UTC": "utc z zulu",
}
_MEANT = {word: zone for zone, words in _OTHERWISE.items() for word in words.split()}
_FROM_UTC = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)


def zones_meant(words: str) -> list[ZoneInfo]:
    """The zones that are meant; several if it is ambiguous."""
    distance = _FROM_UTC.fullmatch(words.strip())
    if distance and int(distance[2]) <= 12:
        # The names of these zones count westward (tzdata, file etcetera).
        sign = "-" if distance[1] == "+" else "+"
        return [ZoneInfo(f"Etc/GMT{sign}{int(distance[2])}" if int(distance[2]) else "UTC")]
    plain = re.sub(r"[\s._-]+", "", words.casefold().removeprefix("us/"))
    if plain in _MEANT:
        return [ZoneInfo(_MEANT[plain])]
    found = _cities().find(words, (How.NAME,)) or _cities().find(words)
    return [ZoneInfo(name) for name in found]


def zone_name(zone: ZoneInfo) -> str:
    """`Europe/Berlin`, or `UTC+2` for a fixed distance."""
    fixed = re.fullmatch(r"Etc/GMT([+-])(\d+)", zone.key)
    if fixed is None:
        return zone.key
    return f"UTC{'-' if fixed[1] == '+' else '+'}{fixed[2]}"


@cache
def _cities() -> Names[str]:
    zones = sorted(z for z in available_timezones() if z.partition("/")[0] in _AREAS and "/" in z)
    return Names((zone, (zone, zone.rpartition("/")[2])) for zone in zones)
