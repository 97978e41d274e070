"""What makes a session of two versions of a schedule the same: the rungs of the ladder, by the
source's keys, and by title, start, room and people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from bot.schedule import Schedule, Session
from bot.sources.versions.similarity import folded, resemblance, strangers


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A session as it is compared: `start` in seconds since 1970, `day` that of the event, names
    without case and punctuation, and `key` empty where the source has none."""

    session: Session
    key: str
    start: float
    day: date
    title: str
    rooms: frozenset[str]
    leads: frozenset[str]

    @property
    def order(self) -> tuple[object, ...]:
        """What stands beside what among those that start together."""
        return tuple(sorted(self.rooms)), self.session.slot.until.timestamp()


def known(*versions: Schedule) -> list[list[Known]]:
    """The sessions of each version as they are compared."""
    # Most titles stand in both, and the names of rooms and people many times.
    fold = cache(folded)
    names = cache(lambda some: frozenset(map(fold, some)))
    return [_known(version, fold, names) for version in versions]


def _known(
    schedule: Schedule,
    fold: Callable[[str], str],
    names: Callable[[tuple[str, ...]], frozenset[str]],
) -> list[Known]:
    day = cache(schedule.day_of)
    return [
        Known(
            session,
            session.guid,
            session.slot.start.timestamp(),
            day(session.slot.start),
            fold(session.title),
            names(session.slot.rooms),
            names(session.leads),
        )
        for session in schedule.sessions
    ]


@dataclass(frozen=True, slots=True)
class Rung:
    """`same` has to be equal of two sessions for them to be one, None is equal to nothing; and
    they have to fit, the older one before the newer."""

    same: Callable[[Known], Hashable]
    fits: Callable[[Known, Known], bool]


UNCHANGED = Rung(
    lambda one: (one.key, one.title, one.start, one.rooms, one.leads, one.session.removed),
    lambda old, new: True,
)
"""What stands there as it was, be it what is kept of a session that was removed."""


class Keys:
    """The rungs of the source's own keys. How much one says depends on all the others."""

    def __init__(self, olds: Sequence[Known], news: Sequence[Known]) -> None:
        self._versions = olds, news
        self._shared = _of_several_titles(olds) | _of_several_titles(news)

    @property
    def with_start(self) -> tuple[Rung, ...]:
        """A talk has one code in all its slots."""
        alone = set.intersection(*(_once(_key_and_start, version) for version in self._versions))

        def fits(old: Known, new: Known) -> bool:
            if old.key in self._shared and _key_and_start(old) not in alone:
                return resemblance(old.title, new.title) > 0
            return not self._another(old, new)

        return (
            Rung(lambda one: (one.key, one.start, one.session.title) if one.key else None, _always),
            Rung(_key_and_start, fits),
        )

    @property
    def without_start(self) -> tuple[Rung, ...]:
        """What was moved has its key still."""

        def trusted_key(one: Known) -> str | None:
            return one.key if one.key and one.key not in self._shared else None

        return (Rung(trusted_key, lambda old, new: not self._another(old, new)),)

    def _another(self, old: Known, new: Known) -> bool:
        """True if title and people say that two sessions of one key are not the same. A title says
        it too that is found, in the other version, where it was not: at another key."""
        if old.title == new.title:
            return False
        left, came = self._wandering
        from_elsewhere = bool(left[new.title] - {old.key})
        to_elsewhere = bool(came[old.title] - {new.key})
        if from_elsewhere and to_elsewhere:
            return True
        if resemblance(old.title, new.title) or not old.leads.isdisjoint(new.leads):
            return False
        return from_elsewhere or to_elsewhere or strangers(old.leads, new.leads)

    @cached_property
    def _wandering(self) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
        """By title: the keys that no longer stand for it, and those that did not before."""
        before, after = (
            _gathered((one.title, one.key) for one in version if not one.session.removed)
            for version in self._versions
        )
        left = {title: keys - after.get(title, set()) for title, keys in before.items()}
        came = {title: keys - before.get(title, set()) for title, keys in after.items()}
        return defaultdict(set, left), defaultdict(set, came)


class Titles:
    """The rungs for keys that are missing or made anew each time.

    The pairs that were found by their key tell whether keys say anything: where one of them was
    moved or renamed they are not made from title and slot, and where most are there again they are
    not made anew. Then another key is another session of a series.
    """

    def __init__(
        self,
        olds: Sequence[Known],
        news: Sequence[Known],
        by_key: Sequence[tuple[Known, Known]],
    ) -> None:
        present = [one for one in olds if not one.session.removed]
        self._versions = present, news
        self._keys = {one.key for one in present} - {""}, {one.key for one in news} - {""}
        ours, theirs = self._keys
        self._keys_stay = 2 * len(ours & theirs) >= min(len(ours), len(theirs)) and any(
            (old.title, old.start, old.rooms) != (new.title, new.start, new.rooms)
            for old, new in by_key
        )

    @property
    def with_start(self) -> tuple[Rung, ...]:
        """What stays where it was, and what has another room."""
        return (
            Rung(lambda one: (one.title, one.start, one.rooms, one.leads), _always),
            Rung(lambda one: (one.title, one.start, one.rooms), _not_strangers),
            Rung(lambda one: (one.title, one.start, one.leads), self._not_another_key),
            Rung(lambda one: (one.title, one.start), self._neither),
        )

    @property
    def without_start(self) -> tuple[Rung, ...]:
        """What begins at another time."""
        return (
            Rung(lambda one: (one.title, one.rooms, one.day, one.leads), self._neither),
            Rung(lambda one: (one.title, one.rooms, one.day), self._neither),
            Rung(lambda one: (one.title, one.leads), self._neither),
            Rung(lambda one: one.title, self._neither),
        )

    @property
    def of_other_people(self) -> tuple[Rung, ...]:
        """What somebody else leads now."""
        return (Rung(lambda one: (one.title, one.start), self._not_another_key),)

    def _neither(self, old: Known, new: Known) -> bool:
        return _not_strangers(old, new) and self._not_another_key(old, new)

    def _not_another_key(self, old: Known, new: Known) -> bool:
        if not (self._keys_stay and old.key and new.key):
            return True
        ours, theirs = self._keys
        if old.key in theirs or new.key in ours:
            # It went on to something else: it says nothing.
            return True
        # A title that stands there once says more than the key.
        before, after = self._title_counts
        return before[old.title] <= 1 and after[new.title] <= 1

    @cached_property
    def _title_counts(self) -> tuple[Counter[str], Counter[str]]:
        before, after = (Counter(one.title for one in version) for version in self._versions)
        return before, after


def _of_several_titles(some: Iterable[Known]) -> set[str]:
    """The keys that stand for more than one title, so that they do not say much."""
    titles = _gathered((one.key, one.session.title) for one in some if not one.session.removed)
    return {key for key, known in titles.items() if len(known) > 1}


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    gathered: dict[str, set[str]] = {}
    for one, other in pairs:
        gathered.setdefault(one, set()).add(other)
    return gathered


def _once(same: Callable[[Known], Hashable], some: Iterable[Known]) -> set[Hashable]:
    return {key for key, count in Counter(map(same, some)).items() if count == 1}


def _key_and_start(one: Known) -> Hashable:
    return (one.key, one.start) if one.key else None


def _always(old: Known, new: Known) -> bool:
    return True


def _not_strangers(old: Known, new: Known) -> bool:
    return not strangers(old.leads, new.leads)
