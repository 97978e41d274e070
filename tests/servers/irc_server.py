"""What the IRC servers of tests have in common: how one is asked for, and what it can.

What a server lacks is data, so that one suite can run on all of them."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from tests.servers.certificates import Certificates
from tests.servers.keeper import keep, kept

# The name and password with which OPER works.
OPERATOR = ("operator", "operator-password")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a server is to be, where a test needs one of its own."""

    password: str = ""  # what everybody has to say who connects
    certificate: Literal["server", "wrong-host", "expired"] = "server"
    limits: bool = False  # on speed, as the server has them by default; otherwise none at all
    ports: tuple[int, int] | None = None  # plain and TLS; else free ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An IRC server that runs on loopback addresses.

    A test that stops, ends or disturbs it starts one of its own."""

    software: str
    host: str
    port: int
    tls_port: int | None
    ipv6_port: int | None  # on ::1, without TLS
    certificates: Certificates | None
    pid: int  # its process
    password: str = ""
    limits: bool = False

    capabilities: frozenset[str] = frozenset()  # those that it offers, without their values
    mechanisms: frozenset[str] = frozenset()  # of SASL
    accounts: bool = False  # there is NickServ, and `register` knows how to talk to it
    monitor: int = 0  # so many nicks at a time
    whox: bool = False
    bot_mode: str | None = None  # of users
    refuses_strangers: str | None = None  # the mode of users who must accept others first
    max_targets: int | None = None  # of one PRIVMSG, as it announces
    nick_length: int = 9

    @property
    def ca_file(self) -> Path:
        """What a client has to trust to trust it."""
        assert self.certificates is not None
        return self.certificates.authority


@contextmanager
def asked(keeper: str, software: str, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The fields of Server that describe what this keeper started. Raises Missing."""
    with kept(keeper, software, json.dumps(asdict(wanted))) as line:
        fields = json.loads(line)
        yield fields | {
            "host": "127.0.0.1",
            "certificates": Certificates(Path(fields["certificates"])),
            "password": wanted.password,
            "limits": wanted.limits,
        }


def answer(
    argument: str, running: Callable[[Wanted], AbstractContextManager[dict[str, Any]]]
) -> None:
    """What a keeper does that was asked so: run the server as long as the tests run."""
    fields = json.loads(argument)
    wanted = Wanted(**fields | {"ports": fields["ports"] and tuple(fields["ports"])})

    @contextmanager
    def line() -> Iterator[str]:
        with running(wanted) as described:
            yield json.dumps(described)

    keep(line)
