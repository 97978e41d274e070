"""What the schema of the c3voc demands of schedule JSON, stated in our own way.

Format: https://c3voc.de/schedule/schema.json, as its own validator has it since 2026. Fields that
we never write are not named here, so they are refused as the unknown ones are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Form:
    """An object: the rules of fields that it has to have, and of those that it may have. `free` is
    where the schema allows any others."""

    needs: dict[str, Any]
    may: dict[str, Any] = field(default_factory=dict)
    free: bool = False


@dataclass(frozen=True)
class Each:
    """A list, or an object with any names; each of its values has this rule."""

    rule: Any
    kind: type[list[Any] | dict[str, Any]] = list


_URI = re.compile(r"[a-z][a-z0-9+.-]*:[!#-;=?-Z_a-z~%\[\]]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")

_ROOM = Form({"name": str, "guid": _UUID}, {"slug": _SLUG, "description": str})
_PERSON = Form({"name": str}, {"public_name": str}, free=True)
_LINK = Form({"url": _URI}, {"title": str})
_EVENT = Form(
    {
        "abstract": str, "date": _MOMENT, "duration": re.compile(r"\d+:\d\d"), "guid": _UUID,
        "id": range(1, 2**31), "language": str, "links": Each(_LINK), "persons": Each(_PERSON),
        "room": str, "slug": _SLUG, "start": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
        "subtitle": str, "title": str, "track": str, "type": str, "url": _URI,
    },
    {"code": re.compile(r"[A-Z0-9]+"), "description": str, "end": _MOMENT},
)  # fmt: skip
_DAYS = Form(
    {
        "index": int, "date": _DAY, "day_start": _MOMENT, "day_end": _MOMENT,
        "rooms": Each(Each(_EVENT), dict),
    }
)  # fmt: skip
_CONFERENCE = Form(
    {
        "title": str, "days": Each(_DAYS), "daysCount": int, "start": _DAY, "end": _DAY,
        "acronym": re.compile(r"[a-z0-9_-][a-z0-9_]{3,}(-2[0-9]{3}-[a-z]+)?"),
        "timeslot_duration": str,
    },
    {
        "time_zone_name": re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+.*|.*UTC"), "rooms": Each(_ROOM),
        "meta": Form({}, free=True),
    },
)  # fmt: skip
DOCUMENT = Form(
    {"schedule": Form({"version": str, "conference": _CONFERENCE}, free=True)},
    {"$schema": str, "generator": Form({}, {"name": str, "version": str})},
)


def faults(value: Any, rule: Any = DOCUMENT, at: str = "") -> Iterator[str]:
    """What is against the rule, and where."""
    match rule:
        case Form():
            yield from _faults_of_object(value, rule, at)
        case Each():
            if not isinstance(value, rule.kind):
                yield f"{at}: {value!r}"
                return
            inside = value if isinstance(value, dict) else dict(enumerate(value))
            for name, one in inside.items():
                yield from faults(one, rule.rule, f"{at}/{name}")
        case re.Pattern():
            if not isinstance(value, str) or rule.fullmatch(value) is None:
                yield f"{at}: {value!r}"
        case range():
            if type(value) is not int or value not in rule:
                yield f"{at}: {value!r}"
        case _:
            if type(value) is not rule:
                yield f"{at}: {value!r}"


def _faults_of_object(value: Any, form: Form, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r}"
        return
    for name in form.needs.keys() - value.keys():
        yield f"{at}: no {name}"
    for name, inner in value.items():
        rule = form.needs.get(name) or form.may.get(name)
        if rule is not None:
            yield from faults(inner, rule, f"{at}/{name}")
        elif not form.free:
            yield f"{at}: {name} is unknown"
