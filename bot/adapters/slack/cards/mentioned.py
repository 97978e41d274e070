"""Which sessions a message may be about: the command lines to ask."""

import re
from collections.abc import Iterator

from bot.cleaning import one_line

_MOST_SESSIONS = 10
_MOST_SEARCHES = 4
_LONGEST = 380
# `[42]` as answers show it, `#42`, `bookmark 42`; a message may also be a number alone.
_NUMBER = re.compile(
    r"\[#?(\d{1,6})\]|(?<![\w&#])#(\d{1,6})\b"
    r"|\b(?:session|info|bookmark|remind|snooze)\s+#?(\d{1,6})\b(?![:.]\d)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\s*#?(\d{1,6})\s*")
_QUOTED = re.compile(
    r"\N{LEFT DOUBLE QUOTATION MARK}([^\n]{3,200}?)\N{RIGHT DOUBLE QUOTATION MARK}"
    r'|"([^"\n]{3,200})"|«([^»\n]{3,200})»|„([^“”\n]{3,200})[“”]|‘([^’\n]{3,200})’(?!\w)'
    r"|(?<!\w)\*([^*\n]{3,200})\*(?!\w)|(?<!\w)_([^_\n]{3,200})_(?!\w)|`([^`\n]{3,200})`"
)
_NO_WORDS = re.compile(r"https?://\S+|(?<!\w)[@#][\w.-]+|:[a-z0-9_+-]{2,}:|[*_~`>]+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def session_lines(text: str) -> list[str]:
    """`info 42` for each number of a session in a message, or else lines that look for what may be
    a title, the likeliest first: what is quoted, the line that begins like one, all of it. None for
    a message without words."""
    numbers = _numbers(text)
    if numbers:
        return [f"info {number}" for number in numbers[:_MOST_SESSIONS]]
    searches = dict.fromkeys(f"find {words}" for words in _titles(text))
    return list(searches)[:_MOST_SEARCHES]


def _numbers(text: str) -> list[int]:
    alone = _ALONE.fullmatch(text)
    if alone is not None:
        return [int(alone[1])]
    found = (next(filter(None, match.groups())) for match in _NUMBER.finditer(text))
    return list(dict.fromkeys(int(number) for number in found))


def _titles(text: str) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        yield from _words(next(filter(None, match.groups())))
    lines = [words for line in text.splitlines() for words in _words(line)]
    yield from lines[:1]
    if len(lines) > 1:
        yield from _words(" ".join(lines))


def _words(text: str) -> Iterator[str]:
    """What can be looked for in a text, if there is anything."""
    plain = one_line(_NO_WORDS.sub(" ", text))
    if len(plain) > _LONGEST:
        plain = plain[:_LONGEST].rpartition(" ")[0] or plain[:_LONGEST]
    if _WORD.search(plain):
        yield plain
