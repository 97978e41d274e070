"""What TLS connections trust and show, and in words why one failed."""

import hashlib
import ssl
from collections.abc import Callable
from pathlib import Path

from bot.adapters.irc.settings import Irc
from bot.ports import CannotSpeak

# What OpenSSL calls an answer that is no TLS; which one depends on its version.
_NO_TLS = frozenset({
    "WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE",
    "UNKNOWN_PROTOCOL",
})  # fmt: skip
_OLD_TLS = frozenset({
    "UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION", "DH_KEY_TOO_SMALL",
})  # fmt: skip
# X509_verify_cert_error_string(3), by number.
_NOT_YET, _EXPIRED = 9, 10
_SELF_SIGNED = (18, 19)
_WRONG_NAME = (62, 64)
_UNKNOWN_AUTHORITY = (2, 20, 21)


def context(settings: Irc) -> ssl.SSLContext:
    """What every connection of this network uses. The server is verified by the system's
    authorities and its name; where fingerprints are given, by `check_peer` alone. Raises
    CannotSpeak if the bot's own certificate cannot be used."""
    made = ssl.create_default_context()
    if settings.tls_fingerprint or not settings.tls_verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if settings.certificate is not None:
        _show(made, settings.certificate, settings.certificate_key)
    return made


def is_verified(settings: Irc) -> bool:
    """True if nobody can stand in for the server: by an authority, or by its fingerprint."""
    return settings.tls_verify or bool(settings.tls_fingerprint)


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate (DER), 64 hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def check_peer(settings: Irc, peer: ssl.SSLObject | ssl.SSLSocket) -> None:
    """After the handshake, and before anything is sent: raises CannotSpeak if the server shows
    another certificate than those whose fingerprints are trusted."""
    if not settings.tls_fingerprint:
        return
    found = fingerprint(peer.getpeercert(True) or b"")
    if found not in settings.tls_fingerprint:
        raise CannotSpeak(
            f"The server's certificate has the fingerprint {found}, which is not in"
            " tls_fingerprint: add it if whoever runs the server confirms it."
        )


def explained(error: Exception, host: str, port: int) -> str | None:
    """One sentence that says why TLS with this server failed, and what to do; None if the error
    is not one of TLS."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{_distrusted(error, host)}; {_to_trust(where, host)}."
    if not isinstance(error, ssl.SSLError):
        return None
    reason = error.reason or ""
    if isinstance(error, ssl.SSLEOFError) or reason == "UNEXPECTED_EOF_WHILE_READING":
        return f"{where} hung up when TLS began: set port to one for TLS, often 6697."
    if reason in _NO_TLS:
        return (
            f"{where} does not speak TLS: set port to one for TLS, often 6697, or tls = false"
            " if you must."
        )
    if reason in _OLD_TLS:
        return f"{where} speaks only old versions of TLS: use another server of the network."
    if "ALERT" in reason and "CERTIFICATE" in reason:
        return (
            f"{where} does not take the bot's certificate ({_words(reason)}): set certificate and"
            " certificate_key to one that it accepts."
        )
    return (
        f"TLS with {where} failed ({_words(reason) or 'no reason given'}): check server and port."
    )


def _distrusted(error: ssl.SSLCertVerificationError, host: str) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return f"The certificate of {host} has expired: ask whoever runs the server to renew it"
    if code == _NOT_YET:
        return f"The certificate of {host} is not valid yet: check this machine's clock"
    if code in _WRONG_NAME:
        return f"The certificate is not one of {host}: set server to the name that it is for"
    if code in _SELF_SIGNED:
        return f"The certificate of {host} is signed by nobody whom this machine trusts"
    if code in _UNKNOWN_AUTHORITY:
        return (
            f"The certificate of {host} is signed by an authority unknown to this machine: set"
            " SSL_CERT_FILE to the authority's certificate"
        )
    return f"The certificate of {host} is not trusted ({error.verify_message})"


def _to_trust(where: str, host: str) -> str:
    return (
        "to trust this one certificate, set tls_fingerprint to the SHA-256 that this command"
        f" prints: openssl s_client -connect {where} -servername {host} </dev/null"
        " | openssl x509 -noout -fingerprint -sha256"
    )


def _show(made: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Let the connections show a certificate of ours."""
    _read("certificate", certificate)
    if key is not None:
        _read("certificate_key", key)
    try:
        # Without the function OpenSSL would ask on the terminal.
        made.load_cert_chain(certificate, key, password=_no_passphrase(key or certificate))
    except ssl.SSLError as error:
        raise CannotSpeak(_unusable(certificate, key, error.reason)) from None


def _read(setting: str, path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise CannotSpeak(f"{setting}: {path} cannot be read: {error.strerror}.") from None


def _no_passphrase(path: Path) -> Callable[[], str]:
    def refuse() -> str:
        raise CannotSpeak(f"{path} is encrypted: give the bot a key without a passphrase.")

    return refuse


def _unusable(certificate: Path, key: Path | None, reason: str | None) -> str:
    if reason == "KEY_VALUES_MISMATCH":
        return f"The certificate in {certificate} does not belong to the key in {key}."
    if b"CERTIFICATE-----" not in certificate.read_bytes():
        return f"certificate: {certificate} holds no certificate in PEM format."
    place, setting = (certificate, "certificate") if key is None else (key, "certificate_key")
    if b"PRIVATE KEY-----" not in place.read_bytes():
        hint = ": name the file of the key in certificate_key" if key is None else ""
        return f"{setting}: {place} holds no private key in PEM format{hint}."
    return f"certificate: what {certificate}{f' and {key}' if key else ''} hold is damaged."


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()
