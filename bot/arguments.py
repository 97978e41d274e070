"""What the words behind a command mean, short of names: numbers and minutes; and their echo."""

import re
from collections.abc import Sequence

from bot.cleaning import one_line
from bot.command import Context
from bot.document import Block, Item, Span
from bot.names import How
from bot.schedule import Session

IN_MARKS = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]*?)\s*[\"“”„«»]")
"""What stands in quotation marks, straight or curly."""

_NUMBER = re.compile(r"[#\[(]*\s*(\d{1,9})\s*[\])]*[.,!?]?")
_NUMBERS = re.compile(r"#?\d{1,9}(?:(?:\s*[,;+&]\s*|\s+(?:and\s+)?)#?\d{1,9})+")
_UNIT = r"(?P<unit>m|min|mins|minutes?|h|hours?)"
_MINUTES = re.compile(
    rf"(?P<what>.*?)\s*(?:\bin\s+)?\b(?P<number>\d{{1,6}})\s*{_UNIT}?(?:\s+before)?", re.IGNORECASE
)
_MINUTES_FIRST = re.compile(
    rf"(?:in\s+)?(?P<number>\d{{1,6}})\s*{_UNIT}\s+(?:before|for|of)\s+(?P<what>.+)", re.IGNORECASE
)
_ECHO = 40
_ON_NOW: tuple[Span, ...] = ("on now",)
_OVER: tuple[Span, ...] = ("over",)


def quoted(words: str) -> str:
    """What somebody wrote, shortened and harmless, in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{shortened(words)}\N{RIGHT DOUBLE QUOTATION MARK}"


def shortened(words: str) -> str:
    """What somebody wrote, short enough and harmless to be said again."""
    clean = one_line(words)
    return clean if len(clean) <= _ECHO else clean[: _ECHO - 1] + "\N{HORIZONTAL ELLIPSIS}"


def listing(sessions: Sequence[Session], context: Context) -> list[Block]:
    """Sessions one by one, each with its day; what is over or on now says so."""
    return [item(session, context) for session in sessions]


def item(session: Session, context: Context, day: bool = True) -> Item:
    """A session with its day, and a note if it is over or on now."""
    if session.cancelled or context.now < session.slot.start:
        return Item(session, day=day)
    return Item(session, day=day, note=_ON_NOW if context.now < session.slot.until else _OVER)


def number_meant(words: str) -> int | None:
    """The number of a session: `12`, `#12`, `[12]`, `12?`."""
    number = _NUMBER.fullmatch(words.strip())
    return int(number[1]) if number else None


def numbers_meant(words: str) -> list[int]:
    """The numbers of several sessions: `12 13`, `12, 13 and 14`; none if it is anything else."""
    if not _NUMBERS.fullmatch(words.strip()):
        return []
    return [int(number) for number in re.findall(r"\d+", words)]


def minutes_behind(words: str, context: Context) -> tuple[str, int | None]:
    """Split `42 10`, `swift quotas in 10 minutes`, `10 minutes before 42` into what is meant and
    the minutes.

    A title may end in a number (`python 3`): words that name a session as they stand are kept.
    """
    meant = words.strip()
    if number_meant(meant) is not None:
        return words, None
    split = _MINUTES_FIRST.fullmatch(meant) or _MINUTES.fullmatch(meant)
    if split is None or not split["what"]:
        return words, None
    if context.names.titles.find(words, (How.NAME, How.WORDS)):
        return words, None
    hours = (split["unit"] or "").casefold().startswith("h")
    return split["what"], int(split["number"]) * (60 if hours else 1)
