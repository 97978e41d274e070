"""A limit per person that no ordinary person meets."""

from collections.abc import AsyncIterator

import pytest

from bot.fairness import Fairness
from bot.rules import Rules
from tests.summit import Summit, folsom


@pytest.fixture
async def summit(database: str) -> AsyncIterator[Summit]:
    summit = Summit(database, folsom(), "Monday 9:20", Rules(greets=False, fairness=Fairness()))
    yield summit
    await summit.store.close()


async def test_thirty_commands_at_once_are_answered_and_the_next_is_refused_once(
    summit: Summit,
) -> None:
    for _ in range(30):
        assert (await summit.say("ada", "now"))[0] == "On now:"
    assert await summit.say("ada", "now") == ["That is a lot at once. Ask me again in 1 s."]
    assert await summit.say("ada", "now") == []
    assert (await summit.say("bob", "now"))[0] == "On now:"


async def test_after_a_while_one_may_ask_again(summit: Summit) -> None:
    for _ in range(32):
        await summit.say("ada", "now")
    summit.wait(minutes=1 / 60)
    assert (await summit.say("ada", "now"))[0] == "On now:"
    assert await summit.say("ada", "now") == ["That is a lot at once. Ask me again in 1 s."]
    summit.wait(minutes=1)
    for _ in range(30):
        assert (await summit.say("ada", "now"))[0] == "On now:"


async def test_a_refused_command_has_no_effect(summit: Summit) -> None:
    for _ in range(30):
        await summit.say("ada", "now")
    await summit.say("ada", "bookmark 12")
    summit.wait(minutes=1)
    assert (await summit.say("ada", "bookmarks"))[0].startswith("You have no bookmarks")
