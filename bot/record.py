"""An answer as text to keep, so that what is delivered twice is answered with the same words."""

import json
from datetime import UTC, datetime
from typing import Any, assert_never

from bot.document import Block, Button, Heading, Item, Precision, Reply, Span, Text, Time, Typed
from bot.messages import Answer
from bot.schedule import Schedule


def write(answer: Answer) -> str:
    """The reply and whether it is private, as JSON; sessions by their ids."""
    blocks = [_block(block) for block in answer.reply]
    return json.dumps({"private": answer.private, "blocks": blocks}, ensure_ascii=False)


def read(kept: str, schedule: Schedule) -> Answer:
    """What `write` wrote, without effects; sessions as they are today, vanished ones left out."""
    data = json.loads(kept)
    blocks = (_read_block(block, schedule) for block in data["blocks"])
    return Answer(Reply(tuple(b for b in blocks if b is not None)), private=data["private"])


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
