"""How many calls there may be in a stretch of time, as the other side counts them."""

import asyncio
from datetime import timedelta
from random import Random

import pytest

from bot.adapters.slack.sending.api import Limited, Refused
from bot.adapters.slack.sending.window import Window
from bot.pacer import Pacer, Urgency
from tests.test_pacer import simulated


class Callers:
    """Who begins a call when, in seconds since they are here."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self._began = asyncio.get_running_loop().time()
        self.begun: list[float] = []

    async def call(self, takes: float = 0.0, refused_for: float | None = None) -> None:
        async with self.window.call():
            self.begun.append(round(asyncio.get_running_loop().time() - self._began, 6))
            await asyncio.sleep(takes)
            if refused_for is not None:
                raise Limited(timedelta(seconds=refused_for))

    async def calls(self, *takes: float) -> list[float]:
        """All at once; when they began."""
        await asyncio.gather(*map(self.call, takes))
        return self.begun


@simulated
async def test_no_more_than_the_limit_in_any_stretch() -> None:
    callers = Callers(Window(2, 1.0))
    assert await callers.calls(0, 0, 0, 0, 0) == [0, 0, 1, 1, 2]


@simulated
async def test_a_call_counts_until_it_has_ended() -> None:
    callers = Callers(Window(2, 1.0))
    assert await callers.calls(0.2, 0.1, 0.3, 0, 0) == [0, 0, 1.1, 1.2, 2.2]


@simulated
async def test_a_call_that_takes_long_was_counted_by_then() -> None:
    callers = Callers(Window(1, 1.0))
    assert await callers.calls(9, 0) == [0, 1.5]


@simulated
async def test_after_a_refusal_they_go_one_by_one_first() -> None:
    callers = Callers(Window(4, 1.0))
    with pytest.raises(Limited):
        await callers.call(refused_for=10)
    assert await callers.calls(*[0] * 9) == [0, 10, 10, 10, 10, 11, 11, 11, 11, 12]
    slow = Callers(Window(4, 1.0))
    with pytest.raises(Limited):
        await slow.call(refused_for=10)
    assert await slow.calls(*[0.4] * 6) == [0, 10, 10.4, 10.8, 10.8, 11.4, 11.8]


@simulated
async def test_what_is_refused_for_another_reason_was_taken() -> None:
    callers = Callers(Window(4, 1.0))
    callers.window.hold(1)
    for _ in range(3):
        with pytest.raises(Refused):
            async with callers.window.call():
                raise Refused("is_archived")
    assert await callers.calls(0, 0) == [1, 2]


@simulated
async def test_how_long_a_call_would_wait() -> None:
    window = Window(2, 1.0)
    callers = Callers(window)
    assert window.wait() <= 0
    await callers.calls(0)
    assert window.wait() <= 0
    await callers.calls(0)
    assert window.wait() == pytest.approx(1)
    waiting = [asyncio.create_task(callers.call()) for _ in range(3)]
    await asyncio.sleep(0)
    assert window.wait() == pytest.approx(2)
    window.hold(30)
    assert window.wait() == pytest.approx(30)
    await asyncio.gather(*waiting)


@simulated
async def test_who_gives_up_takes_no_place() -> None:
    callers = Callers(Window(1, 1.0))
    await callers.calls(0)
    given_up = [asyncio.create_task(callers.call()) for _ in range(3)]
    last = asyncio.create_task(callers.call())
    await asyncio.sleep(0.5)
    for task in given_up:
        task.cancel()
    await last
    assert callers.begun == [0, 1]


@simulated
async def test_processes_share_it() -> None:
    window = Window(4, 1.0)
    window.share(2)
    assert await Callers(window).calls(0, 0, 0, 0) == [0, 0, 1, 1]
    window.share(8)
    begun = await Callers(window).calls(0, 0)
    assert begun == [1, 3]
    window.share(1)
    assert await Callers(window).calls(*[0] * 5) == [0, 0, 0, 1, 1]


@simulated
async def test_two_thousand_and_no_second_with_more_than_the_limit() -> None:
    """As the server counts them: sooner or later on the way there and back of each. It takes a
    tenth longer than it would at least. (In parts of a second that the loop adds up
    without an error.)"""
    loop, chance = asyncio.get_running_loop(), Random(2012)
    pacer, window, counted = Pacer(rate=64, burst=5), Window(64, 1.0), list[float]()

    async def say() -> None:
        await pacer.turn(Urgency.NOTICE)
        async with window.call():
            await asyncio.sleep(chance.choice((1, 1, 1, 3)) / 64)
            counted.append(loop.time())
            await asyncio.sleep(chance.choice((1, 1, 1, 3)) / 64)

    began = loop.time()
    await asyncio.gather(*(say() for _ in range(2000)))
    counted.sort()
    assert loop.time() - began <= 1.1 * 2000 / 64
    assert min(later - earlier for earlier, later in zip(counted, counted[64:], strict=False)) >= 1
