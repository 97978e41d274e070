"""Replies as text: what is kept of an invocation, its answer, so that what is delivered twice is
answered with the same words, and what it did, so that a correction can take it back; and what a
button carries, so that the card it stands on can be shown anew."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any, assert_never

from bot.document import Block, Button, Heading, Item, Precision, Reply, Span, Text, Time, Typed
from bot.messages import Answer, Effect
from bot.schedule import Schedule

_PRECISIONS = tuple(Precision)
"""By number in what is packed: a new one goes behind the others."""


@dataclass(frozen=True, slots=True)
class Record:
    """An answer, what its command changed (as `changes` writes it; the effects of the answer may be
    more), the sessions whose bookmarks it made, and what the audit log says of it."""

    answer: Answer
    changed: str = ""
    made: tuple[int, ...] = ()
    audited: str = ""


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
        "audited": record.audited,
    }
    return json.dumps(data, ensure_ascii=False)


def read(kept: str, schedule: Schedule) -> Record:
    """What `write` wrote, the answer without effects; sessions as they are today, vanished ones
    left out. What an older version of the program wrote had done nothing that can be taken back."""
    data = json.loads(kept)
    blocks = (_read_block(block, schedule) for block in data["blocks"])
    answer = Answer(Reply(tuple(b for b in blocks if b is not None)), private=data["private"])
    made = tuple(data.get("made", ()))
    return Record(answer, data.get("changed", ""), made, data.get("audited", ""))


def packed(reply: Reply) -> str:
    """A reply in as few characters as it takes; sessions by their ids."""
    blocks = [_packed_block(block) for block in reply]
    return json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str, schedule: Schedule) -> Reply | None:
    """What `packed` wrote; sessions as they are today, vanished ones left out. None for any other
    text, whoever made it up."""
    try:
        data = json.loads(text)
        # What is no text (half of a surrogate pair) cannot be sent to anybody.
        json.dumps(data, ensure_ascii=False).encode()
        if not isinstance(data, list):
            return None
        blocks = [_unpacked_block(block, schedule) for block in data]
    except (ValueError, OverflowError, OSError, RecursionError):
        return None
    return Reply(tuple(block for block in blocks if block is not None))


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


def _packed_block(block: Block) -> Any:
    match block:
        case Heading(spans):
            return ["h", *_packed_spans(spans)]
        case Text(spans):
            return ["t", *_packed_spans(spans)]
        case Item(session, day, note):
            more = [int(day), *_packed_spans(note)]
            return [session.id, *more] if day or note else session.id
        case Button(label, line):
            return ["b", label, line]
        case _:
            assert_never(block)


def _unpacked_block(data: Any, schedule: Schedule) -> Block | None:
    """None for a vanished session. Raises ValueError for what is no block."""
    match data:
        case ["h", *spans]:
            return Heading(_unpacked_spans(spans))
        case ["t", *spans]:
            return Text(_unpacked_spans(spans))
        case ["b", str(label), str(line)]:
            return Button(label, line)
        case [id, day, *note] if type(id) is type(day) is int and day in (0, 1):
            return _unpacked_item(id, bool(day), note, schedule)
        case id if type(id) is int:
            return _unpacked_item(id, False, [], schedule)
        case _:
            raise ValueError("no block")


def _unpacked_item(id: int, day: bool, note: list[Any], schedule: Schedule) -> Item | None:
    spans, session = _unpacked_spans(note), schedule.session(id)
    return Item(session, day, spans) if session else None


def _packed_spans(spans: tuple[Span, ...]) -> list[Any]:
    return [_packed_span(span) for span in spans]


def _packed_span(span: Span) -> Any:
    match span:
        case str():
            return span
        case Time(moment, precision):
            seconds = moment.timestamp()
            shortest = int(seconds) if seconds.is_integer() else seconds
            rank = _PRECISIONS.index(precision)
            return [shortest, rank] if rank else shortest
        case Typed(line):
            return [line]
        case _:
            assert_never(span)


def _unpacked_spans(data: list[Any]) -> tuple[Span, ...]:
    return tuple(_unpacked_span(span) for span in data)


def _unpacked_span(data: Any) -> Span:
    """Raises ValueError, OverflowError and OSError for what is no span."""
    match data:
        case str():
            return data
        case [str(line)]:
            return Typed(line)
        case [seconds, rank] if type(rank) is int and 0 < rank < len(_PRECISIONS):
            return Time(_moment(seconds), _PRECISIONS[rank])
        case _:
            return Time(_moment(data))


def _moment(seconds: Any) -> datetime:
    if type(seconds) not in (int, float):
        raise ValueError("no moment")
    moment = datetime.fromtimestamp(seconds, UTC)
    if moment.year in (MINYEAR, MAXYEAR):
        # In another time zone it may be in no year that there is.
        raise ValueError("no moment that can be written everywhere")
    return moment
