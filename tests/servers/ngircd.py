"""An ngircd for tests: hardly a capability and no accounts, the least that a network can be."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers.certificates import make_certificates
from tests.servers.irc_server import OPERATOR, Server, Wanted, answer, asked
from tests.servers.programs import NOBODY, free_port, installed, loopback, new_folder, running

_CONFIGURATION = """
[Global]
Name = ngircd.example.org
Info = A server for tests
Network = Summit
AdminInfo1 = Summit Bot
AdminEMail = summit@example.org
MotdPhrase = Hello
Listen = {addresses}
Ports = {port}
Password = {password}
ServerUID = {nobody}
ServerGID = {nobody}
[Limits]
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = {penalty}
[Options]
DNS = no
Ident = no
PAM = no
MorePrivacy = no
[Operator]
Name = {operator[0]}
Password = {operator[1]}
[SSL]
CertFile = {certificate.file}
KeyFile = {certificate.key}
Ports = {tls_port}
"""


@contextmanager
def ngircd(wanted: Wanted | None = None) -> Iterator[Server]:
    """A server until the end of the block. Raises Missing."""
    with asked("tests.servers.ngircd", "ngircd", wanted or Wanted()) as fields:
        yield Server(
            **fields, software="ngircd", capabilities=frozenset({"multi-prefix"}),
            bot_mode="B", refuses_strangers="b", nick_length=30,
        )  # fmt: skip


@contextmanager
def _running(wanted: Wanted) -> Iterator[dict[str, Any]]:
    program, root = installed("ngircd")
    port, tls_port = wanted.ports or (free_port(), free_port())
    with new_folder() as folder:
        certificates = make_certificates(folder / "certificates")
        configuration = folder / "ngircd.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                addresses=",".join(loopback()),
                port=port,
                tls_port=tls_port,
                password=wanted.password,
                certificate=certificates.of(wanted.certificate),
                penalty=-1 if wanted.limits else 0,
                operator=OPERATOR,
                nobody=NOBODY,
            )
        )
        command = (program, "-n", "-f", configuration)
        with running(command, folder / "output", ready="ready.", root=root) as pid:
            yield {
                "port": port, "tls_port": tls_port, "pid": pid,
                "ipv6_port": port if len(loopback()) > 1 else None,
                "certificates": str(certificates.folder),
            }  # fmt: skip


if __name__ == "__main__":
    answer(sys.argv[1], _running)
