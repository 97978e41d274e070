"""What is kept of an invocation, as text: its answer, so that what is delivered twice is answered
with the same words; and what it did, so that a correction can take it back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, assert_never

from bot.document import Block, Button, Heading, Item, Precision, Reply, Span, Text, Time, Typed
from bot.messages import Answer, Effect
from bot.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Record:
    """An answer, what its command changed (as `changes` writes it; the effects of the answer may be
    more), and the sessions whose bookmarks it made."""

    answer: Answer
    changed: str = ""
    made: tuple[int, ...] = ()


def changes(effects: Sequence[Effect]) -> str:
    """Effects as text, to be compared: equal for effects that are equal in every value, and empty
    if there are none. A `snooze 42` means the same effect as long as its session starts at the
    same time, a `snooze 42 10` another one at every moment. Only a later version of the program may
    write the same effects otherwise."""
    return "; ".join(repr(effect) for effect in effects)


def write(record: Record) -> str:
    """The reply, whether it is private, and what was done, as JSON; sessions by their ids."""
    answer = record.answer
    data = {
        "private": answer.private,
        "blocks": [_block(block) for block in answer.reply],
        "changed": record.changed,
        "made": record.made,
    }
    return json.dumps(data, ensure_ascii=False)


def read(kept: str, schedule: Schedule) -> Record:
    """What `write` wrote, the answer without effects; sessions as they are today, vanished ones
    left out. What an older version of the program wrote had done nothing that can be taken back."""
    data = json.loads(kept)
    blocks = (_read_block(block, schedule) for block in data["blocks"])
    answer = Answer(Reply(tuple(b for b in blocks if b is not None)), private=data["private"])
    return Record(answer, data.get("changed", ""), tuple(data.get("made", ())))


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(spans):
            return {"heading": _spans(spans)}
        case Text(spans):
            return {"text": _spans(spans)}
        case Item(session, day, note):
            return {"item": session.id, "day": day, "note": _spans(note)}
        case Button(label, line):
            return {"button": label, "line": line}
        case _:
            assert_never(block)


def _read_block(data: dict[str, Any], schedule: Schedule) -> Block | None:
    if "heading" in data:
        return Heading(_read_spans(data["heading"]))
    if "text" in data:
        return Text(_read_spans(data["text"]))
    if "button" in data:
        return Button(data["button"], data["line"])
    session = schedule.session(data["item"])
    return Item(session, data["day"], _read_spans(data["note"])) if session else None


def _spans(spans: tuple[Span, ...]) -> list[Any]:
    return [_span(span) for span in spans]


def _span(span: Span) -> Any:
    match span:
        case str():
            return span
        case Time(moment, precision):
            return {"time": moment.timestamp(), "precision": precision.value}
        case Typed(line):
            return {"typed": line}
        case _:
            assert_never(span)


def _read_spans(spans: list[Any]) -> tuple[Span, ...]:
    return tuple(_read_span(span) for span in spans)


def _read_span(span: Any) -> Span:
    if isinstance(span, str):
        return span
    if "typed" in span:
        return Typed(span["typed"])
    return Time(datetime.fromtimestamp(span["time"], UTC), Precision(span["precision"]))
