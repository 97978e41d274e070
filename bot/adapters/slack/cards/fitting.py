"""Rows as blocks of Block Kit, as many and as large as Slack takes them."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.adapters.slack.cards.characters import ELLIPSIS, length, size
from bot.adapters.slack.cards.elements import Block, Element, actions
from bot.adapters.slack.cards.lines import Line, plain
from bot.adapters.slack.cards.rows import Making, Row

_MOST_BLOCKS = 50
"""In a message (https://docs.slack.dev/reference/block-kit/blocks)."""
LARGEST = 12_000
"""Characters of all blocks as JSON, but for what nobody sees. Slack refuses messages of more than
some 13,200 (`msg_blocks_too_long`), and tells only that it counts the text and something for what
the text stands in: https://github.com/slackapi/bolt-js/issues/2509. The values of buttons have
limits of their own."""
_UNSEEN = frozenset({"value", "accessibility_label"})
_BLOCK_ID = 30
"""Characters of the id that Slack gives a block that has none."""
_SMALLEST_ROW = 40


@dataclass(frozen=True, slots=True)
class Fitted:
    """The lines that are said, and the blocks that say the same."""

    lines: tuple[Line, ...]
    blocks: list[Block]


def fitted(
    rows: Iterable[Making],
    rest: Callable[[int], Line] | None = None,
    most: int = _MOST_BLOCKS,
    largest: int = LARGEST,
) -> Fitted:
    """The rows as at most so many blocks of at most this size together (at least 3 and 1,000).
    Where they do not fit all lose their menus, then all buttons under a session but the bookmark;
    then the last ones lose that too; then they are left out, and `rest` says how many."""
    kept, left = _looked_at(rows, largest)
    rest = rest or _more_lines

    def draw(count: int, buttons: int, style: Callable[[Row], Row]) -> Fitted:
        chosen = [
            style(row) if number < buttons else row.without_buttons()
            for number, row in enumerate(kept[:count])
        ]
        missing = left + len(kept) - count
        chosen += [Row(rest(missing))] if missing else []
        return Fitted(tuple(row.line for row in chosen), _blocks(chosen))

    def fits(drawn: Fitted) -> bool:
        spoken = sum(size(line.text) + 1 for line in drawn.lines)
        return len(drawn.blocks) <= most and spoken <= largest and _size(drawn.blocks) <= largest

    count = len(kept)
    for style in (_whole, Row.without_menus):
        drawn = draw(count, count, style)
        if fits(drawn):
            return drawn
    least = Row.with_bookmark
    if fits(draw(count, 0, least)):
        return draw(count, _most(count, lambda number: fits(draw(count, number, least))), least)
    return draw(_most(count, lambda number: fits(draw(number, 0, least))), 0, least)


def _more_lines(count: int) -> Line:
    """That lines are missing."""
    return plain(f"{ELLIPSIS} {count} more line{'' if count == 1 else 's'}")


def _whole(row: Row) -> Row:
    return row


def _looked_at(rows: Iterable[Making], largest: int) -> tuple[list[Row], int]:
    """The rows that could fit at all, and how many there are behind them."""
    kept: list[Row] = []
    taken, walk = 0, iter(rows)
    for make in walk:
        row = make()
        kept.append(row)
        taken += max(_SMALLEST_ROW, size(row.line.text))
        if taken > largest:
            break
    return kept, sum(1 for _ in walk)


def _most(highest: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to the highest that fits, if each smaller one does."""
    low = 0
    while low < highest:
        middle = (low + highest + 1) // 2
        low, highest = (middle, highest) if fits(middle) else (low, middle - 1)
    return low


def _blocks(rows: Sequence[Row]) -> list[Block]:
    """Each session with buttons is a paragraph of its own above them; the lines between share
    theirs."""
    blocks: list[Block] = []
    lines: list[Line] = []
    for row in rows:
        if row.elements and not row.instead and row.line.listed:
            blocks += [*_rich_text(lines), *_rich_text([row.line], listed=False)]
            lines = []
        elif not (row.elements and row.instead):
            lines.append(row.line)
        if row.elements:
            blocks += [*_rich_text(lines), actions(row.elements)]
            lines = []
    return [*blocks, *_rich_text(lines)]


def _rich_text(lines: Sequence[Line], listed: bool = True) -> list[Block]:
    """Lines as one block: lists of several sessions, and paragraphs between them
    (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""
    parts: list[Element] = []
    prose: list[Line] = []
    for in_list, group in groupby(lines, key=lambda line: listed and line.listed):
        together = list(group)
        if in_list and len(together) > 1:
            parts += [*_section(prose), _list(together)]
            prose = []
        else:
            prose += together
    parts += _section(prose)
    return [{"type": "rich_text", "elements": parts}] if parts else []


def _section(lines: Iterable[Line]) -> list[Element]:
    elements: list[Element] = []
    before: Line | None = None
    for line in lines:
        if line.elements:
            # What is told of a session stands apart from it.
            apart = line.heads or (before is not None and before.listed and not line.listed)
            between = "\n\n" if apart else "\n"
            elements += [{"type": "text", "text": between}] if elements else []
            elements += line.elements
            before = line
    return [{"type": "rich_text_section", "elements": elements}] if elements else []


def _list(lines: Iterable[Line]) -> Element:
    points = [{"type": "rich_text_section", "elements": list(line.elements)} for line in lines]
    return {"type": "rich_text_list", "style": "bullet", "elements": points}


def _size(blocks: Sequence[Block]) -> int:
    written = json.dumps(_seen(blocks), ensure_ascii=False, separators=(",", ":"))
    return length(written) + _BLOCK_ID * len(blocks)


def _seen(part: Any) -> Any:
    """A part of the blocks without what nobody sees."""
    match part:
        case dict():
            return {key: _seen(value) for key, value in part.items() if key not in _UNSEEN}
        case list() | tuple():
            return [_seen(one) for one in part]
        case _:
            return part
