"""Which session of one version of a schedule is which of the version before.

One rung after the other, the surest first, and on each all that are left. First the source's own
keys; they are believed unless title and people say that it is another session, for organisers swap
the contents of two keys, and those of Sched may stand for the slot and not for the talk. Then
title, start, room and people, for keys are missing, or made anew for each export. What was renamed
and moved at once is another session, unless its key says otherwise.

With a start in common, vanished sessions are as good as the others; what is less sure is looked for
among those that are still there first.
"""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence

from bot.schedule import Schedule, Session
from bot.sources.versions.pairing import nearest
from bot.sources.versions.rungs import UNCHANGED, Keys, Known, Rung, Titles, known
from bot.sources.versions.similarity import resemblance, strangers

_MOST_COMPARED = 1_000
"""In a larger crowd of titles in one slot nobody can tell which is which in reasonable time."""


def matched(old: Schedule, new: Schedule) -> Mapping[int, Session]:
    """The sessions of the old version that stand in the new one, by their ids in that."""
    olds, news = known(old, new)
    climb = _Climb(olds, news)
    keys = Keys(olds, news)
    for rung in (UNCHANGED, *keys.with_start):
        climb.on(rung, gone=False)
        climb.on(rung, gone=True)
    for gone in (False, True):
        for rung in keys.without_start:
            climb.on(rung, gone=gone)

    titles = Titles(olds, news, climb.found)
    for rung in titles.with_start:
        climb.on(rung, gone=False)
        climb.on(rung, gone=True)
    for gone in (False, True):
        for rung in titles.without_start:
            climb.on(rung, gone=gone)
        climb.in_slots(gone=gone)
        for rung in titles.of_other_people:
            climb.on(rung, gone=gone)
    return {new.session.id: old.session for old, new in climb.found}


class _Climb:
    """The pairs that have been found, and what is left for the rungs to come; of the older ones
    those that were there and those that had vanished."""

    def __init__(self, olds: Sequence[Known], news: Sequence[Known]) -> None:
        self.olds = {
            gone: [one for one in olds if one.session.removed is gone] for gone in (False, True)
        }
        self.news = news
        self.found: list[tuple[Known, Known]] = []

    def on(self, rung: Rung, *, gone: bool) -> None:
        """Find those of this rung, among sessions that had vanished or among the others."""
        self._take(
            gone,
            (
                pair
                for ours, theirs in self._groups(rung.same, gone)
                for pair in nearest(ours, theirs, _start, _order, rung.fits)
            ),
        )

    def in_slots(self, *, gone: bool) -> None:
        """Find those that stayed where they were and were renamed."""
        self._take(
            gone,
            (
                pair
                for ours, theirs in self._groups(lambda one: (one.start, one.rooms), gone)
                for pair in _likest(ours, theirs)
            ),
        )

    def _groups(
        self, same: Callable[[Known], Hashable], gone: bool
    ) -> Iterator[tuple[list[Known], list[Known]]]:
        if not self.olds[gone] or not self.news:
            return
        # Most often few have a counterpart: no lists are made of the others.
        wanted = set(map(same, self.news)) - {None}
        ours = _grouped(self.olds[gone], same, wanted)
        theirs = _grouped(self.news, same, ours)
        for key, group in ours.items():
            yield group, theirs[key]

    def _take(self, gone: bool, pairs: Iterable[tuple[Known, Known]]) -> None:
        taken = list(pairs)
        if taken:
            self.found += taken
            ours, theirs = ({*side} for side in zip(*taken, strict=True))
            self.olds[gone] = [one for one in self.olds[gone] if one not in ours]
            self.news = [one for one in self.news if one not in theirs]


def _likest(ours: Sequence[Known], theirs: Sequence[Known]) -> Iterator[tuple[Known, Known]]:
    """Pairs of one slot that are likely to be the same under another name, the likest first."""
    if len(ours) * len(theirs) > _MOST_COMPARED:
        return
    scored = [
        (-likeness, i, j)
        for i, old in enumerate(ours)
        for j, new in enumerate(theirs)
        if (likeness := _likeness(old, new))
    ]
    taken: tuple[set[int], set[int]] = set(), set()
    for _, i, j in sorted(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield ours[i], theirs[j]


def _likeness(old: Known, new: Known) -> float:
    # The same people in the same place say enough, whatever it is called now.
    together = not old.leads.isdisjoint(new.leads)
    alike = resemblance(old.title, new.title)
    if together or (alike and not strangers(old.leads, new.leads)):
        return alike + together
    return 0.0


def _grouped(
    some: Iterable[Known], same: Callable[[Known], Hashable], wanted: Container[Hashable]
) -> dict[Hashable, list[Known]]:
    groups: dict[Hashable, list[Known]] = {}
    for one in some:
        key = same(one)
        if key in wanted:
            groups.setdefault(key, []).append(one)
    return groups


def _start(one: Known) -> float:
    return one.start


def _order(one: Known) -> tuple[object, ...]:
    return one.order
