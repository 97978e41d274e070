"""Up to where everything has been answered: written down seldom, and never too far."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from bot.adapters.matrix.hearing import positions
from bot.adapters.matrix.hearing.positions import Position
from bot.clock import SystemClock
from bot.store.sql import SqlStore
from bot.storing import Store

BOT = "@bot:example.org"


class Counting:
    """A store, and what has been kept in it."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.kept = asyncio.Queue[str]()

    async def keep(self, owner: str, key: str, value: str | None) -> None:
        await self._store.keep(owner, key, value)
        self.kept.put_nowait(str(value))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def next(self) -> str:
        async with asyncio.timeout(5):
            return await self.kept.get()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Counting]:
    opened = SqlStore(f"sqlite:///{tmp_path / 'summit.db'}", SystemClock())
    yield Counting(opened)
    await opened.close()


def position(store: Counting, user: str = BOT) -> Position:
    return Position(cast(Store, store), "matrix", user)


async def test_what_is_reached_is_written_down_once_however_many_batches_there_were(
    store: Counting,
) -> None:
    ours = position(store)
    ours.start()
    ours.advance("s0", [])
    assert await store.next() == f"{BOT} s0"
    for number in range(1, 100):
        ours.advance(f"s{number}", [])
        # Each write takes less.
        await asyncio.sleep(0.005)
    assert store.kept.empty()
    await ours.close()
    assert await store.next() == f"{BOT} s99"
    assert store.kept.empty()
    assert await position(store).load() == "s99"


async def test_a_position_is_kept_when_all_before_it_has_been_answered(
    store: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "_EVERY", 0.01)
    ours = position(store)
    ours.start()
    first, second = asyncio.Future[None](), asyncio.Future[None]()
    ours.advance("s1", [first])
    ours.advance("s2", [second])
    ours.advance("s3", [])
    second.set_result(None)
    await asyncio.sleep(0.05)
    assert store.kept.empty()
    first.set_exception(ValueError("it went wrong"))
    first.exception()
    assert await store.next() == f"{BOT} s3"
    await ours.close()


async def test_what_is_cancelled_has_not_been_answered(store: Counting) -> None:
    ours = position(store)
    ours.start()
    asked = asyncio.Future[None]()
    ours.advance("s1", [])
    ours.advance("s2", [asked])
    asked.cancel()
    await asyncio.sleep(0)
    await ours.close()
    assert await position(store).load() == "s1"


async def test_another_account_does_not_go_on_where_this_one_was(store: Counting) -> None:
    ours = position(store)
    ours.start()
    ours.advance("s1", [])
    await ours.close()
    assert await position(store, "@other:example.org").load() is None
