"""People who cannot be written to, for a reason of theirs or of the server's."""

import pytest

from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOOKMARKED,
    BOT,
    FAST,
    HAS_IT,
    REMINDER,
    asks,
    easy,
    guest,
    have_bookmarked,
    person,
    told,
)
from tests.servers.strict_irc import StrictServer

WHY_G = "you take private messages only from those whom you have accepted: type /accept summitbot"
WHY_R = (
    "you take no private messages from me: allow them (/mode ada -R, or remove your block), or ask"
    " the organisers to give me an account"
)
MODES = pytest.mark.parametrize(("mode", "why"), [("g", WHY_G), ("R", WHY_R)])


@MODES
async def test_who_refuses_strangers_learns_it_in_the_channel(mode: str, why: str) -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            server.set_user_mode("ada", f"+{mode}")
            ada.say(CHANNEL, "!bookmark 12")
            assert await ada.heard_from(BOT, 1) == [
                f"ada: my answer, and reminders, cannot reach you: {why}."
            ]
            bot.go("Monday 10:55")
            await bot.logs(lambda line: line.values.get("reason") == why)
            assert await told(ada) == []


@MODES
async def test_the_next_bookmark_warns_and_an_answer_shows_that_it_is_over(
    mode: str, why: str
) -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST):
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            server.set_user_mode("ada", f"+{mode}")
            ada.say(CHANNEL, "!bookmark 12")
            await ada.heard_from(BOT, 1)
            server.set_user_mode("ada", f"-{mode}")
            # To write to the bot lets it answer, where the server is like this one.
            assert await asks(ada, "remind test", 2) == ["?", "?"]


async def test_a_refused_reminder_goes_out_when_they_write() -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            server.set_user_mode("ada", "+g")
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            ada.say(BOT, "help")
            texts = await ada.heard_from(BOT, 5)
            while REMINDER not in texts:
                texts += await ada.heard_from(BOT, 1)


async def test_who_leaves_just_before_is_waited_for() -> None:
    """401 in between: the server knows it before the bot does."""
    async with StrictServer(easy()) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            server.netsplit([BOT])
            bot.go("Monday 10:55")
            await bot.logs("unreachable")
            server.netjoin()
            assert await ada.heard_from(BOT, 1) == [REMINDER]


async def test_fewer_recipients_than_announced_cost_one_refusal() -> None:
    rules = easy(max_targets=2, targmax=False, isupport=("TARGMAX=PRIVMSG:6",))
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        async with (
            person(server, "ada") as ada, person(server, "bob") as bob, person(server, "eve") as eve
        ):  # fmt: skip
            for each in (ada, bob, eve):
                await each.join(CHANNEL)
            await have_bookmarked(bot, [guest("ada"), guest("bob"), guest("eve")])
            bot.go("Monday 10:55")
            for each in (ada, bob, eve):
                assert await each.heard_from(BOT, 1, within=20) == [REMINDER]
            for each in (ada, bob, eve):
                assert await told(each) == [REMINDER]
        assert [drop.why for drop in server.dropped] == ["407"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (":strict.example 439 summitbot ada :Target change too fast. Please wait 2 seconds.", ""),
        (":strict.example 404 summitbot ada :Cannot send to nick/channel", ""),
        (":strict.example NOTICE summitbot :*** Message to ada throttled due to flooding", ""),
    ],
)
async def test_a_refusal_for_now_is_tried_again(line: str, reason: str) -> None:
    rules = easy("server-time")
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            await ada.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            bot.go("Monday 10:54")
            # The server says so before the PONG that would be the receipt.
            server.mute(BOT)
            bot.go("Monday 10:55")


async def test_a_throttled_nick_is_written_to_later() -> None:
    async with StrictServer(easy(inbound=3, speed=10)) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada, person(server, "bob") as bob:
            await ada.join(CHANNEL)
            await bob.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            for number in range(8):
                bob.say("ada", f"are you there {number}?")
            await bob.is_up_to_date()
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1, within=25) == [REMINDER]
            assert await told(ada) == [*BOOKMARKED, REMINDER]
        assert BOT in {drop.nick for drop in server.dropped}
