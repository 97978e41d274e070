"""One entry as a format finds it, and what becomes of one that is broken."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.schedule import Person
from bot.sources import LONGEST, MOST_SESSIONS, NotASchedule
from bot.sources.reading.texts import line, written

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")
_Made = TypeVar("_Made")
NAMELESS = "An entry without a title"
_LONGEST_KEY = 60


class Broken(Exception):
    """Why an entry cannot be used, to be read after its title."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its times are settled (UTC), its texts are as the source has them.

    `key` is the source's identity, `number` an id that people could type, `kind` what the source
    calls its type, and `cancelled` whether the source says so elsewhere than in the title,
    `removed` whether it is cancelled because an earlier source had it and the last one has not.
    What is `verbatim` was cleaned when it was first read, and stays as it is.
    """

    title: str
    start: datetime
    end: datetime | None
    rooms: tuple[str, ...] = ()
    key: str = ""
    number: int = 0
    people: tuple[Person, ...] = ()
    kind: str = ""
    subtitle: str = ""
    abstract: object = ""
    description: object = ""
    links: tuple[str, ...] = ()
    cancelled: bool = False
    removed: bool = False
    verbatim: bool = False


def each(
    found: Iterable[_Found],
    make: Callable[[_Found], _Made],
    name: Callable[[_Found], str],
    warnings: list[str],
) -> Iterator[_Made]:
    """What is made of each; one that is broken costs itself and a warning with its name, or with
    its number where it has none."""
    for number, one in enumerate(found, start=1):
        try:
            yield make(one)
        except Broken as broken:
            warnings.append(f"{name(one) or nameless(number)}: left out, {broken}.")
        except Exception as problem:
            # An entry that nobody has thought of must not take the others along.
            _log.debug("an entry could not be read", exc_info=True)
            why = type(problem).__name__
            called = name(one) or nameless(number)
            warnings.append(f"{called}: left out, it cannot be read ({why}).")


def named(title: object, key: object = "") -> str:
    """How a warning calls an entry: by its title, or by what else it is known by; empty if it has
    neither."""
    known = written(key)
    return line(title) or (f"{NAMELESS} ({known[:_LONGEST_KEY]})" if known else "")


def nameless(number: int) -> str:
    """How a warning calls an entry of which only this is known, that it is this one of all."""
    return f"{NAMELESS} (number {number})"


def ended(
    start: datetime, end: datetime | None, called: str, warnings: list[str]
) -> datetime | None:
    """The end, if it is behind the start and not too far; a session that ends as it begins has an
    open end."""
    if end is None or start < end <= start + LONGEST:
        return end
    if end > start:
        warnings.append(f"{called}: it lasts longer than two weeks, so it has an open end.")
    elif end < start:
        warnings.append(f"{called}: its end is before its start, so it has an open end.")
    return None


def not_too_many(found: Iterable[_Found]) -> Iterator[_Found]:
    """All of them. Raises NotASchedule as soon as they are more than any event has."""
    for number, one in enumerate(found):
        if number == MOST_SESSIONS:
            raise NotASchedule(f"This has more than {MOST_SESSIONS:,} sessions: it is no schedule.")
        yield one
