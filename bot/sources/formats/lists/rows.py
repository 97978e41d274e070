"""Rows of a list -> a schedule; its fields are named in the settings or guessed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.schedule import Person
from bot.sources import Given, Imported
from bot.sources.fields import Fields
from bot.sources.formats.lists.guessing import guessed
from bot.sources.formats.lists.written_times import Style, day_first, length, parted
from bot.sources.reading.assembling import assembled
from bot.sources.reading.entries import Broken, Entry, each, ended, named, not_too_many
from bot.sources.reading.keys import keyed
from bot.sources.reading.texts import is_yes, line, lines, web_address, written
from bot.sources.reading.times import is_nothing, zone_of

_LOOKED_AT = 100
# Spaces around them are left to whoever cleans the parts: \s* in front takes hours for many spaces.
_BETWEEN_PEOPLE = re.compile(r"[;\n|]|\s/\s")
_COMMAS = re.compile(r", (?:and|und|et|&) |, ?| (?:and|und|&) ")
_BETWEEN_ROOMS = re.compile(r"[;\n|]")

Row = Mapping[str, Any]


def imported(rows: Sequence[Any], given: Given, warnings: list[str]) -> Imported:
    """The schedule in these rows; one that is no object costs a warning. Raises NotASchedule."""
    zone = zone_of(None, given.timezone)
    names: dict[str, None] = {}
    for row in rows[:_LOOKED_AT]:
        names.update(dict.fromkeys(row if isinstance(row, dict) else ()))
    fields = guessed(names, given.fields)
    days = (at(row, fields.date or fields.start) for row in rows)
    table = _Table(fields, Style(zone, fields.times, day_first(days)), warnings)
    entries = list(not_too_many(each(rows, table.entry, table.called, warnings)))
    return assembled(
        keyed(entries, fields.id, warnings),
        event=given.event or "",
        zone=zone,
        warnings=warnings,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    fields: Fields
    style: Style
    warnings: list[str]

    def called(self, row: object) -> str:
        """What a warning calls the row."""
        return named(at(row, self.fields.title), at(row, self.fields.id))

    def entry(self, row: object) -> Entry:
        """The session in a row. Raises Broken."""
        fields = self.fields
        if not isinstance(row, dict):
            raise Broken("it is no entry")
        title = line(at(row, fields.title))
        if not title:
            raise Broken("it has no title")
        start, end = self._times(row, title)
        address = web_address(at(row, fields.url))
        return Entry(
            title=title,
            start=start,
            end=end,
            rooms=lines(_named(at(row, fields.room), _BETWEEN_ROOMS)),
            key=written(at(row, fields.id)),
            people=tuple(Person(name) for name in _people(at(row, fields.people))),
            kind=line(at(row, fields.kind)),
            abstract=at(row, fields.abstract),
            description=at(row, fields.description),
            links=(address,) if address else (),
            cancelled=is_yes(at(row, fields.cancelled)),
        )

    def _times(self, row: Row, title: str) -> tuple[datetime, datetime | None]:
        fields, style = self.fields, self.style
        day, trouble = None, None
        if line(named := at(row, fields.date)):
            try:
                day = style.day(named)
            except Broken as broken:
                # It may be the name of a day, beside a start that tells all.
                trouble = broken
        begins, to = at(row, fields.start), ""
        if isinstance(begins, str):
            begins, to = parted(begins)
        try:
            start = style.moment(begins, day)
        except Broken as broken:
            raise trouble or broken from None
        ends = at(row, fields.end) or to
        if ends:
            return start, self._end(ends, start, day, title)
        lasts = length(duration := at(row, fields.duration))
        if lasts is None and not is_nothing(duration):
            self.warnings.append(f"{title}: its length cannot be read, so it has an open end.")
        return start, start + lasts if lasts else None

    def _end(self, ends: object, start: datetime, day: date | None, title: str) -> datetime | None:
        zone = self.style.zone
        local = day or start.astimezone(zone).date()
        try:
            end = self.style.moment(ends, day or (None if _has_day(ends) else local))
        except Broken:
            self.warnings.append(f"{title}: its end cannot be read, so it has an open end.")
            return None
        if end < start and not _has_day(ends):
            # It names a time, and ends behind midnight.
            end += timedelta(days=1)
        return ended(start, end, title, self.warnings)


def at(value: Any, path: str) -> Any:
    """What stands under this name; `a.b` is `b` in `a`, unless something is called so."""
    if not path:
        return None
    if isinstance(value, dict) and path in value:
        return value[path]
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _named(value: object, between: re.Pattern[str]) -> Iterator[str]:
    """The names in a text, a list of texts or a list of objects with names."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one, between) if not isinstance(one, list) else ()
    elif isinstance(value, dict):
        yield _name(value)
    elif isinstance(value, str):
        yield from between.split(value.strip())
    else:
        yield written(value)


def _name(person: Row) -> str:
    names = ("name", "fullName", "full_name", "display_name", "displayName", "public_name", "title")
    whole = next((found for key in names if (found := line(person.get(key)))), "")
    first = line(person.get("firstName") or person.get("first_name"))
    last = line(person.get("lastName") or person.get("last_name"))
    return whole or f"{first} {last}".strip()


def _people(value: object) -> tuple[str, ...]:
    names = list(_named(value, _BETWEEN_PEOPLE))
    if isinstance(value, str) and len(names) == 1:
        names = _COMMAS.split(line(names[0]))
    return lines(name.strip(" ,.") for name in names)


def _has_day(value: object) -> bool:
    """True if a text says more than a time of the day."""
    return not isinstance(value, str) or len(re.findall(r"\d+", value)) > 3
