"""What a card that was written earlier must not say any more when it is drawn again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.document import Block, Heading, Item, Reply, Span, Text, Time, heading
from bot.suggestions import is_greeting

_ON_NOW: tuple[Span, ...] = ("on now",)
_OVER: tuple[Span, ...] = ("over",)
# How `bookmarks` and `remind` begin their notes on what will come.
_OF_REMINDERS = ("reminder at ", "reminders off", "you have been reminded")
_AND: tuple[Span, ...] = ("; ",)
# As `in_how_long` writes it.
_HOW_LONG = r"in (?:less than a minute|\d+ (?:minute|hour|day)s?(?: \d+ minutes?)?)"
_LEFT = re.compile(_HOW_LONG)
_AND_LEFT = re.compile(rf", (?:starts )?{_HOW_LONG}(?=[.:]?$)")
_STARTS = re.compile(rf"Starts {_HOW_LONG}:")


def kept(reply: Reply) -> Reply:
    """What of a reply still holds when it is shown again later: how long it takes until something
    starts is not said, when it starts is. Nobody is greeted twice."""
    blocks = tuple(block for block in reply if not is_greeting(block))
    return Reply(tuple(_lasting(block, blocks[n + 1 :]) for n, block in enumerate(blocks)))


def fresh(reply: Reply, opening: Reply, bookmarked: frozenset[int] | None, now: datetime) -> Reply:
    """What of a card still holds, without notes on reminders that are no longer true: of sessions
    that are not bookmarked, and of those that the press (`opening`) was about. What was on may be
    over."""
    changed = {session.id for session in opening.sessions()}

    def renewed(block: Block) -> Block:
        if not isinstance(block, Item) or not block.note:
            return block
        session = block.session
        if block.note[-1:] == _ON_NOW and session.slot.until <= now:
            return replace(block, note=(*block.note[:-1], *_OVER))
        dropped = bookmarked is not None and session.id not in bookmarked
        if dropped or session.id in changed:
            return replace(block, note=_without_reminder(block.note))
        return block

    return Reply(tuple(renewed(block) for block in kept(reply)))


def _without_reminder(note: tuple[Span, ...]) -> tuple[Span, ...]:
    """What a note says before it tells of a reminder, which is the last that it does."""
    until = next((n for n, span in enumerate(note) if span in _OF_REMINDERS), len(note))
    said = note[:until]
    return said[:-1] if said[-1:] == _AND and until < len(note) else said


def _lasting(block: Block, below: Iterable[Block]) -> Block:
    match block:
        case Heading((str(said),)) if _STARTS.fullmatch(said):
            session = next((b.session for b in below if isinstance(b, Item)), None)
            return heading("Starts at ", Time(session.slot.start), ":") if session else block
        case Heading(spans):
            return Heading(tuple(_without_left(spans)))
        case Text(spans):
            return Text(tuple(_without_left(spans)))
        case _:
            return block


def _without_left(spans: tuple[Span, ...]) -> Iterator[Span]:
    for number, span in enumerate(spans):
        left = isinstance(span, str) and _LEFT.fullmatch(span)
        before_left = span == ", " and any(
            isinstance(after, str) and _LEFT.fullmatch(after) for after in spans[number + 1 :][:1]
        )
        if not left and not before_left:
            shorter = _AND_LEFT.sub("", span) if isinstance(span, str) else span
            yield from [shorter] if shorter or shorter == span else []
