"""A reply as plain lines of text: what every network can show, and screen readers read."""

from typing import assert_never

from bot.document import Block, Button, Heading, Item, Precision, Reply, Span, Text, Time, Typed
from bot.times import Reader


def lines(reply: Reply, reader: Reader) -> list[str]:
    """The reply for this reader, one line for each block; buttons side by side share theirs."""
    written: list[str] = []
    previous: Block | None = None
    for block in reply:
        line = block_line(block, reader)
        if isinstance(block, Button) and isinstance(previous, Button):
            written[-1] += f" \N{MIDDLE DOT} {line}"
        else:
            written.append(line)
        previous = block
    return written


def block_line(block: Block, reader: Reader) -> str:
    """One block as one line."""
    match block:
        case Heading(spans) | Text(spans):
            return spans_text(spans, reader)
        case Item():
            return " \N{MIDDLE DOT} ".join(item_parts(block, reader))
        case Button(label, line):
            return f"{label}: {span_text(Typed(line), reader)}"
        case _:
            assert_never(block)


def spans_text(spans: tuple[Span, ...], reader: Reader) -> str:
    """The parts of a line, joined."""
    return "".join(span_text(span, reader) for span in spans)


def span_text(span: Span, reader: Reader) -> str:
    """A part of a line."""
    match span:
        case str():
            return span
        case Time(moment, Precision.CLOCK):
            return reader.clock(moment)
        case Time(moment, Precision.WEEKDAY_AND_CLOCK):
            return f"{reader.weekday(moment)} {reader.clock(moment)}"
        case Time():
            raise AssertionError(span.precision)
        case Typed(line):
            return f"\N{LEFT SINGLE QUOTATION MARK}{line}\N{RIGHT SINGLE QUOTATION MARK}"
        case _:
            assert_never(span)


def item_parts(item: Item, reader: Reader) -> list[str]:
    """`[42] 9:30am-9:55am`, the title, and what else is known: rooms, leads, that it is cancelled,
    that organisers have changed it themselves, the note."""
    session = item.session
    when = reader.span(session.slot)
    if item.day:
        when = f"{reader.weekday(session.slot.start)[:3]} {when}"
    parts = [f"[{session.id}] {when}", session.title]
    parts += [", ".join(session.slot.rooms)] if session.slot.rooms else []
    parts += [", ".join(session.leads)] if session.leads else []
    parts += ["CANCELLED"] if session.cancelled else []
    parts += [str(session.live)] if session.live else []
    parts += [spans_text(item.note, reader)] if item.note else []
    return parts
