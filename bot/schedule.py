"""The programme of an event: immutable values, indexed once, that answer questions about time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

_Key = TypeVar("_Key")

# A session whose source names no end is taken to last this long.
USUAL_LENGTH = timedelta(hours=1)
_QUARTER = 15 * 60


class Kind(StrEnum):
    """What sort of entry a session is."""

    SESSION = "session"
    PLENARY = "plenary"
    LIGHTNING = "lightning talks"
    UNCONFERENCE = "unconference"
    HACKATHON = "hackathon"
    BREAK = "break"
    LUNCH = "lunch"
    PARTY = "party"
    PLACEHOLDER = "placeholder"

    @property
    def pauses(self) -> bool:
        """True for the times between the programme: shown once, however many rooms list them."""
        return self in (Kind.BREAK, Kind.LUNCH)

    @property
    def contains(self) -> bool:
        """True for blocks that people drop into and leave: they never conflict with anything."""
        return self.pauses or self in (Kind.UNCONFERENCE, Kind.LIGHTNING, Kind.PLACEHOLDER)


class Live(StrEnum):
    """How an entry stands to the published schedule, where organisers have had a hand in it."""

    CHANGED = "changed live"
    ADDED = "added live"


@dataclass(frozen=True, slots=True)
class Room:
    """A place where sessions are held; address and floor only where the schedule tells them."""

    name: str
    address: str | None = None
    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who leads sessions; `aliases` are other names and logins people know them by."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """When (UTC) and in which rooms, by name, a session is held; `end` is None where unknown."""

    start: datetime
    end: datetime | None
    rooms: tuple[str, ...]

    @property
    def until(self) -> datetime:
        """The end, or a usual length after the start where the schedule does not tell."""
        return self.end or self.start + USUAL_LENGTH

    def overlaps(self, other: "Slot") -> bool:
        """True if somebody would have to be in both at once."""
        return self.start < other.until and other.start < self.until


@dataclass(frozen=True, slots=True)
class Facts:
    """What somebody has to know to be in the right place; a changed end alone is no news."""

    title: str
    slot: Slot
    cancelled: bool

    def says_the_same_as(self, other: "Facts") -> bool:
        """True if nobody who knows the one needs to be told the other."""
        if self.cancelled and other.cancelled:
            return True
        return (self.title, self.slot.start, self.slot.rooms, self.cancelled) == (
            other.title,
            other.slot.start,
            other.slot.rooms,
            other.cancelled,
        )


@dataclass(frozen=True, slots=True)
class Session:
    """One entry of the programme. `id` is what people type, `guid` the source's identity;
    `leads` are names of people. A cancelled session keeps its last slot; one that is `removed` is
    cancelled because it no longer stands in the published schedule. `live` says that organisers
    have made or changed it themselves; that is never published."""

    id: int
    guid: str
    title: str
    slot: Slot
    leads: tuple[str, ...] = ()
    kind: Kind = Kind.SESSION
    abstract: str = ""
    description: str = ""
    links: tuple[str, ...] = ()
    cancelled: bool = False
    removed: bool = False
    live: Live | None = None

    @property
    def facts(self) -> Facts:
        """What the people who bookmarked it are told."""
        return Facts(self.title, self.slot, self.cancelled)

    @property
    def text(self) -> str:
        """The abstract, or the longer description where there is none."""
        return self.abstract or self.description


class Edition(NamedTuple):
    """A state of the programme in the database: the number of the published version that counts,
    and that of the last thing that organisers did; 0 where there is none."""

    version: int
    acts: int


class Schedule:
    """One version of the whole programme; never changed after it is made.

    `day_change` is the local time at which a new day begins: a party at half past midnight
    belongs to the evening before. `edition` is there where it is from the database.
    """

    def __init__(
        self,
        event: str,
        timezone: ZoneInfo,
        sessions: Iterable[Session],
        *,
        rooms: Iterable[Room] = (),
        people: Iterable[Person] = (),
        day_change: time = time(4),
        version: str = "",
        venue: str = "",
        edition: Edition | None = None,
    ) -> None:
        self.event = event
        self.edition = edition
        self.timezone = timezone
        self.day_change = day_change
        self.version = version
        self.venue = venue
        self.sessions = tuple(sorted(sessions, key=lambda s: (s.slot.start, s.slot.rooms, s.id)))
        known_rooms = {room.name: room for room in rooms}
        for session in self.sessions:
            for name in session.slot.rooms:
                known_rooms.setdefault(name, Room(name))
        self.rooms = known_rooms
        known_people = {person.name: person for person in people}
        for session in self.sessions:
            for name in session.leads:
                known_people.setdefault(name, Person(name))
        self.people = known_people

    def index(self) -> None:
        """Make all indexes now: of a large schedule that takes a while."""
        for index in (self._by_id, self._by_quarter, self._by_room, self._by_lead, self._by_day):
            assert index is not None

    def session(self, id: int) -> Session | None:
        """The session that people call by this number."""
        return self._by_id.get(id)

    def running(self, now: datetime) -> list[Session]:
        """What is on at `now` (start <= now < end), ordered by start and room."""
        return [
            s for s in self._by_quarter.get(_quarter(now), ()) if s.slot.start <= now < s.slot.until
        ]

    def upcoming(self, after: datetime, among: "Sequence[Session] | None" = None) -> list[Session]:
        """All that share the earliest start after `after`; `among` must be in order of start."""
        later = self.planned if among is None else among
        group: list[Session] = []
        for index in range(bisect_right(later, after, key=_start), len(later)):
            session = later[index]
            if group and session.slot.start != group[0].slot.start:
                break
            if not session.cancelled:
                group.append(session)
        return group

    def starting(self, after: datetime, until: datetime) -> Sequence[Session]:
        """Sessions that are to start later than `after` and not later than `until`."""
        planned = self.planned
        return planned[
            bisect_right(planned, after, key=_start) : bisect_right(planned, until, key=_start)
        ]

    def in_room(self, name: str) -> Sequence[Session]:
        """What is planned in this room, in order of start."""
        return self._by_room.get(name, ())

    def led_by(self, name: str) -> Sequence[Session]:
        """What this person leads, cancelled sessions too, in order of start."""
        return self._by_lead.get(name, ())

    def day_of(self, moment: datetime) -> date:
        """The day of the event that a moment belongs to."""
        local = moment.astimezone(self.timezone)
        day = local.date()
        return day - timedelta(days=1) if local.time() < self.day_change else day

    def on(self, day: date) -> Sequence[Session]:
        """Everything on this day of the event, cancelled sessions too, in order of start."""
        return self._by_day.get(day, ())

    def moment(self, day: date, at: time) -> datetime:
        """The moment (UTC) that this local time means on this day of the event."""
        late = timedelta(days=1 if at < self.day_change else 0)
        return datetime.combine(day + late, at, self.timezone).astimezone(UTC)

    @cached_property
    def planned(self) -> Sequence[Session]:
        """All sessions that are not cancelled, in order of start."""
        return tuple(s for s in self.sessions if not s.cancelled)

    @cached_property
    def days(self) -> Sequence[date]:
        """The days that have a programme, in order."""
        return tuple(self._by_day)

    @cached_property
    def opens(self) -> datetime | None:
        """The start of the first session; None for an empty programme."""
        return self.planned[0].slot.start if self.planned else None

    @cached_property
    def closes(self) -> datetime | None:
        """The end of the last session; None for an empty programme."""
        return max((s.slot.until for s in self.planned), default=None)

    @cached_property
    def _by_id(self) -> dict[int, Session]:
        return {s.id: s for s in self.sessions}

    @cached_property
    def _by_quarter(self) -> dict[int, list[Session]]:
        # A session stands in every quarter of an hour that it touches, so that `running` looks at
        # one short list.
        quarters: dict[int, list[Session]] = {}
        for session in self.planned:
            for quarter in range(_quarter(session.slot.start), _quarter(session.slot.until) + 1):
                quarters.setdefault(quarter, []).append(session)
        return quarters

    @cached_property
    def _by_room(self) -> dict[str, list[Session]]:
        return _grouped((name, s) for s in self.planned for name in s.slot.rooms)

    @cached_property
    def _by_lead(self) -> dict[str, list[Session]]:
        return _grouped((name, s) for s in self.sessions for name in s.leads)

    @cached_property
    def _by_day(self) -> dict[date, list[Session]]:
        return _grouped((self.day_of(s.slot.start), s) for s in self.sessions)


def _start(session: Session) -> datetime:
    return session.slot.start


def _quarter(moment: datetime) -> int:
    return int(moment.timestamp() // _QUARTER)


def _grouped(pairs: Iterable[tuple[_Key, Session]]) -> dict[_Key, list[Session]]:
    groups: dict[_Key, list[Session]] = {}
    for key, session in pairs:
        groups.setdefault(key, []).append(session)
    return groups
