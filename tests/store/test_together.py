"""Questions to the database that come at the same time are answered together, each with its own
answer."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.messages import Meet, Profile, User
from bot.store.sql import SqlStore
from bot.store.together import Together
from bot.storing import StoreAway
from tests.store.talk import ADA, BOB, FOREIGN, MARK, wish


class Clerk:
    """Answers numbers with their doubles, when a test lets it."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may_answer = asyncio.Event()

    async def answers(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await self.may_answer.wait()
        if 13 in numbers:
            raise StoreAway("Nobody can read this.")
        return [2 * number for number in numbers]


async def test_what_is_asked_meanwhile_is_answered_together() -> None:
    clerk = Clerk()
    together = Together(clerk.answers)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask(number)) for number in (2, 3, 2)]
    await asyncio.sleep(0)
    clerk.may_answer.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 4]
    assert await together.ask(5) == 10
    assert clerk.asked == [[1], [2, 3, 2], [5]]


async def test_all_who_asked_together_hear_what_is_wrong_and_the_next_ask_anew() -> None:
    clerk = Clerk()
    clerk.may_answer.set()
    together = Together(clerk.answers)
    found = await asyncio.gather(together.ask(1), together.ask(13), return_exceptions=True)
    assert [str(each) for each in found] == ["Nobody can read this."] * 2
    assert await together.ask(2) == 4


async def test_who_gives_up_takes_nobody_along() -> None:
    clerk = Clerk()
    together = Together(clerk.answers)
    hasty, patient = (asyncio.create_task(together.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    hasty.cancel()
    clerk.may_answer.set()
    assert await patient == 4
    assert hasty.cancelled()


async def test_when_nobody_answers_any_more_nobody_waits() -> None:
    clerk = Clerk()
    together = Together(clerk.answers)
    before = asyncio.all_tasks()
    asking = asyncio.create_task(together.ask(1))
    while not clerk.asked:  # noqa: ASYNC110  # two turns of the loop
        await asyncio.sleep(0)
    later = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    [task] = asyncio.all_tasks() - before - {asking, later}
    task.cancel()
    await asyncio.wait([asking, later], timeout=20)
    assert (asking.cancelled(), later.cancelled()) == (True, True)
    clerk.may_answer.set()
    assert await together.ask(3) == 6


@pytest.mark.every_database
async def test_profiles_that_are_loaded_at_once_are_each_persons_own(store: SqlStore) -> None:
    await store.apply(ADA, [Meet(), wish()], None)
    await store.apply(FOREIGN, [wish()], None)
    nobody = User(ADA.network, "nobody")
    found = await asyncio.gather(
        store.load(ADA, bookmarks=True),
        store.load(ADA, bookmarks=False),
        store.load(BOB, bookmarks=True),
        store.load(FOREIGN, bookmarks=True),
        store.load(nobody, bookmarks=False),
        store.load(ADA, bookmarks=True),
    )
    ada = Profile(known=True, bookmarks=(MARK,))
    assert list(found) == [
        ada, Profile(known=True), Profile(), Profile(bookmarks=(MARK,)), Profile(), ada
    ]  # fmt: skip
