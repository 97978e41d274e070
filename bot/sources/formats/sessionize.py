"""Answers of Sessionize's API: the views `GridSmart`, `All` and `Sessions`.

Format: https://sessionize.com/playbook/api. Times are local and have no offset, ends may be
missing, and a session for everybody stands under one room, or under none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.schedule import Person
from bot.sources import Given, Imported
from bot.sources.reading.assembling import assembled
from bot.sources.reading.entries import Broken, Entry, each, named
from bot.sources.reading.texts import line, lines, web_address, written
from bot.sources.reading.times import end_named, moment, zone_of

Json = Mapping[str, Any]


def recognises(document: object) -> bool:
    """True for a grid, for groups of sessions, and for everything in one object."""
    found = next(_sessions(document), None)
    return isinstance(found, dict) and "startsAt" in found and "title" in found


def read(document: Any, given: Given) -> Imported:
    """The schedule in an answer. It names neither zone nor event. Raises NotASchedule."""
    zone = zone_of(None, given.timezone)
    warnings: list[str] = []
    rooms = _names(document, "rooms", "name")
    people = _names(document, "speakers", "fullName")
    kinds = _kinds(document)

    def entry(session: Any) -> Entry:
        if not isinstance(session, dict):
            raise Broken("it is no entry")
        title = line(session.get("title"))
        if not title:
            raise Broken("it has no title")
        start = moment(session.get("startsAt"), zone)
        room = line(session.get("room")) or rooms.get(written(session.get("roomId")), "")
        return Entry(
            title=title,
            start=start,
            end=end_named(session.get("endsAt"), start, zone, title, warnings),
            rooms=(room,) if room else (),
            key=written(session.get("id")),
            people=tuple(Person(name) for name in _speakers(session, people)),
            kind=_kind(session, kinds),
            description=session.get("description"),
            links=lines(map(web_address, (session.get("liveUrl"), session.get("recordingUrl")))),
            cancelled=line(session.get("status")).lower() in ("cancelled", "canceled"),
        )

    entries = each(
        # What is accepted and has no time yet stands in the list too.
        (s for s in _sessions(document) if not isinstance(s, dict) or s.get("startsAt")),
        entry,
        lambda one: named(one.get("title"), one.get("id")) if isinstance(one, dict) else "",
        warnings,
    )
    return assembled(entries, event=given.event or "", zone=zone, warnings=warnings)


def _sessions(document: object) -> Iterator[Any]:
    """Each session, wherever it stands: `All` has them in one list, `Sessions` in groups, and
    `GridSmart` in the rooms of each day."""
    groups = document if isinstance(document, list) else [document]
    for group in groups:
        if not isinstance(group, dict):
            continue
        for part in (group, *_listed(group, "rooms")):
            if isinstance(part, dict):
                yield from _listed(part, "sessions")


def _listed(parent: Json, key: str) -> list[Any]:
    found = parent.get(key)
    return found if isinstance(found, list) else []


def _names(document: object, key: str, name: str) -> dict[str, str]:
    """The names in a list of `All`, by id."""
    listed = _listed(document, key) if isinstance(document, dict) else []
    return {written(one.get("id")): line(one.get(name)) for one in listed if isinstance(one, dict)}


def _speakers(session: Json, people: Mapping[str, str]) -> Iterator[str]:
    for speaker in _listed(session, "speakers"):
        if isinstance(speaker, dict):
            name = line(speaker.get("name")) or people.get(written(speaker.get("id")), "")
        else:
            name = people.get(written(speaker), "")
        if name:
            yield name


def _kinds(document: object) -> dict[str, str]:
    """The names of what sessions are filed under, by id: what `All` names by number."""
    categories = _listed(document, "categories") if isinstance(document, dict) else []
    return {
        written(item.get("id")): line(item.get("name"))
        for category in categories
        if isinstance(category, dict) and "format" in line(category.get("title")).lower()
        for item in _listed(category, "items")
        if isinstance(item, dict)
    }


def _kind(session: Json, kinds: Mapping[str, str]) -> str:
    for item in _listed(session, "categoryItems"):
        if found := kinds.get(written(item)):
            return found
    for category in _listed(session, "categories"):
        if isinstance(category, dict) and "format" in line(category.get("name")).lower():
            items = _listed(category, "categoryItems")
            return line(items[0].get("name")) if items and isinstance(items[0], dict) else ""
    return ""
