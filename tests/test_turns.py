"""One person's wishes one after the other, and an end to what one person may wish for at once."""

import asyncio
import logging
from functools import partial

import pytest

from bot.turns import Turns


class Wishes:
    """What is carried out, in order, once `granted` is set."""

    def __init__(self) -> None:
        self.turns = Turns("test")
        self.granted = asyncio.Event()
        self.done = list[str]()

    def wish(self, person: str, *words: str) -> list["asyncio.Task[None] | None"]:
        return [self.turns.take(person, partial(self._do, word)) for word in words]

    async def _do(self, word: str) -> None:
        await self.granted.wait()
        self.done.append(word)


async def test_one_person_s_wishes_come_in_order_and_hold_up_nobody_else() -> None:
    wishes = Wishes()
    tasks = [*wishes.wish("ada", "1", "2"), *wishes.wish("bob", "3"), *wishes.wish("ada", "4")]
    wishes.granted.set()
    await asyncio.gather(*filter(None, tasks))
    assert wishes.done == ["1", "3", "2", "4"]


async def test_who_asks_without_end_is_passed_over_and_the_log_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    wishes = Wishes()
    for _ in range(2):
        caplog.clear()
        wishes.granted.clear()
        tasks = wishes.wish("ada", *map(str, range(155)))
        assert tasks[150:] == [None] * 5
        assert None not in tasks[:150]
        (said,) = [record.getMessage() for record in caplog.records]
        assert "asks faster than it can be answered; the rest is passed over" in said
        assert "'person': 'ada'" in said
        assert None not in wishes.wish("bob", "else")
        wishes.granted.set()
        await asyncio.gather(*filter(None, tasks))
        await asyncio.sleep(0)
