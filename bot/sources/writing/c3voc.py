"""A schedule -> schedule JSON in the c3voc format, as it is kept and as other apps open it.

It is valid by the format's schema, https://c3voc.de/schedule/schema.json; what that has no place
for stands where it allows anything (see `own.meta`).
"""

import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot import __version__
from bot.schedule import Room, Schedule, Session
from bot.sources.own.links import as_uri
from bot.sources.own.meta import GENERATOR, Meta, known, written
from bot.sources.writing.guids import unique_guids
from bot.sources.writing.titles import title_elsewhere

_SCHEMA = "https://c3voc.de/schedule/schema.json"
_CODE = re.compile(r"[A-Z0-9]+")
_OTHERS = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60
_encoded = json.JSONEncoder(ensure_ascii=False).encode
_SHORTEST_ACRONYM = 4


def write(schedule: Schedule) -> str:
    """The schedule as a document that `formats.c3voc` and other programs read."""
    form = _Form(
        schedule,
        unique_guids(schedule),
        {session.id: title_elsewhere(session) for session in schedule.sessions},
        _acronym(schedule.event),
    )
    conference = {
        "acronym": form.acronym,
        "title": schedule.event,
        "start": schedule.days[0].isoformat(),
        "end": schedule.days[-1].isoformat(),
        "daysCount": len(schedule.days),
        "timeslot_duration": "00:05",
        "time_zone_name": schedule.timezone.key,
        "meta": written(form.meta),
        "rooms": [_room(room, form) for room in schedule.rooms.values()],
        "days": [],
    }
    document = {
        "$schema": _SCHEMA,
        "generator": {"name": GENERATOR, "version": __version__},
        "schedule": {"version": schedule.version or "1", "conference": conference},
    }
    # Laid out by the library, a large schedule takes three times as long.
    begins, mark, ends = json.dumps(document, ensure_ascii=False, indent=1).rpartition("[]")
    assert mark
    return "".join((begins, *_days(form), ends, "\n"))


@dataclass(frozen=True, slots=True)
class _Form:
    """What holds for every entry of one document. `titles` say whether a session is cancelled; it
    is none where that cannot be said in a title."""

    schedule: Schedule
    guids: Mapping[int, str]
    titles: Mapping[int, str | None]
    acronym: str

    @property
    def meta(self) -> Meta:
        sessions = self.schedule.sessions
        verbatim = {id for id, title in self.titles.items() if title is None}
        return Meta(
            venue=self.schedule.venue,
            rooms=self.schedule.rooms,
            codes={s.id: s.guid for s in sessions if self.has_code(s) and not _is_code(s.guid)},
            verbatim=frozenset(verbatim),
            cancelled=frozenset(s.id for s in sessions if s.cancelled and s.id in verbatim),
            removed=frozenset(s.id for s in sessions if s.removed),
        )

    def has_code(self, session: Session) -> bool:
        """True if what the source knows it by is not its UUID; as pretalx does it, what stays the
        same stands beside a guid that is unique."""
        return session.guid != self.guids[session.id]

    def local(self, moment: datetime) -> str:
        return moment.astimezone(self.schedule.timezone).isoformat()


def _is_code(guid: str) -> bool:
    return _CODE.fullmatch(guid) is not None


def _room(room: Room, form: _Form) -> dict[str, Any]:
    # The same name is another room at another event.
    guid = uuid.uuid5(uuid.NAMESPACE_URL, f"{form.acronym} {room.name}")
    described = ", ".join(filter(None, (room.floor, room.address)))
    return {"name": room.name, "guid": str(guid), **known(description=described)}


def _days(form: _Form) -> Iterator[str]:
    """The list of days in JSON, in pieces: with a line for each entry, in lists by room."""
    schedule = form.schedule
    before = "[\n    "
    for index, day in enumerate(schedule.days, start=1):
        begins = schedule.moment(day, schedule.day_change)
        about = {
            "index": index,
            "date": day.isoformat(),
            "day_start": form.local(begins),
            "day_end": form.local(begins + timedelta(days=1, seconds=-60)),
        }
        yield f'{before}{_encoded(about)[:-1]}, "rooms": '
        before = "{\n     "
        for room, events in _by_room(schedule.on(day), form).items():
            yield f"{before}{_encoded(room)}: [\n      "
            yield ",\n      ".join(events)
            before = "\n     ],\n     "
        yield "\n     ]\n    }}"
        before = ",\n    "
    yield "\n   ]"


def _by_room(sessions: Iterable[Session], form: _Form) -> dict[str, list[str]]:
    """The entries of each room, in JSON."""
    rooms: dict[str, list[str]] = {}
    for session in sessions:
        for name in session.slot.rooms or ("",):
            rooms.setdefault(name, []).append(_encoded(_event(session, name, form)))
    return rooms


def _event(session: Session, room: str, form: _Form) -> dict[str, Any]:
    slot, guid = session.slot, form.guids[session.id]
    minutes = round((slot.end - slot.start) / timedelta(minutes=1)) if slot.end else 0
    return {
        "guid": guid,
        **({"code": session.guid} if form.has_code(session) and _is_code(session.guid) else {}),
        "id": session.id,
        "date": form.local(slot.start),
        "start": f"{slot.start.astimezone(form.schedule.timezone):%H:%M}",
        **({"end": form.local(slot.end)} if slot.end else {}),
        "duration": f"{minutes // 60:02}:{minutes % 60:02}",
        "room": room,
        "slug": _slug(f"{form.acronym}-{session.id}", session.title),
        "url": as_uri(session.links[0]) if session.links else f"urn:uuid:{guid}",
        "title": form.titles[session.id] or session.title,
        "subtitle": "",
        "type": session.kind.value,
        "track": "",
        "language": "",
        "abstract": session.abstract,
        "description": session.description,
        "persons": [_person(name, form) for name in session.leads],
        "links": [{"url": as_uri(link), "title": link} for link in session.links],
    }


def _person(name: str, form: _Form) -> dict[str, Any]:
    # Programs of before 2024 know only the longer name of the field.
    aliases = list(form.schedule.people[name].aliases)
    return {"name": name, "public_name": name, **known(aliases=aliases)}


def _acronym(event: str) -> str:
    """The event in letters, digits and underscores, and at least four of them."""
    plain = _plain(event, "_")
    return plain if len(plain) >= _SHORTEST_ACRONYM else f"event_{plain}".strip("_")


def _slug(beginning: str, title: str) -> str:
    """A name for addresses that begins so."""
    return f"{beginning}-{_plain(title, '-')[:_LONGEST_SLUG]}".strip("-")


def _plain(text: str, between: str) -> str:
    letters = text.lower()
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return _OTHERS.sub(between, letters).strip(between)
