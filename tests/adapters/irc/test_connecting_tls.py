"""Connections over TLS: whom the bot trusts, what it says of others, and what it shows itself."""

from typing import Any

import pytest

from bot.ports import CannotSpeak
from tests.adapters.irc.connecting import LONG, alone_on, check, now, quick_time, strict
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.inspircd import inspircd as start_inspircd
from tests.servers.irc_person import Person
from tests.servers.irc_server import Server, Wanted
from tests.servers.ngircd import ngircd as start_ngircd
from tests.servers.nickserv import register
from tests.servers.strict_irc import Account, StrictServer

HOW = (
    "to trust this one certificate, set tls_fingerprint to the SHA-256 that this command prints:"
    " openssl s_client -connect 127.0.0.1:{port} -servername 127.0.0.1 </dev/null"
    " | openssl x509 -noout -fingerprint -sha256."
)
NOBODY = "The certificate of 127.0.0.1 is signed by nobody whom this machine trusts; "
ELSEWHERE = "The certificate is not one of 127.0.0.1: set server to the name that it is for; "
EXPIRED = (
    "The certificate of 127.0.0.1 has expired: ask whoever runs the server to renew it; "
)  # fmt: skip


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture
def _trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the authority of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


def over_tls(server: StrictServer | Server, **more: Any) -> dict[str, Any]:
    return {"port": server.tls_port, "tls": True, **more}


async def why_not(server: StrictServer, **settings: Any) -> str:
    """What both `check` and `run` say; nobody has been told anything, not even a nick."""
    with pytest.raises(CannotSpeak) as checked:
        await check(server, **over_tls(server, **settings))
    with pytest.raises(CannotSpeak) as run:
        async with alone_on(server, **over_tls(server, **settings)):
            pass
    assert str(run.value) == str(checked.value)
    assert server.log == []
    return str(checked.value)


@pytest.mark.usefixtures("_trusted")
async def test_a_server_with_the_right_certificate(certificates: Certificates) -> None:
    async with strict(certificates) as server, alone_on(server, **over_tls(server)) as bot:
        await bot.answers(server)
        assert bot.log[1]["event"] == (
            f"Registered on strict.example (127.0.0.1:{server.tls_port}, over TLS) as summitbot."
        )


async def test_an_unknown_authority(certificates: Certificates) -> None:
    async with strict(certificates) as server:
        assert await why_not(server) == NOBODY + HOW.format(port=server.tls_port)


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(("name", "sentence"), [("wrong-host", ELSEWHERE), ("expired", EXPIRED)])
async def test_a_wrong_certificate(certificates: Certificates, name: str, sentence: str) -> None:
    async with strict(certificates, name) as server:
        assert await why_not(server) == sentence + HOW.format(port=server.tls_port)


async def test_what_is_wrong_with_the_certificates_of_a_real_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for start in (start_ngircd, start_inspircd):
        with start(Wanted(certificate="expired")) as server:
            monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
            with pytest.raises(CannotSpeak) as caught:
                await check(server, **over_tls(server))
        assert str(caught.value) == EXPIRED + HOW.format(port=server.tls_port)


async def test_nobody_verifies_where_that_is_switched_off(certificates: Certificates) -> None:
    async with (
        strict(certificates, "expired") as server,
        alone_on(server, **over_tls(server, tls_verify=False)) as bot,
    ):
        await bot.answers(server)


async def test_a_fingerprint_is_enough(certificates: Certificates) -> None:
    fingerprint = certificates.of("expired").fingerprint()
    async with (
        strict(certificates, "expired") as server,
        alone_on(server, **over_tls(server, tls_fingerprint=["ab" * 32, fingerprint])) as bot,
    ):
        await bot.answers(server)


@pytest.mark.usefixtures("_trusted")
async def test_another_fingerprint(certificates: Certificates) -> None:
    """Also where the authorities would trust the certificate."""
    async with strict(certificates) as server:
        assert await why_not(server, tls_fingerprint=["ab" * 32]) == (
            "The server's certificate has the fingerprint"
            f" {certificates.server.fingerprint()}, which is not in tls_fingerprint: add it if"
            " whoever runs the server confirms it."
        )


@pytest.mark.usefixtures("_trusted")
async def test_a_certificate_that_goes_bad_later(certificates: Certificates) -> None:
    """What has worked before may work again: the bot looks every five minutes."""
    server, other = strict(certificates), strict(certificates, "expired")
    async with server, alone_on(server, **over_tls(server)) as bot:
        other.port, other.tls_port = server.port, server.tls_port
        await server.stop()
        with quick_time():
            async with other:
                while "expired" not in (said := await bot.logs("disconnected", LONG))["reason"]:
                    pass
                assert said == {
                    "event": "disconnected",
                    "server": f"127.0.0.1:{server.tls_port}",
                    "reason": EXPIRED + HOW.format(port=server.tls_port),
                    "again_in": "300s",
                    "level": "warning",
                }
                began = now()
            await server.start()
            await bot.joined(LONG)
            assert 300 <= now() - began < 310


async def test_a_port_without_tls(certificates: Certificates) -> None:
    async with strict(certificates) as server:
        with pytest.raises(CannotSpeak) as caught:
            await check(server, **over_tls(server, port=server.port))
        assert str(caught.value) == (
            f"127.0.0.1:{server.port} does not speak TLS: set port to one for TLS, often 6697, or"
            " tls = false if you must."
        )


@pytest.mark.usefixtures("_trusted")
async def test_a_certificate_of_its_own(certificates: Certificates) -> None:
    """With which it logs in by EXTERNAL."""
    own = certificates.client
    account = Account("bots", "sesame", own.fingerprint())
    show: dict[str, Any] = {"certificate": own.file, "certificate_key": own.key}
    async with strict(certificates, accounts=[account]) as server:
        async with alone_on(server, **over_tls(server, **show)) as bot:
            assert server.account_of("summitbot") == "bots"
            await bot.answers(server)
        said = [line for line in server.sent_by("summitbot") if line.startswith("AUTH")]
        assert said == ["AUTHENTICATE EXTERNAL", "AUTHENTICATE +"]


@pytest.mark.usefixtures("_trusted")
async def test_an_account_whose_certificate_services_do_not_recognize(
    certificates: Certificates,
) -> None:
    """Without SASL, and without a password: services say by themselves whom they recognize."""
    own = certificates.client
    settings: dict[str, Any] = {
        "account": "bots", "certificate": own.file, "certificate_key": own.key, "sasl": "off"
    }  # fmt: skip
    async with strict(certificates) as server:
        with quick_time(), pytest.raises(CannotSpeak) as caught:
            await check(server, **over_tls(server, **settings))
        assert str(caught.value) == (
            "NickServ did not recognize the bot by its certificate: add its fingerprint to the"
            " account (NickServ's CERT ADD)."
        )
        async with (
            alone_on(server, joins=False, **over_tls(server, **settings)) as bot,
            Person(server.host, server.port, "ada") as ada,
        ):
            while "summitbot" not in server.nicks:
                await ada.is_up_to_date()
            assert server.members("#summit") == {}
            server.login("summitbot", "bots")
            await bot.joined()
            await bot.answers(server)
        assert "AUTHENTICATE" not in " ".join(server.sent_by("summitbot"))


@pytest.mark.usefixtures("_trusted")
async def test_the_certificate_of_a_stranger(certificates: Certificates) -> None:
    own = certificates.of("stranger")
    account = Account("bots", "sesame", certificates.client.fingerprint())
    settings: dict[str, Any] = {
        "certificate": own.file,
        "certificate_key": own.key,
        "sasl": "external",
    }
    async with strict(certificates, accounts=[account]) as server:
        with pytest.raises(CannotSpeak) as caught:
            await check(server, **over_tls(server, **settings))
        assert str(caught.value) == (
            'The network did not let the bot log in with its certificate (EXTERNAL: "SASL'
            ' authentication failed"): add the fingerprint of its certificate to the account'
            " (NickServ's CERT ADD)."
        )


async def test_external_with_real_services(
    inspircd: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inspircd.certificates is not None
    monkeypatch.setenv("SSL_CERT_FILE", str(inspircd.ca_file))
    own = inspircd.certificates.client
    await register(inspircd, "certified", "sesame-sesame", own.fingerprint())
    show: dict[str, Any] = {"certificate": own.file, "certificate_key": own.key, "sasl": "external"}
    async with alone_on(inspircd, **over_tls(inspircd, nick="externalbot", **show)) as bot:
        assert bot.log[2]["event"] == "Logged in as certified (SASL)."
        async with Person(inspircd.host, inspircd.port, "ada") as ada:
            ada.send("WHOIS externalbot")
            assert await ada.hears(" 330 ") == (
                ":inspircd.example.org 330 ada externalbot certified :is logged in as"
            )


async def test_external_with_a_certificate_that_real_services_do_not_know(
    inspircd: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inspircd.certificates is not None
    monkeypatch.setenv("SSL_CERT_FILE", str(inspircd.ca_file))
    own = inspircd.certificates.of("stranger")
    show: dict[str, Any] = {"certificate": own.file, "certificate_key": own.key, "sasl": "external"}
    with pytest.raises(CannotSpeak) as caught:
        await check(inspircd, **over_tls(inspircd, nick="strangerbot", **show))
    assert str(caught.value) == (
        'The network did not let the bot log in with its certificate (EXTERNAL: "SASL'
        ' authentication failed"): add the fingerprint of its certificate to the account'
        " (NickServ's CERT ADD)."
    )
