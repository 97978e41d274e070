"""A reply as the content of a Matrix event: plain lines, and the same words as HTML."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate
from typing import Any, assert_never

from bot.adapters.matrix.emoji import EMOJI
from bot.document import Block, Button, Heading, Item, Reply, Span, Text, Time, Typed
from bot.text import block_line, item_parts, span_text
from bot.times import Reader

_SEPARATOR = " \N{MIDDLE DOT} "
_BREAK = "<br/>"
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")
_SESSION = "org.summit-bot.session"
_LARGEST = 30_000
"""Bytes of body and HTML as JSON. An event may have 65,536 (specification, "Size limits"), base64
makes a third more of an encrypted one, and what servers sign takes some thousands."""
_LARGEST_FALLBACK = 10_000
"""Bytes of them in a correction, which holds the new content besides."""
_HINT = 300
"""Bytes for what says that something was left out."""
_MARKUP = 60
"""Bytes of the tags around a line, at most."""
_FALLBACK = 200
"""Characters of a long correction for clients that know none."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is said, as plain lines and as HTML."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Where to answer: the event that a thread began with, and the one in it that is answered."""

    root: str
    answered: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as text and as HTML; whether it is of a list, and whether it heads a paragraph."""

    text: str
    html: str
    listed: bool = False
    heads: bool = False

    @property
    def size(self) -> int:
        return _size(self.text) + _size(self.html) + _MARKUP


def written(reply: Reply, reader: Reader, prefix: str = "") -> Written:
    """The reply for this reader, a line for each block; buttons side by side share theirs. What is
    to be typed has the prefix of commands in front. Lines that no event could hold are counted
    instead."""
    lines = _fitting(_lines(reply, reader, prefix))
    return Written("\n".join(line.text for line in lines), _html(lines))


def content(
    written: Written, *, rings: bool, mentions: Sequence[str] = (), thread: Thread | None = None,
    answers: str | None = None, session: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The content of a message that makes a sound (`rings`) or is a notice, which bots do not
    answer; it mentions these user ids and nobody else. It stands in the thread, or else refers to
    the event that it `answers`. `session` is the number of the one session that it shows: what a
    reaction to it means."""
    said: dict[str, Any] = {
        "msgtype": "m.text" if rings else "m.notice",
        "body": written.body,
        "format": "org.matrix.custom.html",
        "formatted_body": written.html,
        # Without it servers look for names in the text ("User and room mentions").
        "m.mentions": {"user_ids": list(mentions)},
    }
    if session is not None:
        said[_SESSION] = session
    if thread is not None:
        said["m.relates_to"] = {
            "rel_type": "m.thread",
            "event_id": thread.root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": thread.answered},
        }
    elif answers is not None:
        said["m.relates_to"] = {"m.in_reply_to": {"event_id": answers}}
    return said


def corrected(content: Mapping[str, Any], event_id: str) -> dict[str, Any]:
    """The content of an event that puts this content in the place of an earlier event's. It calls
    nobody a second time. The earlier event stays in its thread (specification, "Event
    replacements")."""
    new = {key: value for key, value in content.items() if key != "m.relates_to"}
    fallback = Written(new["body"], new["formatted_body"])
    if _size(fallback.body) + _size(fallback.html) > _LARGEST_FALLBACK:
        beginning = fallback.body.partition("\n")[0][:_FALLBACK] + " \N{HORIZONTAL ELLIPSIS}"
        fallback = Written(beginning, escape(beginning, quote=False))
    return {
        **new,
        "body": f"* {fallback.body}",
        "formatted_body": f"* {fallback.html}",
        "m.mentions": {"user_ids": []},
        "m.new_content": new,
        "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
    }


def session_of(content: Mapping[str, Any]) -> int | None:
    """The number of the one session that a message of ours shows, by its content; that of a
    correction is what it puts in place. None if it shows none or several."""
    new = content.get("m.new_content")
    number = (new if isinstance(new, Mapping) else content).get(_SESSION)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _lines(reply: Reply, reader: Reader, prefix: str) -> list[_Line]:
    lines: list[_Line] = []
    previous: Block | None = None
    for block in reply:
        line = _line(_with_prefix(block, prefix), reader, _or_emoji(block))
        if isinstance(block, Button) and isinstance(previous, Button):
            before = lines.pop()
            line = _Line(before.text + _SEPARATOR + line.text, before.html + _SEPARATOR + line.html)
        lines.append(line)
        previous = block
    return lines


def _line(block: Block, reader: Reader, or_emoji: str) -> _Line:
    text = block_line(block, reader).translate(_CONTROLS)
    match block:
        case Heading(spans):
            return _Line(text, _bold(_spans_html(spans, reader), reader), heads=True)
        case Text(spans):
            return _Line(text, _spans_html(spans, reader))
        case Item():
            return _Line(text, _item_html(block, reader), listed=True)
        case Button(label, line):
            html = f"{_escaped(label)}: {_span_html(Typed(line), reader)}"
            return _Line(text + or_emoji, html + or_emoji)
        case _:
            assert_never(block)


def _or_emoji(block: Block) -> str:
    """The reaction that stands for the command of a button, as the other way to give it."""
    emoji = EMOJI.get(block.line.split(" ")[0]) if isinstance(block, Button) else None
    return f" or {emoji}" if emoji is not None else ""


def _with_prefix(block: Block, prefix: str) -> Block:
    """The block with the prefix in front of what is to be typed."""
    match block:
        case Heading(spans) | Text(spans):
            return replace(block, spans=_spans_with_prefix(spans, prefix))
        case Item():
            return replace(block, note=_spans_with_prefix(block.note, prefix))
        case Button():
            return replace(block, line=prefix + block.line)
        case _:
            assert_never(block)


def _spans_with_prefix(spans: Iterable[Span], prefix: str) -> tuple[Span, ...]:
    return tuple(Typed(prefix + s.line) if isinstance(s, Typed) else s for s in spans)


def _item_html(item: Item, reader: Reader) -> str:
    """The title is what people look for; on a phone the rest would not fit beside it."""
    first, title, *rest = item_parts(replace(item, note=()), reader)
    details = [_escaped(part) for part in (first, *rest)]
    details += [_spans_html(item.note, reader)] if item.note else []
    return _bold(_escaped(title), reader) + _BREAK + _SEPARATOR.join(details)


def _spans_html(spans: Iterable[Span], reader: Reader) -> str:
    return "".join(_span_html(span, reader) for span in spans)


def _span_html(span: Span, reader: Reader) -> str:
    match span:
        case str() | Time():
            return _escaped(span_text(span, reader))
        case Typed(line):
            return f"<code>{_escaped(line)}</code>"
        case _:
            assert_never(span)


def _bold(html: str, reader: Reader) -> str:
    return html if reader.plain else f"<strong>{html}</strong>"


def _escaped(text: str) -> str:
    return escape(text.translate(_CONTROLS), quote=False)


def _html(lines: Iterable[_Line]) -> str:
    """Lists, and paragraphs between them; each heading begins a paragraph. Of the elements that
    clients show (specification, "m.room.message msgtypes") these fit on any screen."""
    groups: list[list[_Line]] = []
    for line in lines:
        if groups and groups[-1][0].listed == line.listed and not line.heads:
            groups[-1].append(line)
        else:
            groups.append([line])
    return "".join(_group_html(group) for group in groups)


def _group_html(group: Sequence[_Line]) -> str:
    if group[0].listed:
        return f"<ul>{''.join(f'<li>{line.html}</li>' for line in group)}</ul>"
    return f"<p>{_BREAK.join(line.html for line in group)}</p>"


def _fitting(lines: list[_Line]) -> list[_Line]:
    """As many lines as an event can hold; the last one says how many it cannot."""
    sizes = list(accumulate(line.size for line in lines))
    if not sizes or sizes[-1] <= _LARGEST:
        return lines
    kept = sum(size <= _LARGEST - _HINT for size in sizes)
    left = len(lines) - kept
    what = "1 more line does" if left == 1 else f"{left} more lines do"
    hint = f"\N{HORIZONTAL ELLIPSIS} {what} not fit into one message."
    return [*lines[:kept], _Line(hint, hint)]


def _size(text: str) -> int:
    # As nio encrypts it: what is not ASCII becomes `\u2026`.
    return len(json.dumps(text))
