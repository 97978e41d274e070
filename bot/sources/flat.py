"""A list of sessions in JSON or CSV, its fields named in the settings or guessed."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.schedule import Person
from bot.sources import UNKNOWN, Given, Imported, NotASchedule
from bot.sources.assembling import (
    Broken,
    Entry,
    assembled,
    each,
    ended,
    named,
    not_too_many,
    trusted,
)
from bot.sources.fields import Fields
from bot.sources.guessing import guessed
from bot.sources.texts import is_yes, line, lines, web_address, written
from bot.sources.times import zone_of
from bot.sources.written_times import Style, day_first, length, parted

_DELIMITERS = ",;\t|"
_LOOKED_AT = 100
_DEEPEST = 8
# Spaces around them are left to whoever cleans the parts: \s* in front takes hours for many spaces.
_BETWEEN_PEOPLE = re.compile(r"[;\n|]|\s/\s")
_COMMAS = re.compile(r", (?:and|und|et|&) |, ?| (?:and|und|&) ")
_BETWEEN_ROOMS = re.compile(r"[;\n|]")

Row = Mapping[str, Any]


def read(document: Any, given: Given) -> Imported:
    """The schedule in a JSON document. Raises NotASchedule."""
    root = _at(document, given.fields.list) if given.fields.list else document
    rows = list(_rows(root, given.fields))
    if not rows:
        raise NotASchedule(
            "This JSON has no schedule.conference.days, and no list of entries with a title and a"
            " start: if it is a schedule, name its fields."
        )
    return _read(rows, given)


def read_csv(text: str, given: Given) -> Imported:
    """The schedule in a table, the first line of which names the columns. Raises NotASchedule."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    beginning, _, rest = text.partition("\n")
    if re.fullmatch(r'"?sep=."?\s*', beginning):  # A hint that only spreadsheets write.
        text = rest
    text = text.lstrip("\n")
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader((f"{part}\n" for part in text.split("\n")), delimiter=delimiter)
    warnings: list[str] = []
    try:
        names = [line(name) for name in next(reader, [])]
        fields = _columns(names, given.fields)
        rows = list(_table(reader, names, fields, warnings))
    except csv.Error as problem:
        raise NotASchedule(f"This table is broken: {problem}.") from None
    return _read(rows, given, warnings)


def _columns(names: Sequence[str], given: Fields) -> Fields:
    """Which column holds what. Raises NotASchedule where these are not those of a schedule."""
    fields = guessed(names, given)
    needed = (fields.title, fields.start or fields.date)
    if all(name and name in names for name in needed):
        return fields
    if given.named:
        few = ", ".join(name[:30] for name in names[:12])
        raise NotASchedule(f"This table has other columns than the settings: {few}.")
    raise NotASchedule(UNKNOWN)


def _table(
    reader: Iterable[list[str]], names: Sequence[str], fields: Fields, warnings: list[str]
) -> Iterator[Row]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(names, cells, strict=False))
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            title = named(row.get(fields.title))
            warnings.append(f"{title}: left out, it has more columns than the first line names.")
            continue
        yield row


def _read(rows: Sequence[Any], given: Given, warnings: list[str] | None = None) -> Imported:
    warnings = warnings if warnings is not None else []
    zone = zone_of(None, given.timezone)
    names: dict[str, None] = {}
    for row in rows[:_LOOKED_AT]:
        names.update(dict.fromkeys(row if isinstance(row, dict) else ()))
    fields = guessed(names, given.fields)
    days = (_at(row, fields.date or fields.start) for row in rows)
    table = _Table(fields, Style(zone, fields.times, day_first(days)), warnings)
    entries = list(not_too_many(each(rows, table.entry, table.title, warnings)))
    good = trusted((entry.key, entry.title) for entry in entries)
    return assembled(
        (entry if entry.key in good else replace(entry, key="") for entry in entries),
        event=given.event or "",
        zone=zone,
        warnings=warnings,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    fields: Fields
    style: Style
    warnings: list[str]

    def title(self, row: object) -> str:
        """What a warning calls the row."""
        return line(_at(row, self.fields.title))

    def entry(self, row: object) -> Entry:
        """The session in a row. Raises Broken."""
        fields = self.fields
        if not isinstance(row, dict):
            raise Broken("it is no entry")
        title = self.title(row)
        if not title:
            raise Broken("it has no title")
        start, end = self._times(row, title)
        address = web_address(_at(row, fields.url))
        return Entry(
            title=title,
            start=start,
            end=end,
            rooms=lines(_named(_at(row, fields.room), _BETWEEN_ROOMS)),
            key=written(_at(row, fields.id)),
            people=tuple(Person(name) for name in _people(_at(row, fields.people))),
            kind=line(_at(row, fields.kind)),
            abstract=_at(row, fields.abstract),
            description=_at(row, fields.description),
            links=(address,) if address else (),
            cancelled=is_yes(_at(row, fields.cancelled)),
        )

    def _times(self, row: Row, title: str) -> tuple[datetime, datetime | None]:
        fields, style = self.fields, self.style
        day, trouble = None, None
        if line(named := _at(row, fields.date)):
            try:
                day = style.day(named)
            except Broken as broken:
                # It may be the name of a day, beside a start that tells all.
                trouble = broken
        begins, to = _at(row, fields.start), ""
        if isinstance(begins, str):
            begins, to = parted(begins)
        try:
            start = style.moment(begins, day)
        except Broken as broken:
            raise trouble or broken from None
        ends = _at(row, fields.end) or to
        if ends:
            return start, self._end(ends, start, day, title)
        lasts = length(_at(row, fields.duration))
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


def _rows(value: Any, fields: Fields, deep: int = 0) -> Iterator[Any]:
    """All members of every list in which one looks like a session; days and rooms may stand above
    it. What stands under names and not in a list is one too."""
    if deep > _DEEPEST or not isinstance(value, list | dict):
        return
    members = value if isinstance(value, list) else list(value.values())
    if any(_is_session(member, fields) for member in members):
        # Beside sessions under names other things may stand.
        yield from members if isinstance(value, list) else filter(_is_object, members)
        return
    for member in members:
        yield from _rows(member, fields, deep + 1)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_session(value: object, fields: Fields) -> bool:
    if not isinstance(value, dict):
        return False
    found = guessed(value, fields)
    return bool(
        found.title and (found.start or found.date)
        and line(_at(value, found.title)) and _at(value, found.start or found.date)
    )  # fmt: skip


def _at(value: Any, path: str) -> Any:
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
