"""An inspircd with atheme's services for tests: capabilities, accounts, SASL, MONITOR, WHOX."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import atheme
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.irc_server import OPERATOR, Server, Wanted, answer, asked
from tests.servers.programs import free_port, installed, loopback, new_folder, running

_NAME = "inspircd.example.org"
_MODULES = (
    "cap", "ircv3", "ircv3_accounttag", "ircv3_batch", "ircv3_capnotify", "ircv3_chghost",
    "ircv3_ctctags", "ircv3_echomessage", "ircv3_invitenotify", "ircv3_labeledresponse",
    "ircv3_msgid", "ircv3_servertime", "namesx", "setname", "uhnames",
    "sasl", "services_account", "servprotect", "spanningtree", "svshold",
    "ssl_gnutls", "sslinfo",
    "botmode", "callerid", "chghost", "commonchans", "deaf", "monitor", "muteban",
    "sajoin", "samode", "sanick", "sapart", "saquit",
)  # fmt: skip
_CONFIGURATION = """
<path configdir="{folder}" datadir="{folder}" logdir="{folder}" runtimedir="{folder}"
      moduledir="{root}/usr/lib/inspircd/modules">
<server name="{name}" description="A server for tests" network="Summit" id="1IN">
<admin name="Summit Bot" nick="summit" email="summit@example.org">
<bind address="127.0.0.1" port="{link_port}" type="servers">
<sslprofile name="tests" provider="gnutls" certfile="{certificate.file}"
            keyfile="{certificate.key}" hash="sha256" requestclientcert="yes">
<connect name="tests" allow="*" password="{password}" timeout="60" pingfreq="120"
         hardsendq="10M" softsendq="10M" {limits}
         localmax="100000" globalmax="100000" limit="100000" maxchans="1000"
         resolvehostnames="no" useident="no">
<dns server="127.0.0.1" timeout="1">
<options casemapping="rfc1459" defaultmodes="nt">
<security maxtargets="20">
<limits maxnick="30">
<performance clonesonconnect="no">
<monitor maxentries="100">
<class name="all" commands="*" privs="*" usermodes="*" chanmodes="*" snomasks="*">
<type name="all" classes="all">
<oper name="{operator[0]}" password="{operator[1]}" host="*@*" type="all">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="{folder}/log">
<link name="{services}" ipaddr="127.0.0.1" port="{link_port}" allowmask="127.0.0.1"
      sendpass="{link_password}" recvpass="{link_password}">
<uline server="{services}" silent="yes">
<sasl target="{services}" requiressl="no">
"""
_NO_LIMITS = 'recvq="10M" fakelag="no" threshold="1000000" commandrate="100000000"'
_DEFAULT_LIMITS = 'recvq="10K" fakelag="yes" threshold="10" commandrate="1000"'


@contextmanager
def inspircd(wanted: Wanted | None = None) -> Iterator[Server]:
    """A server until the end of the block, with services. Raises Missing."""
    keeper = ("tests.servers.inspircd", "inspircd with atheme services")
    with asked(*keeper, wanted or Wanted()) as fields:
        yield Server(
            **fields,
            software="inspircd",
            capabilities=frozenset({
                "account-notify", "account-tag", "away-notify", "batch", "cap-notify", "chghost",
                "echo-message", "extended-join", "extended-monitor", "inspircd.org/poison",
                "inspircd.org/standard-replies", "invite-notify", "labeled-response",
                "message-tags", "multi-prefix", "sasl", "server-time", "setname",
                "userhost-in-names",
            }),
            mechanisms=frozenset({"EXTERNAL", "PLAIN"}),
            accounts=True, monitor=100, whox=True, bot_mode="B", refuses_strangers="g",
            max_targets=20, nick_length=30,
        )  # fmt: skip


@contextmanager
def _running(wanted: Wanted) -> Iterator[dict[str, Any]]:
    program, root = installed("inspircd")
    port, tls_port = wanted.ports or (free_port(), free_port())
    link_port = free_port()
    with new_folder() as folder:
        certificates = make_certificates(folder / "certificates")
        configuration = folder / "inspircd.conf"
        configuration.write_text(
            _configuration(wanted, certificates, folder, root, link_port)
            + "".join(
                f'<bind address="{address}" port="{port}" type="clients">\n'
                f'<bind address="{address}" port="{tls_port}" type="clients" sslprofile="tests">\n'
                for address in loopback()
            )
        )
        command: tuple[str | Path, ...] = (program, "--nofork", "--config", configuration)
        if os.geteuid() == 0:
            command = (*command, "--runasroot")
        ready = "is now running as"
        with (
            running(command, folder / "output", ready=ready, root=root) as pid,
            atheme.atheme(folder / "atheme", _NAME, link_port),
        ):
            yield {
                "port": port, "tls_port": tls_port, "pid": pid,
                "ipv6_port": port if len(loopback()) > 1 else None,
                "certificates": str(certificates.folder),
            }  # fmt: skip


def _configuration(
    wanted: Wanted, certificates: Certificates, folder: Path, root: Path, link_port: int
) -> str:
    modules = "".join(f'<module name="{module}">\n' for module in _MODULES)
    return modules + _CONFIGURATION.format(
        name=_NAME, folder=folder, root="" if root == Path("/") else root,
        certificate=certificates.of(wanted.certificate),
        password=wanted.password, limits=_DEFAULT_LIMITS if wanted.limits else _NO_LIMITS,
        operator=OPERATOR, link_port=link_port,
        services=atheme.NAME, link_password=atheme.LINK_PASSWORD,
    )  # fmt: skip


if __name__ == "__main__":
    answer(sys.argv[1], _running)
