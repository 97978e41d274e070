"""When waves of reminders begin on a network with a slow pace."""

from datetime import datetime, timedelta

import pytest

from bot.waves import Wave, early_waves
from tests.summit import at

FIRST, SECOND = at(16, 11), at(16, 11, 30)
BEFORE = timedelta(minutes=5)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


# At 1.25 a second, of which one is counted on: 60 take a minute.
WAVES: dict[str, tuple[dict[datetime, int], dict[datetime, Wave]]] = {
    "none where nothing waits": ({}, {}),
    "none for nobody": ({FIRST: 0}, {}),
    "none for what fits into the usual minutes": ({FIRST: 300}, {}),
    "as early as it takes": (
        {FIRST: 600}, {FIRST: Wave(FIRST, 600, FIRST - minutes(10), fits=True)}),
    "not earlier than half an hour before the usual time": (
        {FIRST: 6000}, {FIRST: Wave(FIRST, 6000, FIRST - minutes(35), fits=False)}),
    "each for itself where there is time between them": (
        {FIRST: 600, SECOND: 600},
        {
            FIRST: Wave(FIRST, 600, FIRST - minutes(10), fits=True),
            SECOND: Wave(SECOND, 600, SECOND - minutes(10), fits=True),
        }),
    "earlier where the next one has to begin before this start": (
        {FIRST: 300, SECOND: 2100},
        {
            FIRST: Wave(FIRST, 300, FIRST - minutes(10), fits=True),
            SECOND: Wave(SECOND, 2100, SECOND - minutes(35), fits=True),
        }),
}  # fmt: skip


@pytest.mark.parametrize("case", WAVES)
def test_early_are(case: str) -> None:
    waiting, waves = WAVES[case]
    assert early_waves(waiting, 1.25, BEFORE) == waves


# With 120 more at once.
WAVES_WITH_A_BURST: dict[str, tuple[dict[datetime, int], dict[datetime, Wave]]] = {
    "none for nobody": ({FIRST: 0}, {}),
    "none for what goes out at once": ({FIRST: 100}, {}),
    "none for what fits into the usual minutes beside it": ({FIRST: 420}, {}),
    "as early as the rest of it takes": (
        {FIRST: 720}, {FIRST: Wave(FIRST, 720, FIRST - minutes(10), fits=True)}),
    "later ones as if it were spent": (
        {FIRST: 720, SECOND: 600},
        {
            FIRST: Wave(FIRST, 720, FIRST - minutes(10), fits=True),
            SECOND: Wave(SECOND, 600, SECOND - minutes(10), fits=True),
        }),
    "the later one where nobody waits for the first": (
        {FIRST: 0, SECOND: 720}, {SECOND: Wave(SECOND, 720, SECOND - minutes(10), fits=True)}),
    "not before the next one has to begin": (
        {FIRST: 420, SECOND: 2100},
        {
            FIRST: Wave(FIRST, 420, FIRST - minutes(10), fits=True),
            SECOND: Wave(SECOND, 2100, SECOND - minutes(35), fits=True),
        }),
    "in time where half an hour is enough with it": (
        {FIRST: 2220}, {FIRST: Wave(FIRST, 2220, FIRST - minutes(35), fits=True)}),
}  # fmt: skip


@pytest.mark.parametrize("case", WAVES_WITH_A_BURST)
def test_early_with_a_burst_are(case: str) -> None:
    waiting, waves = WAVES_WITH_A_BURST[case]
    assert early_waves(waiting, 1.25, BEFORE, burst=120) == waves
