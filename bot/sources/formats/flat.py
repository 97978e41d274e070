"""A list of sessions in JSON, its fields named in the settings or guessed."""

from collections.abc import Iterator
from typing import Any

from bot.sources import Given, Imported, NotASchedule
from bot.sources.fields import Fields
from bot.sources.formats.lists.guessing import guessed
from bot.sources.formats.lists.rows import at, imported
from bot.sources.reading.texts import line

_DEEPEST = 8


def read(document: Any, given: Given) -> Imported:
    """The schedule in a JSON document. Raises NotASchedule."""
    root = at(document, given.fields.list) if given.fields.list else document
    rows = list(_rows(root, given.fields))
    if not rows:
        raise NotASchedule(
            "This JSON has no schedule.conference.days, and no list of entries with a title and a"
            " start: if it is a schedule, name its fields."
        )
    return imported(rows, given, [])


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
        and line(at(value, found.title)) and at(value, found.start or found.date)
    )  # fmt: skip
