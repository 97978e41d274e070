"""All parts change to a version together, also where somebody was kept from it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot import aside as asides
from bot import followers
from bot.engine import Engine
from bot.followers import Followers
from bot.schedule import Schedule
from tests.summit import Summit, small_schedule

OTHER = small_schedule()


async def test_who_is_cancelled_while_names_are_prepared_leaves_it_to_the_next(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def never_ends(work: Callable[..., Any], schedule: Schedule) -> Any:
        begun.set()
        await asyncio.Event().wait()

    engine: Engine = summit.engine
    parts = Followers(engine, [summit.courier], [])
    monkeypatch.setattr(followers, "aside", never_ends)
    first = asyncio.create_task(parts.take(OTHER))
    await begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    monkeypatch.setattr(followers, "aside", asides.aside)
    await parts.take(OTHER)
    assert engine.schedule is OTHER
