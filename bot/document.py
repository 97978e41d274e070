"""What a reply is made of: a few nodes that mean something, free of any network and markup."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.schedule import Session


class Precision(Enum):
    """How much of a moment is worth saying."""

    CLOCK = "clock"
    WEEKDAY_AND_CLOCK = "weekday and clock"


@dataclass(frozen=True, slots=True)
class Time:
    """A moment (UTC), written in the event's zone and beside it in the reader's."""

    moment: datetime
    precision: Precision = Precision.CLOCK


@dataclass(frozen=True, slots=True)
class Typed:
    """A command line to type; networks that need a prefix in front of commands add it."""

    line: str


Span = str | Time | Typed


@dataclass(frozen=True, slots=True)
class Heading:
    """What the lines below are about."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A line of running text."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A session on a line: number, time, title, rooms, leads; `note` says what is special here."""

    session: Session
    day: bool = False
    note: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press, or to type: `line` is the command that it stands for."""

    label: str
    line: str


Block = Heading | Text | Item | Button


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said, from top to bottom."""

    blocks: tuple[Block, ...]

    def sessions(self) -> tuple[Session, ...]:
        """The sessions shown, in order, each once."""
        shown = {
            block.session.id: block.session for block in self.blocks if isinstance(block, Item)
        }
        return tuple(shown.values())

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)


def heading(*spans: Span) -> Heading:
    """A heading made of these."""
    return Heading(spans)


def text(*spans: Span) -> Text:
    """A line made of these."""
    return Text(spans)


def reply(*blocks: Block) -> Reply:
    """A reply made of these."""
    return Reply(blocks)
