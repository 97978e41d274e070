"""Pauses after failures: longer each time, not the same for all, and ended by an odd clock."""

from datetime import datetime, timedelta

import pytest

from bot.backoff import lasts, pause
from tests.summit import at

FIRST, MOST = timedelta(seconds=2), timedelta(seconds=30)
NINE = at(16, 9)


@pytest.mark.parametrize(
    ("failures", "longest"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 30), (5, 30), (1_000_000, 30)]
)
def test_a_pause_doubles_up_to_a_limit(failures: int, longest: float) -> None:
    pauses = {pause(failures, FIRST, MOST).total_seconds() for _ in range(50)}
    assert all(longest / 2 <= seconds <= longest for seconds in pauses)
    assert len(pauses) > 1, "all would come back together"


@pytest.mark.parametrize(
    ("until", "goes_on"),
    [
        (None, False),
        (NINE - timedelta(seconds=1), False),
        (NINE, False),
        (NINE + timedelta(seconds=1), True),
        (NINE + MOST, True),
        (NINE + MOST + timedelta(seconds=1), False),
    ],
)
def test_a_pause_lasts_until_its_end_and_never_longer_than_it_may(
    until: datetime | None, goes_on: bool
) -> None:
    assert lasts(until, NINE, MOST) == goes_on
