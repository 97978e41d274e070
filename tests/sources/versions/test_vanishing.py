"""How much of what was still to come an update takes away."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.sources.versions.identity import kept
from bot.sources.versions.vanishing import Vanishing, vanishing
from tests.sources.pages import local
from tests.sources.sketches import schedule, session

FRIDAY = [session(n, f"Friday {n}", local(3, 8 + n)) for n in range(1, 7)]
SATURDAY = [session(n, f"Saturday {n}", local(4, n)) for n in range(7, 11)]
OLD = schedule([*FRIDAY, *SATURDAY])


@pytest.mark.parametrize(
    ("staying", "share", "days", "large"),
    [
        (10, 0.0, (), False),
        (7, 0.3, (), False),
        (6, 0.4, (date(2013, 5, 4),), True),
        (0, 1.0, (date(2013, 5, 3), date(2013, 5, 4)), True),
    ],
)
def test_a_large_part_is_more_than_three_tenths_or_a_day(
    staying: int, share: float, days: tuple[date, ...], large: bool
) -> None:
    sessions = [*FRIDAY, *SATURDAY]
    found = vanishing(OLD, kept(OLD, schedule(sessions[:staying])), local(3, 8))
    assert found == Vanishing(10, tuple(sessions[staying:]), days)
    assert (found.share, found.large) == (share, large)
    # It does not matter whether what vanished is kept.
    assert vanishing(OLD, schedule(sessions[:staying]), local(3, 8)) == found


def test_a_day_is_missing_even_if_it_is_a_small_part() -> None:
    tiny = schedule([*FRIDAY, SATURDAY[0]])
    assert vanishing(tiny, schedule(FRIDAY), local(3, 8)).large


def test_what_is_over_is_not_missed() -> None:
    # The second of Friday is still on, the first is over.
    now = FRIDAY[1].slot.until - timedelta(minutes=1)
    found = vanishing(OLD, schedule([*FRIDAY[2:], *SATURDAY]), now)
    assert found == Vanishing(9, (FRIDAY[1],), ())
    after = vanishing(OLD, schedule([]), local(9, 8))
    assert (after, after.share, after.large) == (Vanishing(0, (), ()), 0.0, False)


def test_what_the_source_cancels_or_moves_to_another_day_is_not_missing() -> None:
    cancelled = [replace(s, cancelled=True) for s in FRIDAY]
    moved = [replace(s, slot=replace(s.slot, start=local(5, 9))) for s in SATURDAY]
    assert not vanishing(OLD, schedule([*cancelled, *moved]), local(3, 8)).large


def test_what_had_been_cancelled_or_removed_cannot_vanish() -> None:
    old = schedule([replace(FRIDAY[0], cancelled=True), *SATURDAY])
    without = kept(old, schedule(SATURDAY))
    for before in (old, without):
        assert vanishing(before, without, local(3, 8)).vanished == ()
