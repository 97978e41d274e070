"""The people of the tests can talk on every server that the tests use."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from tests.servers.irc_person import Person, Refused
from tests.servers.strict_irc import CAPABILITIES, Rules, StrictServer


class Somewhere(Protocol):
    """Where a server listens."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


@pytest.fixture(params=["strict", "ngircd", "inspircd"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Somewhere]:
    if request.param == "strict":
        async with StrictServer(Rules(speed=50)) as strict:
            yield strict
    else:
        real: Somewhere = request.getfixturevalue(request.param)
        yield real


async def test_people_talk_on_every_server(server: Somewhere) -> None:
    caps = ["multi-prefix", "unheard-of"]
    async with (
        Person(server.host, server.port, "ada", caps=caps) as ada,
        Person(server.host, server.port, "bob") as bob,
    ):
        assert [ada.nick, ada.caps, bob.nick, bob.caps] == ["ada", {"multi-prefix"}, "bob", set()]
        await ada.join("#Talk")
        await bob.join("#talk")
        ada.say("#talk", "hello all")
        ada.send("NOTICE bob :hello bob")
        assert await bob.heard_from("ADA", 2) == ["hello all", "hello bob"]
        bob.say("ada", "hello ada")
        assert (await ada.hears("hello ada")).endswith(" PRIVMSG ada :hello ada")
        await ada.is_up_to_date()
        with pytest.raises(Refused, match=" 433 "):
            async with Person(server.host, server.port, "ada"):
                pass


async def test_what_was_returned_is_passed_over_and_nothing_else() -> None:
    async with (
        StrictServer(Rules(speed=50)) as server,
        Person(server.host, server.port, "ada") as ada,
        Person(server.host, server.port, "bob") as bob,
    ):
        for text in ("one", "two", "one more"):
            ada.say("bob", text)
        assert await bob.hears("two") == ":ada!~ada@127.0.0.1 PRIVMSG bob :two"
        assert await bob.hears(lambda line: "one" in line) == (
            ":ada!~ada@127.0.0.1 PRIVMSG bob :one"
        )
        assert await bob.heard_from("ada", 1) == ["one more"]


async def test_whoever_hears_nothing_says_what_was_heard() -> None:
    async with (
        StrictServer(Rules(speed=50)) as server,
        Person(server.host, server.port, "ada") as ada,
        Person(server.host, server.port, "bob") as bob,
    ):
        ada.say("bob", "hello")
        await bob.hears("hello")
        with pytest.raises(AssertionError) as failure:
            await bob.heard_from("ada", 1, within=0.1)
        assert str(failure.value).splitlines() == [
            "bob did not hear 1 messages of ada in 0.1 s:", *(f"  {line}" for line in bob.lines)
        ]  # fmt: skip
        server.drop("bob")
        with pytest.raises(AssertionError, match="bob did not hear 'x' before the connection ende"):
            await bob.hears("x")


async def test_a_closed_channel_refuses() -> None:
    async with (
        StrictServer(Rules(speed=50)) as server,
        Person(server.host, server.port, "ada") as ada,
    ):
        server.set_mode("#x", "+k", "key")
        with pytest.raises(Refused, match="475"):
            await ada.join("#X")
        await ada.join("#X", "key")


async def test_without_sasl_nobody_logs_in() -> None:
    rules = Rules(speed=50, capabilities=CAPABILITIES - {"sasl"})
    async with StrictServer(rules) as server:
        with pytest.raises(Refused, match="the server has no SASL"):
            async with Person(server.host, server.port, "ada", sasl=("ada", "sesame")):
                pass
        server.throttle_connections(1)
        with pytest.raises(Refused, match="ERROR"):
            async with Person(server.host, server.port, "ada", caps=["batch"]):
                pass
