"""What tests of the store share: two people, two sessions, and how they are claimed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg

from bot.messages import AddBookmark, Bookmark, User
from bot.notices import opens_at, owed
from bot.schedule import Session, Slot
from bot.store.sql import SqlStore
from bot.storing import Candidates, Claim, Claimed, Lease
from tests.summit import NETWORK

NOW = datetime(2012, 4, 16, 16, 20, tzinfo=UTC)
ADA, BOB = User(NETWORK, "ada", "Ada"), User(NETWORK, "bob", "Bob")
FOREIGN = User("another", "ada", "Ada")
PANEL = Session(
    1, "g1", "Panel", Slot(NOW + timedelta(minutes=4), NOW + timedelta(hours=1), ("Marina",))
)
TALK = replace(PANEL, id=2, guid="g2", title="Talk")
MOVED = replace(PANEL, slot=replace(PANEL.slot, start=NOW + timedelta(minutes=40)))
LEASE = timedelta(seconds=20)
MARK = Bookmark(1, PANEL.facts, 5)


def wish(session: Session = PANEL, before: int = 5, own: bool = False) -> AddBookmark:
    return AddBookmark(session.facts, session.id, before, own)


def candidates(*changed: Session) -> Candidates:
    starting = [session for session in (PANEL, TALK) if session not in changed]
    return Candidates(starting, changed, NOW)


def judge_of(*sessions: Session) -> Callable[[Bookmark], Claimed | None]:
    today = {session.id: session for session in sessions}

    def judge(bookmark: Bookmark) -> Claimed | None:
        session = today[bookmark.session_id]
        opens = opens_at(bookmark, session.slot)
        notice = owed(bookmark, session, NOW, opens)
        return Claimed(bookmark, notice, opens) if notice is not None else None

    return judge


def lease(at: timedelta = timedelta()) -> Lease:
    return Lease(NOW + at, NOW + at + LEASE)


async def claim(
    store: SqlStore, at: timedelta = timedelta(), most: int = 10, network: str = NETWORK
) -> list[Claim]:
    return await store.claim(network, candidates(), judge_of(PANEL, TALK), lease(at), most)


async def waits_for_a_lock(other: psycopg.Connection, many: int = 1) -> None:
    """Until so many wait for what others have locked."""
    async with asyncio.timeout(20):
        while True:
            if len(other.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall()) >= many:
                return
            await asyncio.sleep(0.01)
