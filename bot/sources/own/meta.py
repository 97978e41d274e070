"""What a schedule holds that the fields of schedule JSON have no place for, and where it stands.

The format's schema allows no fields of one's own but in the `meta` of the conference. Other
programs ignore what stands there; without it this one would not read back what it has written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.schedule import Room
from bot.sources.reading.texts import line

GENERATOR = "summit-bot"
"""What this program calls itself in the documents that it writes."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Meta:
    """Sessions are named by their ids, rooms by their names. `codes` are what the source knows a
    session by, where that can be no `code`; `verbatim` are those whose texts would not be read as
    they are in any other file."""

    venue: str = ""
    rooms: Mapping[str, Room] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)
    verbatim: frozenset[int] = frozenset()
    cancelled: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()


def written(meta: Meta) -> dict[str, Any]:
    """As it stands in a `meta`, without what is empty."""
    told: dict[str, object] = {
        "venue": meta.venue,
        "rooms": {
            room.name: known(address=room.address, floor=room.floor)
            for room in meta.rooms.values()
            if room.address or room.floor
        },
        "codes": {str(id): code for id, code in meta.codes.items()},
        "verbatim": sorted(meta.verbatim),
        "cancelled": sorted(meta.cancelled),
        "removed": sorted(meta.removed),
    }
    return {GENERATOR: known(**told)}


def read(conference: Json) -> Meta | None:
    """What stands there, as far as it can be read; none in what an earlier version has written."""
    told = conference.get("meta")
    told = told.get(GENERATOR) if isinstance(told, dict) else None
    if not isinstance(told, dict):
        return None
    return Meta(
        venue=line(told.get("venue")),
        rooms={
            line(name): room_of(line(name), room)
            for name, room in _members(told.get("rooms"))
            if isinstance(room, dict)
        },
        codes={
            int(id): line(code)
            for id, code in _members(told.get("codes"))
            if id.isascii() and id.isdecimal() and len(id) < 12
        },
        verbatim=_ids(told.get("verbatim")),
        cancelled=_ids(told.get("cancelled")),
        removed=_ids(told.get("removed")),
    )


def room_of(name: str, about: Json) -> Room:
    """The room of this name, and what is told about it."""
    return Room(name, line(about.get("address")) or None, line(about.get("floor")) or None)


def known(**fields: object) -> dict[str, object]:
    """The fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _ids(value: Any) -> frozenset[int]:
    listed = value if isinstance(value, list) else ()
    return frozenset(id for id in listed if type(id) is int)
