"""A line of a reply: as escaped text, and as the elements of rich text, which Slack does not
interpret."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, assert_never

from bot.adapters.slack.cards.characters import ELLIPSIS, escaped, harmless, shortened, size
from bot.cleaning import one_line
from bot.document import Button, Heading, Item, Span, Text, Time, Typed
from bot.text import item_parts, span_text
from bot.times import Reader

_SEPARATOR = " \N{MIDDLE DOT} "
_LONGEST = 2_900
"""What a line may measure: 3,000 characters are the most in a text of Slack's."""
_LONGEST_PIECE = 1_400
# Slack refuses a whole message for one link that is none, and shows the address as it is.
_URL = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
    r"(?::\d{1,5})?(?:[/?#][!-~]*)?"
)
_LONGEST_URL = 1_000
_REMEMBERED = 500

Element = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as text and as rich text; whether it is of a list, and whether it heads what
    follows."""

    text: str
    elements: tuple[Element, ...]
    listed: bool = False
    heads: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a line, harmless; `spoken` is how it is written without styles."""

    shown: str
    style: str | None = None

    @property
    def spoken(self) -> str:
        quoted = f"\N{LEFT SINGLE QUOTATION MARK}{self.shown}\N{RIGHT SINGLE QUOTATION MARK}"
        return quoted if self.style == "code" and self.shown else self.shown


# At a conference many ask the same at the same time.
@lru_cache(_REMEMBERED)
def line(block: Heading | Text | Item, reader: Reader, prefix: str) -> Line:
    """One block for this reader; what is to be typed has the prefix of commands in front. Nobody
    may change its elements: others get them too."""
    match block:
        case Heading(spans):
            pieces = _fitting(_pieces(spans, reader, prefix))
            return Line(_spoken(pieces), _bold(pieces, reader), heads=True)
        case Text(spans):
            # What is nothing but words may have the whole line.
            longest = _LONGEST - size(ELLIPSIS) if len(spans) == 1 else _LONGEST_PIECE
            pieces = _fitting(_pieces(spans, reader, prefix, longest))
            link = _link(pieces)
            return Line(_spoken(pieces), (link,) if link else _elements(pieces))
        case Item():
            return _item(block, reader, prefix)
        case _:
            assert_never(block)


def typed(buttons: Sequence[Button], prefix: str) -> Line:
    """What can be typed instead of pressing these, side by side."""
    pieces: list[_Piece] = []
    for button in buttons:
        pieces += [_Piece(_SEPARATOR)] if pieces else []
        pieces += [_piece(f"{button.label}: "), _command(prefix + button.line)]
    fitting = _fitting(pieces)
    return Line(_spoken(fitting), _elements(fitting))


def plain(text: str) -> Line:
    """A line of our own words."""
    return Line(escaped(text), _elements([_Piece(text)]))


def _item(item: Item, reader: Reader, prefix: str) -> Line:
    """The title is what people look for; on a phone the rest would not fit beside it."""
    parts = item_parts(replace(item, note=()), reader)
    first, title, *rest = (_piece(one_line(part)) for part in parts)
    note = _pieces(item.note, reader, prefix)
    behind: list[_Piece] = []
    for part in filter(lambda part: part.shown, rest):
        behind += [_Piece(_SEPARATOR), part]
    behind += [_Piece(_SEPARATOR), *note] if any(piece.shown.strip() for piece in note) else []
    named = [_Piece(_SEPARATOR), title] if title.shown else []
    behind = _fitting([first, *named, *behind])[1 + len(named) :]
    headline = _bold([title], reader)
    below = [*([_Piece("\n")] if headline else []), first, *behind]
    spoken = _spoken([first, *named, *behind])
    return Line(spoken, (*headline, *_elements(below)), listed=True)


def _pieces(
    spans: Iterable[Span], reader: Reader, prefix: str, longest: int = _LONGEST_PIECE
) -> list[_Piece]:
    pieces = []
    for span in spans:
        match span:
            case str() | Time():
                pieces.append(_piece(span_text(span, reader), longest))
            case Typed(line):
                pieces.append(_command(prefix + line))
            case _:
                assert_never(span)
    return pieces


def _piece(text: str, longest: int = _LONGEST_PIECE) -> _Piece:
    return _Piece(shortened(harmless(text), longest))


def _command(line: str) -> _Piece:
    return _Piece(shortened(one_line(line), _LONGEST_PIECE), "code")


def _fitting(pieces: Sequence[_Piece]) -> list[_Piece]:
    """As many of the pieces as one line may have."""
    kept: list[_Piece] = []
    left = _LONGEST - size(ELLIPSIS)
    for piece in pieces:
        left -= size(piece.spoken)
        if left < 0:
            return [*kept, _Piece(ELLIPSIS)]
        kept.append(piece)
    return kept


def _spoken(pieces: Iterable[_Piece]) -> str:
    return escaped(one_line("".join(piece.spoken for piece in pieces)))


def _elements(pieces: Iterable[_Piece]) -> tuple[Element, ...]:
    """Words of one style side by side are one element; Slack refuses empty ones."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and joined[-1].style == piece.style and "code" not in (piece.style or ""):
            joined[-1] = _Piece(joined[-1].shown + piece.shown, piece.style)
        else:
            joined.append(piece)
    return tuple(_element(piece) for piece in joined if piece.shown)


def _element(piece: _Piece) -> Element:
    element: Element = {"type": "text", "text": piece.shown}
    if piece.style == "bold":
        element["style"] = {"bold": True}
    elif piece.style == "code":
        element["style"] = {"code": True}
    elif piece.style == "bold code":
        element["style"] = {"bold": True, "code": True}
    return element


def _bold(pieces: Iterable[_Piece], reader: Reader) -> tuple[Element, ...]:
    if reader.plain:
        return _elements(pieces)
    return _elements(replace(piece, style=f"bold {piece.style or ''}".strip()) for piece in pieces)


def _link(pieces: Sequence[_Piece]) -> Element | None:
    """The line as a link, if it is nothing but an address on the web."""
    address = "".join(piece.spoken for piece in pieces)
    if len(address) <= _LONGEST_URL and _URL.fullmatch(address):
        return {"type": "link", "url": address}
    return None
