"""What `[irc]` may say. Imports nothing of the library that speaks IRC."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.adapters.settings import NetworkName

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_ACCOUNT = re.compile(r"[^\s*?!@,:#]+")
_HARMFUL = re.compile(r"[\0\r\n]")
_SERVER = re.compile(
    r"(?:(?P<host>[^:\[\]\s]+)|\[(?P<inside>[^\[\]\s]+)\])(?::(?P<port>[0-9]{1,5}))?"
    r"|(?P<bare>[^:\[\]\s]*:[^:\[\]\s]*:[^\[\]\s]*)"
)


def _one_line(value: str) -> str:
    if _HARMFUL.search(value):
        raise ValueError("it must stand on one line")
    return value


def _one_word(value: str) -> str:
    if not value or any(c.isspace() for c in value) or value.startswith(":"):
        raise ValueError("it must be one word")
    return _one_line(value)


def address(server: str) -> tuple[str, int | None]:
    """The host and the port of `host`, `host:port`, `[address]:port` or a bare IPv6 address; None
    where it names no port. Raises ValueError."""
    found = _SERVER.fullmatch(server)
    if found is None or (found["port"] and not 0 < int(found["port"]) < 65536):
        raise ValueError('it must be a host like "irc.example.org:6697", or "[2001:db8::1]:6697"')
    host = found["host"] or found["inside"] or found["bare"]
    return host, int(found["port"]) if found["port"] else None


def _server(value: str) -> str:
    address(value if value.startswith(":") else _one_word(value))
    return value


def _secret(value: SecretStr) -> SecretStr:
    _one_line(value.get_secret_value())
    return value


def _fingerprint(value: str) -> str:
    plain = value.lower().replace(":", "").replace(" ", "")
    if not _FINGERPRINT.fullmatch(plain):
        raise ValueError("it must be the SHA-256 of a certificate, 64 hexadecimal digits")
    return plain


def _channel(value: str) -> str:
    """`#name`, or `#name key`."""
    words = value.split(" ")
    if value[:1] not in ("#", "&", "+", "!") or len(words) > 2 or "," in value:
        raise ValueError('it must be a channel like "#summit", or "#summit key"')
    return _one_line(value)


def _account(value: str) -> str:
    """Of a mask nobody could prove that it is theirs alone."""
    if not _ACCOUNT.fullmatch(value) or not value.isprintable():
        raise ValueError('it must be the name of an account at the services, like "ada": no mask')
    return value


Line = Annotated[str, AfterValidator(_one_line)]
Word = Annotated[str, AfterValidator(_one_word)]
Server = Annotated[str, AfterValidator(_server)]
Seconds = Annotated[float, Field(gt=0, le=24 * 60 * 60)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]


class Irc(BaseModel):
    """One IRC network. Times are in seconds.

    `server` is a host, or several, tried in turn; each may be `host:port`, or `[address]:port` for
    IPv6. An answer has at most `lines` in a channel and `private_lines` elsewhere. A channel is
    given `channel_answers` at once and one more each `channel_pause`; what is more goes to the
    asker alone (0 for no limit). `rate` is how many lines a second the server takes after a `burst`
    of them. `recipients` is how many people the bot may begin to write to where it has no voice,
    one more each `recipient_every`; None where the server's kind tells. There a nick or a channel
    takes `target_burst` lines at once, and one more each `target_every`. `organisers` are accounts
    at the network's services.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NetworkName = "irc"
    server: Server | list[Server]
    port: int = Field(default=6697, ge=1, le=65535)
    tls: bool = True
    tls_verify: bool = True
    tls_fingerprint: list[Annotated[str, AfterValidator(_fingerprint)]] = []
    certificate: Path | None = None
    certificate_key: Path | None = None
    server_password: Secret | None = None

    nick: Word = "summitbot"
    user: Word = "summitbot"
    real_name: Line = "Summit Bot, the programme of the conference"
    account: Word | None = None
    password: Secret | None = None
    sasl: Literal["auto", "plain", "external", "scram-sha-256", "off"] = "auto"
    account_required: bool = True
    nickserv: Word = "NickServ"

    # A key must not be shown.
    channels: list[Annotated[str, AfterValidator(_channel)]] = Field(default=[], repr=False)
    coming_up: list[Word] = []
    organisers: list[Annotated[str, AfterValidator(_account)]] = []
    prefix: Line = "!"
    answers: Literal["privmsg", "notice"] = "privmsg"
    lines: int = Field(default=4, ge=1, le=20)
    private_lines: int = Field(default=12, ge=2, le=100)
    channel_answers: int = Field(default=10, ge=0)
    channel_pause: Seconds = 3.0

    rate: float = Field(default=1.9, ge=0.01, allow_inf_nan=False)
    burst: int = Field(default=4, ge=1)
    recipients: int | None = Field(default=None, ge=1)
    recipient_every: Seconds = 60.0
    target_burst: int = Field(default=10, ge=1)
    target_every: Seconds = 1.0

    @model_validator(mode="after")
    def _fits_together(self) -> "Irc":
        if not self.server:
            raise ValueError("server must name at least one")
        if self.sasl in ("plain", "scram-sha-256") and not (self.account and self.password):
            raise ValueError(f"sasl = {self.sasl!r} needs account and password")
        if self.sasl == "external" and (self.certificate is None or not self.tls):
            raise ValueError("sasl = 'external' needs a certificate, and TLS")
        if self.account and not self.password and not (self.certificate and self.tls):
            raise ValueError(
                "account needs a password, here or in the environment (as in"
                " SUMMIT_BOT_IRC__PASSWORD), or else a certificate, and TLS"
            )
        if self.certificate_key is not None and self.certificate is None:
            raise ValueError("certificate_key needs a certificate")
        strangers = set(self.coming_up) - {channel.split(" ")[0] for channel in self.channels}
        if strangers:
            raise ValueError(f"coming_up: the bot does not join {', '.join(sorted(strangers))}")
        return self
