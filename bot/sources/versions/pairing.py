"""Pairs of things along a line, the nearest first: a series of sessions of two versions."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import TypeVar

T = TypeVar("T")


def nearest(
    ours: Sequence[T],
    theirs: Sequence[T],
    at: Callable[[T], float],
    order: Callable[[T], tuple[object, ...]],
    fits: Callable[[T, T], bool],
) -> Iterator[tuple[T, T]]:
    """Pairs of one of ours and one of theirs that fit, the nearest first, each of them in one pair
    at most. Of several at one place those go together that `order` puts beside each other.

    The nearest pair are always neighbours on the line, so only neighbours are looked at: n log n.
    Those that do not fit stand in the way of what is behind them.
    """
    if len(ours) == 1 and len(theirs) == 1:
        if fits(ours[0], theirs[0]):
            yield ours[0], theirs[0]
        return
    line = sorted(
        (
            place
            for side, some in enumerate((ours, theirs))
            for place in _placed(some, side, at, order)
        ),
        key=lambda place: place[:4],
    )
    before = list(range(-1, len(line) - 1))
    after = list(range(1, len(line) + 1))

    def candidate(left: int, right: int) -> tuple[float, bool, int, int] | None:
        if left < 0 or right >= len(line) or line[left][3] == line[right][3]:
            return None
        differ = line[left][1] != line[right][1]
        return line[right][0] - line[left][0], differ, left, right

    heap = [found for i in range(len(line) - 1) if (found := candidate(i, i + 1))]
    heapify(heap)
    gone = [False] * len(line)
    while heap:
        _, _, left, right = heappop(heap)
        if gone[left] or gone[right]:
            continue
        one, other = line[left][4], line[right][4]
        mine, yours = (one, other) if line[left][3] == 0 else (other, one)
        if not fits(mine, yours):
            continue
        yield mine, yours
        gone[left] = gone[right] = True
        outer, inner = before[left], after[right]
        if outer >= 0:
            after[outer] = inner
        if inner < len(line):
            before[inner] = outer
        if found := candidate(outer, inner):
            heappush(heap, found)


def _placed(
    some: Sequence[T],
    side: int,
    at: Callable[[T], float],
    order: Callable[[T], tuple[object, ...]],
) -> Iterator[tuple[float, tuple[object, ...], int, int, T]]:
    """Each with its place on the line; those of one place are counted, so that the first of ours
    stands beside the first of theirs."""
    counted: Counter[tuple[float, tuple[object, ...]]] = Counter()
    for one in some:
        place = at(one), order(one)
        yield *place, counted[place], side, one
        counted[place] += 1
