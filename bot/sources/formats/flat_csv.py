"""A table of sessions in CSV, its columns named in the settings or guessed."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.sources import UNKNOWN, Given, Imported, NotASchedule
from bot.sources.fields import Fields
from bot.sources.formats.lists.guessing import guessed
from bot.sources.formats.lists.rows import Row, imported
from bot.sources.reading.entries import named, nameless
from bot.sources.reading.texts import line

_DELIMITERS = ",;\t|"


def read(text: str, given: Given) -> Imported:
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
    return imported(rows, given, warnings)


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
    filled = (cells for cells in reader if any(cell.strip() for cell in cells))
    for number, cells in enumerate(filled, start=1):
        row = dict(zip(names, cells, strict=False))
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            title = named(row.get(fields.title), row.get(fields.id)) or nameless(number)
            warnings.append(f"{title}: left out, it has more columns than the first line names.")
            continue
        yield row
