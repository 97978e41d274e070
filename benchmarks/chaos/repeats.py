"""Who has read the same twice, and whether that was to be expected: judged by the network. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from benchmarks.chaos.history import Closed, Got, History, Words
from benchmarks.chaos.scale import NETWORKS, Scale
from benchmarks.chaos.verdict import Finding, Version, Versions, announces, versions

_SETTLED_WITHIN = 2.0
"""Seconds after its answer within which a process has noted in the database that a message was
taken; if it was killed before, it may not have."""

_BOUNDARY = 1.0
"""Seconds at the beginning of a reminder's time for which it is open whether news stands for it."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Messages that brought what their person had read. On a network that cannot drop repeats they
    are allowed if the one before was in flight when its process was killed, or if the network had
    never answered it; all others are forbidden."""

    after_kills: int
    unanswered: int
    forbidden: Sequence[Finding]


_Said = tuple[Got, Words]


class _Excuse(Enum):
    """Why somebody may read again what they have read."""

    KILLED = "the process was killed while it was in flight"
    UNANSWERED = "the network had never answered"
    OTHERWISE = "something else may have been said in between"


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What excuses are judged by. `broken` is when messages could be lost between a process and
    each network, of which nobody but the process knows."""

    published: Versions
    answered: Mapping[int, float]
    killed: Mapping[str, float]
    broken: Mapping[str, Sequence[float]]
    scale: Scale


def repeats(history: History, scale: Scale) -> Repeats:
    """All repeats of a run. News that comes again as a reminder, when its time has come, is none;
    nor is what was said before other facts were, or were tried to be said, or may have been."""
    evidence = _evidence(history, scale)
    excused: dict[_Excuse, set[int]] = {excuse: set() for excuse in _Excuse}
    forbidden = dict[int, Finding]()
    for said in _by_person_and_session(history).values():
        for (before, _), (got, words) in _pairs(said, scale):
            excuse = _excuse(before, got, words, evidence)
            if excuse is not None:
                excused[excuse].add(got.number)
                continue
            what = f"read again what came at {before.at:.2f} from {before.process}"
            forbidden.setdefault(
                got.number, Finding(got.at, got.network, got.message.user, words.session, what)
            )
    # A message may say several things; the worst one counts.
    unanswered = excused[_Excuse.UNANSWERED] - set(forbidden)
    after_kills = excused[_Excuse.KILLED] - unanswered - set(forbidden)
    return Repeats(len(after_kills), len(unanswered), list(forbidden.values()))


def _evidence(history: History, scale: Scale) -> _Evidence:
    killed = {kill.process: kill.at for kill in history.killed}
    broken = {network.name: list(killed.values()) for network in NETWORKS}
    for line in history.connections:
        if isinstance(line, Closed):
            broken[line.network].append(line.at)
    return _Evidence(versions(history), history.answered, killed, broken, scale)


def _excuse(before: Got, got: Got, words: Words, evidence: _Evidence) -> _Excuse | None:
    """Why `got` may have said once more what `before` had said; None if it may not."""
    if not words.reminds and any(
        _lost(version, evidence.broken[got.network])
        for version in evidence.published[words.session]
        if before.at < version.until
        and version.since < got.at
        and not version.facts.says_the_same_as(words.facts)
    ):
        return _Excuse.OTHERWISE
    if any(network.drops_repeats for network in NETWORKS if network.name == got.network):
        return None
    answered, scale = evidence.answered.get(before.number), evidence.scale
    killed = evidence.killed.get(before.process)
    settled = (answered or before.at + scale.latency[1]) + _SETTLED_WITHIN
    if killed is not None and killed <= settled:
        return _Excuse.KILLED
    in_time = before.at + scale.patience.sending.total_seconds() / 2
    return _Excuse.UNANSWERED if answered is None or answered > in_time else None


def _lost(version: Version, broken: Sequence[float]) -> bool:
    """True if a message that said this may have been lost on its way to the network."""
    return any(version.since <= at <= version.until + _SETTLED_WITHIN for at in broken)


def _by_person_and_session(history: History) -> Mapping[object, Sequence[_Said]]:
    found: dict[object, list[_Said]] = defaultdict(list)
    for got in history.got:
        for words in got.message.words:
            found[got.network, got.message.user, words.session].append((got, words))
    return found


def _pairs(said: Sequence[_Said], scale: Scale) -> Iterator[tuple[_Said, _Said]]:
    """What was read although something had said all of it; and the last that had."""
    boundary = timedelta(seconds=_BOUNDARY * scale.speed)
    same: list[_Said] = []
    reminders: list[_Said] = []
    last: Words | None = None
    for got, words in said:
        if last is not None and not last.facts.says_the_same_as(words.facts):
            same = []
        last = words
        if not got.read:
            continue
        new = announces(got, words, scale)
        opens = words.facts.slot.start - scale.window
        before = [
            (earlier, theirs)
            for earlier, theirs in same
            if not new
            or theirs.reminds
            or (announces(earlier, theirs, scale) and earlier.message.written >= opens + boundary)
        ]
        if words.reminds:
            start = words.facts.slot.start
            before += [each for each in reminders if each[1].facts.slot.start == start]
        if before:
            yield max(before, key=lambda each: each[0].at), (got, words)
        same.append((got, words))
        if words.reminds:
            reminders.append((got, words))
