"""Names what is wrong with a setting: where it comes from, which one it is, and what it must be."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]
"""A table, the number of a network where a table is a list, a key."""

_WORDS = {
    "missing": "it is missing",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number",
    "list_type": "it must be a list in brackets",
    "string_type": "it must be a text in quotation marks",
    "path_type": "it must be a text in quotation marks",
    "timezone_aware": "it must name its distance from UTC, like 2012-04-16T09:20:00-07:00",
    "datetime_type": "it must be a moment, like 2012-04-16T09:20:00-07:00",
    "datetime_parsing": "it must be a moment, like 2012-04-16T09:20:00-07:00",
    "datetime_from_date_parsing": "it must be a moment, like 2012-04-16T09:20:00-07:00",
}
"""What pydantic calls the mistake, and what the organiser reads."""
_NO_TABLE = ("model_type", "model_attributes_type", "dict_type")


class BadSettings(Exception):
    """The settings cannot be used; the message names file, table and key."""


def sentence(
    errors: Sequence[ErrorDetails],
    tables: dict[str, Any],
    file: object,
    variables: Mapping[Place, str],
) -> str:
    """The first of these mistakes in `tables`, which stand in `file` except where a variable of
    the environment counts. A value is never shown: it may be a secret."""
    error = _of_the_kind_meant(errors)
    if not error["loc"]:
        # What several tables have to agree on names them itself.
        return f"{file}: {error['msg'].removeprefix('Value error, ')}."
    place, kind = _place(error, tables), error["type"]
    if kind in _NO_TABLE or (kind == "list_type" and len(place) == 1):
        return f"{file}: {place[0]} must be a table, like [{place[0]}]."
    variable = next((variables[key] for key in (place, place[:-1]) if key in variables), None)
    where = variable if variable is not None else f"{file}: {_named(place, tables)}"
    if kind == "extra_forbidden":
        return f"{where}: there is no such {'key' if len(place) > 1 else 'table'}."
    usual = error["msg"].removeprefix("Value error, ").replace("Input should", "it must")
    return f"{where}: {_WORDS.get(kind, usual)}."


def _of_the_kind_meant(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Where a key takes values of several kinds, each of them complains: the one that got furthest
    into the value was meant."""
    first, *_ = errors
    same = [error for error in errors if _key(error) == _key(first)]
    return max(same, key=lambda error: len(error["loc"]))


def _key(error: ErrorDetails) -> Place:
    loc = error["loc"]
    return loc[:3] if len(loc) > 1 and isinstance(loc[1], int) else loc[:2]


def _place(error: ErrorDetails, tables: dict[str, Any]) -> Place:
    """Where it stands in the file: one table of a network is no list, and a kind is no place."""
    table, *rest = error["loc"]
    if rest and isinstance(rest[0], int) and isinstance(tables.get(str(table)), dict):
        del rest[0]
    depth = next((n + 1 for n, part in enumerate(rest) if isinstance(part, str)), len(rest))
    return (table, *rest[:depth], *(part for part in rest[depth:] if isinstance(part, int)))


def _named(place: Place, tables: dict[str, Any]) -> str:
    """`irc.port`, or `irc "libera": port` where several networks have one."""
    number, key = place[1] if len(place) > 1 else None, ".".join(map(str, place[2:]))
    if not isinstance(number, int):
        return ".".join(map(str, place))
    name = tables[str(place[0])][number].get("name")
    which = f'"{name}"' if isinstance(name, str) and name.isprintable() else str(number + 1)
    return f"{place[0]} {which}: {key}" if key else f"{place[0]} {which}"
