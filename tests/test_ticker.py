"""The ticks that APScheduler gives: often, one at a time, and never cut off in the middle."""

import asyncio
import logging

import pytest

from bot.ticker import ticking


async def test_a_tick_that_fails_is_logged_and_others_follow(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ticks = 0
    twice = asyncio.Event()

    async def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 1:
            raise ZeroDivisionError
        twice.set()

    async with ticking(tick):
        await asyncio.wait_for(twice.wait(), 5)
    assert [record.getMessage() for record in caplog.records] == ["tick failed"]


async def test_the_end_waits_for_the_tick_that_is_running() -> None:
    begun, finished = asyncio.Event(), False

    async def tick() -> None:
        nonlocal finished
        begun.set()
        await asyncio.sleep(0.2)
        finished = True

    async with ticking(tick):
        await asyncio.wait_for(begun.wait(), 5)
    assert finished


async def test_a_slow_tick_is_not_joined_by_another_and_nobody_complains(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    running = most = 0
    done = asyncio.Event()

    async def tick() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(1.2)
        running -= 1
        done.set()

    async with ticking(tick):
        await asyncio.wait_for(done.wait(), 5)
    assert most == 1
    assert caplog.records == []
