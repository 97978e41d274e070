"""People who cannot be written to, for a reason of theirs or of the server's."""

from datetime import timedelta

import pytest

from bot.adapters.irc import connection
from bot.adapters.irc.sending import delivery
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.gathering import (
    BOOKMARKED,
    BOT,
    FAST,
    REMINDER,
    asks,
    easy,
    guest,
    have_bookmarked,
    person,
    told,
)
from tests.servers.strict_irc import Rules, StrictServer

WHY_G = "you take private messages only from those whom you have accepted: type /accept summitbot"
WHY_R = (
    "you take no private messages from me: allow them (/mode ada -R, or remove your block), or ask"
    " the organisers to give me an account"
)
BEWARE = (
    "Beware: my messages may not reach you here: I have no voice here, so I can write to 9 people,"
    " and then to one more each 60 seconds."
)
TRIAL = [
    "This is a test reminder: it has arrived. Real ones come 5 minutes before a session that you"
    " bookmarked."
]
MODES = pytest.mark.parametrize(("mode", "why"), [("g", WHY_G), ("R", WHY_R)])


@MODES
async def test_who_refuses_strangers_learns_it_in_the_channel(mode: str, why: str) -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
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
async def test_a_test_reminder_shows_it_and_so_does_its_end(mode: str, why: str) -> None:
    async with StrictServer(easy()) as server, bot_on(server, **FAST), person(server, "ada") as ada:
        await ada.join(CHANNEL)
        server.set_user_mode("ada", f"+{mode}")
        ada.say(CHANNEL, "!remind test")
        assert await ada.heard_from(BOT, 1) == [
            f"ada: my answer, and reminders, cannot reach you: {why}."
        ]
        server.set_user_mode("ada", f"-{mode}")
        ada.say(CHANNEL, "!bookmark 12")
        texts = await ada.heard_from(BOT, 3)
        assert [text for text in texts if text in BOOKMARKED] == BOOKMARKED
        assert [text for text in texts if text not in BOOKMARKED] == TRIAL


@pytest.mark.parametrize(("line", "count"), [("bookmark 12", 3), ("remind test", 2)])
async def test_who_may_not_be_reached_without_a_voice_is_warned(line: str, count: int) -> None:
    async with (
        StrictServer(easy(new_targets=10, version="solanum")) as server,
        bot_on(server, **FAST),
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert (await asks(ada, line, count))[-1] == BEWARE
        server.set_mode(CHANNEL, "+v", BOT)
        await ada.hears("MODE")
        assert await asks(ada, "unbookmark 12", 1) != []
        assert BEWARE not in await asks(ada, line, count - 1)


async def test_a_refused_reminder_goes_out_when_they_write() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.set_user_mode("ada", "+g")
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        # Not a minute later, when it would be tried again anyway.
        assert (await asks(ada, "unbookmark 13", 2))[1:] == [REMINDER]


async def test_who_is_beyond_a_netsplit_is_waited_for() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST) as bot,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
        server.netsplit([BOT])
        bot.go("Monday 10:55")
        await bot.logs("unreachable")
        server.netjoin()
        assert await ada.heard_from(BOT, 1) == [REMINDER]


@pytest.mark.parametrize(
    ("rules", "refusals"), [(easy(), []), (easy(monitor=None), ["401"])], ids=["MONITOR", "ISON"]
)
async def test_who_has_gone_without_the_bot_seeing_it_is_waited_for(
    rules: Rules, refusals: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_POLL_EVERY", 0.3)  # half a minute is long for a test
    async with StrictServer(rules) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada:
            # In no channel of the bot's: it asks who that is, and believes it for a while.
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]
        await have_bookmarked(bot, [guest("ada")], 17)
        bot.go("Monday 11:25")
        await bot.logs("unreachable")
        assert [drop.why for drop in server.dropped] == refusals
        async with person(server, "ada") as ada:
            [said] = await ada.heard_from(BOT, 1, within=45)
            assert said.startswith("Starts in 5 minutes: [17] ")


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


async def test_who_asks_where_the_bot_may_not_speak_is_answered_alone() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(server, **FAST),
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        server.set_mode(CHANNEL, "+mv", "ada")
        ada.say(CHANNEL, "!where Marina")
        where = "Marina: Hyatt Regency San Francisco, 5 Embarcadero Center, San Francisco"
        assert await ada.heard_from(BOT, 1) == [where]
        assert await told(ada) == [where]
    assert [drop.why for drop in server.dropped] == ["404"]


async def test_a_throttled_nick_is_written_to_later(monkeypatch: pytest.MonkeyPatch) -> None:
    # The server takes one more each quarter of a second.
    monkeypatch.setattr(delivery, "_THROTTLED", timedelta(seconds=1))
    async with StrictServer(easy(inbound=3, speed=4.0)) as server, bot_on(server, **FAST) as bot:
        async with person(server, "ada") as ada, person(server, "bob") as bob:
            await ada.join(CHANNEL)
            await bob.join(CHANNEL)
            assert await asks(ada, "bookmark 12", 2) == BOOKMARKED
            for number in range(8):
                bob.say("ada", f"are you there {number}?")
            await bob.is_up_to_date()
            bot.go("Monday 10:55")
            assert await ada.heard_from(BOT, 1) == [REMINDER]
            assert await told(ada) == [*BOOKMARKED, REMINDER]
        assert BOT in {drop.nick for drop in server.dropped}
