"""A short chaos run: real processes that are killed, a real database, a network that fails."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.chaos.plan import planned
from benchmarks.chaos.report import findings
from benchmarks.chaos.run import play
from benchmarks.chaos.scale import SHORT
from benchmarks.chaos.turns import held
from benchmarks.chaos.verdict import judged

_SEED = 2


@pytest.mark.long
@pytest.mark.every_database
@pytest.mark.timeout(300)
async def test_everybody_is_told_once_and_in_time_whatever_breaks(database: str) -> None:
    bots = ("only",) if database.startswith("sqlite") else ("a", "b", "c")
    # The path of a socket may not exceed some hundred bytes.
    with TemporaryDirectory(prefix="summit-bot-", dir="/tmp") as directory:
        history = await play(SHORT, _SEED, bots, database, Path(directory))
    assert findings(history, SHORT) == []
    assert history.died == []
    assert held(history).both == 0
    assert len(history.killed) >= SHORT.kills - 1
    assert held(history).takeovers > 0
    assert judged(history, SHORT).expected > SHORT.bookmarks / 2


def test_a_seed_fixes_the_plan() -> None:
    once, again = planned(SHORT, 7, ("a", "b")), planned(SHORT, 7, ("a", "b"))
    other = planned(SHORT, 8, ("a", "b"))
    assert (once.kills, once.faults, once.wishes, once.changes) == (
        again.kills, again.faults, again.wishes, again.changes,
    )  # fmt: skip
    assert once.kills != other.kills
    assert once.faults != other.faults
