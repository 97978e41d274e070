"""Certificates for servers and clients of tests, by an authority that nobody else trusts."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, each in a PEM file."""

    file: Path
    key: Path

    def fingerprint(self, algorithm: str = "sha256") -> str:
        """The digest of the certificate, as hexadecimal digits without colons."""
        der = ssl.PEM_cert_to_DER_cert(self.file.read_text())
        return hashlib.new(algorithm, der).hexdigest()


@dataclass(frozen=True, slots=True)
class Certificates:
    """A folder full of them, all signed by the same authority."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The certificate of who signed the others: a client that trusts this trusts them."""
        return self.folder / "authority.pem"

    @property
    def server(self) -> Certificate:
        """For localhost, 127.0.0.1 and ::1."""
        return self.of("server")

    @property
    def client(self) -> Certificate:
        """Of somebody who wants to log in with it."""
        return self.of("client")

    def of(self, name: str) -> Certificate:
        """One by its name: server, wrong-host, expired, client, stranger (another client's)."""
        return Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")


def make_certificates(folder: Path) -> Certificates:
    """Fill a folder, which need not be there yet."""
    folder.mkdir(exist_ok=True)
    authority = trustme.CA()
    made = Certificates(folder)
    authority.cert_pem.write_to_path(str(made.authority))
    here = ("localhost", "127.0.0.1", "::1")
    for name, certificate in {
        "server": authority.issue_cert(*here),
        "wrong-host": authority.issue_cert("elsewhere.example.org"),
        "expired": authority.issue_cert(*here, not_after=datetime(2012, 4, 19, tzinfo=UTC)),
        "client": authority.issue_cert("client@example.org"),
        "stranger": authority.issue_cert("stranger@example.org"),
    }.items():
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(str(made.of(name).file), append=True)
        certificate.private_key_pem.write_to_path(str(made.of(name).key))
    return made
