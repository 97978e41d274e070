"""Lines that no server should send and no person would: they cost themselves, and nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.adapters.irc.connecting import (
    CHANNEL,
    LONG,
    RULES,
    Alone,
    alone_on,
    odd_server,
    quick_time,
)
from tests.servers.irc_person import Person
from tests.servers.strict_irc import Account, StrictServer

LINES = 100_000
IN_A_BATCH = 500
BATCHES = LINES // IN_A_BATCH
EASY = replace(RULES, version="easy")
"""A server without limits, and which says so: else the bot would keep to those of its kind."""
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

# ERROR and 465 end a connection by what they mean: they are no garbage.
_NUMERICS = [f"{number:03}".encode() for number in range(1000) if number != 465]
_COMMANDS = [
    b"ACCOUNT", b"ACK", b"AUTHENTICATE", b"AWAY", b"BATCH", b"CAP", b"CHGHOST", b"FAIL", b"INVITE",
    b"ISON", b"JOIN", b"KICK", b"MODE", b"NICK", b"NOTICE", b"PART", b"PING", b"PONG", b"PRIVMSG",
    b"QUIT", b"SETNAME", b"TAGMSG", b"TOPIC", b"WALLOPS", b"WARN", b"ping", b"Cap", b"",
]  # fmt: skip
_WORDS = [
    b"summitbot", b"ada", b"#summit", b"#", b"*", b"+", b"-", b"@", b":", b"LS", b"NEW", b"DEL",
    b"ACK", b"NAK", b"sasl", b"sasl=", b"=", b"sts=duration=0,port=0", b"-sasl", b"~=x", b"ada,eve",
    b"\x01VERSION\x01", b"\x01", b"\x01\x01", b"\x01PING", b"+o", b"+ov-v", b"+k", b"PREFIX=",
    b"PREFIX=(ov)@", b"CHANMODES=,,,", b"CASEMAPPING=none", b"TARGMAX=PRIVMSG:x", b"MONITOR=x",
    b"LINELEN=x", b"912", b"0", b"NickServ", b"\xff\xfe", b"\x00", b"\xe2\x82", "\u2028".encode(),
    b"!next", b"summitbot:", b"a!b@c", b"!@", b"x" * 600,
]  # fmt: skip
_SOURCES = [
    b"", b":", b":ada!a@b", b":ada", b":summitbot!~summitbot@127.0.0.1", b":summitbot",
    b":strict.example", b":NickServ!n@s", b":!@", b":@", b":\xff!\xff@\xff", b": ",
]  # fmt: skip
_TAGS = [
    b"", b"@", b"@ ", b"@account ", b"@account= ", b"@label=m1 ", b"@batch=x ", b"@msgid ",
    b"@time=x;bot ", b"@;;; ", b"@=x ", b"@a=\\ ", b"@label ", b"@" + b"x" * 9000 + b" ",
]  # fmt: skip


def garbage(dice: Random, odd: Sequence[bytes]) -> bytes:
    """A line that is nearly one of IRC."""
    if odd and dice.random() < 0.1:
        return dice.choice(odd)
    words = [dice.choice(_WORDS) for _ in range(dice.randrange(6))]
    if odd and words and dice.random() < 0.3:
        words[-1] = dice.choice(odd)
    if words and dice.random() < 0.5:
        words[-1] = b":" + words[-1]
    command = dice.choice(_COMMANDS) if dice.random() < 0.5 else dice.choice(_NUMERICS)
    return b" ".join([dice.choice(_TAGS) + dice.choice(_SOURCES), command, *words]).strip()


def batch(dice: Random, odd: Sequence[bytes]) -> bytes:
    lines = (garbage(dice, odd) for _ in range(IN_A_BATCH))
    return b"".join(
        line.translate(None, b"\r\n") + dice.choice((b"\r\n", b"\n", b"\r\n\r\n"))
        for line in lines
        if not line.startswith((b"ERROR", b":strict.example ERROR"))
    )


async def is_answered(bot: Alone, server: StrictServer, listener: Person) -> None:
    """Somebody asks whom nothing has been said about, in lines that are true."""
    asked = b":eve!eve@example.org PRIVMSG #summit :!next Marina\r\n"
    server.raw("summitbot", b"\r\n" + asked)
    await listener.hears("PRIVMSG #summit :eve: Next in Marina")
    assert [line["event"] for line in bot.log if line["event"] == "disconnected"] == []


@pytest.mark.long
@pytest.mark.timeout(300)
@settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(st.integers(0, 2**64 - 1), st.lists(st.binary(max_size=60), max_size=30))
def test_lines_that_no_server_should_send(seed: int, odd: list[bytes]) -> None:
    async def send() -> None:
        async with (
            StrictServer(EASY) as server,
            alone_on(server) as bot,
            Person(server.host, server.port, "listener") as listener,
        ):
            await listener.join(CHANNEL)
            server.raw("summitbot", batch(Random(seed), odd))
            await is_answered(bot, server, listener)

    asyncio.run(send())


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 1_000_000,
        b":ada!a@b PRIVMSG #summit :" + b"!" * 100_000 + b"\r\n",
        b"\x00" * 5_000 + b"\r\n",
        b":ada!a@b PRIVMSG #summit :!next \x00\xff\xfe\xe2\x82\r\n",
        b"\r\n" * 10_000,
        b" \r\n:\r\n@\r\n: \r\n@ \r\n@ :\r\n",
        b":strict.example CAP * LS * :\r\n" * 1_000,
        b":strict.example CAP summitbot DEL :sts sasl batch message-tags cap-notify\r\n",
        b":strict.example BATCH +1 netsplit a b\r\n" * 1_000,
        b"PING\r\nPING :\r\nPONG\r\nQUIT\r\n:ada QUIT\r\nJOIN\r\nKICK #summit\r\nNICK\r\n",
        b"".join(b":strict.example %03d\r\n" % n for n in range(1000) if n != 465),
        b"".join(b":strict.example %03d summitbot\r\n" % n for n in range(1000) if n != 465),
    ],
    ids=range(12),
)
async def test_single_oddities(data: bytes) -> None:
    async with (
        StrictServer(EASY) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "listener") as listener,
    ):
        await listener.join(CHANNEL)
        server.raw("summitbot", data)
        await is_answered(bot, server, listener)


texts = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from([
            b"!", b"next", b"now", b" ", b"summitbot", b":", b"@", b"\x02", b"\x03", b"\x01", b"12",
            b"Marina", b"\xff", b"\x1f\x0304,99", b"remind", b"?", b"more", b"%s{}", b"\\", b"'",
            b'"', b"-", b"VERSION", "\u202e".encode(), b"9" * 100,
        ]),
        max_size=12,
    ).map(b"".join),
)  # fmt: skip


@pytest.mark.timeout(300)
@settings(max_examples=50, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(st.lists(texts, min_size=30, max_size=30))
def test_lines_that_people_send(said: list[bytes]) -> None:
    async def send() -> None:
        async with (
            StrictServer(EASY) as server,
            alone_on(server, channel_answers=0) as bot,
            Person(server.host, server.port, "ada") as ada,
        ):
            await ada.join(CHANNEL)
            for number, text in enumerate(said):
                target = CHANNEL if number % 2 else "summitbot"
                ada.say(target, text.translate(None, b"\r\n").decode("utf-8", "surrogateescape"))
            await ada.is_up_to_date()
            await bot.answers(server)
            assert [line["event"] for line in bot.log if line["event"] == "not answered"] == []

    asyncio.run(send())


WELCOME = (
    b":odd.example 001 summitbot :Welcome\r\n:odd.example 422 summitbot :No MOTD\r\n"
    b":summitbot!s@h JOIN #summit\r\n:odd.example 315 summitbot #summit :End\r\n"
)


@pytest.mark.timeout(300)
@settings(max_examples=50, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(st.integers(0, 2**64 - 1), st.lists(st.binary(max_size=60), max_size=30))
def test_lines_in_the_middle_of_registering(seed: int, odd: list[bytes]) -> None:
    """Whatever comes of it on that server, the bot is let in by the next one, and answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(batch(Random(seed), odd) + b"\r\n" + WELCOME)
        await writer.drain()

    async def register() -> None:
        async with (
            odd_server(serve) as odd_one,
            StrictServer(EASY, [Account("bots", "sesame")]) as server,
        ):
            own: dict[str, Any] = {
                "server": [f"{each.host}:{each.port}" for each in (odd_one, server)],
                "account": "bots", "password": "sesame", "account_required": False,
            }  # fmt: skip
            async with alone_on(server, joins=False, **own) as bot:
                with quick_time():
                    await bot.logs("disconnected", LONG)
                    await bot.logs(f"Registered on strict.example ({own['server'][1]},", LONG)
                assert server.account_of("summitbot") == "bots"
                await bot.answers(server)

    asyncio.run(register())
