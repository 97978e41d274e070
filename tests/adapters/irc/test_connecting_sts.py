"""Strict Transport Security: from a plain port to TLS, and to nothing else from then on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ports import CannotSpeak
from bot.store.sql import SqlStore
from tests.adapters.irc.connecting import (
    LONG,
    RULES,
    Alone,
    alone_on,
    quick_time,
    settings_for,
    strict,
)
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.strict_irc import StrictServer
from tests.summit import StandingClock

KEPT_FOR = timedelta(days=30)
OFFER = f"port={{tls_port}},duration={int(KEPT_FOR.total_seconds())}"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("sts") / "certificates")


@pytest.fixture(autouse=True)
def _trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the authority of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(datetime(2012, 4, 16, 16, 20, tzinfo=UTC))


@pytest.fixture
async def store(tmp_path: Path, clock: StandingClock) -> AsyncIterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path / 'summit.db'}", clock)
    yield store
    await store.close()


def offering(certificates: Certificates, sts: str | None) -> StrictServer:
    return strict(certificates, rules=replace(RULES, sts=sts))


def connections(server: StrictServer) -> list[list[str]]:
    """What came on each, in order."""
    found: dict[int, list[str]] = {}
    for _, client, line in server._net.heard:
        found.setdefault(id(client), []).append(line)
    return list(found.values())


def uses_tls(bot: Alone) -> bool:
    """By what it has logged last of where it is."""
    said = [line["event"] for line in bot.log if line["event"].startswith("Registered")]
    return "over TLS" in said[-1]


async def test_nothing_is_told_before_it_is_over_tls(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with (
        offering(certificates, OFFER) as server,
        alone_on(server, store=store, clock=clock, server_password="secret") as bot,
    ):
        plain, encrypted = connections(server)
        assert plain == ["CAP LS 302"]
        assert encrypted[:3] == ["CAP LS 302", "PASS :secret", "NICK summitbot"]
        assert uses_tls(bot)
        await bot.answers(server)
        assert bot.log[1]["event"].startswith("Registered on strict.example (127.0.0.1:")
        assert bot.log[1]["event"].endswith("over TLS) as summitbot.")


async def test_the_policy_is_obeyed_after_a_restart(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with offering(certificates, OFFER) as server:
        async with alone_on(server, store=store, clock=clock):
            pass
        # It counts from when the connection ended.
        clock.advance(KEPT_FOR - timedelta(seconds=1))
        async with alone_on(server, store=store, clock=clock) as bot:
            assert uses_tls(bot)
        assert [lines[:3:2] for lines in connections(server)] == [
            ["CAP LS 302"],
            ["CAP LS 302", "USER summitbot 0 * :Summit Bot, the programme of the conference"],
            ["CAP LS 302", "USER summitbot 0 * :Summit Bot, the programme of the conference"],
        ]


async def test_a_policy_ends(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with offering(certificates, OFFER) as server:
        async with alone_on(server, store=store, clock=clock):
            pass
        address = server.port, server.tls_port
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    server = offering(certificates, None)
    server.port, server.tls_port = address
    async with server, alone_on(server, store=store, clock=clock) as bot:
        assert not uses_tls(bot)


async def test_a_policy_is_ended_by_the_server(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with offering(certificates, OFFER) as server:
        async with alone_on(server, store=store, clock=clock):
            pass
        address = server.port, server.tls_port
    for sts, encrypted in (("duration=0", True), (None, False)):
        server = offering(certificates, sts)
        server.port, server.tls_port = address
        async with server, alone_on(server, store=store, clock=clock) as bot:
            assert uses_tls(bot) is encrypted


async def test_a_server_that_has_a_policy_is_not_spoken_to_in_the_clear(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    """Whoever stands between us and the server could take TLS away."""
    server = offering(certificates, OFFER)
    async with server, alone_on(server, store=store, clock=clock) as bot:
        with quick_time():
            await server.stop()
            async with StrictServer(RULES, port=server.port) as impostor:
                for _ in range(3):
                    said = await bot.logs("disconnected", LONG)
                assert said["reason"] == (
                    f"127.0.0.1:{server.port} cannot be reached: Connection refused."
                )
                assert impostor.log == []
            await server.start()
            await bot.joined(LONG)
            assert uses_tls(bot)


async def test_nobody_may_look_away_from_the_certificate(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with offering(certificates, OFFER) as server:
        async with alone_on(server, store=store, clock=clock):
            pass
        with pytest.raises(CannotSpeak) as caught:
            async with alone_on(server, store=store, clock=clock, tls_verify=False):
                pass
        assert str(caught.value) == (
            "127.0.0.1 wants to be spoken to over verified TLS only, until 2012-05-16: set"
            " tls_verify = true, or tls_fingerprint to the SHA-256 of its certificate."
        )
        assert settings_for(server).tls is False


async def test_a_policy_without_a_port_changes_nothing_in_the_clear(
    certificates: Certificates, clock: StandingClock, store: SqlStore
) -> None:
    async with (
        offering(certificates, "duration=300") as server,
        alone_on(server, store=store, clock=clock) as bot,
    ):
        assert not uses_tls(bot)
        assert len(connections(server)) == 1
