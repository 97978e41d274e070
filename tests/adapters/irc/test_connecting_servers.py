"""Which servers are called: several in turn, IPv6, other networks, and what is no server."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot import checking
from bot.adapters.irc import adapter
from bot.ports import CannotSpeak
from tests.adapters.irc.connecting import (
    LONG,
    RULES,
    Odd,
    alone_on,
    check,
    now,
    odd_server,
    quick_time,
)
from tests.servers.irc_server import Server
from tests.servers.programs import free_port, loopback
from tests.servers.strict_irc import StrictServer


async def why_not(at: Odd, **settings: object) -> str:
    with pytest.raises(CannotSpeak) as caught:
        await check(at, **settings)
    return str(caught.value)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass


async def rude(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.readline()


async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html></html>")


async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says much and never lets anybody in."""
    with_lines = ":odd.example NOTICE * :*** Looking up your hostname...\r\n"
    while not reader.at_eof() and not writer.is_closing():
        writer.write(with_lines.encode())
        await asyncio.sleep(1)


async def test_servers_are_tried_in_turn() -> None:
    async with StrictServer(RULES) as one, StrictServer(RULES) as two:
        servers = [f"127.0.0.1:{free_port()}", f"127.0.0.1:{one.port}", f"127.0.0.1:{two.port}"]
        with quick_time():
            async with alone_on(one, joins=False, server=servers) as bot:
                began = now()
                await bot.joined(LONG)
                assert (one.nicks, two.nicks, now() - began < 3) == (["summitbot"], [], True)
                await one.stop()
                began = now()
                await bot.joined(LONG)
                assert (two.nicks, now() - began < 3) == (["summitbot"], True)
                await one.start()
                await two.stop()
                began = now()
                await bot.joined(LONG)
                assert (one.nicks, now() - began < 8) == (["summitbot"], True)
            await two.start()


async def test_check_asks_all_servers() -> None:
    dead = f"127.0.0.1:{free_port()}"
    async with StrictServer(RULES) as server:
        said = await check(server, server=[dead, f"127.0.0.1:{server.port}"])
        assert said[:2] == [
            f"{dead} cannot be reached: Connection refused.",
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
        ]


async def test_check_asks_all_servers_though_the_first_says_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    own = tmp_path / "own.toml"
    async with odd_server(silent) as odd, StrictServer(RULES) as server:
        servers = [f"127.0.0.1:{odd.port}", f"127.0.0.1:{server.port}"]
        own.write_text(f"[irc]\nserver = {servers}\ntls = false\nchannels = ['#summit']\n")
        with quick_time():
            assert await checking.check(own, said.append)
        assert [line.strip() for line in said[3:6]] == [
            "irc:",
            "127.0.0.1 did not register the bot in time.",
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
        ]


async def test_check_leaves_a_server_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_LOOKS_FOR", 0.1)
    async with odd_server(silent) as odd:
        assert await why_not(odd) == (
            f"127.0.0.1:{odd.port} was not done with the bot within 0.1 seconds."
        )


async def test_check_asks_all_servers_though_the_first_refuses_the_bot() -> None:
    closed = StrictServer(replace(RULES, password="door key"))
    async with closed, StrictServer(RULES) as server:
        said = await check(server, server=[f"127.0.0.1:{s.port}" for s in (closed, server)])
        assert said[:2] == [
            "127.0.0.1 wants another password: check `server_password`.",
            f"Registered on strict.example (127.0.0.1:{server.port}, without encryption) as"
            " summitbot.",
        ]


async def test_no_server_is_there() -> None:
    dead = [free_port(), free_port()]
    assert await why_not(Odd("127.0.0.1", dead[0])) == (
        f"127.0.0.1:{dead[0]} cannot be reached: Connection refused."
    )
    both = [f"127.0.0.1:{port}" for port in dead]
    assert await why_not(Odd("127.0.0.1", 1), server=both) == (
        f"127.0.0.1:{dead[0]} cannot be reached: Connection refused."
        f" 127.0.0.1:{dead[1]} cannot be reached: Connection refused."
    )


@pytest.mark.parametrize(
    "name", ["a..example.org", "x" * 70 + ".example.org", "nobody.invalid", "*"]
)
async def test_a_name_that_no_server_has(name: str) -> None:
    said = await why_not(Odd(name, 6667))
    assert said.startswith(f"{name}:6667 cannot be reached: "), said
    async with alone_on(Odd(name, 6667), joins=False) as bot:
        await bot.logs("disconnected")


@pytest.mark.parametrize("address", loopback())
async def test_addresses(address: str) -> None:
    async with StrictServer(RULES, host=address) as server:
        written = f"[{address}]" if ":" in address else address
        for name, port in ((written, server.port), (f"{written}:{server.port}", 6697)):
            async with alone_on(server, server=name, port=port) as bot:
                assert bot.log[1]["event"] == (
                    f"Registered on strict.example ({written}:{server.port}, without encryption) as"
                    " summitbot."
                )


async def test_ipv6_of_a_real_server(ngircd: Server) -> None:
    for address in loopback():
        written = f"[{address}]" if ":" in address else address
        async with alone_on(ngircd, server=written, nick="sixbot", channels=["#six"]) as bot:
            await bot.answers(ngircd, "#six")


async def test_one_network_of_two_is_away() -> None:
    async with (
        StrictServer(RULES) as here,
        alone_on(Odd("127.0.0.1", free_port()), name="away", joins=False) as away,
        alone_on(here, name="here") as bot,
    ):
        await away.logs("disconnected")
        await bot.answers(here)
        assert away.adapter._link is None


async def test_a_server_that_says_nothing() -> None:
    with quick_time():
        async with odd_server(silent) as odd:
            began = now()
            assert await why_not(odd) == "127.0.0.1 did not register the bot in time."
            assert 60 <= now() - began < 62
            began = now()
            assert await why_not(odd, tls=True) == f"127.0.0.1:{odd.port} does not answer."
            assert 20 <= now() - began < 22


async def test_a_server_that_says_much() -> None:
    with quick_time():
        async with odd_server(talkative) as odd:
            began = now()
            assert await why_not(odd) == "127.0.0.1 did not register the bot in time."
            assert 60 <= now() - began < 62


async def test_a_server_that_closes_the_connection() -> None:
    async with odd_server(rude) as odd:
        assert await why_not(odd) == "127.0.0.1 has closed the connection."
        with quick_time(20):
            async with alone_on(odd, joins=False) as bot:
                pauses = [
                    int((await bot.logs("disconnected", LONG))["again_in"][:-1]) for _ in range(12)
                ]
        assert all(after >= before or after >= 150 for before, after in
                   pairwise(pauses))  # fmt: skip
        assert 150 <= pauses[-1] <= 300


async def test_a_server_of_the_web() -> None:
    async with odd_server(web) as odd:
        assert await why_not(odd) == "127.0.0.1 has closed the connection."
