"""Lines that are right and unusual: parts of a channel, odd words of 005, texts like commands."""

import pytest

from tests.adapters.irc.connecting import CHANNEL, Alone, alone_on
from tests.adapters.irc.gathering import BOT, asks, easy
from tests.adapters.irc.reading import unread
from tests.servers.irc_person import Person
from tests.servers.strict_irc import StrictServer

NEXT = [
    "ada: Next in Marina, at 9:30am, in 10 minutes:",
    "[6] 9:30am–10:25am · \x02Breakout of volume into its own service\x02 · Marina"
    " · Vishvananda Ishaya",
]


def relayed(bot: Alone) -> tuple[int, int]:
    """How much the server puts in front, and what is left for a text to ada."""
    assert bot.adapter._link is not None
    connection = bot.adapter._link.connection
    return connection.relayed, connection.space("ada")


@pytest.mark.parametrize("word", ["QUIT", "quit", "QUIT "])
async def test_a_text_that_ends_like_a_command_is_a_text(word: str) -> None:
    async with (
        StrictServer(easy()) as server,
        alone_on(server),
        Person(server.host, server.port, "ada") as ada,
    ):
        plain = word.strip()
        assert await asks(ada, f"find {word}", 1) == [
            f"No session mentions \u201c{plain}\u201d. Closest:"
        ]


@pytest.mark.parametrize("line", ["QUIT", ":ada!a@h QUIT", "@time=x :ada!a@h QUIT ", ":ada quit"])
async def test_who_quits_without_a_word_is_gone(line: str) -> None:
    async with StrictServer(easy()) as server, alone_on(server) as bot:
        server.raw(BOT, f":ada!a@h JOIN {CHANNEL}\r\n{line}\r\n".encode())
        await bot.answers(server)
        assert bot.adapter._link is not None
        gone = bot.adapter._link.connection.roster.person("ada") is None
        assert gone is ("ada" in line)


@pytest.mark.parametrize("part", ["@", "+"])
async def test_who_asks_a_part_of_a_channel_is_answered_there(part: str) -> None:
    async with (
        StrictServer(easy()) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "listener") as listener,
    ):
        await listener.join(CHANNEL)
        asked = f":ada!a@h PRIVMSG {part}{CHANNEL} :!next Marina\r\n"
        server.raw(BOT, (asked + f":ada!a@h PRIVMSG {CHANNEL} :!now Marina\r\n").encode())
        await listener.hears(" :ada: ")
        await bot.answers(server)
        said = [line for line in server.sent_by(BOT) if line.startswith("PRIVMSG ")]
        assert said[:2] == [f"PRIVMSG {part}{CHANNEL} :{text}" for text in NEXT]
        assert [line for line in listener.lines if NEXT[0] in line] == []


async def test_an_odd_word_of_005_costs_that_word() -> None:
    async with (
        StrictServer(easy(isupport=("CHANLIMIT=#:20,&", "MAXLIST=x", "PREFIX"))) as server,
        alone_on(server) as bot,
    ):
        assert bot.adapter._link is not None
        isupport = bot.adapter._link.connection.registered.isupport
        assert isupport.tokens["CHANLIMIT"] == "#:20,&"
        assert (isupport.whox, isupport.monitor, isupport.casemapping) == (True, 100, "rfc1459")


async def test_a_new_host_is_counted_before_anything_else_is_known() -> None:
    """Of what is not known yet, the longest is taken."""
    async with (
        StrictServer(easy()) as server,
        alone_on(server, channels=[]) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        unknown = len(f":{BOT}!~summitbot@{'h' * 63} ")
        frame = len("PRIVMSG ada :\r\n")
        assert relayed(bot) == (unknown, 512 - unknown - frame)
        server.raw(BOT, b":s 396 summitbot user/summitbot :is now your hidden host\r\n")
        await unread(ada)
        known = len(f":{BOT}!~summitbot@user/summitbot ")
        assert relayed(bot) == (known, 512 - known - frame)
        server.raw(BOT, b":s 396 summitbot u@cloak :is now your hidden host\r\n")
        await unread(ada)
        assert relayed(bot)[0] == len(f":{BOT}!u@cloak ")


async def test_a_new_nick_user_and_host_are_counted() -> None:
    async with (
        StrictServer(easy()) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "ada") as ada,
    ):
        assert relayed(bot)[0] == len(f":{BOT}!~summitbot@127.0.0.1 ")
        server.chghost(BOT, "u", "a.longer.host.example")
        await unread(ada)
        assert relayed(bot)[0] == len(f":{BOT}!u@a.longer.host.example ")
        server.rename(BOT, "Guest1")
        ada.say("Guest1", "now Marina")
        await ada.heard_from("Guest1", 1)
        assert relayed(bot)[0] == len(":Guest1!u@a.longer.host.example ")
