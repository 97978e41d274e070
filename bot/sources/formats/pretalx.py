"""Answers of pretalx's API (`talks`, `submissions`, `slots`, `schedules`), and the data of its
schedule widget; what it exports is schedule JSON or XML.

Format: https://docs.pretalx.org/api/. Older versions nest what newer ones name by a number or a
code, unless they are asked to expand it. A page of an answer is a whole answer: a list of pages is
read as one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.schedule import Person
from bot.sources import LONGEST, Given, Imported, NotASchedule
from bot.sources.reading.assembling import assembled
from bot.sources.reading.entries import Broken, Entry, each, named, nameless
from bot.sources.reading.texts import line, lines, web_address, written
from bot.sources.reading.times import end_named, moment, zone_of

_GONE = ("canceled", "cancelled", "withdrawn")
# Who is only named so cannot be called by it.
_CODE = re.compile(r"[A-Z0-9]{4,}")
_NOT_PUBLIC = ("submitted", "draft", "rejected", "deleted")

Json = Mapping[str, Any]


def recognises(document: object) -> bool:
    """True for an answer, a list of answers, the widget's data, or a list of talks or slots."""
    pages = _pages(document)
    if pages is None:
        return False
    first = next((item for page in pages for item in page if isinstance(item, dict)), None)
    return first is not None and (
        _is_talk(first) or _is_slot(first) or ("title" in first and _is_widget(document))
    )


def read(document: Any, given: Given) -> Imported:
    """The schedule in an answer. Raises NotASchedule."""
    whole = document if isinstance(document, dict) else {}
    zone = zone_of(whole.get("timezone"), given.timezone)
    warnings: list[str] = []
    found = _Found(
        zone,
        {written(room.get("id")): line(room.get("name")) for room in _objects(whole, "rooms")},
        {
            line(person.get("code")): line(person.get("name"))
            for person in _objects(whole, "speakers")
        },
    )
    items = [item for page in _pages(document) or () for item in page]
    answers = _answers(document)
    if answers and all(page.get("next") for page in answers):
        # The others would seem to have vanished.
        raise NotASchedule(
            "This is one page of several: ask for all of it with ?page_size=500, or give the"
            " schedule's export."
        )
    entries = each(
        (one for number, item in enumerate(items, 1) for one in _placed(item, number, warnings)),
        lambda placed: _entry(placed, found, warnings),
        _named,
        warnings,
    )
    return assembled(
        entries,
        event=given.event or "",
        zone=zone,
        warnings=warnings,
        version=written(whole.get("version")),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the answer says beside its talks: names by id or code."""

    zone: ZoneInfo
    rooms: Mapping[str, str]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A talk, empty for a break, and one of its slots."""

    talk: Json
    slot: Json


def _answers(document: object) -> list[Json]:
    if isinstance(document, list):
        return [page for page in document if isinstance(page, dict) and "results" in page]
    return [document] if isinstance(document, dict) and "results" in document else []


def _pages(document: object) -> list[list[Any]] | None:
    """The lists of talks and slots in a document; none if it cannot be an answer."""
    if answers := _answers(document):
        return [page["results"] for page in answers if isinstance(page["results"], list)]
    if isinstance(document, dict):
        lists = [document[key] for key in ("talks", "slots") if isinstance(document.get(key), list)]
        if isinstance(document.get("breaks"), list) and lists:
            lists.append(document["breaks"])
        return lists or None
    return [document] if isinstance(document, list) else None


def _is_talk(item: Json) -> bool:
    """True for what has more in common with a talk than the names that any list may have."""
    if not {"title", "code"} <= item.keys():
        return False
    speakers = item.get("speakers")
    nested = any(
        isinstance(one, dict) and "code" in one
        for one in (speakers if isinstance(speakers, list) else ())
    )
    return nested or bool({"slot", "slots", "submission_type", "state"} & item.keys())


def _is_widget(document: object) -> bool:
    """True if tables stand beside the talks, which name rooms and people by number and code."""
    return isinstance(document, dict) and any(
        isinstance(document.get(key), list) for key in ("rooms", "speakers")
    )


def _is_slot(item: Json) -> bool:
    return "submission" in item and "start" in item


def _placed(item: Any, number: int, warnings: list[str]) -> Iterator[_Placed]:
    if not isinstance(item, dict):
        warnings.append(f"{nameless(number)}: left out, it is no entry.")
        return
    state = line(item.get("state")).lower()
    if state in _NOT_PUBLIC:
        return
    if _is_slot(item):
        talk = item["submission"]
        yield _Placed(talk if isinstance(talk, dict) else {"code": talk} if talk else {}, item)
        return
    if isinstance(item.get("start"), str):
        yield _Placed(item, item)
        return
    slots = item.get("slots") or item.get("slot")
    slots = slots if isinstance(slots, list) else [slots]
    known = [slot for slot in slots if isinstance(slot, dict) and slot.get("start")]
    yield from (_Placed(item, slot) for slot in known)
    if not known and any(slot for slot in slots if not isinstance(slot, dict)):
        warnings.append(
            f"{named(item.get('title'), item.get('code')) or nameless(number)}: left out, its slots"
            " are only numbers: ask for them with ?expand=slots.room,speakers."
        )


def _title(placed: _Placed) -> str:
    return line(placed.talk.get("title")) or line(placed.slot.get("description"))


def _named(placed: _Placed) -> str:
    """What a warning calls it."""
    key = placed.talk.get("code") or placed.slot.get("id") or placed.slot.get("start")
    return named(_title(placed), key)


def _entry(placed: _Placed, found: _Found, warnings: list[str]) -> Entry:
    talk, slot = placed.talk, placed.slot
    title = _title(placed)
    code = line(talk.get("code"))
    if not title:
        raise Broken(
            f"the talk {code} is only named: ask for it with ?expand=submission"
            if code and talk.keys() == {"code"} else "it has no title"
        )  # fmt: skip
    start = moment(slot.get("start"), found.zone)
    room = _room(slot.get("room"), slot.get("room_id"), found)
    resources = _objects(talk, "resources")
    return Entry(
        title=title,
        start=start,
        end=_end(slot, talk, start, title, found.zone, warnings),
        rooms=(room,) if room else (),
        key=code,
        people=tuple(Person(name) for name in _names(talk.get("speakers"), found) if name),
        kind=line(talk.get("submission_type") or talk.get("session_type") or slot.get("slot_type")),
        abstract=talk.get("abstract"),
        description=talk.get("description"),
        links=lines(web_address(one.get("link") or one.get("resource")) for one in resources),
        cancelled=line(talk.get("state")).lower() in _GONE,
    )


def _end(
    slot: Json, talk: Json, start: datetime, title: str, zone: ZoneInfo, warnings: list[str]
) -> datetime | None:
    end = end_named(slot.get("end"), start, zone, title, warnings)
    minutes = slot.get("duration") or talk.get("duration")
    if end is None and type(minutes) is int and 0 < minutes <= LONGEST / timedelta(minutes=1):
        return start + timedelta(minutes=minutes)
    return end


def _room(room: object, id: object, found: _Found) -> str:
    if isinstance(room, dict):
        return line(room.get("name")) or line(room)
    if isinstance(room, str):
        return found.rooms.get(room) or line(room)
    return found.rooms.get(written(room)) or found.rooms.get(written(id)) or ""


def _names(speakers: object, found: _Found) -> Iterator[str]:
    for speaker in speakers if isinstance(speakers, list) else ():
        if isinstance(speaker, dict):
            yield line(speaker.get("name")) or found.people.get(line(speaker.get("code")), "")
        else:
            name = line(speaker)
            yield found.people.get(name) or ("" if _CODE.fullmatch(name) else name)


def _objects(parent: Json, key: str) -> Iterable[Json]:
    listed = parent.get(key)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
