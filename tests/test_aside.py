"""Long work beside the event loop changes nothing that lasts."""

import asyncio
import gc
import sys

import pytest

from bot.aside import aside


def _state() -> tuple[float, bool]:
    return sys.getswitchinterval(), gc.isenabled()


async def test_turns_are_short_while_it_works_and_as_before_afterwards() -> None:
    before = _state()
    meanwhile = await asyncio.gather(*(aside(_state) for _ in range(20)))
    assert {(interval < before[0], collects) for interval, collects in meanwhile} == {(True, False)}
    assert _state() == before


async def test_what_fails_fails_and_leaves_nothing_behind() -> None:
    before = _state()
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0)
    assert _state() == before
