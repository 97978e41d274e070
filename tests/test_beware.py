"""Somebody whom messages may not reach is told so where it matters, and nowhere else."""

import pytest

from tests.courier_talk import ryu
from tests.summit import Summit

pytestmark = pytest.mark.every_database

WHY = "I have no voice in #summit, and you refuse strangers"
BEWARE = f"Beware: my messages may not reach you here: {WHY}."
RYU = ryu("Mon 11:00am–11:25am")
BOOKMARKED = "Bookmarked. I will remind you 5 minutes before, at 10:55am."


async def warned(summit: Summit, line: str) -> list[str]:
    return await summit.say("ada", line, unreachable=WHY)


@pytest.mark.parametrize("line", ["bookmark 12", "remind 12", "remind me of ryu network"])
async def test_who_bookmarks_is_warned(summit: Summit, line: str) -> None:
    assert await warned(summit, line) == [BOOKMARKED, RYU, BEWARE]


async def test_who_has_bookmarked_already_is_warned(summit: Summit) -> None:
    assert await summit.say("ada", "bookmark 12") == [BOOKMARKED, RYU]
    assert await warned(summit, "bookmark 12") == [
        BOOKMARKED.replace("Bookmarked.", "Bookmarked already."), RYU, BEWARE
    ]  # fmt: skip


async def test_the_warning_stands_below_what_overlaps(summit: Summit) -> None:
    await summit.say("ada", "bookmark 12")
    (*_, overlap, last) = await warned(summit, "bookmark 13")
    assert overlap.startswith("It overlaps [12] Ryu Network Operating System.")
    assert last == BEWARE


async def test_who_asks_for_a_test_reminder_is_warned(summit: Summit) -> None:
    test = "A test reminder is on its way: it comes like the real ones."
    assert await warned(summit, "remind test") == [test, BEWARE]
    assert len(await summit.notices("ada")) == 1


async def test_the_warning_belongs_to_the_reply_that_is_remembered(summit: Summit) -> None:
    said = [BOOKMARKED, RYU, BEWARE]
    assert await summit.say("ada", "bookmark 12", id="event 1", unreachable=WHY) == said
    assert await summit.say("ada", "bookmark 12", id="event 1") == said


async def test_nothing_else_warns(summit: Summit) -> None:
    for line in (
        "now", "bookmark 12 13", "bookmark nothing", "remind 12 500", "bookmark 12", "bookmarks",
        "remind", "remind off", "remind on", "snooze 12", "conflicts", "settings", "info 12",
        "unbookmark 12", "help", "forget me",
    ):  # fmt: skip
        said = await warned(summit, line)
        assert (line, BEWARE in said) == (line, line == "bookmark 12")
    summit.go("Monday 13:00")
    assert BEWARE not in await warned(summit, "bookmark 12")
