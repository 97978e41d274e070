"""What the strict server can do to its clients."""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import replace

import pytest

from tests.servers.irc_person import Person, Refused
from tests.servers.strict_irc import Kill, Rules, StrictServer
from tests.servers_tests.strict_irc_people import people, said

RULES = Rules(speed=50, burst=None)


async def test_nicks_change_by_force() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.rename("ada", "Guest1")
        renamed = ":ada!~ada@127.0.0.1 NICK :Guest1"
        assert [await ada.hears("NICK"), await bob.hears("NICK")] == [renamed, renamed]
        bob.send("NICK guest1")
        assert await bob.hears("433") == (
            ":strict.example 433 bob guest1 :Nickname is already in use."
        )
        bob.send("NICK 1st")
        assert await bob.hears("432") == ":strict.example 432 bob 1st :Erroneous Nickname"
        assert [sent.nick for sent in server.log if sent.line == "NICK ada"] == ["Guest1"]


async def test_nicks_change_five_times_in_twenty_seconds_at_most() -> None:
    async with StrictServer(Rules(speed=0.001)) as server, people(server, "ada") as [ada]:
        for number in range(6):
            ada.send(f"NICK {'abcdefghijklmnopqrs'[: 10 + number]}")
        assert await ada.hears("438") == (
            ":strict.example 438 abcdefghijklmn abcdefghijklmn abcdefghijklmno"
            " :Nick change too fast. Please wait 20 seconds."
        )


async def test_long_nicks_are_cut() -> None:
    async with StrictServer(RULES) as server, people(server, "abcdefghijklmnopqrstuvwxyz"):
        assert server.nicks == ["abcdefghijklmnop"]


async def test_a_kill() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.kill("ada", "spam")
        assert await ada.hears("KILL") == ":strict.example KILL ada :strict.example (spam)"
        await ada.is_disconnected()
        assert ada.lines[-1] == ("ERROR :Closing Link: 127.0.0.1 (Killed (strict.example (spam)))")
        assert await bob.hears("QUIT") == (
            ":ada!~ada@127.0.0.1 QUIT :Killed (strict.example (spam))"
        )
        assert server.kills == [Kill("ada", "Killed (strict.example (spam))")]


async def test_a_kline_throws_out_and_refuses() -> None:
    async with StrictServer(RULES) as server, people(server, "ada", "bob") as [ada, bob]:
        server.kline("*ada@127.*", "no bots")
        await ada.is_disconnected()
        assert ada.lines[-2:] == [
            ":strict.example 465 ada :You are banned from this server- no bots",
            "ERROR :Closing Link: 127.0.0.1 (K-Lined)",
        ]
        with pytest.raises(Refused, match="465 ada :You are banned from this server- no bots"):
            async with Person(server.host, server.port, "ada"):
                pass
        await bob.is_up_to_date()
        server.unkline("*ada@127.*")
        async with people(server, "ada"):
            assert server.nicks == ["ada", "bob"]


async def test_connections_that_come_too_fast_are_refused() -> None:
    async with StrictServer(RULES) as server:
        server.throttle_connections(1)
        with pytest.raises(Refused, match="ERROR :Reconnecting too fast, throttled"):
            async with Person(server.host, server.port, "ada"):
                pass
        server.throttle_connections(1, "Trying to reconnect too fast.")
        with pytest.raises(Refused, match="ERROR :Trying to reconnect too fast"):
            async with Person(server.host, server.port, "ada"):
                pass
        async with people(server, "ada"):
            assert server.nicks == ["ada"]


async def test_more_than_four_connections_a_minute_are_refused() -> None:
    async with (
        StrictServer(replace(RULES, connections=4)) as server,
        people(server, "ada", "bob", "eve", "kim"),
    ):
        with pytest.raises(Refused, match="Reconnecting too fast"):
            async with Person(server.host, server.port, "zoe"):
                pass


async def test_a_netsplit_and_its_end() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", "eve", channel="#x") as [ada, bob, eve],
    ):
        server.set_mode("#x", "+v", "bob")
        ada.send("MONITOR + bob")
        await ada.hears("730")
        server.netsplit(["bob", "eve"])
        await ada.is_up_to_date()
        assert said(ada, "QUIT") == [
            ":bob!~bob@127.0.0.1 QUIT :a.example b.example",
            ":eve!~eve@127.0.0.1 QUIT :a.example b.example",
        ]
        assert await bob.hears("QUIT") == ":ada!~ada@127.0.0.1 QUIT :a.example b.example"
        assert await ada.hears("731") == ":strict.example 731 ada :bob"
        ada.say("bob", "hello")
        assert await ada.hears("401") == ":strict.example 401 ada bob :No such nick/channel"
        ada.say("#x", "to the rest")
        bob.say("#x", "we two")
        assert await eve.heard_from("bob", 1) == ["we two"]
        await ada.is_up_to_date()
        here = len(ada.lines)
        server.netjoin()
        await ada.is_up_to_date()
        assert ada.lines[here:-1] == [
            ":bob!~bob@127.0.0.1 JOIN #x",
            ":strict.example MODE #x +v bob",
            ":eve!~eve@127.0.0.1 JOIN #x",
            ":strict.example 730 ada :bob!~bob@127.0.0.1",
        ]
        ada.say("bob", "hello again")
        assert await bob.heard_from("ada", 1) == ["hello again"]
        assert said(eve, ":ada!~ada@127.0.0.1 PRIVMSG") == []


async def test_a_netsplit_is_a_batch_for_those_who_asked() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", caps=["batch"], channel="#x") as [ada],
        people(server, "bob", channel="#x"),
    ):
        server.netsplit(["bob"])
        begin = await ada.hears("BATCH +")
        name = begin.split("+")[1].split(" ")[0]
        assert begin == f":strict.example BATCH +{name} netsplit a.example b.example"
        assert await ada.hears("QUIT") == (
            f"@batch={name} :bob!~bob@127.0.0.1 QUIT :a.example b.example"
        )
        assert await ada.hears("BATCH -") == f":strict.example BATCH -{name}"


async def test_a_muted_client_hears_nothing_and_is_not_heard() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.mute("ada")
        bob.say("#x", "hello")
        ada.say("#x", "hello?")
        with pytest.raises(AssertionError, match=r"ada did not hear 'hello' in 0.2 s"):
            await ada.hears("hello", within=0.2)
        assert not ada.gone
        await bob.is_up_to_date()
        assert said(bob, ":ada!~ada@127.0.0.1 PRIVMSG") == []
        server.mute("ada", muted=False)
        await ada.is_up_to_date()


async def test_a_muted_server_accepts_and_says_nothing() -> None:
    async with StrictServer(RULES) as server:
        server.mute()
        with pytest.raises(AssertionError, match="bob did not hear"):
            async with Person(server.host, server.port, "bob", within=0.2):
                pass
        server.mute(muted=False)
        async with people(server, "bob"):
            assert server.nicks == ["bob"]


async def test_a_dropped_client_is_reset() -> None:
    async with (
        StrictServer(RULES) as server,
        people(server, "ada", "bob", channel="#x") as [ada, bob],
    ):
        server.drop("ada")
        await ada.is_disconnected()
        assert said(ada, "ERROR") == []
        assert await bob.hears("QUIT") == ":ada!~ada@127.0.0.1 QUIT :Connection closed"


async def test_the_server_is_away_for_a_while() -> None:
    async with StrictServer(RULES) as server:
        server.set_mode("#x", "+m")
        async with people(server, "ada", channel="#x") as [ada]:
            port = server.port
            await server.stop()
            await ada.is_disconnected()
            with pytest.raises(ConnectionRefusedError):
                async with Person(server.host, port, "ada"):
                    pass
            await server.start()
        async with people(server, "ada", channel="#x") as [ada]:
            assert [server.port, server.nicks] == [port, ["ada"]]
            ada.send("MODE #x")
            assert await ada.hears("324") == ":strict.example 324 ada #x +mnt"


async def test_any_bytes_can_be_sent() -> None:
    async with StrictServer(RULES) as server, people(server, "ada") as [ada]:
        server.raw("ada", b":x PRIVMSG ada :\xff\xfe\r\n \r\nQUIT\r\n")
        await ada.hears("QUIT")
        assert ada.lines[-3:] == [":x PRIVMSG ada :\ufffd\ufffd", " ", "QUIT"]


async def test_two_hundred_people_talk() -> None:
    nicks = [f"guest{number}" for number in range(200)]
    rules = replace(RULES, new_targets=None, inbound=None)
    async with StrictServer(rules) as server, people(server, *nicks, channel="#x") as crowd:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for person in crowd:
            person.say("#x", f"I am {person.nick}")
        for person in crowd:
            await person.hears("PRIVMSG #x :I am guest199" if person.nick != "guest199" else "I am")
            await person.is_up_to_date()
        # 40,000 lines go out, and are read by the same process.
        assert loop.time() - began < 10
        assert all(len(said(person, "PRIVMSG")) == 199 for person in crowd)


async def test_by_hand() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.strict_irc", "--port", "0", "--speed", "50",
        "--account", "ada:sesame",
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        port = int(line.partition("port ")[2].partition(",")[0])
        assert line == (
            "A server for tests with Solanum's limits listens on 127.0.0.1"
            f" port {port}, without TLS. Accounts: ada. Ctrl-C stops it.\n"
        )
        async with Person("127.0.0.1", port, "eve", sasl=("ada", "sesame")) as eve:
            await eve.is_up_to_date()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
