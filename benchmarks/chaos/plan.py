"""What will happen in a chaos run: a pure function of its scale and a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.chaos.history import Kind
from benchmarks.chaos.scale import NETWORKS, ORIGIN, Scale
from bot.schedule import Schedule, Session, Slot

_ZONE = ZoneInfo("America/Los_Angeles")
_ROOMS = ("Marina", "Seacliff", "Mission", "Sutter", "Nob Hill", "Ballroom")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody bookmarks a session."""

    at: float
    network: str
    user: str
    session: int


@dataclass(frozen=True, slots=True)
class Change:
    """A session is published anew."""

    at: float
    session: Session


@dataclass(frozen=True, slots=True)
class Kill:
    """The first of these processes that may be ended is, or before them whoever speaks on the
    network that allows one connection; it starts again so many seconds later."""

    at: float
    order: tuple[str, ...]
    speaker_first: bool
    down: float


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at` to `until` a network does this to a share of its messages."""

    at: float
    until: float
    network: str
    kind: Kind
    share: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that happens, each list in order of time."""

    schedule: Schedule
    wishes: Sequence[Wish]
    changes: Sequence[Change]
    kills: Sequence[Kill]
    faults: Sequence[Fault]


def planned(scale: Scale, seed: int, processes: Sequence[str]) -> Plan:
    """The plan of a seed."""
    random = Random(seed)
    sessions = list(_sessions(scale, random))
    return Plan(
        Schedule("Chaos Summit", _ZONE, sessions),
        sorted(_wishes(scale, random, sessions), key=lambda wish: wish.at),
        sorted(_changes(scale, random, sessions), key=lambda change: change.at),
        list(_kills(scale, random, sessions, processes)),
        sorted(_faults(scale, random, sessions), key=lambda fault: fault.at),
    )


def _sessions(scale: Scale, random: Random) -> Iterator[Session]:
    first = scale.window.total_seconds() / scale.speed + 1
    minutes = [
        minute
        for minute in range(0, int((scale.length + scale.rest) * scale.speed / 60), scale.every)
        if minute * 60 / scale.speed > first
    ]
    for number in range(1, scale.sessions + 1):
        start = ORIGIN + random.choice(minutes) * _MINUTE
        slot = Slot(start, start + random.choice((10, 25, 40)) * _MINUTE, (random.choice(_ROOMS),))
        yield Session(number, f"chaos-{number}", f"Session {number}", slot)


def _wishes(scale: Scale, random: Random, sessions: Sequence[Session]) -> Iterator[Wish]:
    each = scale.bookmarks // scale.people
    for number in range(scale.people):
        network = NETWORKS[number % len(NETWORKS)].name
        for session in random.sample(sessions, each):
            latest = scale.seconds(session.slot.start)
            at = random.uniform(0, latest) if random.random() < scale.meanwhile else 0.0
            yield Wish(at, network, f"person-{number}", session.id)


def _changes(scale: Scale, random: Random, sessions: Sequence[Session]) -> Iterator[Change]:
    today = {session.id: session for session in sessions}
    busy = dict.fromkeys(today, 0.0)
    for at in sorted(random.uniform(2, scale.length) for _ in range(scale.changes)):
        now = scale.moment(at)
        to_come = [s for s in today.values() if s.slot.start > now and busy[s.id] < at]
        if not to_come:
            continue
        before = random.choice(to_come)
        after = _changed(scale, random, before, now)
        today[before.id] = after
        yield Change(at, after)
        if random.random() < scale.back:
            # What is taken back at once is the hardest to tell rightly.
            back = at + random.uniform(0.1, 1) * scale.soon
            if scale.seconds(before.slot.start) > back:
                busy[before.id] = back
                today[before.id] = before
                yield Change(back, before)


def _changed(scale: Scale, random: Random, session: Session, now: datetime) -> Session:
    slot = session.slot
    if session.cancelled:
        start = slot.start if random.random() < 0.7 else _soon(scale, random, now)
        return replace(session, slot=_moved(slot, start), cancelled=False)
    match random.choice(("later", "later", "soon", "soon", "room", "title", "cancelled")):
        case "later":
            return replace(session, slot=_moved(slot, slot.start + random.randint(2, 9) * _MINUTE))
        case "soon":
            return replace(session, slot=_moved(slot, _soon(scale, random, now)))
        case "room":
            others = [room for room in _ROOMS if room not in slot.rooms]
            return replace(session, slot=replace(slot, rooms=(random.choice(others),)))
        case "title":
            return replace(session, title=f"{session.title}, revised")
        case _:
            return replace(session, cancelled=True)


def _soon(scale: Scale, random: Random, now: datetime) -> datetime:
    """A whole minute about when reminders begin: before the reminder, or instead of it."""
    minutes = (now - ORIGIN) // _MINUTE + scale.window // _MINUTE + random.randint(0, 2)
    return ORIGIN + minutes * _MINUTE


def _moved(slot: Slot, start: datetime) -> Slot:
    return replace(slot, start=start, end=start + (slot.until - slot.start))


def _kills(
    scale: Scale, random: Random, sessions: Sequence[Session], processes: Sequence[str]
) -> Iterator[Kill]:
    for at in _moments(scale, random, sessions, scale.kills, scale.apart):
        order = tuple(random.sample(processes, len(processes)))
        yield Kill(at, order, random.random() < 0.3, random.uniform(0, scale.down))


def _faults(scale: Scale, random: Random, sessions: Sequence[Session]) -> Iterator[Fault]:
    hangs = (Kind.HANG_BEFORE, Kind.HANG_AFTER)
    for network in NETWORKS:
        # What hangs twice in its window may be lost: so much has to be granted.
        window = scale.window.total_seconds() / scale.speed
        for number, at in enumerate(_moments(scale, random, sessions, scale.hangs, window)):
            yield _fault(scale, random, at, network.name, hangs[number % 2])
        for kind in Kind:
            if kind not in hangs:
                count = scale.bursts if kind is not Kind.GONE else 2
                for at in _moments(scale, random, sessions, count, 0):
                    yield _fault(scale, random, at, network.name, kind)


def _fault(scale: Scale, random: Random, at: float, network: str, kind: Kind) -> Fault:
    share = random.uniform(0.2, 0.6) if kind is not Kind.GONE else 0.05
    return Fault(at, at + random.uniform(0.3, 1) * scale.burst, network, kind, share)


def _moments(
    scale: Scale, random: Random, sessions: Sequence[Session], count: int, apart: float
) -> list[float]:
    """Random moments at least so many seconds apart; half of them while reminders go out."""
    chosen: list[float] = []
    for attempt in range(1000 * count):
        if len(chosen) == count:
            break
        at = random.uniform(1, scale.length)
        if attempt % 2:
            start = random.choice(sessions).slot.start
            at = scale.seconds(start - scale.window) + random.uniform(0, 1) * scale.soon
        if 1 < at < scale.length and all(abs(at - other) >= apart for other in chosen):
            chosen.append(at)
    return sorted(chosen)
