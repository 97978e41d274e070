"""What channels are told: what comes up in few lines, announcements to the end."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clock import SystemClock
from bot.document import Reply, heading, reply, text
from bot.messages import Channel
from bot.schedule import Schedule, Session, Slot
from bot.times import Reader
from tests.adapters.irc.bot import CHANNEL, bot_on
from tests.adapters.irc.connecting import alone_on
from tests.adapters.irc.gathering import BOT, easy, guest, person
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server
from tests.servers.strict_irc import Rules, StrictServer
from tests.summit import at

START = at(16, 18)
READER = Reader(ZoneInfo("UTC"))
WORDS = " ".join(f"word{number:04}" for number in range(334))[:3_000]
HARMFUL = "Evil\r\nQUIT :bye\rPRIVMSG #summit :x\nNICK evil\0 \x01ACTION x\x01 \x02b\x03\x0f\u2028"


def crowded(sessions: int) -> Schedule:
    """So many sessions at the same time."""
    slots = [Slot(START, START + timedelta(hours=1), (f"Room {n}",)) for n in range(sessions)]
    return Schedule("Large Summit", ZoneInfo("UTC"), [
        Session(n + 1, f"g{n}", f"A talk about the subject number {n}", slot)
        for n, slot in enumerate(slots)
    ])  # fmt: skip


async def test_much_at_once_is_posted_once_in_four_lines() -> None:
    async with (
        StrictServer(Rules(first_is_op=True)) as server,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        async with bot_on(
            server, schedule=crowded(70), at="2012-04-16T17:00Z", coming_up=[CHANNEL]
        ) as bot:
            server.set_mode(CHANNEL, "+v", BOT)
            bot.go("2012-04-16T17:56Z")
            await bot.logs("posted")
            lines = [line for line in server.sent_by(BOT) if line.startswith("PRIVMSG")]
    assert len(lines) == 4
    assert lines[0].startswith(
        f"PRIVMSG {CHANNEL} :Starts in 4 minutes: [1] 6:00pm\N{EN DASH}7:00pm"
    )
    shown = sum(line.count("A talk about") for line in lines)
    assert lines[3].endswith(f" | \N{HORIZONTAL ELLIPSIS} {70 - shown} more: \u2018!next\u2019")
    assert server.kills == []


async def test_without_a_voice_the_channel_counts_as_a_recipient() -> None:
    async with (
        StrictServer(Rules(new_targets=3)) as server,
        bot_on(server, schedule=crowded(2), at="2012-04-16T17:00Z", coming_up=[CHANNEL],
               recipients=3) as bot,
    ):  # fmt: skip
        bot.go("2012-04-16T17:56Z")
        await bot.logs("posted")
        assert bot.adapter._link is not None
        recipients = bot.adapter._link.connection.standing._recipients
        assert recipients is not None
        assert recipients.seconds_to_wait(CHANNEL, 0, kept=3) == 0


def announcement(said: str) -> Reply:
    """As organisers make one."""
    return reply(heading("News:"), text(said))


@pytest.mark.parametrize("software", ["ngircd", "inspircd"])
async def test_an_announcement_of_3000_characters_arrives_whole(
    software: str, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(software)
    async with (
        alone_on(server, nick="newsbot", channels=["#news"]) as bot,
        Person(server.host, server.port, "newsada") as ada,
    ):
        await ada.join("#news")
        await bot.adapter.post(Channel("irc", "#news"), announcement(WORDS), READER, "k1")
        first, *rest = await ada.heard_from("newsbot", 8)
        assert (first, " ".join(rest)) == ("News:", WORDS)
        until = SystemClock().now() + timedelta(days=1)
        assert bot.adapter._link is not None
        seen = bot.adapter._link.connection.roster.person("newsada")
        assert seen is not None
        user = bot.adapter._identity.user(seen.mask, None)
        await bot.adapter.send(user, announcement(WORDS), READER, "k2", until)
        first, *rest = await ada.heard_from("newsbot", 8)
        assert (first, " ".join(rest)) == ("News:", WORDS)


async def test_an_announcement_floods_no_server() -> None:
    async with (
        StrictServer(Rules(first_is_op=True)) as server,
        person(server, "ada") as ada,
    ):
        await ada.join(CHANNEL)
        async with alone_on(server, rate=1.9, burst=4) as bot:
            await bot.adapter.post(Channel("irc", CHANNEL), announcement(WORDS), READER, "k1")
            await ada.heard_from(BOT, 8)
        assert (server.kills, server.dropped) == ([], [])


async def test_a_harmful_announcement_is_mere_text() -> None:
    async with (
        StrictServer(easy()) as server,
        person(server, "ada") as ada,
        alone_on(server) as bot,
    ):
        await ada.join(CHANNEL)
        before = len(server.sent_by(BOT))
        await bot.adapter.post(Channel("irc", CHANNEL), announcement(HARMFUL), READER, "k1")
        until = SystemClock().now() + timedelta(days=1)
        await bot.adapter.send(guest("ada"), announcement(HARMFUL), READER, "k2", until)
        said = "News: Evil  QUIT :bye PRIVMSG #summit :x NICK evil   ACTION x   b"
        assert await ada.heard_from(BOT, 2) == [said, said]
        sent = server.sent_by(BOT)[before:]
        assert [line.partition(" ")[0] for line in sent if line.startswith("PRIVMSG")] == [
            "PRIVMSG", "PRIVMSG",
        ]  # fmt: skip
        assert [line for line in sent if not line.startswith(("PRIVMSG", "PING", "WHO", "@"))] == []
        assert server.nicks == ["ada", BOT]
