"""What TLS trusts: real handshakes, in memory, with certificates that are right and wrong."""

import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from bot.adapters.irc.login.tls import check_peer, context, explained, fingerprint, is_verified
from bot.adapters.irc.settings import Irc
from bot.ports import CannotSpeak
from tests.servers.certificates import Certificate, Certificates, make_certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture(autouse=True)
def _trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the authority of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))


def irc(**settings: object) -> Irc:
    return Irc.model_validate({"server": "irc.example.org", **settings})


def server_with(certificate: Certificate) -> ssl.SSLContext:
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate.file, certificate.key)
    return server


def shake(
    client: ssl.SSLContext, server: ssl.SSLContext, host: str = "localhost"
) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    """A whole handshake between the two; what it raises is the client's."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(5):
        for end in (ours, theirs):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return ours, theirs


def why_not(settings: Irc, server: ssl.SSLContext, host: str = "localhost") -> str | None:
    """How the bot explains that it does not connect."""
    with pytest.raises(ssl.SSLError) as caught:
        shake(context(settings), server, host)
    return explained(caught.value, host, 6697)


TRUST = (
    "to trust this one certificate, set tls_fingerprint to the SHA-256 that this command prints:"
    " openssl s_client -connect {host}:6697 -servername {host} </dev/null"
    " | openssl x509 -noout -fingerprint -sha256."
)


def test_the_right_certificate_is_trusted(certificates: Certificates) -> None:
    ours, _ = shake(context(irc()), server_with(certificates.server))
    check_peer(irc(), ours)
    assert ours.version() == "TLSv1.3"


def test_an_authority_that_nobody_knows(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    assert why_not(irc(), server_with(certificates.server)) == (
        "The certificate of localhost is signed by an authority unknown to this machine: set"
        " SSL_CERT_FILE to the authority's certificate; " + TRUST.format(host="localhost")
    )


def test_an_expired_certificate(certificates: Certificates) -> None:
    assert why_not(irc(), server_with(certificates.of("expired"))) == (
        "The certificate of localhost has expired: ask whoever runs the server to renew it; "
        + TRUST.format(host="localhost")
    )


def test_the_certificate_of_somebody_else(certificates: Certificates) -> None:
    assert why_not(irc(), server_with(certificates.of("wrong-host"))) == (
        "The certificate is not one of localhost: set server to the name that it is for; "
        + TRUST.format(host="localhost")
    )


def test_the_certificate_of_another_address(certificates: Certificates) -> None:
    assert why_not(irc(), server_with(certificates.server), "127.0.0.2") == (
        "The certificate is not one of 127.0.0.2: set server to the name that it is for; "
        + TRUST.format(host="127.0.0.2")
    )


@pytest.mark.parametrize(("code", "sentence"), [
    (9, "The certificate of ::1 is not valid yet: check this machine's clock"),
    (18, "The certificate of ::1 is signed by nobody whom this machine trusts"),
    (23, "The certificate of ::1 is not trusted (certificate revoked)"),
])  # fmt: skip
def test_other_reasons_not_to_trust(code: int, sentence: str) -> None:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, "certificate revoked"
    trust = TRUST.format(host="::1").replace("::1:6697", "[::1]:6697")
    assert explained(error, "::1", 6697) == f"{sentence}; {trust}"


@pytest.mark.parametrize("name", ["server", "expired", "wrong-host"])
def test_nothing_is_verified_where_that_is_set(name: str, certificates: Certificates) -> None:
    ours, _ = shake(context(irc(tls_verify=False)), server_with(certificates.of(name)))
    check_peer(irc(tls_verify=False), ours)


@pytest.mark.parametrize("name", ["server", "expired", "wrong-host"])
def test_a_certificate_is_trusted_by_its_fingerprint(name: str, certificates: Certificates) -> None:
    trusted = certificates.of(name).fingerprint()
    with_colons = ":".join(trusted[i : i + 2] for i in range(0, 64, 2)).upper()
    settings = irc(tls_fingerprint=["0" * 64, with_colons])
    ours, _ = shake(context(settings), server_with(certificates.of(name)))
    check_peer(settings, ours)
    assert fingerprint(ours.getpeercert(True) or b"") == trusted


def test_another_fingerprint_is_refused_although_the_authority_is_known(
    certificates: Certificates,
) -> None:
    settings = irc(tls_fingerprint=["0" * 64])
    ours, _ = shake(context(settings), server_with(certificates.server))
    with pytest.raises(CannotSpeak) as caught:
        check_peer(settings, ours)
    assert str(caught.value) == (
        f"The server's certificate has the fingerprint {certificates.server.fingerprint()}, which"
        " is not in tls_fingerprint: add it if whoever runs the server confirms it."
    )


def test_which_settings_verify() -> None:
    print_ = ["0" * 64]
    assert [
        is_verified(settings)
        for settings in (
            irc(),
            irc(tls_verify=False),
            irc(tls_verify=False, tls_fingerprint=print_),
            irc(tls_fingerprint=print_),
        )
    ] == [True, False, True, True]


@pytest.mark.parametrize("answer", [
    b":irc.example.org NOTICE * :*** Looking up your hostname\r\n",
    b"ERROR :Closing link\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
])  # fmt: skip
def test_a_server_that_speaks_no_tls(answer: bytes) -> None:
    assert refused(answer) == (
        "irc.example.org:6667 does not speak TLS: set port to one for TLS, often 6697, or"
        " tls = false if you must."
    )


def test_a_server_that_hangs_up() -> None:
    assert refused(b"") == (
        "irc.example.org:6667 hung up when TLS began: set port to one for TLS, often 6697."
    )


def refused(answer: bytes) -> str | None:
    """How the bot explains what comes of it if a server answers its first message so."""
    to_client = ssl.MemoryBIO()
    ours = context(irc()).wrap_bio(to_client, ssl.MemoryBIO(), server_hostname="irc.example.org")
    with pytest.raises(ssl.SSLWantReadError):
        ours.do_handshake()
    to_client.write(answer)
    to_client.write_eof()
    with pytest.raises(ssl.SSLError) as caught:
        ours.do_handshake()
    return explained(caught.value, "irc.example.org", 6667)


@pytest.mark.parametrize(("reason", "sentence"), [
    ("TLSV13_ALERT_CERTIFICATE_REQUIRED",
     "a:1 does not take the bot's certificate (tlsv13 alert certificate required): set certificate"
     " and certificate_key to one that it accepts."),
    ("TLSV1_ALERT_PROTOCOL_VERSION",
     "a:1 speaks only old versions of TLS: use another server of the network."),
    ("UNSUPPORTED_PROTOCOL",
     "a:1 speaks only old versions of TLS: use another server of the network."),
    ("TLSV1_ALERT_INTERNAL_ERROR",
     "TLS with a:1 failed (tlsv1 alert internal error): check server and port."),
    ("", "TLS with a:1 failed (no reason given): check server and port."),
])  # fmt: skip
def test_other_failures(reason: str, sentence: str) -> None:
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    assert explained(error, "a", 1) == sentence


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), ValueError()])
def test_what_is_no_error_of_tls_is_not_explained_here(error: Exception) -> None:
    assert explained(error, "a", 1) is None


@pytest.mark.parametrize("in_one_file", [True, False])
def test_the_bot_shows_its_certificate(
    in_one_file: bool, certificates: Certificates, tmp_path: Path
) -> None:
    client = certificates.client
    both = tmp_path / "both.pem"
    both.write_bytes(client.key.read_bytes() + client.file.read_bytes())
    settings = (
        irc(certificate=both)
        if in_one_file
        else irc(certificate=client.file, certificate_key=client.key)
    )
    server = server_with(certificates.server)
    server.load_verify_locations(certificates.authority)
    server.verify_mode = ssl.CERT_REQUIRED
    _, theirs = shake(context(settings), server)
    assert fingerprint(theirs.getpeercert(True) or b"") == client.fingerprint()


def unusable(**settings: Path) -> str:
    """Why a certificate of the bot's own cannot be used."""
    with pytest.raises(CannotSpeak) as caught:
        context(irc(**settings))
    return str(caught.value)


def test_own_certificates_that_cannot_be_used(certificates: Certificates, tmp_path: Path) -> None:
    good, other = certificates.client, certificates.of("stranger")
    missing, junk, damaged = (tmp_path / name for name in ("missing", "junk", "damaged"))
    junk.write_text("junk")
    damaged.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert [
        unusable(certificate=missing),
        unusable(certificate=good.file, certificate_key=missing),
        unusable(certificate=tmp_path),
        unusable(certificate=good.file, certificate_key=other.key),
        unusable(certificate=junk, certificate_key=good.key),
        unusable(certificate=good.file, certificate_key=junk),
        unusable(certificate=good.file),
        unusable(certificate=damaged, certificate_key=good.key),
    ] == [
        f"certificate: {missing} cannot be read: No such file or directory.",
        f"certificate_key: {missing} cannot be read: No such file or directory.",
        f"certificate: {tmp_path} cannot be read: Is a directory.",
        f"The certificate in {good.file} does not belong to the key in {other.key}.",
        f"certificate: {junk} holds no certificate in PEM format.",
        f"certificate_key: {junk} holds no private key in PEM format.",
        f"certificate: {good.file} holds no private key in PEM format: name the file of the key"
        " in certificate_key.",
        f"certificate: what {damaged} and {good.key} hold is damaged.",
    ]


def test_an_encrypted_key_asks_nobody(certificates: Certificates, tmp_path: Path) -> None:
    key = load_pem_private_key(certificates.client.key.read_bytes(), None)
    encrypted = tmp_path / "encrypted.key"
    encrypted.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame"))
    )
    assert unusable(certificate=certificates.client.file, certificate_key=encrypted) == (
        f"{encrypted} is encrypted: give the bot a key without a passphrase."
    )
