"""A process that is held up between two of its steps, while others go on."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.ports import TryLater
from bot.storing import Claim
from tests.courier_talk import LEASE, during, once, reminder
from tests.summit import Summit

pytestmark = pytest.mark.every_database


@pytest.fixture
async def due(summit: Summit) -> Summit:
    """Ada is to be reminded of 12 now."""
    await summit.say("ada", "bookmark 12")
    summit.go("Monday 10:55")
    return summit


def after_the_next_claim(
    summit: Summit, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> None:
    claim = summit.store.claim

    async def claims_and_waits(*asked: Any) -> list[Claim]:
        monkeypatch.undo()
        claims = await claim(*asked)
        happens()
        return claims

    monkeypatch.setattr(summit.store, "claim", claims_and_waits)


async def test_what_is_claimed_while_the_process_stops_is_left_to_others(
    due: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_the_next_claim(due, monkeypatch, lambda: due.courier.hush())
    assert await due.notices() == []
    assert await due.notices() == [reminder(5)], "another process need not wait for the lease"


async def test_a_claim_whose_lease_is_over_is_not_sent(
    due: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_the_next_claim(due, monkeypatch, lambda: due.wait(LEASE))
    assert await due.notices() == [], "another process may say something newer by now"
    assert await due.notices() == [reminder(5)]


async def test_what_is_put_off_late_does_not_end_the_claim_of_another(due: Summit) -> None:
    once(due, TryLater(timedelta(seconds=1)))
    await due.courier.tick()
    held_up, store = due.courier, due.store
    await asyncio.wait(held_up._under_way)
    due.wait(LEASE)
    due._start()
    during(due, held_up.tick)
    await due.tick()
    await held_up.finish()
    await store.close()
    assert len(due.network.taken) == 1
