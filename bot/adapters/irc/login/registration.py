"""From an open connection to a registered one: capabilities, login, nick, what the server is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.adapters.irc.isupport import Isupport
from bot.adapters.irc.login import sts
from bot.adapters.irc.login.capabilities import WANTED, Capabilities
from bot.adapters.irc.login.mechanisms import login, mechanisms
from bot.adapters.irc.login.refusals import Rejected, rejected
from bot.adapters.irc.login.sasl import Failure, Sasl, Success, unavailable
from bot.adapters.irc.settings import Irc
from bot.adapters.irc.wire import ConnectionLost, Heard, Wire
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

_WITHIN = 60.0
"""Seconds for all of it."""
_CAPABILITIES_WITHIN = 10.0
"""Seconds; a server that knows none may pass over the question."""
_LOGIN_WITHIN = 20.0
_MOST_NICKS = 20


class GoesToTls(Exception):
    """The server wants TLS at this port (IRCv3 sts)."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port = port


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known when the server has let the bot in: its name beside the `host` that was called.
    `account` is None if the bot is not logged in; `tried` if SASL was tried, also in vain."""

    nick: str
    host: str
    server: str
    version: str
    isupport: Isupport
    capabilities: Capabilities
    account: str | None
    tried: bool


class Registration:
    """Registers on one connection. It owns the negotiation while that lasts."""

    def __init__(self, wire: Wire, settings: Irc, host: str) -> None:
        self._wire = wire
        self._settings = settings
        self._host = host
        self._nick = settings.nick
        self._tls = wire.tls is not None
        self._login = login(settings, host, self._tls)
        self._logs_in = bool(mechanisms(self._login))
        self._capabilities = Capabilities(WANTED | ({"sasl"} if self._logs_in else set()))
        self._sasl: Sasl | None = None
        self._ended = False
        self._named = False
        self._tried = 0
        self._isupport = Isupport()
        self._server = host
        self._version = ""

    async def run(self) -> Registered:
        """Do all that is needed. Raises CannotSpeak, Rejected, GoesToTls, ConnectionLost."""
        self._write(self._capabilities.start())
        if self._tls:
            # Over a plain connection nothing is told before it is known that TLS is not wanted.
            self._name_ourselves()
        loop = asyncio.get_running_loop()
        ends = loop.time() + _WITHIN
        asked, login_ends = loop.time() + _CAPABILITIES_WITHIN, ends
        while True:
            heard = await self._next(min(ends, login_ends if self._named else asked))
            if heard is None:
                if loop.time() >= ends:
                    raise ConnectionLost(f"{self._server} did not register the bot in time")
                self._in_time_no_answer()
            elif heard.type in ("376", "422"):
                return self._registered(heard)
            else:
                self._hear(heard)
            if self._sasl is not None and self._sasl.result is None and login_ends == ends:
                login_ends = loop.time() + _LOGIN_WITHIN
            elif self._sasl is None or self._sasl.result is not None:
                login_ends = ends

    async def _next(self, until: float) -> Heard | None:
        """What is heard next; None if nothing is until then."""
        try:
            async with asyncio.timeout_at(until):
                heard = await self._wire.next()
        except TimeoutError:
            return None
        if heard is None:
            raise ConnectionLost(f"{self._server} has closed the connection")
        return heard

    def _in_time_no_answer(self) -> None:
        if not self._named:
            self._name_ourselves()
        elif self._sasl is not None and self._sasl.result is None:
            self._write(self._sasl.give_up())
            self._go_on()

    def _hear(self, heard: Heard) -> None:
        arguments = heard.arguments
        match heard.type:
            case "ping":
                self._write([f"PONG :{heard.target}"])
            case "error":
                raise rejected(self._server, heard.target)
            case "cap":
                lines = self._capabilities.hear(arguments)
                self._check_sts()
                self._write(lines)
                self._go_on()
            case "451" | "421" if not self._named:
                self._name_ourselves()  # it knows no capabilities
            case "432" if self._tried == 0:
                raise CannotSpeak(
                    f"{self._server} does not allow the nick {self._nick!r}: choose another one"
                    " with `nick`."
                )
            case "432" | "433" | "436" | "437":
                self._take_another_nick()
            case "464":
                raise CannotSpeak(
                    f"{self._server} wants another password: check `server_password`."
                )
            case "465":
                raise rejected(self._server, " ".join(arguments[-1:]), banned=True)
            case "001":
                self._nick = heard.target
                self._server = heard.source or self._host
            case "004" if len(arguments) > 1:
                self._version = arguments[1]
            case "005":
                self._isupport = self._isupport.told(arguments)
            case _:
                if self._sasl is not None:
                    self._write(self._sasl.hear(heard.type, heard.target, arguments))
                    self._go_on()

    def _name_ourselves(self) -> None:
        settings = self._settings
        self._named = True
        if settings.server_password is not None:
            self._write([f"PASS :{settings.server_password.get_secret_value()}"])
        self._write([f"NICK {self._nick}", f"USER {settings.user} 0 * :{settings.real_name}"])

    def _check_sts(self) -> None:
        port = sts.upgrade_port(self._capabilities.offered.get("sts", ""))
        if not self._tls and port is not None:
            raise GoesToTls(port)

    def _go_on(self) -> None:
        """Take the next step that is possible by now."""
        if not self._capabilities.settled or self._ended:
            return
        if not self._named:
            self._name_ourselves()
        if self._logs_in and self._sasl is None and "sasl" in self._capabilities.enabled:
            self._sasl = Sasl(self._login, self._capabilities.offered.get("sasl"))
            self._write(self._sasl.start())
        if self._sasl is not None:
            if self._sasl.result is None:
                return
            if isinstance(self._sasl.result, Failure):
                self._failed(self._sasl.result)
        elif self._logs_in and not self._settings.password:
            self._failed(unavailable(self._login))  # NickServ takes a password and nothing else
        self._ended = True
        self._write(["CAP END"])

    def _failed(self, failure: Failure) -> None:
        if not self._settings.account_required:
            _log.warning(failure.sentence, network=self._settings.name)
        elif failure.lasting:
            raise CannotSpeak(failure.sentence)
        else:
            raise Rejected(failure.sentence)

    def _take_another_nick(self) -> None:
        """The wanted one is taken back later."""
        self._tried += 1
        if self._tried > _MOST_NICKS:
            raise Rejected(f"{self._server} has given all nicks like {self._settings.nick!r} away.")
        wanted, number = self._settings.nick, str(self._tried)
        # Some servers take no longer one: then it is as long as the wanted one.
        underlined = f"{wanted}{'_' * self._tried}"
        self._nick = underlined if self._tried < 3 else wanted[: -len(number)] + number
        self._write([f"NICK {self._nick}"])

    def _registered(self, heard: Heard) -> Registered:
        result = self._sasl.result if self._sasl is not None else None
        account = result.account or "" if isinstance(result, Success) else None
        return Registered(
            heard.target or self._nick, self._host, self._server, self._version, self._isupport,
            self._capabilities, account, tried=result is not None,
        )  # fmt: skip

    def _write(self, lines: Sequence[str]) -> None:
        for line in lines:
            self._wire.write(line)
