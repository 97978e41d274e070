"""Why a server cannot be reached or does not want the bot, and how long it is left in peace."""

import os
import re
from dataclasses import dataclass

from bot.cleaning import one_line

_LONGEST_WORDS = 200


class Rejected(Exception):
    """The server has ended the connection, or will not take it; `pause` is how many seconds it is
    left in peace at least, None for the usual ones. The message is one sentence."""

    def __init__(self, sentence: str, pause: float | None = None) -> None:
        super().__init__(sentence)
        self.pause = pause


@dataclass(frozen=True, slots=True)
class _Kind:
    """What servers write into ERROR and 465, and what that asks of us, in seconds."""

    words: re.Pattern[str]
    pause: float
    advice: str


_KINDS = (
    _Kind(
        re.compile(
            r"throttl|too fast|too many (?:connections|host|unknown)|reconnect", re.IGNORECASE
        ),
        90.0,
        "it is tried again later",
    ),
    _Kind(
        re.compile(r"[kgdz]-?\s?lined|banned|not welcome|\bakill", re.IGNORECASE),
        600.0,
        "ask the network's staff to let it in; it is tried again from time to time",
    ),
    _Kind(re.compile(r"flood|max sendq|recvq", re.IGNORECASE), 60.0, "lower `rate` and `burst`"),
    _Kind(
        re.compile(r"bad password|access denied|unauthori[sz]ed", re.IGNORECASE),
        300.0,
        "check `server_password`, or ask the network's staff",
    ),
)


def rejected(server: str, words: str, *, banned: bool = False) -> Rejected:
    """What an ERROR, or a 465 (`banned`), of this server means."""
    said = one_line(words)[:_LONGEST_WORDS].rstrip(". ")
    kind = next((kind for kind in _KINDS if kind.words.search(said)), None)
    if kind is None and banned:
        kind = _KINDS[1]
    if kind is None:
        return Rejected(f"{server} has closed the connection{said and f': {said}'}.")
    return Rejected(
        f"{server} does not take the bot{said and f' ({said})'}: {kind.advice}.", kind.pause
    )


def sentence_of(problem: Exception, server: str) -> str:
    """Why a connection to this server has failed or ended, for people."""
    if isinstance(problem, TimeoutError) and not str(problem):
        return f"{server} does not answer."
    if isinstance(problem, OSError):
        return f"{server} cannot be reached: {_why(problem)}."
    text = str(problem)
    return text if text.endswith(".") else f"{text}."


def _why(problem: OSError) -> str:
    """In words for people: asyncio writes others into the errors of connections."""
    if problem.errno is not None:
        # Numbers below 0 are those of names that were looked up.
        return os.strerror(problem.errno) if problem.errno > 0 else str(problem.strerror)
    several = str(problem).startswith("Multiple exceptions")
    return "none of its addresses answers" if several else str(problem)
