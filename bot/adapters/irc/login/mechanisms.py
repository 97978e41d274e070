"""What SASL mechanisms say: PLAIN, EXTERNAL and SCRAM-SHA-256, and which of them may be used."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal

from bot.adapters.irc.login.tls import is_verified
from bot.adapters.irc.settings import Irc

Mechanism = Literal["EXTERNAL", "SCRAM-SHA-256", "PLAIN"]

_MOST_ROUNDS = 1_000_000
"""Of SCRAM's hashing, half a second; services ask for 4,096 to 64,000."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in, and what for: `certificate` if the connection shows one of ours, `private` if
    nobody on the way can read it, or stand in for the server."""

    account: str | None
    password: str | None = field(repr=False)
    certificate: bool
    private: bool
    setting: Literal["auto", "plain", "external", "scram-sha-256", "off"] = "auto"

    @property
    def who(self) -> str:
        """As a sentence names it."""
        return f"as {self.account!r}" if self.account else "with its certificate"


class Broken(Exception):
    """A mechanism gets no further; the message says why."""


class Impostor(Exception):
    """The server has not proved that it knows the password, so it must not be given it."""


Exchange = Generator[tuple[bytes, bool], bytes, None]
"""Is sent what the server says, and yields what we answer, and whether the server may now be
believed if it says that we are logged in. What it yields first is not sent."""


def login(settings: Irc, host: str, tls: bool) -> Login:
    """The login of a connection to this host, over TLS or not."""
    return Login(
        account=settings.account,
        password=settings.password.get_secret_value() if settings.password else None,
        certificate=tls and settings.certificate is not None,
        private=is_loopback(host) or (tls and is_verified(settings)),
        setting=settings.sasl,
    )


def is_loopback(host: str) -> bool:
    """True if what is sent there stays on this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def mechanisms(login: Login) -> tuple[Mechanism, ...]:
    """Those that may be used, the best first; none if the bot does not log in this way.

    Left to itself it never sends a password that somebody on the way could get; who sets "plain"
    has asked for it.
    """
    match login.setting:
        case "off":
            return ()
        case "external":
            return ("EXTERNAL",)
        case "plain":
            return ("PLAIN",)
        case "scram-sha-256":
            return ("SCRAM-SHA-256",)
    usable: list[Mechanism] = ["EXTERNAL"] if login.certificate else []
    if login.account and login.password:
        usable += ["SCRAM-SHA-256", "PLAIN"] if login.private else ["SCRAM-SHA-256"]
    return tuple(usable)


def _plain(login: Login) -> Exchange:
    """RFC 4616; an empty authorization identity is that of the account."""
    yield b"", True
    secret = f"\0{login.account or ''}\0{login.password or ''}"
    # What the environment gave as bytes goes out as these bytes.
    yield secret.encode(errors="surrogateescape"), True


def _external(_login: Login) -> Exchange:
    """RFC 4422, appendix A: the certificate says who we are, we add nothing."""
    yield b"", True
    yield b"", True


def _scram(login: Login) -> Exchange:
    """RFC 5802 and 7677, without channel binding: no server of IRC offers it."""
    # Only who logs in this way pays for it.
    from scramp import ScramClient, ScramException

    try:
        client = ScramClient(["SCRAM-SHA-256"], login.account or "", login.password or "")
    except (ScramException, ValueError):
        raise Broken("account or password has characters that SCRAM does not allow") from None
    yield b"", False
    first = yield client.get_client_first().encode(), False
    try:
        client.set_server_first(_text(first))
        if int(client.iterations) > _MOST_ROUNDS:
            raise Broken("the server asks for too many rounds of hashing")
        proof = client.get_client_final().encode()
    except (ScramException, ValueError):
        raise Broken("the server's SCRAM message is malformed") from None
    final = _text((yield proof, False))
    if final.startswith("e="):
        raise Broken(final.removeprefix("e="))
    try:
        client.set_server_final(final)
    except (ScramException, ValueError):
        raise Impostor from None
    yield b"", True


EXCHANGES: dict[Mechanism, Callable[[Login], Exchange]] = {
    "EXTERNAL": _external,
    "SCRAM-SHA-256": _scram,
    "PLAIN": _plain,
}


def _text(message: bytes) -> str:
    try:
        return message.decode()
    except UnicodeDecodeError:
        raise Broken("the server's SCRAM message is malformed") from None
