"""Whether everybody was told in time, and the truth: judged by what the network noted. Pure.

Times are in seconds of real time since the run began, as in the history.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from benchmarks.chaos.history import Bookmarked, Got, History, Kind, Words
from benchmarks.chaos.scale import Scale
from bot.schedule import Facts

_SEEN_WITHIN = 3.0
"""Seconds after which a message may not say any more what the schedule said before."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not have happened to somebody, about a session."""

    at: float
    network: str
    user: str
    session: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `expected` are the pairs of a person and a start of which there had to be a
    reminder, `words` what had to be known about sessions at the end of a version; of neither are
    those that were `excused`, for the network said meanwhile that the person was gone."""

    expected: int
    words: int
    excused: int
    lost: Sequence[Finding]
    late: Sequence[Finding]
    wrong: Sequence[Finding]
    outdated: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Version:
    """What the schedule said about a session from one moment to another."""

    since: float
    until: float
    facts: Facts


Versions = Mapping[int, Sequence[Version]]
_About = tuple[str, str, int]
"""A network, a user, and a session."""


def judged(history: History, scale: Scale) -> Verdict:
    """The verdict about a run. What had not been true for the scale's margin, or bookmarked so
    long before, nobody has to know yet."""
    published, heard, gone = versions(history), _heard(history), _gone(history)
    expected = words = excused = 0
    lost, wrong = list[Finding](), list[Finding]()
    absence, window = scale.patience.absence.total_seconds(), _window(scale)
    for mark in history.bookmarked:
        about = (mark.network, mark.user, mark.session)
        known = heard.get(about, ())
        for start in _starts(mark, published[mark.session], scale):
            comes = scale.seconds(start)
            if _any_within(gone.get(about, ()), comes - window - absence, comes):
                excused += 1
                continue
            expected += 1
            if not _reminded(known, start, scale):
                lost.append(Finding(comes, *about, f"was not reminded of {start:%H:%M}"))
        for version in _told_versions(mark, published[mark.session], known, scale):
            if _any_within(gone.get(about, ()), version.since - absence, version.until):
                excused += 1
                continue
            words += 1
            believed = _believed(mark, known, version.until)
            if not believed.says_the_same_as(version.facts):
                what = f"believed {believed} instead of {version.facts}"
                wrong.append(Finding(version.until, *about, what))
    late, outdated = list(_late(history, published, scale)), list(_outdated(history, published))
    return Verdict(expected, words, excused, lost, late, wrong, outdated)


def announces(got: Got, words: Words, scale: Scale) -> bool:
    """True if who reads this needs no further reminder of the start."""
    start = words.facts.slot.start
    soon = start - scale.window <= got.message.written < start
    return words.reminds or (soon and not words.facts.cancelled)


def versions(history: History) -> Versions:
    """What was published about each session, in order."""
    listed = sorted(history.published, key=lambda p: (p.session, p.at))
    found: dict[int, list[Version]] = {}
    for number, group in groupby(listed, key=lambda p: p.session):
        of = list(group)
        ends = [later.at for later in of[1:]] + [history.ended]
        found[number] = [Version(p.at, end, p.facts) for p, end in zip(of, ends, strict=True)]
    return found


def _heard(history: History) -> Mapping[_About, Sequence[tuple[Got, Words]]]:
    """What everybody has read about each session, in order."""
    heard: dict[_About, list[tuple[Got, Words]]] = defaultdict(list)
    for got in history.got:
        if got.read:
            for words in got.message.words:
                heard[got.network, got.message.user, words.session].append((got, words))
    return heard


def _gone(history: History) -> Mapping[_About, Sequence[float]]:
    gone: dict[_About, list[float]] = defaultdict(list)
    for got in history.got:
        if got.fault is Kind.GONE:
            for words in got.message.words:
                gone[got.network, got.message.user, words.session].append(got.at)
    return gone


def _starts(mark: Bookmarked, versions: Sequence[Version], scale: Scale) -> Iterator[datetime]:
    """The starts that were true when they came, and long enough before."""

    def start_of(version: Version) -> datetime | None:
        return None if version.facts.cancelled else version.facts.slot.start

    for start, group in groupby(versions, key=start_of):
        if start is None:
            continue
        first, *_, last = [*(run := list(group)), run[-1]]
        comes = scale.seconds(start)
        due = max(first.since, mark.at, comes - _window(scale))
        if last.until >= comes and comes - due >= scale.margin:
            yield start


def _reminded(known: Sequence[tuple[Got, Words]], start: datetime, scale: Scale) -> bool:
    return any(
        words.facts.slot.start == start
        and announces(got, words, scale)
        and got.at < scale.seconds(start)
        for got, words in known
    )


def _told_versions(
    mark: Bookmarked, versions: Sequence[Version], known: Sequence[tuple[Got, Words]], scale: Scale
) -> Iterator[Version]:
    """The versions that lasted, and mattered, long enough for the owner to have to know them."""
    joined: list[Version] = []
    for version in versions:
        if joined and joined[-1].facts.says_the_same_as(version.facts):
            version = Version(joined.pop().since, version.until, version.facts)
        joined.append(version)
    for version in joined:
        since = max(version.since, mark.at)
        slots = (version.facts.slot, _believed(mark, known, version.until).slot)
        matters_until = max(scale.seconds(slot.until) for slot in slots)
        if min(version.until, matters_until) - since >= scale.margin:
            yield version


def _believed(mark: Bookmarked, known: Sequence[tuple[Got, Words]], at: float) -> Facts:
    """The last word that the owner has read about a session by then."""
    count = bisect_left(known, at, key=lambda heard: heard[0].at)
    return known[count - 1][1].facts if count else mark.facts


def _late(history: History, published: Versions, scale: Scale) -> Iterator[Finding]:
    """Reminders that came when the session had started: as they name it, or as it was published."""
    for got, words in _read(history):
        if not words.reminds:
            continue
        starts = [words.facts.slot.start]
        starts += [
            version.facts.slot.start
            for version in published[words.session]
            if version.since <= got.at < version.until
        ]
        if got.at >= scale.seconds(min(starts)):
            what = f"was reminded of {min(starts):%H:%M} at {scale.moment(got.at):%H:%M:%S}"
            yield Finding(got.at, got.network, got.message.user, words.session, what)


def _outdated(history: History, published: Versions) -> Iterator[Finding]:
    """What had not been true any more for some time when it was said."""
    for got, words in _read(history):
        recent = (
            version.facts
            for version in published[words.session]
            if version.since <= got.at < version.until + _SEEN_WITHIN
        )
        if not any(words.facts.says_the_same_as(facts) for facts in recent):
            what = f"was told {words.facts}, which was not true"
            yield Finding(got.at, got.network, got.message.user, words.session, what)


def _read(history: History) -> Iterator[tuple[Got, Words]]:
    return ((got, words) for got in history.got if got.read for words in got.message.words)


def _window(scale: Scale) -> float:
    return scale.window.total_seconds() / scale.speed


def _any_within(moments: Sequence[float], since: float, until: float) -> bool:
    return any(since <= moment < until for moment in moments)
