"""A reply as rows from top to bottom: a line, and what can be pressed under it or in its place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from bot.adapters.slack.cards.buttons import FEW, Buttons, State
from bot.adapters.slack.cards.elements import MOST_BESIDE, Element
from bot.adapters.slack.cards.lines import Line, line, typed
from bot.adapters.slack.cards.offers import meant_by, rest_of
from bot.adapters.slack.cards.values import Ids, what
from bot.document import Block, Button, Heading, Item, Reply, Text
from bot.suggestions import is_greeting
from bot.times import Reader

_MOST_BESIDE = MOST_BESIDE // 3
"""A button may bring another one and a menu along."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and its buttons and menus. `instead` says that they stand in its place and not under
    it: the line tells what one could type."""

    line: Line
    elements: tuple[Element, ...] = ()
    instead: bool = False

    def without_menus(self) -> "Row":
        """With buttons alone, which take less room."""
        kept = tuple(e for e in self.elements if e["type"] == "button")
        return replace(self, elements=kept) if kept else self

    def with_bookmark(self) -> "Row":
        """Of the buttons under a session with the bookmark alone."""
        kept = tuple(e for e in self.elements if what(e["action_id"]) not in ("details", "minutes"))
        return replace(self, elements=kept)

    def without_buttons(self) -> "Row":
        """The line alone."""
        return replace(self, elements=(), instead=False)


Making = Callable[[], Row]
"""A row that is made when it is called: of a long reply most rows are only counted."""


def rows(reply: Reply, reader: Reader, prefix: str, state: State, ids: Ids) -> Iterator[Making]:
    """The rows of a reply, one by one; buttons side by side share theirs. A reply with buttons of
    its own has no others."""
    return _Walk(reply, reader, prefix, state, Buttons(state, ids)).rows()


class _Walk:
    """One reply from top to bottom."""

    def __init__(
        self, reply: Reply, reader: Reader, prefix: str, state: State, buttons: Buttons
    ) -> None:
        self._blocks = reply.blocks
        self._reader = reader
        self._prefix = prefix
        self._state = state
        self._buttons = buttons
        self._items = [block for block in reply if isinstance(block, Item)]
        self._detailed = _is_detailed(reply)
        own = any(isinstance(block, Button) for block in reply)
        self._cards = state.bookmarked is not None and not own
        self._menus = len(reply.sessions()) <= FEW
        self._places = self._below() if self._cards else {}

    def rows(self) -> Iterator[Making]:
        offered: list[Button] = []
        for number, block in enumerate(self._blocks):
            if isinstance(block, Button):
                offered.append(block)
                continue
            yield from self._offered(offered)
            offered = []
            yield partial(self._row, block, self._places.get(number))
        yield from self._offered(offered)

    def _below(self) -> dict[int, Item]:
        """Below which block the buttons of each session stand: itself, or what is told of it."""
        places = {n: block for n, block in enumerate(self._blocks) if isinstance(block, Item)}
        if len(places) > 1 or not (self._detailed or self._state.done):
            return places
        for number, item in places.items():
            last = number
            while last + 1 < len(self._blocks) and _tells(self._blocks[last + 1]):
                last += 1
            return {last: item}
        return places

    def _offered(self, offered: list[Button]) -> Iterator[Making]:
        for first in range(0, len(offered), _MOST_BESIDE):
            together = offered[first : first + _MOST_BESIDE]
            drawn = self._buttons.of_reply(together, self._items, details=not self._detailed)
            if drawn:
                elements = tuple(element for _, some in drawn for element in some or ())
                meant = typed([button for button, _ in drawn], self._prefix)
                row = Row(meant, elements, instead=all(some != [] for _, some in drawn))
                yield partial(_made, row)

    def _row(self, block: Heading | Text | Item, item: Item | None) -> Row:
        written = line(block, self._reader, self._prefix)
        if item is not None:
            details = not self._detailed
            elements = self._buttons.of_session(item, details=details, menu=self._menus)
            return Row(written, tuple(elements))
        if isinstance(block, Text) and self._state.alone:
            return self._suggested(block, Row(written))
        return Row(written)

    def _suggested(self, block: Text, row: Row) -> Row:
        """With a button for what the sentence tells to type."""
        rest = rest_of(block)
        offered = rest or meant_by(block)
        if offered is None:
            return row
        return replace(row, elements=tuple(self._buttons.offer(offered)), instead=rest is not None)


def _made(row: Row) -> Row:
    return row


def _is_detailed(reply: Reply) -> bool:
    """True for a reply that tells itself what is known of its only session."""
    match reply.blocks:
        case (Item(), Text() as told, *others):
            return _tells(told) and not any(isinstance(block, Item) for block in others)
        case _:
            return False


def _tells(block: Block) -> bool:
    """True for a sentence about the session above it."""
    return isinstance(block, Text) and not is_greeting(block) and rest_of(block) is None
