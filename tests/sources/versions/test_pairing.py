"""Pairs of things along a line, the nearest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.versions.pairing import nearest


def pairs(
    ours: list[tuple[int, str]], theirs: list[tuple[int, str]], *apart: tuple[int, int]
) -> list[tuple[int, int]]:
    """Which of ours goes with which of theirs, by their places in the lists."""
    found = nearest(
        list(enumerate(ours)),
        list(enumerate(theirs)),
        lambda one: one[1][0],
        lambda one: (one[1][1],),
        lambda one, other: (one[0], other[0]) not in apart,
    )
    return [(one[0], other[0]) for one, other in found]


def at(*places: int) -> list[tuple[int, str]]:
    return [(place, "") for place in places]


@pytest.mark.parametrize(
    ("ours", "theirs", "apart", "expected"),
    [
        (at(1), at(9), [], [(0, 0)]),
        (at(1), at(9), [(0, 0)], []),
        # The nearest first, though others are then far from each other.
        (at(0, 10), at(9, 30), [], [(1, 0), (0, 1)]),
        (at(5, 20, 40), at(21, 44, 90), [], [(1, 0), (2, 1), (0, 2)]),
        (at(90, 44, 21), at(40, 20, 5), [], [(2, 1), (1, 0), (0, 2)]),
        # Behind those that are taken there are others, on both sides.
        (at(0, 10, 20), at(11, 21, 50), [], [(1, 0), (2, 1), (0, 2)]),
        (at(30, 60), at(28, 33, 34), [], [(0, 0), (1, 2)]),
        # At one place those that are alike go together, and else in their order.
        ([(1, "b"), (1, "c")], [(1, "c"), (1, "d")], [], [(1, 0), (0, 1)]),
        ([(1, "b")], [(1, "a"), (1, "b")], [], [(0, 1)]),
        ([(1, "b"), (1, "b")], [(1, "b"), (1, "b"), (1, "b")], [], [(0, 0), (1, 1)]),
        # Those that do not fit are left for others.
        (at(0, 10), at(9, 30), [(1, 0)], [(0, 0), (1, 1)]),
        (at(0, 10), at(9, 30), [(0, 0), (1, 0)], [(1, 1)]),
    ],
)
def test_nearest_pairs(
    ours: list[tuple[int, str]],
    theirs: list[tuple[int, str]],
    apart: list[tuple[int, int]],
    expected: list[tuple[int, int]],
) -> None:
    assert pairs(ours, theirs, *apart) == expected


_PLACES = st.lists(st.integers(0, 50), max_size=8, unique=True)


@given(_PLACES, _PLACES)
def test_it_is_as_if_every_pair_was_looked_at(ours: list[int], theirs: list[int]) -> None:
    left, right, expected = set(ours), set(theirs), list[int]()
    while left and right:
        distance, one, other = min((abs(a - b), a, b) for a in left for b in right)
        expected.append(distance)
        left.discard(one)
        right.discard(other)
    found = pairs(at(*ours), at(*theirs))
    distances = [abs(ours[one] - theirs[other]) for one, other in found]
    assert len({one for one, _ in found}) == len({other for _, other in found}) == len(found)
    assert len(distances) == len(expected)
    assert distances[:1] == expected[:1]
    assert distances == sorted(distances)
