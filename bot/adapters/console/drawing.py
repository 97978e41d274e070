"""A reply as styled lines for a terminal: what matters is bold, what explains is faint."""

import textwrap
from typing import assert_never

from prompt_toolkit.formatted_text import StyleAndTextTuples

from bot.document import Block, Button, Heading, Item, Reply, Span, Text, Typed
from bot.text import item_parts, lines, span_text
from bot.times import Reader

STYLES = {
    "heading": "bold",
    "notice": "bold ansiyellow",
    "number": "ansicyan",
    "title": "bold",
    "faint": "ansibrightblack",
    "typed": "ansigreen",
    "clock": "ansibrightblack",
}

_INDENT = "  "


def drawn(
    reply: Reply, reader: Reader, width: int, notice: bool, colour: bool
) -> StyleAndTextTuples:
    """The reply in fragments of style and text, folded to `width` columns.

    A line to type is known by its colour; without colour it stands in quotation marks.
    """
    if reader.plain:
        folded = (
            textwrap.fill(line, width, subsequent_indent=_INDENT) for line in lines(reply, reader)
        )
        return [("", "\n".join(folded) + "\n")]
    fragments: StyleAndTextTuples = []
    previous: Block | None = None
    for block in reply:
        if isinstance(block, Button) and isinstance(previous, Button):
            fragments[-1:] = [("", "   ")]
        fragments += _block(block, reader, width, notice, colour)
        previous = block
    return fragments


def _block(
    block: Block, reader: Reader, width: int, notice: bool, colour: bool
) -> StyleAndTextTuples:
    match block:
        case Heading(spans):
            style = "class:notice" if notice else "class:heading"
            return [*_folded(spans, reader, width, style, colour), ("", "\n")]
        case Text(spans):
            return [*_folded(spans, reader, width, "", colour), ("", "\n")]
        case Item():
            return _item(block, reader, width)
        case Button(label, line):
            return [
                ("", f"{_INDENT}{label}: "),
                ("class:typed", _command(Typed(line), reader, colour)),
                ("", "\n"),
            ]
        case _:
            assert_never(block)


def _item(item: Item, reader: Reader, width: int) -> StyleAndTextTuples:
    first, title, *rest = item_parts(item, reader)
    number, _, when = first.partition(" ")
    details = " \N{MIDDLE DOT} ".join(rest)
    before = f"{_INDENT}{number:>5} {when}  "
    fragments: StyleAndTextTuples = [
        ("", _INDENT), ("class:number", f"{number:>5}"), ("", f" {when}  ")
    ]  # fmt: skip
    hang = " " * len(before)
    columns = max(20, width - len(before))
    fragments.append(("class:title", f"\n{hang}".join(textwrap.wrap(title, columns))))
    if details:
        fits = len(before) + len(title) + 2 + len(details) <= width
        gap = "  " if fits else f"\n{hang}"
        folded = details if fits else f"\n{hang}".join(textwrap.wrap(details, columns))
        fragments += [("", gap), ("class:faint", folded)]
    return [*fragments, ("", "\n")]


def _command(typed: Typed, reader: Reader, colour: bool) -> str:
    return typed.line if colour else span_text(typed, reader)


def _folded(
    spans: tuple[Span, ...], reader: Reader, width: int, style: str, colour: bool
) -> StyleAndTextTuples:
    """Spans broken between words where they pass the width."""
    fragments: StyleAndTextTuples = []
    column = 0
    for span in spans:
        own, written = style, span_text(span, reader)
        if isinstance(span, Typed):
            own, written = "class:typed", _command(span, reader, colour)
        for number, word in enumerate(written.split(" ")):
            gap = " " if number else ""
            if column and column + len(gap) + len(word) > width:
                fragments.append(("", f"\n{_INDENT}"))
                column, gap = len(_INDENT), ""
            fragments.append((own, gap + word))
            column += len(gap) + len(word)
    return fragments
