"""A process that does not know yet what holds: it reminds, and tells no news."""

from dataclasses import replace

import pytest

from bot.messages import Audit
from bot.notices import Moved, Reminder
from bot.schedule import Edition
from bot.store.sql import SqlStore
from bot.storing import Candidates, Claim, Lease
from tests.store.talk import ADA, BOB, MOVED, NOW, PANEL, TALK, candidates, judge_of, lease, wish
from tests.summit import StandingClock

pytestmark = pytest.mark.every_database


@pytest.fixture
async def store(database: str) -> SqlStore:
    """Ada has bookmarked the panel, Bob the talk."""
    store = SqlStore(database, StandingClock(NOW))
    await store.apply(ADA, [wish(PANEL)], None)
    await store.apply(BOB, [wish(TALK)], None)
    return store


async def claim(store: SqlStore, edition: Edition, at: Lease) -> list[Claim]:
    """The panel has moved, as this process sees it."""
    seen: Candidates = replace(candidates(MOVED), edition=edition)
    return await store.claim(ADA.network, seen, judge_of(MOVED, TALK), at, 10)


async def test_news_waits_until_the_process_knows_what_holds(store: SqlStore) -> None:
    await store.apply(BOB, [Audit("cancelled [3]")], None)
    [reminder] = await claim(store, Edition(0, 0), lease())
    assert isinstance(reminder.items[0].notice, Reminder)
    [moved] = await claim(store, Edition(0, 1), lease())
    assert isinstance(moved.items[0].notice, Moved)
    await store.close()


async def test_a_doubt_is_not_forgotten_meanwhile(store: SqlStore) -> None:
    [moved] = [c for c in await claim(store, Edition(0, 0), lease()) if c.user == ADA]
    await store.apply(BOB, [Audit("cancelled [3]")], None)
    later = lease(at=lease().until - NOW)
    assert [c.user for c in await claim(store, Edition(0, 0), later)] == [BOB]
    [again] = [c for c in await claim(store, Edition(0, 1), later) if c.user == ADA]
    assert (again.message, again.again) == (moved.message, True)
    await store.close()
