"""A reply as lines for IRC: within the bytes that a server relays, with bold where it helps."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.document import Block, Button, Heading, Item, Reply, Span, Text, Typed
from bot.text import item_parts, span_text
from bot.times import Reader

BOLD = "\x02"
_SEPARATOR = " \N{MIDDLE DOT} "
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_BAR = " | "
_LONGEST_POST = 12
"""Texts that a channel did not ask for: servers take these in some six seconds."""
_HINT = 60
"""Bytes for what says that something was left out."""
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")
_JOINER = "\u200d"
_WORDS = re.compile(r" *[^ ]+")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line, in bold or not."""

    text: str
    bold: bool = False


Line = tuple[Run, ...]


def written(reply: Reply, reader: Reader, prefix: str = "") -> list[Line]:
    """The reply for this reader, a line for each block; buttons side by side share theirs. What is
    to be typed has the prefix of commands in front."""
    lines: list[Line] = []
    previous: Block | None = None
    for block in reply:
        line = _line(block, reader, prefix)
        if isinstance(block, Button) and isinstance(previous, Button):
            lines[-1] = (*lines[-1], Run(_SEPARATOR), *line)
        else:
            lines.append(line)
        previous = block
    return lines


def size(line: Line) -> int:
    """Bytes of a line that is not split."""
    return sum(len(run.text.encode()) + 2 * run.bold for run in line)


def split(line: Line, space: int) -> list[str]:
    """The line as texts of at most `space` bytes, split between words, never inside a character;
    bold ends with each text and begins anew in the next. A word that is longer is cut."""
    texts: list[str] = []
    pieces: list[str] = []
    left = space
    for run in line:
        text = run.text.translate(_CONTROLS)
        marks = 2 * len(BOLD) if run.bold else 0
        while text:
            taken = _fitting(text, left - marks, fresh=not pieces)
            if taken:
                pieces.append(f"{BOLD}{taken}{BOLD}" if run.bold else taken)
                left -= len(taken.encode()) + marks
                text = text[len(taken) :]
            if text:
                texts.append("".join(pieces).rstrip(" "))
                pieces, left, text = [], space, text.lstrip(" ")
    texts.append("".join(pieces).rstrip(" "))
    return [text for text in texts if text]


def shortened(line: Line, space: int) -> str:
    """The line as one text of at most `space` bytes; what does not fit is left out."""
    texts = split(line, space)
    if len(texts) < 2:
        return "".join(texts)
    marked = split(line, space - len(_ELLIPSIS.encode()))[0] + _ELLIPSIS
    return marked if len(marked.encode()) <= space else texts[0]


def notice(reply: Reply, reader: Reader, space: int) -> list[str]:
    """A notice in as few texts as it fits into: as a rule one, without what to press if that is
    too much. Slow networks count lines, and people are told the same in one line together."""
    for blocks in (reply.blocks, tuple(b for b in reply.blocks if not isinstance(b, Button))):
        lines = written(Reply(blocks), reader)
        whole = _in_one(blocks, lines)
        if size(whole) <= space:
            return split(whole, space)
    return [text for line in lines for text in split(line, space)]


def packed(reply: Reply, reader: Reader, space: int, most: int, more: str) -> list[str]:
    """A reply in at most so many texts, several of its lines in each, for what a channel did not
    ask for. Where some are left out, it is said how many, and what (`more`) shows them. Few lines
    of which one is a long text are said to the end, in more texts than that."""
    parts = written(reply, reader)
    said = [_line(block, reader, "") for block in reply if isinstance(block, Text)]
    if len(parts) <= most and any(size(line) > space for line in said):
        return _to_the_end(parts, space)
    texts: list[list[Line]] = [[]]
    placed = 0
    for part in parts:
        last = len(texts) == most
        if texts[-1] and size(_side_by_side([*texts[-1], part])) > space - last * _HINT:
            if last:
                break
            texts.append([])
        texts[-1].append(part)
        placed += 1
    if placed < len(parts):
        texts[-1].append((Run(f"{_ELLIPSIS} {len(parts) - placed} more: {_typed(more, '')}"),))
    packed = (shortened(_side_by_side(lines), space) for lines in texts)
    return [text for text in packed if text]


def answer(reply: Reply, reader: Reader, space: int, most: int | None, prefix: str) -> list[str]:
    """An answer as texts; where at most so many are allowed, long lines are shortened until they
    are that few."""
    lines = written(reply, reader, prefix)
    texts = [split(line, space) for line in lines]
    if most is not None and sum(map(len, texts)) > most:
        said = (line for line, parts in zip(lines, texts, strict=True) if parts)
        texts = [[shortened(line, space)] for line in said]
    return [text for parts in texts for text in parts][:most]


def _to_the_end(lines: Sequence[Line], space: int) -> list[str]:
    """Short lines side by side, long ones in as many texts as they need; but for what is longer
    than anybody would read in a channel."""
    texts: list[str] = []
    together: list[Line] = []
    for line in lines:
        if together and size(_side_by_side([*together, line])) > space:
            texts += split(_side_by_side(together), space)
            together = []
        together.append(line)
    texts += split(_side_by_side(together), space)
    if len(texts) <= _LONGEST_POST:
        return texts
    rest = (Run(" ".join(texts[_LONGEST_POST - 1 :])),)
    return [*texts[: _LONGEST_POST - 1], shortened(rest, space)]


def _side_by_side(lines: Sequence[Line]) -> Line:
    """Several lines as one; a heading is set apart from the first by its own colon."""
    runs: list[Run] = []
    for line in lines:
        headed = bool(runs) and runs[-1].text.endswith(":")
        between = [Run(" " if headed else _BAR)] if runs else []
        runs += [*between, *line]
    return tuple(runs)


def _in_one(blocks: Sequence[Block], lines: Sequence[Line]) -> Line:
    """All lines as one; what is to be pressed, at the end, is set apart, and so is a text from the
    session above it."""
    runs: list[Run] = []
    # Buttons share the last line.
    for number, (line, block) in enumerate(zip(lines, blocks, strict=False)):
        below_item = number > 0 and isinstance(blocks[number - 1], Item)
        match block:
            case Button():
                between = _SEPARATOR
            case Text() if below_item:
                between = _BAR
            case _:
                between = " "
        runs += [Run(between), *line] if number else line
    return tuple(runs)


def _line(block: Block, reader: Reader, prefix: str) -> Line:
    match block:
        case Heading(spans) | Text(spans):
            return _spans(spans, reader, prefix)
        case Item():
            return _item(block, reader)
        case Button(label, line):
            return (Run(f"{label}: {_typed(line, prefix)}"),)
        case _:
            assert_never(block)


def _spans(spans: Iterable[Span], reader: Reader, prefix: str) -> Line:
    texts = (
        _typed(span.line, prefix) if isinstance(span, Typed) else span_text(span, reader)
        for span in spans
    )
    return (Run("".join(texts)),)


def _typed(line: str, prefix: str) -> str:
    return f"\N{LEFT SINGLE QUOTATION MARK}{prefix}{line}\N{RIGHT SINGLE QUOTATION MARK}"


def _item(item: Item, reader: Reader) -> Line:
    """The title is what people look for."""
    first, title, *rest = item_parts(item, reader)
    line = [Run(first + _SEPARATOR), Run(title, bold=not reader.plain)]
    if rest:
        line.append(Run(_SEPARATOR + _SEPARATOR.join(rest)))
    return tuple(line)


def _fitting(text: str, space: int, *, fresh: bool) -> str:
    """As many words of the text as fit; if it is to begin a line, and its first word does not fit,
    as much of that as does."""
    if len(text.encode()) <= space:
        return text
    taken = used = 0
    for word in _WORDS.finditer(text):
        used += len(word[0].encode())
        if used > space:
            break
        taken = word.end()
    return text[:taken] if taken or not fresh else _cut(text, space)


def _cut(word: str, space: int) -> str:
    """The beginning of a word, between characters as people see them where that is possible."""
    end = len(word.encode()[: max(0, space)].decode(errors="ignore"))
    seen = end
    while 0 < seen < len(word) and _belong_together(word[seen - 1], word[seen]):
        seen -= 1
    return word[: seen or max(1, end)]


def _belong_together(before: str, after: str) -> bool:
    """True if people see these as one character: with accents, joiners, tones of skin."""
    is_tone = "\U0001f3fb" <= after <= "\U0001f3ff"
    return before == _JOINER or is_tone or unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf")
