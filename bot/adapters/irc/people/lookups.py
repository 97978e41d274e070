"""Asks the server who has a nick now: mask and account, as WHOIS tells them; what it has said is
believed for a minute, as long as nothing else is heard of the nick."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.adapters.irc.wire import Heard
from bot.recent import Recent

_ANSWERED_WITHIN = 8.0
"""Seconds; a server that says nothing does not know."""
_BELIEVED_FOR = 60.0
"""Seconds: of those who are in none of our channels nobody tells us when they go."""
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """Who has a nick. The account is empty if the server told of none; `bot` if it is marked as
    one."""

    nick: str
    mask: str
    account: str
    bot: bool


@dataclass(slots=True)
class _Asked:
    answer: "asyncio.Future[Found | None]"
    mask: str = ""
    account: str = ""
    bot: bool = False


class Lookups:
    """The questions of one connection that are not answered yet, one for each nick; and what is
    known from those that are."""

    def __init__(self, say_soon: Callable[[str], None], fold: Callable[[str], str]) -> None:
        self._say_soon = say_soon
        self.fold = fold
        self._asked: dict[str, _Asked] = {}
        self._known: Recent[str, tuple[Found, float]] = Recent(_REMEMBERED)

    def known(self, nick: str) -> Found | None:
        """Who has this nick, if it is known from a short while ago."""
        found, since = self._known.get(self.fold(nick)) or (None, 0.0)
        return found if asyncio.get_running_loop().time() - since < _BELIEVED_FOR else None

    def note(self, found: Found) -> None:
        """Somebody has this nick now."""
        now = asyncio.get_running_loop().time()
        self._known.put(self.fold(found.nick), (found, now))

    def forget(self, nick: str) -> None:
        """It is not known any more who has this nick."""
        self._known.drop(self.fold(nick))

    async def whois(self, nick: str) -> Found | None:
        """Who has this nick; None if nobody has, or the server does not say."""
        folded = self.fold(nick)
        asked = self._asked.get(folded)
        if asked is None:
            asked = self._asked[folded] = _Asked(asyncio.get_running_loop().create_future())
            self._say_soon(f"WHOIS {nick}")
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN):
                return await asyncio.shield(asked.answer)
        except TimeoutError:
            # Whoever has begun to wait in the meantime has waited with this one.
            self._answer(folded, None)
            return None

    def hear(self, heard: Heard) -> None:
        """Note what belongs to an answer, and what makes an earlier one doubtful."""
        match heard.type:
            case "join" | "quit" | "account" | "chghost":
                self._doubt(heard.nick)
            case "nick":
                self._doubt(heard.nick)
                self._doubt(heard.target)
            case "401" | "730" | "731" if heard.arguments:
                # Nicks, or masks, with commas between them.
                for nick in heard.arguments[0].split(","):
                    self.forget(nick.partition("!")[0])
        if not heard.arguments:
            return
        nick, *more = heard.arguments
        asked = self._asked.get(self.fold(nick))
        if asked is None:
            return
        match heard.type:
            case "311" if len(more) >= 2:
                asked.mask = f"{nick}!{more[0]}@{more[1]}"
            case "330" if more:
                asked.account = more[0]
            case "335":
                asked.bot = True
            case "318" | "401" | "402":
                found = Found(nick, asked.mask, asked.account, asked.bot)
                self._answer(self.fold(nick), found if asked.mask else None)

    def close(self) -> None:
        """Nobody answers any more."""
        for folded in list(self._asked):
            self._answer(folded, None)

    def _doubt(self, nick: str) -> None:
        """What is known may not hold any more, nor what the server has begun to answer."""
        self.forget(nick)
        asked = self._asked.get(self.fold(nick))
        if asked is not None:
            asked.mask = asked.account = ""

    def _answer(self, folded: str, found: Found | None) -> None:
        asked = self._asked.pop(folded, None)
        if asked is not None:
            if found is not None:
                self.note(found)
            asked.answer.set_result(found)
