"""How many lines the strict server reads, and whom it throws out (Solanum's ircd/packet.c)."""

import asyncio
import re
import time
from dataclasses import replace

from tests.servers.irc_person import Person
from tests.servers.strict_irc import Account, Kill, Rules, StrictServer
from tests.servers.strict_irc.limits import Pace
from tests.servers_tests.strict_irc_people import people, said

# Nothing but lines counts here.
LINES = Rules(speed=20, inbound=None, new_targets=None)


def taken(pace: Pace, most: int = 100) -> int:
    """How many of so many lines are read in one round."""
    pace.begin()
    for number in range(most):
        if not pace.may_read():
            return number
        pace.count()
    return most


def registered() -> Pace:
    pace = Pace(Rules())
    pace.begin()
    pace.register()
    pace.count()
    return pace


def test_before_registration_five_lines_are_read_and_then_one_a_second() -> None:
    pace = Pace(Rules())
    assert taken(pace) == 5
    pace.second()
    assert taken(pace) == 1
    for _ in range(3):
        pace.second()
    assert taken(pace) == 3


def test_newcomers_may_send_forty_lines_a_second_until_they_speak() -> None:
    pace = registered()
    assert taken(pace) == 40
    pace.second()
    assert taken(pace) == 40
    pace.end_grace()
    pace.count()
    assert taken(pace) == 4


def test_after_the_first_message_five_lines_are_read_and_then_two_a_second() -> None:
    pace = registered()
    pace.end_grace()
    assert taken(pace) == 5
    pace.second()
    assert taken(pace) == 2
    for _ in range(10):
        pace.second()
    assert taken(pace) == 5


def test_whoever_speaks_in_the_middle_of_a_round_ends_it_as_a_newcomer() -> None:
    pace = registered()
    pace.begin()
    read = 0
    while pace.may_read():
        if read == 0:
            pace.end_grace()
        pace.count()
        read += 1
    assert read == 40
    # And what is too much of that is forgiven.
    assert taken(pace) == 0
    pace.second()
    assert taken(pace) == 2


def test_without_a_burst_there_is_no_limit() -> None:
    assert taken(Pace(Rules(burst=None))) == 100


async def test_whoever_has_more_than_twenty_lines_waiting_is_thrown_out() -> None:
    async with (
        StrictServer(replace(LINES, speed=0.01)) as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        ada.say("bob", "0")
        await bob.heard_from("ada", 1)
        # Four more are read at once, and twenty may wait.
        ada.send("\r\n".join(f"PRIVMSG bob :{number}" for number in range(1, 26)))
        await ada.is_disconnected()
        assert ada.lines[-1] == "ERROR :Closing Link: 127.0.0.1 (Excess Flood)"
        assert server.kills == [Kill("ada", "Excess Flood")]
        assert await bob.heard_from("ada", 4) == ["1", "2", "3", "4"]


async def test_whoever_has_twenty_lines_waiting_stays() -> None:
    async with (
        StrictServer(replace(LINES, speed=0.01)) as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        ada.say("bob", "0")
        await bob.heard_from("ada", 1)
        ada.send("\r\n".join(f"PRIVMSG bob :{number}" for number in range(1, 25)))
        await bob.heard_from("ada", 4)
        await bob.is_up_to_date()
        assert server.kills == []
        assert [len(server.sent_by("ada")), server.nicks] == [28, ["ada", "bob"]]


async def test_what_waits_is_read_at_two_lines_a_second() -> None:
    async with StrictServer(LINES) as server, people(server, "ada", "bob") as [ada, bob]:
        ada.say("bob", "hello")
        await bob.heard_from("ada", 1)
        began = server.now()
        ada.send("\r\n".join(f"PRIVMSG bob :{number}" for number in range(15)))
        texts = await bob.heard_from("ada", 15)
        took = server.now() - began
        assert texts == [str(number) for number in range(15)]
        # Eleven lines beyond the burst; the first second of the server may have begun before.
        assert took >= 5.0


async def test_on_a_busy_machine_what_waits_is_read_as_soon_as_the_seconds_are_over() -> None:
    loop = asyncio.get_running_loop()
    rounds: list[asyncio.Handle] = []

    def work() -> None:
        time.sleep(0.02)
        rounds.append(loop.call_soon(work))

    async with (
        StrictServer(replace(LINES, queue=None, speed=2_000, ping_seconds=100)) as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        work()
        try:
            for number in range(200):
                ada.say("bob", str(number))
            await bob.heard_from("ada", 200)
        finally:
            rounds[-1].cancel()
        # They take a hundred seconds of the server, of which each round has forty.
        assert len(rounds) < 30
        assert server.nicks == ["ada", "bob"]


async def test_what_came_in_while_the_machine_was_busy_is_not_too_much_at_once() -> None:
    async with StrictServer(LINES) as server, people(server, "ada", "bob") as [ada, bob]:
        ada.say("bob", "0")
        await bob.heard_from("ada", 1)
        ada.send("\r\n".join(f"PRIVMSG bob :{number}" for number in range(1, 41)))
        time.sleep(1)  # noqa: ASYNC251  # that is what a busy machine is
        await bob.heard_from("ada", 40)
        assert server.kills == []


async def test_lines_before_registration_are_read_slowly() -> None:
    async with (
        StrictServer(LINES, [Account("bob", "sesame")]) as server,
        Person(server.host, server.port, "bob", sasl=("bob", "sesame")) as bob,
    ):
        # CAP LS, NICK, USER, CAP REQ and AUTHENTICATE are five; two more have to wait.
        assert len(server.log) == 7
        assert server.now() - server.log[0].at >= 1.0
        assert said(bob, "903") == [":strict.example 903 bob :SASL authentication successful"]


async def test_an_exempt_account_may_flood() -> None:
    rules = replace(LINES, flood_exempt=frozenset({"ada"}))
    async with (
        StrictServer(rules, [Account("ada", "sesame")]) as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        server.login("ada", "ada")
        for number in range(200):
            ada.say("bob", str(number))
        assert len(await bob.heard_from("ada", 200)) == 200
        assert server.kills == []


async def test_a_queue_without_limit_kills_nobody() -> None:
    async with (
        StrictServer(replace(LINES, queue=None, speed=200)) as server,
        people(server, "ada", "bob") as [ada, bob],
    ):
        for number in range(200):
            ada.say("bob", str(number))
        assert len(await bob.heard_from("ada", 200)) == 200
        assert server.kills == []


async def test_whoever_says_nothing_is_asked_and_then_given_up() -> None:
    async with StrictServer(replace(LINES, ping_seconds=10)) as server:
        async with Person(server.host, server.port, "ada", answers_pings=False) as ada:
            await ada.hears("PING :strict.example")
            end = await ada.hears("ERROR")
            assert re.fullmatch(
                r"ERROR :Closing Link: 127.0.0.1 \(Ping timeout: \d+ seconds\)", end
            )
        async with Person(server.host, server.port, "bob") as bob:
            for _ in range(2):
                await bob.hears("PING :strict.example")
            assert server.nicks == ["bob"]
