"""What arrives of texts that are long, of many bytes, or meant to do harm."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from bot.adapters.irc.listening import unformatted
from bot.engine import Engine
from bot.messages import Channel, Invocation, User
from bot.schedule import Schedule, Session, Slot
from bot.text import lines
from tests.adapters.irc.bot import CHANNEL, Bot, bot_on
from tests.adapters.irc.gathering import easy
from tests.adapters.irc.reading import unread
from tests.servers.irc_person import Person
from tests.servers.irc_server import OPERATOR, Server
from tests.servers.strict_irc import StrictServer
from tests.summit import at, small_schedule

LONGEST_NICK = "n" * 30
NINE = Slot(at(16, 9), at(16, 10), ("Möbiusraum 漢字",))
WORDS = "Größenwahn über Flüsse, Ωmega und ζήτα: 会議 пространство " * 25
NO_SPACES = "漢字かな交じり文" * 90
TEXTS = (WORDS, NO_SPACES, "👩‍👩‍👧‍👦é🇩🇪" * 60, "x" * 2_000)
HARMFUL = (
    "Evil\r\nQUIT :bye\rPRIVMSG #summit :stolen\nJOIN #evil\0NICK evil \x01ACTION x\x01"
    "\x01VERSION\x01"
)
# Whatever people and programmes say, these are the commands that the bot uses with them.
SAYS = {"CAP", "JOIN", "MODE", "NICK", "PRIVMSG", "USER", "WHO"}
HARMLESS = HARMFUL.translate(dict.fromkeys(range(32), " "))


@pytest.fixture(params=["ngircd", "inspircd"])
def server(request: pytest.FixtureRequest) -> Server:
    """A real server."""
    found: Server = request.getfixturevalue(request.param)
    return found


def programme(*texts: str) -> Schedule:
    """Sessions, each with a title and an abstract that are such a text."""
    return small_schedule(
        *(
            Session(number, f"g{number}", text, NINE, leads=(text[:40],), abstract=text)
            for number, text in enumerate(texts, 1)
        )
    )


async def written(bot: Bot, line: str) -> str:
    """What the engine answers, letters without spaces."""
    engine = Engine(bot.schedule, bot.store, bot.clock, bot.rules)
    user, channel = User("irc", "nobody"), Channel("irc", "nobody", private=True)
    response = await engine.respond(Invocation(None, user, channel, line))
    return letters(lines(response.reply, response.reader))


def letters(texts: list[str]) -> str:
    """Without the spaces, between which lines are split."""
    return "".join("".join(unformatted(text).split()) for text in texts)


async def test_long_texts_arrive_whole(server: Server) -> None:
    schedule = programme(*TEXTS)
    async with AsyncExitStack() as both:
        # Some servers take a second for each.
        bot, ada = await asyncio.gather(
            both.enter_async_context(bot_on(
                server, schedule=schedule, at="Monday 8:30", nick="b" * 30, private_lines=100
            )),
            both.enter_async_context(Person(server.host, server.port, LONGEST_NICK)),
        )  # fmt: skip
        for number in range(1, len(TEXTS) + 1):
            ada.say("b" * 30, f"info {number}")
            arrived = await unread(ada, "b" * 30)
            assert letters(arrived) == await written(bot, f"info {number}")
            assert all(line.count("\x02") % 2 == 0 for line in arrived)


async def test_a_long_text_arrives_whole_from_a_long_host(inspircd: Server) -> None:
    async with (
        bot_on(inspircd, schedule=programme(WORDS), at="Monday 8:30", private_lines=100) as bot,
        Person(inspircd.host, inspircd.port, LONGEST_NICK) as ada,
    ):
        await ada.join(CHANNEL)
        ada.send(f"OPER {' '.join(OPERATOR)}")
        await ada.hears(" 381 ")
        host = f"{'h' * 56}.example"
        ada.send(f"CHGHOST summitbot {host}")
        ada.say("summitbot", "info 1")
        assert letters(await unread(ada)) == await written(bot, "info 1")
        assert f":summitbot!summitbot@{host} PRIVMSG" in ada.lines[-1]


async def test_a_long_text_is_shortened_in_a_channel_and_not_cut(server: Server) -> None:
    async with (
        bot_on(server, schedule=programme(NO_SPACES), at="Monday 8:30", nick="b" * 30),
        Person(server.host, server.port, LONGEST_NICK) as ada,
    ):
        await ada.join(CHANNEL)
        ada.say(CHANNEL, "!info 1")
        item, abstract, *_ = await ada.heard_from("b" * 30, 3)
        front = f"{LONGEST_NICK}: [1] Mon 9:00am–10:00am · {NO_SPACES}"
        assert shortened_from(item, front)
        assert shortened_from(abstract, NO_SPACES)


def shortened_from(arrived: str, whole: str) -> bool:
    """True if it is the beginning of the whole, and says that there is more."""
    plain = unformatted(arrived)
    return plain.endswith("…") and whole.startswith(plain.removesuffix("…")) and len(plain) > 50


async def test_a_reminder_of_a_long_title_arrives_whole(server: Server) -> None:
    async with (
        bot_on(server, schedule=programme(WORDS), at="Monday 8:30") as bot,
        Person(server.host, server.port, LONGEST_NICK) as ada,
    ):
        ada.say("summitbot", "bookmark 1")
        await unread(ada)
        bot.go("Monday 8:55")
        await bot.logs("told")
        assert letters(await unread(ada)) == letters([
            "Starts in 5 minutes:",
            f"[1] 9:00am–10:00am · {WORDS} · {NINE.rooms[0]} · {WORDS[:40]}",
        ])  # fmt: skip


async def test_nothing_harmful_reaches_the_wire() -> None:
    async with (
        StrictServer(easy()) as server,
        bot_on(
            server, schedule=programme(HARMFUL), at="Monday 8:30", rate=1000.0, burst=1000,
            coming_up=[CHANNEL],
        ) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):  # fmt: skip
        await ada.join(CHANNEL)
        for line in ("!info 1", "!lead Evil", "summitbot: \x01ACTION x", "!nxt\x01VERSION\x01"):
            ada.say(CHANNEL, line)
        for line in ("bookmark 1", "x\x01ACTION x\x01", "\x03\x02\x1f", "\x7f\x1b[31m", "bookmarks",
                     "find Evil", "settings timezone \x01"):  # fmt: skip
            ada.say("summitbot", line)
        await unread(ada)
        bot.go("Monday 8:55")
        await bot.logs("told")
        await bot.logs("posted")
        sent = server.sent_by("summitbot")
        assert [line for line in sent if set(line) & set("\r\n\0\x01")] == []
        assert {line.split(" ")[0] for line in sent} == SAYS


async def test_what_is_harmful_arrives_as_text(server: Server) -> None:
    async with (
        bot_on(server, schedule=programme(HARMFUL), at="Monday 8:30"),
        Person(server.host, server.port, "ada") as ada,
    ):
        ada.say("summitbot", "info 1")
        assert [unformatted(line) for line in await unread(ada)] == [
            f"[1] Mon 9:00am–10:00am · {HARMLESS} · Möbiusraum 漢字 · {HARMLESS[:40].rstrip()}",
            HARMLESS.rstrip(),
            "Bookmark: ‘bookmark 1’",
        ]
