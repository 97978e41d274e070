"""Logs in before registration: SASL PLAIN, EXTERNAL and SCRAM-SHA-256, without any connection.

IRCv3 specifications "SASL authentication" 3.1 (the command AUTHENTICATE, its chunks and numerics)
and 3.2 (the mechanisms that `CAP LS 302` names).
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.irc.login.mechanisms import (
    EXCHANGES,
    Broken,
    Exchange,
    Impostor,
    Login,
    Mechanism,
    mechanisms,
)
from bot.cleaning import one_line

_CHUNK = 400
_LONGEST_MESSAGE = 16 * _CHUNK
"""Characters of base64; what mechanisms say takes one or two chunks."""
_LONGEST_WORDS = 200
_ABORT = "AUTHENTICATE *"
_ADVICE = {
    "EXTERNAL": "add the fingerprint of its certificate to the account (NickServ's CERT ADD)",
    "SCRAM-SHA-256": "check account and password",
    "PLAIN": "check account and password",
}


@dataclass(frozen=True, slots=True)
class Success:
    """Logged in; the account as the network writes it, None where it did not say."""

    account: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Not logged in; the sentence says what to do. To try again will not help if `lasting`."""

    sentence: str
    lasting: bool


def unavailable(login: Login) -> Failure:
    """The server does not offer the capability `sasl`; it does not while its services are away."""
    return Failure(
        f"The server offers no SASL now, so the bot cannot log in {login.who}: wait until the"
        ' services are back, or set sasl = "off" to log in with NickServ.',
        lasting=False,
    )


class Sasl:
    """One login, by one mechanism after another; `result` is None until it is decided.

    It is fed what the server says and gives back the lines to send, which hold the password: they
    must not be logged. `offered` is the value of the capability, empty or None if the server does
    not say which mechanisms it knows.
    """

    def __init__(self, login: Login, offered: str | None) -> None:
        self.result: Success | Failure | None = None
        self._login = login
        self._offered = offered or ""
        self._left = list(mechanisms(login))
        if self._offered:
            self._keep(self._offered)
        self._refused: list[tuple[Mechanism, str]] = []
        self._lasting = False
        self._account: str | None = None
        self._mechanism: Mechanism | None = None
        # None while the server has to confirm that the exchange is over.
        self._exchange: Exchange | None = None
        self._believed = False
        self._heard = ""
        self._why = ""

    def start(self) -> list[str]:
        """Begin with the best mechanism that both know."""
        if not self._left:
            self._fail(self._nothing_in_common(), lasting=True)
        return self._next()

    def hear(self, command: str, target: str, arguments: Sequence[str]) -> list[str]:
        """A line of the server: the command in lower case or a numeric's three digits, its first
        parameter, and the others. What is none of SASL's concern is passed over."""
        if command == "900" and len(arguments) > 1 and arguments[1] not in ("", "*"):
            self._account = arguments[1]
        if self.result is not None or self._mechanism is None:
            return []
        words = _words(arguments)
        match command:
            case "authenticate":
                return self._take(target)
            case "903":
                self._succeed()
            case "907" if self._account:
                # The certificate alone has logged us in before we asked (some networks do).
                self.result = Success(self._account)
            case "908" if arguments:
                # The refusal itself follows as 904: a mechanism begun before that would be taken
                # for the one that it ends.
                self._offered = arguments[0]
                self._keep(arguments[0])
            case "902":
                self._left.clear()  # the account is locked, whatever the mechanism
                return self._refuse(words, lasting=True)
            case "904" | "905" | "907":
                return self._refuse(self._why or words, lasting=True)
            case "906":
                return self._refuse(self._why or words, lasting=bool(self._why))
            case "421" if arguments and arguments[0].upper() == "AUTHENTICATE":
                self._left.clear()
                return self._refuse(words, lasting=True)
        return []

    def give_up(self) -> list[str]:
        """The server has not answered in time."""
        if self.result is not None:
            return []
        self._fail(
            f"The network's services did not answer when the bot logged in {self._login.who}:"
            ' try again later, or set sasl = "off" to log in with NickServ.',
            lasting=False,
        )
        return [_ABORT] if self._mechanism else []

    def _next(self) -> list[str]:
        while self._left and self.result is None:
            self._mechanism = mechanism = self._left.pop(0)
            self._exchange = EXCHANGES[mechanism](self._login)
            self._heard = self._why = ""
            try:
                _, self._believed = next(self._exchange)
            except Broken as broken:
                self._refused.append((mechanism, str(broken)))
                self._lasting = True
            else:
                return [f"AUTHENTICATE {mechanism}"]
        if self.result is None:
            self._fail(self._all_refused(), lasting=self._lasting)
        return []

    def _take(self, chunk: str) -> list[str]:
        """A chunk: the last of its message if it is not full."""
        if self._exchange is None:
            return []
        chunk = chunk.removeprefix(":")
        if chunk != "+":
            self._heard += chunk
        if len(chunk) == _CHUNK and len(self._heard) <= _LONGEST_MESSAGE:
            return []
        heard, self._heard = self._heard, ""
        try:
            answer, self._believed = self._exchange.send(_decoded(heard))
        except Impostor:
            self._distrust()
        except (Broken, StopIteration) as broken:
            self._exchange = None
            self._why = _short(str(broken)) or "the server asked for more than there is to say"
        else:
            return chunks(answer)
        return [_ABORT]

    def _succeed(self) -> None:
        if self._believed:
            self.result = Success(self._account or self._login.account)
        else:
            self._distrust()

    def _refuse(self, words: str, *, lasting: bool) -> list[str]:
        assert self._mechanism is not None
        self._refused.append((self._mechanism, words))
        self._lasting |= lasting
        return self._next()

    def _fail(self, sentence: str, *, lasting: bool) -> None:
        self.result = Failure(sentence, lasting)

    def _distrust(self) -> None:
        # PLAIN would hand the password to whoever this is, so nothing else is tried.
        self._fail(
            f"The server did not prove that it knows the password of {self._login.account!r}, as"
            " SCRAM-SHA-256 asks: check that server and port are those of your network.",
            lasting=True,
        )

    def _keep(self, offered: str) -> None:
        known = offered.upper().split(",")
        self._left = [mechanism for mechanism in self._left if mechanism in known]

    def _nothing_in_common(self) -> str:
        offered = _short(self._offered) or "none"
        usable = mechanisms(self._login)
        if "PLAIN" not in usable and self._login.setting == "auto" and self._login.password:
            advice = (
                "set tls = true, with tls_verify = true or a tls_fingerprint, so that the password"
                " may be sent"
            )
        elif usable == ("EXTERNAL",):
            advice = "give the bot account and password"
        else:
            advice = 'set sasl = "auto"'
        return (
            f"The server knows the SASL mechanisms {offered}, and the bot may log in"
            f" {self._login.who} by {' or '.join(usable) or 'none'}: {advice}."
        )

    def _all_refused(self) -> str:
        said = "; ".join(f'{mechanism}: "{words}"' for mechanism, words in self._refused)
        advice = " or ".join(dict.fromkeys(_ADVICE[mechanism] for mechanism, _ in self._refused))
        return f"The network did not let the bot log in {self._login.who} ({said}): {advice}."


def chunks(message: bytes) -> list[str]:
    """The lines of one message: 400 characters of base64 each; a full one at the end, or nothing
    at all, is followed by a `+` (sasl-3.1, "The AUTHENTICATE command")."""
    text = base64.b64encode(message).decode()
    lines = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    if len(text) % _CHUNK == 0:
        lines.append("+")
    return [f"AUTHENTICATE {line}" for line in lines]


def _decoded(text: str) -> bytes:
    if len(text) > _LONGEST_MESSAGE:
        raise Broken("the server's message has no end")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Broken("the server's message is no base64") from None


def _words(arguments: Sequence[str]) -> str:
    """What a numeric says to people."""
    return _short(arguments[-1]) if arguments else ""


def _short(text: str) -> str:
    return one_line(text)[:_LONGEST_WORDS]
