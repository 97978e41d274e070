"""Texts as sources write them -> one harmless line, and the web addresses in it."""

import re
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from bot.cleaning import one_line

_MARKUP = re.compile(r"<[/!a-z]|&#?\w+;", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\w/.@])https?://[^\s()\[\]<>\"“”`|\\^{}]+", re.IGNORECASE)
_YES = ("true", "yes", "1", "cancelled", "canceled", "x", "ja", "oui", "withdrawn")
# Where a word may be broken at the end of a line; it is no letter and no gap.
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_SENTENCE_END = ".,;:!?'*_"


def line(value: object) -> str:
    """A text as one line; of several languages the English one, else the first."""
    if isinstance(value, str):
        return one_line(value.replace(_SOFT_HYPHEN, ""))
    if isinstance(value, Mapping):
        texts = [value.get("en"), *value.values()]
        return next((line(text) for text in texts if isinstance(text, str) and text), "")
    return ""


def written(value: object) -> str:
    """A text, or a number as one: what stands in a field that may hold either."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else line(value)


def lines(values: Iterable[Any]) -> tuple[str, ...]:
    """Each once; what is empty or no text is left out."""
    return tuple(dict.fromkeys(text for value in values if (text := line(value))))


def readable(value: object) -> tuple[str, list[str]]:
    """A text that may be HTML as one line, and the web addresses in it."""
    if isinstance(value, Mapping):
        value = line(value)
    if not isinstance(value, str):
        return "", []
    links: list[str] = []
    if _has_markup(value):
        from bot.sources.reading import markup

        if markup.is_html(value):
            value, links = markup.readable(value)
        else:
            value = unescape(value)
    text = line(value)
    if "://" in text:
        links += [found.group().rstrip(_SENTENCE_END) for found in _ADDRESS.finditer(text)]
    return text, links


def is_yes(value: object) -> bool:
    """True for what says that something is cancelled, in a field that is called so."""
    return value is True or written(value).lower() in _YES


def web_address(value: object) -> str:
    """The value, if it is the address of something on the web."""
    text = line(value)
    return text if re.match(r"https?://[^\s/]", text, re.IGNORECASE) else ""


def plain(title: str) -> str:
    """A title without the tags and entities of HTML that some sources leave in it; what it says
    about `<video>` stays."""
    if not _has_markup(title):
        return title
    from bot.sources.reading import markup

    return line(markup.readable(title)[0] if markup.is_html_title(title) else unescape(title))


def _has_markup(text: str) -> bool:
    """True if something in it looks like a tag or an entity."""
    # To look for one character is a hundred times as quick, and most texts have neither.
    return ("<" in text or "&" in text) and _MARKUP.search(text) is not None


def joined(subtitle: str, abstract: str) -> str:
    """A subtitle and the text that it stands above, as one text."""
    if not subtitle or abstract.startswith(subtitle):
        return abstract
    if not abstract:
        return subtitle
    return f"{subtitle}{'' if subtitle[-1] in '.!?:…' else '.'} {abstract}"
