"""What servers and bouncers play again when the bot joins: it is not said to the bot."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.irc.history import History
from bot.adapters.irc.wire import Heard
from bot.clock import SystemClock
from tests.adapters.irc.connecting import CHANNEL, RULES, alone_on
from tests.servers.irc_person import Person
from tests.servers.strict_irc import StrictServer

NOW = datetime(2026, 4, 16, 9, 20, tzinfo=UTC)
OLD = "2026-04-16T09:18:59.000Z"
SAID = ":ada!~a@h PRIVMSG #summit :!now"


def heard(type: str, target: str, *arguments: str, **tags: str) -> Heard:
    return Heard(type, "ada!a@h", target, arguments, tags)


def replayed(*lines: Heard) -> list[bool]:
    history = History(lambda: NOW, "irc")
    return [history.plays(line) for line in lines]


@pytest.mark.parametrize("kind", ["chathistory", "znc.in/playback"])
def test_a_batch_of_history_is_played_until_it_ends(kind: str) -> None:
    assert replayed(
        heard("batch", "+h", kind, "#summit"),
        heard("pubmsg", "#summit", "!now", batch="h"),
        heard("join", "#summit", batch="h"),
        heard("pubmsg", "#summit", "!now"),
        heard("batch", "-h"),
        heard("pubmsg", "#summit", "!now", batch="h"),
    ) == [True, True, True, False, True, False]


def test_what_stands_in_a_batch_within_is_played_too() -> None:
    assert replayed(
        heard("batch", "+h", "chathistory", "#summit"),
        heard("batch", "+n", "netsplit", "a", "b", batch="h"),
        heard("quit", "bye", batch="n"),
        heard("batch", "-n"),
        heard("quit", "bye", batch="n"),
    ) == [True, True, True, True, False]


def test_other_batches_happen_now() -> None:
    assert (
        replayed(
            heard("batch", "+n", "netsplit", "a", "b"),
            heard("quit", "bye", batch="n"),
            heard("batch", "-n"),
            heard("batch", "+"),
            heard("batch", ""),
            heard("pubmsg", "#summit", "!now", batch=""),
        )
        == [False] * 6
    )


@pytest.mark.parametrize(
    ("time", "is_old"),
    [
        (OLD, True),
        ("2012-04-16T09:20:00.000Z", True),
        ("2026-04-16T09:19:00.000Z", False),
        ("2026-04-16T09:20:00.000Z", False),
        ("2030-01-01T00:00:00.000Z", False),
        ("2026-04-16T11:19:30+02:00", False),
        ("", False),
        ("yesterday", False),
        ("2012-04-16T09:20:00", False),
        ("2012-04-16", False),
    ],
)
def test_what_was_said_long_ago_is_played(time: str, is_old: bool) -> None:
    said = [heard(type, "#summit", "!now", time=time) for type in ("pubmsg", "privmsg", "ctcp")]
    assert replayed(*said) == [is_old] * 3


def test_an_old_time_says_nothing_of_who_is_there() -> None:
    """Servers that find each other again tell when people came."""
    assert replayed(heard("join", "#summit", time=OLD), heard("354", "me", time=OLD)) == [
        False, False
    ]  # fmt: skip


@given(st.text() | st.datetimes().map(datetime.isoformat) | st.just("0001-01-01T00:00:00+23:59"))
def test_any_time_is_taken(time: str) -> None:
    assert replayed(heard("pubmsg", "#summit", "!now", time=time))[0] in (True, False)


def lines(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


@pytest.mark.parametrize(
    "played",
    [
        (":s BATCH +h chathistory #summit", f"@batch=h {SAID}", ":s BATCH -h"),
        (
            ":s BATCH +p znc.in/playback #summit", "@batch=p :s BATCH +h chathistory #summit",
            f"@batch=h {SAID}", ":s BATCH -h", ":s BATCH -p",
        ),
        (f"@time=2012-04-16T09:20:00.000Z {SAID}",),
    ],
)  # fmt: skip
async def test_old_commands_are_not_obeyed_again(played: Sequence[str]) -> None:
    async with (
        StrictServer(RULES) as server,
        alone_on(server) as bot,
        Person(server.host, server.port, "listener") as listener,
    ):
        await listener.join(CHANNEL)
        time = (SystemClock().wall() - timedelta(seconds=30)).isoformat()
        live = f"@time={time} :ada!~a@h PRIVMSG #summit :!next Marina"
        server.raw("summitbot", lines(*played, live))
        # One person's commands are answered in turn.
        await listener.hears(" :ada: ")
        [first, *_] = [line for line in listener.lines if "PRIVMSG #summit" in line]
        assert first.partition(" PRIVMSG ")[2].startswith("#summit :ada: Next in Marina")
        await bot.answers(server)


async def test_who_came_in_history_is_not_there() -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        server.raw("summitbot", lines(
            ":s BATCH +h chathistory #summit", "@batch=h :eve!~e@h JOIN #summit",
            ":s BATCH -h", ":bob!~b@h JOIN #summit",
        ))  # fmt: skip
        await bot.answers(server)
        assert bot.adapter._link is not None
        roster = bot.adapter._link.connection.roster
        assert [roster.person(nick) is not None for nick in ("eve", "bob")] == [False, True]


async def test_a_clock_that_is_wrong_is_named_once() -> None:
    async with StrictServer(RULES) as server, alone_on(server) as bot:
        server.raw("summitbot", lines(*[f"@time=2012-04-16T09:20:00.000Z {SAID}"] * 3))
        await bot.answers(server)
        assert [line["event"] for line in bot.log if "old" in line["event"]] == [
            "What was said more than a minute ago, by this machine's clock, is taken for old and"
            " not answered."
        ]
