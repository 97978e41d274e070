"""Asks the server who has a nick now: mask and account, as WHOIS tells them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.adapters.irc.wire import Heard

_ANSWERED_WITHIN = 8.0
"""Seconds; a server that says nothing does not know."""


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
    """The questions of one connection that are not answered yet; one for each nick."""

    def __init__(self, say_soon: Callable[[str], None], fold: Callable[[str], str]) -> None:
        self._say_soon = say_soon
        self.fold = fold
        self._asked: dict[str, _Asked] = {}

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
        """Note what belongs to an answer."""
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

    def _answer(self, folded: str, found: Found | None) -> None:
        asked = self._asked.pop(folded, None)
        if asked is not None:
            asked.answer.set_result(found)
