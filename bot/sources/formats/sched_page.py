"""The schedule page of a Sched event, saved as text.

An entry is a time line, a title, a description, one full time line and a place line, with blank
lines between some of them. Descriptions hold times and names of days, so only the exact full
lines count. The page names no zone and no ids.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cleaning import one_line
from bot.schedule import Kind, Person, Room, Schedule, Session, Slot
from bot.sources import YEARS, Given, Imported, NotASchedule
from bot.sources.reading.entries import NAMELESS, Broken, ended, not_too_many
from bot.sources.reading.titles import told as told_cancelled

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_CLOCK = r"\d{1,2}:\d{2}(?:[ap]m)?"
_FULL = re.compile(
    rf"{_DAY} (?P<day>[A-Z][a-z]+ \d{{1,2}}, \d{{4}}) (?P<start>{_CLOCK}) [-–] "
    rf"(?:{_DAY} (?P<end_day>[A-Z][a-z]+ \d{{1,2}}, \d{{4}}) )?(?P<end>{_CLOCK})(?: [A-Z]{{2,5}})?"
)
# Begins like a full time line: where it is none, its entry is lost, and somebody should know.
_ALMOST = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?,? [A-Z][a-z]+\.? \d{1,2},? \d{4}\b", re.IGNORECASE
)
# What begins the next entry or day stands where the place is missing.
_NO_PLACE = re.compile(rf"{_CLOCK}|{_DAY}, [A-Z][a-z]+ \d{{1,2}}|")
_LEAD = re.compile(r"\(Session leads? (?:is|are) (?P<names>[^()]+)\)")
_JOIN = re.compile(
    r"^Join (?P<name>\w[\w'’~-]*(?: [^\W\d_a-z][\w'’~-]*){1,3})(?: \([^()]+\))?\.$", re.MULTILINE
)
_LINK = re.compile(r"(?<![\w/.@])(?:https?://|www\.|github\.com/)[^\s()\[\]<>\"“”]+")
_CAMEL = re.compile(r"^(?P<first>[A-Z][a-z]+)(?P<last>[A-Z][a-z]+(?:[A-Z][a-z]+)?)$")
_STREET = (
    r"st|street|ave|avenue|blvd|boulevard|rd|road|way|lane|ln|drive|dr|plaza|square|building|"
    r"center|centre|pier"
)
# A number, and behind it what streets are called: an address begins there.
_NUMBER = re.compile(r" (?=\d+\w? )")
_STREETS = re.compile(rf"\b(?:{_STREET})\b|,", re.IGNORECASE)
_VENUE = r"Restaurant|Lounge|Bar|Cafe|Café|Gallery|Club|Pub|Museum|Theater|Theatre|Hall"
_HOTEL = r"Hyatt|Hilton|Marriott|Sheraton|Westin|Fairmont|Radisson|Novotel|Ibis|Holiday Inn"
_NAMED = re.compile(rf"\b(?:{_VENUE}) (?=(?P<hotel>(?:{_HOTEL})\b)|[A-Z]\w)")
_EVENING = 18
_ECHO = 80


def recognises(text: str) -> bool:
    """True for a page with a time line in it, even one that cannot be read; not for its HTML."""
    if text.lstrip().startswith("<"):
        return False
    return any(_FULL.fullmatch(line) or _ALMOST.match(line) for line in _lines(text))


def read(text: str, given: Given) -> Imported:
    """The schedule on a page. The page names neither zone nor event. Raises NotASchedule."""
    zone = given.timezone
    if zone is None:
        raise NotASchedule(
            "This page names no time zone: name the event's, like America/Los_Angeles (--timezone)."
        )
    warnings: list[str] = []
    entries = list(not_too_many(_entries(_lines(text), zone, warnings)))
    if not entries:
        raise NotASchedule("Times were found on this page, but not one session that can be read.")
    sessions = [_session(number, entry) for number, entry in enumerate(entries, start=1)]
    rooms = {entry.room.name: entry.room for entry in entries if entry.room}
    schedule = Schedule(
        given.event or "The event", zone, sessions, rooms=rooms.values(), people=_people(entries)
    )
    return Imported(schedule, tuple(warnings))


def _lines(text: str) -> list[str]:
    return [one_line(line) for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class _Entry:
    title: str
    start: datetime  # at the event
    slot: Slot
    room: Room | None
    leads: tuple[Person, ...]
    description: str


@dataclass(frozen=True, slots=True)
class _Almost:
    """A line of a block that is almost a full time line, and what the entry above it is called."""

    index: int
    line: str
    title: str

    def warning(self, begins: int | None) -> str:
        """What became of it, in a block with an entry that begins there, or with none."""
        if begins is not None and begins < self.index:
            became = "so it was taken for a part of the description"
        else:
            became = "so the entry was left out"
        return f"{self.title}: the time {_short(self.line)!r} cannot be read, {became}."


def _entries(lines: Sequence[str], zone: ZoneInfo, warnings: list[str]) -> Iterator[_Entry]:
    block: list[str] = []
    below = 0  # Where in the block the line behind the last time is, if there is one.
    almost: list[_Almost] = []
    rest = iter(range(len(lines)))
    for index in rest:
        line = lines[index]
        match = _FULL.fullmatch(line)
        if match is None:
            if _ALMOST.match(line):
                almost.append(_Almost(len(block), line, _title(block, below)))
            block.append(line)
            if re.fullmatch(_CLOCK, line):
                below = len(block)
            continue
        place = lines[index + 1] if index + 1 < len(lines) else ""
        if _NO_PLACE.fullmatch(place):
            place = ""
        else:
            next(rest, None)
        begins = _beginning(block, match["start"], almost)
        warnings += (one.warning(begins) for one in almost)
        try:
            yield _entry(block, begins, match, place, zone, warnings)
        except Broken as broken:
            warnings.append(f"{_title(block, below)} ({line}): left out, {broken}.")
        block, below, almost = [], 0, []
    warnings += (one.warning(None) for one in almost)


def _entry(
    block: Sequence[str],
    begins: int | None,
    full: re.Match[str],
    place: str,
    zone: ZoneInfo,
    warnings: list[str],
) -> _Entry:
    title, *description = _body(block, begins)
    try:
        start = _moment(full["day"], full["start"], zone)
        end = _moment(full["end_day"] or full["day"], full["end"], zone)
        if end <= start and not full["end_day"]:
            end += timedelta(days=1)
        room = _room(place) if place else None
        from_, to = start.astimezone(UTC), end.astimezone(UTC)
    except ValueError:
        raise Broken("its date or time does not exist") from None
    if to <= from_:
        raise Broken("it ends before it begins")
    slot = Slot(from_, ended(from_, to, title, warnings), (room.name,) if room else ())
    told, leads = _leads("\n".join(description).strip())
    return _Entry(title, start, slot, room, leads, told)


def _beginning(block: Sequence[str], start: str, almost: Sequence[_Almost]) -> int | None:
    """Where in a block the first line is that is the start of its entry.

    A line that is almost a full time line ends an entry that is lost: only what stands below it
    counts, unless the start stands above it; then it is a part of the description.
    """
    for first in (*(one.index for one in almost[-1:]), 0):
        for index in range(first, len(block)):
            if _same_time(block[index], start):
                return index
    return None


def _body(block: Sequence[str], begins: int | None) -> list[str]:
    """The title and what follows it, below the line where the entry begins."""
    if begins is None:
        raise Broken("no line with its start stands above it")
    below = list(block[begins + 1 :])
    while below and not below[0]:
        below.pop(0)
    if not below:
        raise Broken("it has no title")
    return below


def _title(block: Sequence[str], below: int) -> str:
    """The first line of a block below its last time: most likely the title of its entry."""
    lines = (block[index] for index in range(below or len(block), len(block)))
    return next((line for line in lines if line), NAMELESS)


def _short(line: str) -> str:
    return line if len(line) <= _ECHO else line[: _ECHO - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _same_time(line: str, start: str) -> bool:
    if line == start:
        return True
    if not re.fullmatch(_CLOCK, line):
        return False
    try:
        return _clock(line) == _clock(start)
    except ValueError:
        return False


def _session(number: int, entry: _Entry) -> Session:
    title, cancelled = told_cancelled(entry.title)
    identity = f"{entry.start.isoformat()} {'/'.join(entry.slot.rooms)} {title}"
    return Session(
        id=number,
        guid=str(uuid.uuid5(uuid.NAMESPACE_URL, identity)),
        title=title,
        slot=entry.slot,
        leads=tuple(dict.fromkeys(person.name for person in entry.leads)),
        kind=_kind(entry),
        description=" ".join(entry.description.split()),
        links=_links(entry.description),
        cancelled=cancelled,
    )


def _moment(day: str, clock: str, zone: ZoneInfo) -> datetime:
    date = datetime.strptime(day, "%B %d, %Y").date()  # noqa: DTZ007
    if date.year not in YEARS:
        raise ValueError(date.year)
    return datetime.combine(date, _clock(clock), zone)


def _clock(written: str) -> time:
    form = "%I:%M%p" if written.endswith("m") else "%H:%M"
    return datetime.strptime(written, form).time()  # noqa: DTZ007


def _leads(description: str) -> tuple[str, tuple[Person, ...]]:
    """The description without the sentence that names the leads, and the leads."""
    names: list[str] = []
    match = _LEAD.search(description)
    if match is not None:
        names = re.split(r",(?: and)? | and ", " ".join(match["names"].split()))
    else:
        match = _JOIN.search(description)
        names = [match["name"]] if match is not None else []
    if match is None:
        return description, ()
    rest = description[: match.start()] + description[match.end() :]
    people = (_person(name.strip(" ,")) for name in names)
    return rest.strip(), tuple(person for person in people if person.name)


def _person(written: str) -> Person:
    """A readable name; what somebody signed with stays as an alias."""
    camel = _CAMEL.match(written)
    name = f"{camel['first']} {camel['last']}" if camel else written
    name = " ".join(re.sub(r"[^\w\s.'’-]", "", name).split())
    if " " in name and name == name.lower():
        name = " ".join(word[:1].upper() + word[1:] for word in name.split())
    return Person(name, (written,) if name != written else ())


def _people(entries: Iterable[_Entry]) -> list[Person]:
    """Everybody once, with whatever they signed with anywhere."""
    aliases: dict[str, dict[str, None]] = {}
    for person in (person for entry in entries for person in entry.leads):
        aliases.setdefault(person.name, {}).update(dict.fromkeys(person.aliases))
    return [Person(name, tuple(signed)) for name, signed in aliases.items()]


def _room(place: str) -> Room:
    """A place line; Sched joins venue and street address with nothing between them."""
    if at := _address(place):
        return Room(place[: at - 1], place[at:])
    floor = place if re.fullmatch(r"\w+ Floor", place, re.IGNORECASE) else None
    return Room(place, floor=floor)


def _address(place: str) -> int:
    """Where in a place line the address begins; 0 if there is none. In one pass over the line."""
    number = _NUMBER.search(place, 1)
    if number is not None and _STREETS.search(place, place.index(" ", number.end()) + 1):
        return number.end()
    comma = place.rfind(",")
    ends = [
        match.end() for match in _NAMED.finditer(place) if match["hotel"] or match.end() + 1 < comma
    ]
    return ends[-1] if ends else 0


def _kind(entry: _Entry) -> Kind:
    title = entry.title.casefold()
    if re.search(r"\bbreak$", title):
        return Kind.BREAK
    if title.startswith("lunch"):
        return Kind.LUNCH
    if title.startswith("lightning talk"):
        return Kind.LIGHTNING
    if "unconference" in title:
        return Kind.UNCONFERENCE
    if title.startswith("placeholder"):
        return Kind.PLACEHOLDER
    if entry.leads:
        return Kind.SESSION
    if "hackathon" in title:
        return Kind.HACKATHON
    # Nobody leads a party, it is in the evening, and its text calls it one.
    if entry.start.hour >= _EVENING and "party" in f"{title} {entry.description.casefold()}":
        return Kind.PARTY
    if re.match(r"welcome|opening|closing|keynote|plenary", title):
        return Kind.PLENARY
    return Kind.SESSION


def _links(description: str) -> tuple[str, ...]:
    found = (match.group().rstrip(".,;:!?'") for match in _LINK.finditer(description))
    full = (link if link.startswith("http") else f"https://{link}" for link in found)
    return tuple(dict.fromkeys(full))
