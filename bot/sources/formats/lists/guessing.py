"""Which field of a list holds what, where nobody has said so: by the names that are usual."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.sources.fields import NAMES, Fields

_USUAL = {
    "title": "title name sessiontitle sessionname talktitle talk summary subject eventname event"
    " eventtitle presentationtitle topic titel titre titulo",
    "start": "start startsat starttime startdatetime starts startat begin begins beginning"
    " begintime from dtstart timestart datetimestart starttimestamp startdate time timeslot"
    " slot beginn debut",
    "end": "end endsat endtime enddatetime ends endat finish finishes finishtime to until dtend"
    " timeend datetimeend endtimestamp enddate stop stoptime ende fin",
    "duration": "duration length minutes durationminutes durationmin dauer",
    "date": "date day sessiondate eventdate startdate datum",
    "room": "room roomname location venue rooms place where stage hall raum ort salle",
    "people": "speakers speaker presenters presenter people authors author leads lead persons"
    " speakernames speakername hosts host facilitators facilitator instructors",
    "kind": "type kind sessiontype format sessionformat category eventtype",
    "abstract": "abstract short shortdescription excerpt teaser",
    "description": "description longdescription details body content text descriptionhtml"
    " beschreibung",
    "url": "url link website confurl permalink weburl",
    "id": "id guid uid uuid key confkey sessionid code talkid eventid",
    "cancelled": "cancelled canceled iscancelled iscanceled status",
}  # fmt: skip
_PLAIN = re.compile(r"[\W_]+")


def guessed(names: Iterable[str], given: Fields) -> Fields:
    """The given fields, and for those that are not given the usual ones among these names."""
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(_PLAIN.sub("", name).lower(), name)
    taken = {getattr(given, what) for what in NAMES}
    found: dict[str, str] = {}
    for what in NAMES:
        if getattr(given, what):
            continue
        for usual in _USUAL[what].split():
            name = by_plain.get(usual, "")
            if name and name not in taken:
                found[what] = name
                taken.add(name)
                break
    return replace(given, **found)
