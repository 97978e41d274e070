"""A reminder counts as sent when the server says so, in whatever way it does; several people who
are told the same share a line."""

from typing import Any

import pytest

from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOT,
    FAST,
    REMINDER,
    asks,
    crowd,
    easy,
    guest,
    have_bookmarked,
    person,
    told,
)
from tests.servers.strict_irc import Rules, StrictServer

ECHO = easy()
LABELS = easy(without=["echo-message"])
PING = easy(without=["echo-message", "labeled-response"])


def sent_to_tell(server: StrictServer) -> list[str]:
    """The lines about one reminder, without its text."""
    lines = [line for line in server.sent_by(BOT) if "PRIVMSG" in line or "PING" in line]
    return [line.partition(" :Starts")[0] for line in lines]


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        (ECHO, ["PRIVMSG ada"]),
        (LABELS, ["@label=m1 PRIVMSG ada"]),
        (PING, ["PRIVMSG ada", "PING :summit-1"]),
    ],
)
async def test_the_server_tells_that_it_has_taken_a_reminder(
    rules: Rules, lines: list[str]
) -> None:
    async with (
        StrictServer(rules) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        await have_bookmarked(bot, [guest("ada")])
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]
        await bot.logs("told")
        assert sent_to_tell(server) == lines


@pytest.mark.parametrize("rules", [ECHO, LABELS, PING])
async def test_what_was_lost_with_the_connection_is_repeated_and_nothing_else(rules: Rules) -> None:
    async with (
        StrictServer(rules) as server,
        bot_on(server, **FAST) as bot,
        crowd(server, 2) as (ada, eve),
    ):
        await have_bookmarked(bot, [guest(ada.nick)])
        bot.go("Monday 10:55")
        assert await ada.heard_from(BOT, 1) == [REMINDER]
        await bot.logs("told")
        server.mute(BOT)
        await have_bookmarked(bot, [guest(eve.nick)])
        while not (await bot.store.load(guest(eve.nick), bookmarks=True)).bookmarks[0].message:
            pass  # it is on its way, and will not arrive
        server.drop(BOT)
        await bot.joined()
        assert await eve.heard_from(BOT, 1, within=30) == [REMINDER]
        await bot.logs("told")
        assert [await told(each) for each in (ada, eve)] == [[REMINDER], [REMINDER]]


@pytest.mark.parametrize(
    ("rules", "people", "groups"),
    [
        ({}, 10, [4, 4, 2]),
        ({"targmax": False, "maxtargets": True, "max_targets": 3}, 7, [3, 3, 1]),
        ({"targmax": False, "max_targets": 1}, 3, [1, 1, 1]),
    ],
)
async def test_as_many_share_a_line_as_the_server_allows(
    rules: dict[str, Any], people: int, groups: list[int]
) -> None:
    async with (
        StrictServer(easy(**rules)) as server,
        bot_on(server, **FAST) as bot,
        crowd(server, people) as members,
    ):
        await have_bookmarked(bot, [guest(each.nick) for each in members])
        bot.go("Monday 10:55")
        for each in members:
            assert await each.heard_from(BOT, 1) == [REMINDER]
        lines = [line.split(" ")[1] for line in server.sent_by(BOT) if "PRIVMSG" in line]
        assert [len(line.split(",")) for line in lines] == groups


async def test_who_is_told_something_else_has_a_line_of_their_own() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        crowd(server, 3) as members,
    ):
        await have_bookmarked(bot, [guest("p0"), guest("p1")])
        await have_bookmarked(bot, [guest("p2")], 13)
        assert await asks(members[1], "settings 24", 1) == ["Times are shown on a 24-hour clock."]
        bot.go("Monday 10:55")
        for each in members:
            await each.heard_from(BOT, 1)
        texts = [await told(each) for each in members]
        assert texts[0] == [REMINDER]
        assert texts[1][-1] == REMINDER.replace("11:00am\u201311:25am", "11:00\u201311:25")
