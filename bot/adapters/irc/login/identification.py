"""Logs in with NickServ where the server has no SASL, and knows under which account the bot is."""

import asyncio
import re
from collections.abc import Callable

import structlog

from bot.adapters.irc.listening import unformatted
from bot.adapters.irc.login.mechanisms import login
from bot.adapters.irc.login.refusals import Rejected
from bot.adapters.irc.login.registration import Registered
from bot.adapters.irc.login.sasl import Failure, Sasl
from bot.adapters.irc.settings import Irc
from bot.adapters.irc.wire import Heard
from bot.cleaning import one_line
from bot.ports import CannotSpeak

_log = structlog.get_logger(__name__)

_WITHIN = 15.0
"""Seconds for services to answer."""
_LONGEST_WORDS = 200
# What atheme, anope and others say. There is no numeric for it.
_YES = re.compile(
    r"you are now (?:identified|logged in|recogni[sz]ed)|password accepted", re.IGNORECASE
)
_NO = re.compile(
    r"invalid|incorrect|wrong|denied|not registered|isn't registered|failed", re.IGNORECASE
)


class Identification:
    """The login of one connection, as it is now. `account` is None if it is not logged in, and
    empty where services do not tell which one it is."""

    def __init__(
        self, registered: Registered, settings: Irc, say_soon: Callable[[str], None], *, tls: bool
    ) -> None:
        self.account = registered.account
        self.how = "SASL" if registered.account is not None else ""
        self._tried = registered.tried
        self._settings = settings
        self._say_soon = say_soon
        self._login = login(settings, registered.host, tls)
        self._sasl: Sasl | None = None
        self._nickserv = settings.nickserv.partition("@")[0].lower()
        self._answered: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Log in, if that is still to be done. Raises CannotSpeak and Rejected, unless the bot may
        go on without."""
        settings = self._settings
        if self.account is not None or self._tried:
            return
        try:
            if settings.password is not None:
                await self._identify(settings.password.get_secret_value())
            elif settings.account is not None and settings.account_required:
                await self._settled(
                    f"{settings.nickserv} did not recognize the bot by its certificate: add its"
                    " fingerprint to the account (NickServ's CERT ADD)."
                )
        except (CannotSpeak, Rejected) as failure:
            if settings.account_required:
                raise
            _log.warning(str(failure), network=settings.name)

    def offered(self, value: str | None) -> None:
        """The server has SASL again (CAP NEW): log in, if that could not be done before."""
        if self.account is None and self._sasl is None and value is not None:
            self._sasl = Sasl(self._login, value)
            self._say(self._sasl.start())

    def hear(self, heard: Heard) -> None:
        """Note what services and the server say about the login."""
        if self._sasl is not None:
            self._say(self._sasl.hear(heard.type, heard.target, heard.arguments))
            if isinstance(self._sasl.result, Failure):
                _log.warning(self._sasl.result.sentence, network=self._settings.name)
            if self._sasl.result is not None:
                self._sasl = None
        match heard.type:
            case "900" if len(heard.arguments) > 1:
                self._is(heard.arguments[1])
            case "901":
                self.account, self.how = None, ""
            case "401" | "440" if heard.arguments and self._is_nickserv(heard.arguments[0]):
                self._ends(Rejected(
                    f"{self._settings.nickserv} is not there: the services are away, it seems, or"
                    " there are none."
                ))  # fmt: skip
            case "privnotice" if self._is_nickserv(heard.nick) and heard.arguments:
                text = one_line(unformatted(heard.arguments[0]))[:_LONGEST_WORDS]
                if _YES.search(text):
                    self._is(self._settings.account or "")
                elif _NO.search(text):
                    self._ends(self._refused(text))

    async def _identify(self, password: str) -> None:
        settings, who = self._settings, self._settings.nickserv
        if not self._login.private and settings.sasl == "auto":
            raise CannotSpeak(
                "The server offers no SASL, and others could read the connection or stand in for"
                f" the server, so the bot does not tell {who} its password: set tls = true, with"
                ' tls_verify = true or a tls_fingerprint, or sasl = "off" to do it.'
            )
        account = f"{settings.account} " if settings.account else ""
        self._say_soon(f"PRIVMSG {who} :IDENTIFY {account}{password}")
        await self._settled(f"{who} did not answer: the services are away, it seems.")

    async def _settled(self, otherwise: str) -> None:
        """Wait until services say yes or no. Raises what follows from a no, and Rejected."""
        self._answered = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_WITHIN):
                await self._answered
        except TimeoutError:
            raise Rejected(otherwise) from None

    def _refused(self, words: str) -> CannotSpeak:
        return CannotSpeak(
            f"{self._settings.nickserv} did not let the bot log in ({words}): check `account` and"
            " `password`, or leave them out."
        )

    def _is_nickserv(self, name: str) -> bool:
        return name.partition("@")[0].lower() == self._nickserv

    def _is(self, account: str) -> None:
        self.account = account or self.account or ""
        self.how = self.how or ("SASL" if self._sasl is not None else "NickServ")
        self._ends(None)

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._say_soon(line)

    def _ends(self, problem: Exception | None) -> None:
        if self._answered is None or self._answered.done():
            return
        if problem is None:
            self._answered.set_result(None)
        else:
            self._answered.set_exception(problem)
