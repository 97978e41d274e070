"""The bytes of a calendar -> its content lines and events, however carelessly they were written.

Rules: RFC 5545, sections 3.1 (lines, and how they are folded), 3.2 (parameters), 3.3.11 (text).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Nothing in it is tried a second time, which takes a hundred bytes of memory for each letter.
_LINE = re.compile(r'([A-Za-z0-9-]++)((?:;(?:[^":]++|"[^"]*+")*+)?+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_NESTED = 8
_LONGEST = 1_000_000
"""Bytes of a line; pictures are longer, and no texts."""


@dataclass(frozen=True, slots=True)
class Property:
    """One value of a calendar or an event; names of parameters are in capital letters."""

    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as a text, what is escaped in it restored."""
        return _ESCAPED.sub(_restored, self.value) if "\\" in self.value else self.value


Component = Mapping[str, list[Property]]
"""The properties of one event or calendar by their names, in capital letters."""


@dataclass(slots=True)
class Calendar:
    """What stands in a file. `zones` are places that it names for zone names of its own, `whole` is
    false if its end is missing, and `foreign` counts lines that are not in UTF-8."""

    about: dict[str, list[Property]] = field(default_factory=dict)
    events: list[Component] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    foreign: int = 0


def parsed(raw: bytes) -> Calendar:
    """The calendar, or all calendars that stand one behind the other as one."""
    calendar = Calendar()
    open_parts: list[tuple[str, dict[str, list[Property]]]] = []
    last: tuple[dict[str, list[Property]], str] | None = None
    broken: list[str] = []
    for written in _lines(raw, calendar):
        match = _LINE.match(written)
        if match is None:
            # Somebody has broken a long text into lines and forgotten to say so.
            broken.append(written)
            continue
        _append(last, broken)
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            part = value.strip().upper()
            calendar.whole = calendar.whole and part != "VCALENDAR"
            if len(open_parts) < _MOST_NESTED:
                open_parts.append((part, calendar.about if part == "VCALENDAR" else {}))
            last = None
        elif name == "END":
            _end(value.strip().upper(), open_parts, calendar)
            last = None
        elif open_parts:
            properties = open_parts[-1][1]
            properties.setdefault(name, []).append(Property(value, _parameters(match[2])))
            last = properties, name
    _append(last, broken)
    return calendar


def _end(
    part: str, open_parts: list[tuple[str, dict[str, list[Property]]]], calendar: Calendar
) -> None:
    if not any(opened == part for opened, _ in open_parts):
        return
    while open_parts:
        opened, properties = open_parts.pop()
        if opened == part:
            break
    if part == "VEVENT":
        calendar.events.append(properties)
    elif part == "VTIMEZONE" and {"TZID", "X-LIC-LOCATION"} <= properties.keys():
        calendar.zones[properties["TZID"][0].value] = properties["X-LIC-LOCATION"][0].value
    elif part == "VCALENDAR":
        calendar.whole = True


def _lines(raw: bytes, calendar: Calendar) -> Iterator[str]:
    # Some programs end lines with two carriage returns, and very old ones with nothing else.
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    raw = raw.replace(b"\r", b"" if b"\n" in raw else b"\n")
    # A fold may stand within a letter, so lines are put together before they become text.
    for line in raw.replace(b"\n ", b"").replace(b"\n\t", b"").split(b"\n"):
        if not line or len(line) > _LONGEST:
            continue
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            calendar.foreign += 1
            yield line.decode("cp1252", "replace")


def _parameters(written: str) -> Mapping[str, str]:
    if not written:
        return {}
    return {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(written)}


def _append(last: tuple[dict[str, list[Property]], str] | None, broken: list[str]) -> None:
    """Give the lines to the property that they belong to, all at once: one by one takes hours."""
    if last is not None and broken:
        properties, name = last
        had = properties[name][-1]
        properties[name][-1] = Property("\n".join((had.value, *broken)), had.parameters)
    broken.clear()


def _restored(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]
