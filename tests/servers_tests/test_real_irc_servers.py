"""The real IRC servers start, are what their data says, and end with the tests."""

import asyncio
import os
import select
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.certificates import Certificate
from tests.servers.inspircd import inspircd as start_inspircd
from tests.servers.irc_server import OPERATOR, Server, Wanted
from tests.servers.keeper import DidNotStart, Missing
from tests.servers.ngircd import ngircd as start_ngircd
from tests.servers.nickserv import Refused, register
from tests.servers.programs import installed

# What another program may take to answer on a machine that is busy.
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Client:
    """A connection that speaks in lines."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())

    async def hears(self, *commands: str) -> list[list[str]]:
        """The words of all lines up to the first with one of these commands, which is the last."""
        heard: list[list[str]] = []
        async with asyncio.timeout(_SECONDS):
            while not heard or heard[-1][1] not in commands:
                line = (await self.reader.readline()).decode()
                assert line, f"the connection ended, and no {commands} came: {heard}"
                source = [] if line.startswith(":") else [""]
                front, _, text = line.rstrip().removeprefix(":").partition(" :")
                heard.append([*source, *front.split(), *([text] if text else [])])
        return heard

    async def enters(self, nick: str) -> dict[str, str]:
        """Register, and what the server announces to be able to do."""
        self.say(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        return {
            name: value
            for line in await self.hears("376", "422")
            if line[1] == "005"
            for name, _, value in (token.partition("=") for token in line[3:-1])
        }


@asynccontextmanager
async def connected(
    server: Server,
    *,
    host: str | None = None,
    port: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Client]:
    usual = server.tls_port if tls else server.port
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(host or server.host, port or usual, ssl=tls)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


def trusting(server: Server, own: Certificate | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.ca_file)
    if own is not None:
        context.load_cert_chain(own.file, own.key)
    return context


@pytest.fixture(params=["ngircd", "inspircd"])
def server(request: pytest.FixtureRequest) -> Server:
    running: Server = request.getfixturevalue(request.param)
    return running


async def test_registers_a_client(server: Server) -> None:
    async with connected(server) as client:
        client.say("NICK plain", "USER plain 0 * :Plain")
        (*_, greeting) = await client.hears("001")
    assert greeting[:3] == [f"{server.software}.example.org", "001", "plain"]


async def test_offers_the_capabilities_that_its_data_names(server: Server) -> None:
    async with connected(server) as client:
        client.say("CAP LS 302")
        ((_, _, _, _, offered),) = await client.hears("CAP")
    names = {name: value for name, _, value in (each.partition("=") for each in offered.split())}
    assert frozenset(names) == server.capabilities
    assert frozenset(filter(None, names.get("sasl", "").split(","))) == server.mechanisms


async def test_announces_what_its_data_says(server: Server) -> None:
    async with connected(server) as client:
        announced = await client.enters("announced")
        client.say("MODE announced +B", "PING bot")
        modes = [line[3] for line in await client.hears("PONG") if line[1] == "MODE"]
    assert modes == ["+B"]
    assert (
        int(announced.get("MONITOR", "0")),
        "WHOX" in announced,
        announced.get("MAXTARGETS"),
        int(announced["NICKLEN"]),
    ) == (
        server.monitor,
        server.whox,
        None if server.max_targets is None else str(server.max_targets),
        server.nick_length,
    )


async def test_who_refuses_strangers_does_not_hear_them(server: Server) -> None:
    async with connected(server) as shy, connected(server) as stranger:
        await shy.enters("shy")
        shy.say(f"MODE shy +{server.refuses_strangers}", "PING refusing")
        await shy.hears("PONG")
        await stranger.enters("stranger")
        stranger.say("PRIVMSG shy :hello", "PING sent")
        answers = [line[1] for line in await stranger.hears("PONG")]
        shy.say("PING heard")
        heard = [line for line in await shy.hears("PONG") if line[1] == "PRIVMSG"]
    assert (
        answers == {"ngircd": ["486", "PONG"], "inspircd": ["716", "717", "PONG"]}[server.software]
    )
    assert heard == []


async def test_listens_on_ipv6(server: Server) -> None:
    assert server.ipv6_port is not None, "this machine has no address ::1"
    async with connected(server, host="::1", port=server.ipv6_port) as client:
        await client.enters("six")


async def test_tls_is_trusted_with_its_authority(server: Server) -> None:
    for host in ("127.0.0.1", "localhost"):
        async with connected(server, host=host, tls=trusting(server)) as client:
            await client.enters("safe" + host[0].replace("1", "a"))


async def test_tls_is_not_trusted_without_its_authority(server: Server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        async with connected(server, tls=ssl.create_default_context()):
            pass


@pytest.mark.parametrize(
    ("certificate", "complaint"),
    [("wrong-host", "IP address mismatch"), ("expired", "certificate has expired")],
)
async def test_shows_a_wrong_certificate_on_request(
    certificate: Literal["wrong-host", "expired"], complaint: str
) -> None:
    with (
        start_ngircd(Wanted(certificate=certificate)) as server,
        pytest.raises(ssl.SSLCertVerificationError, match=complaint),
    ):
        async with connected(server, tls=trusting(server)):
            pass


async def test_wants_a_password_on_request() -> None:
    with start_ngircd(Wanted(password="open sesame")) as server:
        async with connected(server) as client:
            client.say("NICK ada", "USER ada 0 * :Ada")
            (*_, error) = await client.hears("ERROR")
        assert "password" in error[-1].lower()
        async with connected(server) as client:
            client.say("PASS :open sesame")
            await client.enters("ada")


async def test_answers_whoever_is_fast(server: Server) -> None:
    async with connected(server) as client:
        await client.enters("fast")
        client.say(*(f"PING {number}" for number in range(2000)), "MODE fast")
        answers = await client.hears("221")
    assert [line[-1] for line in answers if line[1] == "PONG"] == [str(n) for n in range(2000)]


async def test_has_limits_on_request() -> None:
    with start_inspircd(Wanted(limits=True)) as server:
        async with connected(server) as client:
            await client.enters("fast")
            client.say(*(f"PING {number}" for number in range(2000)))
            (*_, error) = await client.hears("ERROR")
    assert "RecvQ exceeded" in error[-1]


async def test_takes_the_place_of_one_that_ended() -> None:
    with start_ngircd() as first:
        async with connected(first) as client:
            await client.enters("ada")
        assert first.tls_port is not None
    ports = (first.port, first.tls_port)
    with start_ngircd(Wanted(ports=ports)) as second:
        assert (second.port, second.tls_port) == ports
        async with connected(second) as client:
            await client.enters("ada")


async def test_operator_ends_a_connection(server: Server) -> None:
    async with connected(server) as operator, connected(server) as victim:
        await operator.enters("boss")
        await victim.enters("victim")
        operator.say("OPER {} {}".format(*OPERATOR), "KILL victim :out")
        (*_, error) = await victim.hears("ERROR")
    assert "out" in error[-1]


async def logs_in(client: Client, nick: str, mechanism: str, response: str) -> list[list[str]]:
    """The numerics with which the server answers to SASL."""
    client.say("CAP LS 302", f"NICK {nick}", f"USER {nick} 0 * :{nick}", "CAP REQ :sasl")
    client.say(f"AUTHENTICATE {mechanism}")
    await client.hears("AUTHENTICATE")
    client.say(f"AUTHENTICATE {response}")
    # Services decide; an end of the negotiation that comes before they do breaks it off.
    answer = [line[1:] for line in await client.hears("903", "904") if line[1].startswith("90")]
    client.say("CAP END")
    await client.hears("001")
    return answer


def plain(account: str, password: str) -> str:
    return b64encode(f"{account}\0{account}\0{password}".encode()).decode()


async def test_sasl_plain_logs_in_who_knows_the_password(inspircd: Server) -> None:
    await register(inspircd, "grace", "a-password")
    async with connected(inspircd) as client:
        numerics = await logs_in(client, "hopper", "PLAIN", plain("grace", "a-password"))
    assert numerics == [
        ["900", "hopper", "hopper!hopper@127.0.0.1", "grace", "You are now logged in as grace"],
        ["903", "hopper", "SASL authentication successful"],
    ]
    async with connected(inspircd) as client:
        numerics = await logs_in(client, "hopper2", "PLAIN", plain("grace", "another"))
    assert [line[0] for line in numerics] == ["904"]


async def test_sasl_external_logs_in_who_has_the_certificate() -> None:
    # A certificate is one account's: on the server of all tests it may be somebody's by now.
    with start_inspircd() as server:
        assert server.certificates is not None
        own, other = server.certificates.client, server.certificates.of("stranger")
        await register(server, "edsger", "a-password", own.fingerprint())
        async with connected(server, tls=trusting(server, own)) as client:
            numerics = await logs_in(client, "dijkstra", "EXTERNAL", "+")
        assert [line[0] for line in numerics] == ["900", "903"]
        assert numerics[0][3] == "edsger"
        async with connected(server, tls=trusting(server, other)) as client:
            numerics = await logs_in(client, "dijkstra2", "EXTERNAL", "+")
        assert [line[0] for line in numerics] == ["904"]


async def test_an_account_is_registered_once(inspircd: Server) -> None:
    await register(inspircd, "barbara", "a-password")
    with pytest.raises(Refused, match="This nickname is registered"):
        await register(inspircd, "barbara", "a-password")


_TESTS_THAT_ARE_KILLED = """
import sys
from tests.servers.{name} import {name}
with {name}() as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("name", ["ngircd", "inspircd"])
def test_ends_when_the_tests_are_killed(name: str) -> None:
    with subprocess.Popen(
        (sys.executable, "-c", _TESTS_THAT_ARE_KILLED.format(name=name)),
        cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as tests:  # fmt: skip
        assert tests.stdout is not None
        pid = int(tests.stdout.readline())
        keeper = int(_status(pid)["PPid"])
        servers = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        folder = Path(f"/proc/{pid}/fd/1").readlink().parent
        watched = os.pidfd_open(keeper)
        try:
            tests.kill()
            ended = select.poll()
            ended.register(watched, select.POLLIN)
            assert ended.poll(_SECONDS * 1000), "the keeper goes on"
        finally:
            os.close(watched)
    assert len(servers) == {"ngircd": 1, "inspircd": 2}[name]
    assert [server for server in servers if Path("/proc", server).exists()] == []
    assert not folder.exists()


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_a_server_that_does_not_start_is_a_sentence() -> None:
    with start_ngircd() as first:
        assert first.tls_port is not None
        taken = Wanted(ports=(first.port, first.tls_port))
        with pytest.raises(Missing) as missing, start_ngircd(taken):
            pass
    said = str(missing.value)
    assert said.startswith("These tests need ngircd, and it did not start (it said ")
    assert "Address already in use" in said
    assert said.endswith("); ./check installs it.")


def test_a_program_that_nobody_has_is_a_sentence() -> None:
    with pytest.raises(DidNotStart) as missing:
        installed("no-such-ircd")
    assert str(missing.value) == (
        "no no-such-ircd here: apt-get install ngircd inspircd atheme-services"
    )
