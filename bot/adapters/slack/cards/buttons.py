"""What can be done about a session, as buttons that show how it is now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.slack.cards.carrying import carried
from bot.adapters.slack.cards.elements import Element, button, menu, option
from bot.adapters.slack.cards.values import LONGEST, LONGEST_OPTION, Ids, encode
from bot.cleaning import one_line
from bot.commands.snooze import BEFORE_START
from bot.document import Button, Item, Reply
from bot.times import duration

FEW = 3
"""Sessions in one reply with which each has a menu."""
_LARGEST_IN_LIST = 800
"""Characters of the card in each button where there are more sessions: some 20 with their notes."""
_LONGEST_LINE = 40
"""Characters of a line of ours, which stands before the card."""
_MINUTES = (5, 10, 15, 30, 60)
_ABOUT_SESSION = re.compile(r"(bookmark|unbookmark|snooze) (\d{1,9})")
_CANNOT_BE_UNDONE = "forget "
_BOOKMARK = "\N{WHITE MEDIUM STAR} Bookmark"
# A star would say that it is to be pressed.
_BOOKMARKED = "\N{CHECK MARK} Bookmarked"
_REMIND = "Remind me"
_SNOOZE = f"Snooze until {duration(BEFORE_START // timedelta(minutes=1))} before"


@dataclass(frozen=True, slots=True)
class State:
    """How things are while a reply is drawn: which sessions its reader has bookmarked (None: there
    shall be no buttons of our own), the programme's time, and the reply that a press has to bring
    along to be drawn again, if it has to. `alone` if its reader alone sees it, and `done` if it
    says what has been done."""

    bookmarked: frozenset[int] | None
    now: datetime
    card: Reply | None = None
    alone: bool = False
    done: bool = False


class Buttons:
    """The buttons of one message or view. Owns their action ids.

    Each carries the card, since Slack does not tell what stands on a message that one person alone
    sees when something on it is pressed. Options of menus hold less, and carry it only if it fits
    with all its words. In a reply of many sessions there are no menus, and the card is as small as
    `carried` makes it."""

    def __init__(self, state: State, ids: Ids) -> None:
        self._state = state
        self._ids = ids
        card = state.card
        few = card is None or len(card.sessions()) <= FEW
        most = LONGEST - _LONGEST_LINE if few else _LARGEST_IN_LIST
        # Once for all buttons of a reply: it is the same for each of them.
        self._whole = carried(card, most) if card is not None else None

    def of_session(self, item: Item, *, details: bool, menu: bool) -> list[Element]:
        """The buttons under a session: its bookmark as it is; `details` unless they are shown
        already; a `menu` of reminders as long as one can come."""
        elements = self._bookmark(item)
        elements += [self._details(item)] if details else []
        elements += self._remind(item) if menu else []
        return elements

    def of_reply(
        self, offered: Sequence[Button], shown: Sequence[Item], *, details: bool
    ) -> list[tuple[Button, list[Element] | None]]:
        """Buttons that a reply has itself: what each of them does, and how it is drawn: empty if it
        cannot be, None if it is of no use. Those about a session that the reply shows follow what
        has become of it, and have its details beside them if `details`."""
        items = {item.session.id: item for item in shown}
        drawn: list[tuple[Button, list[Element] | None]] = []
        lacking = dict[int, Item]()
        for each in offered:
            about = _ABOUT_SESSION.fullmatch(each.line)
            item = items.get(int(about[2])) if about else None
            if about is None or item is None:
                drawn.append((each, self._own(each)))
                continue
            drawn += self._about_session(each, about[1], item)
            lacking[item.session.id] = item
        last = next((elements for _, elements in reversed(drawn) if elements), None)
        if details and last is not None:
            last += [self._details(item) for item in lacking.values()]
        return [(button, elements and _menus_last(elements)) for button, elements in drawn]

    def offer(self, offered: Button) -> list[Element]:
        """What a reply only tells to type. Its answer stands beside the card."""
        value = encode(offered.line)
        return [button(self._ids.action("line"), offered.label, value)] if value else []

    def _about_session(
        self, offered: Button, command: str, item: Item
    ) -> list[tuple[Button, list[Element] | None]]:
        number, bookmarked = item.session.id, self._state.bookmarked
        if bookmarked is None and command == "bookmark":
            return [(offered, self._own(offered))]
        if bookmarked is None or number in bookmarked:
            if command == "bookmark":
                return [(Button("Bookmarked", f"unbookmark {number}"), self._with_menu(item))]
            if command == "unbookmark":
                return [(offered, self._own(offered))]
            if item.session.slot.start - BEFORE_START > self._state.now:
                return [(offered, self._own(offered, _SNOOZE))]
            # A notice says the same on all networks.
            return [(offered, None)] if bookmarked is None else []
        if command == "snooze" or self._is_over(item):
            return []
        return [(Button("Bookmark", f"bookmark {number}"), self._with_menu(item))]

    def _with_menu(self, item: Item) -> list[Element]:
        return [*self._bookmark(item), *self._remind(item)]

    def _bookmark(self, item: Item) -> list[Element]:
        session, bookmarked = item.session, self._state.bookmarked or frozenset()
        has = session.id in bookmarked
        if not has and self._is_over(item):
            return []
        label, command = (_BOOKMARKED, "unbookmark") if has else (_BOOKMARK, "bookmark")
        does = "Bookmarked, press to remove:" if has else "Bookmark"
        value = encode(f"{command} {session.id}", self._whole)
        action = self._ids.action("bookmark", session.id)
        return [button(action, label, value, f"{does} {session.title}")]

    def _details(self, item: Item) -> Element:
        session = item.session
        action = self._ids.action("details", session.id)
        value = encode(f"info {session.id}", self._whole)
        return button(action, "Details", value, f"Details of {session.title}")

    def _remind(self, item: Item) -> list[Element]:
        session = item.session
        left = session.slot.start - self._state.now
        minutes = [number for number in _MINUTES if timedelta(minutes=number) < left]
        if session.cancelled or not minutes:
            return []
        options = [
            option(f"{number} minutes before", self._option(f"remind {session.id} {number}"))
            for number in minutes
        ]
        return [menu(self._ids.action("minutes", session.id), _REMIND, options)]

    def _option(self, line: str) -> str:
        card = self._state.card
        whole = carried(card, LONGEST_OPTION - len(f"{line}\n"), whole=True) if card else None
        return encode(line, whole, LONGEST_OPTION)

    def _own(self, offered: Button, label: str = "") -> list[Element]:
        value = encode(offered.line, self._whole)
        if not value:
            return []
        label = label or one_line(offered.label) or offered.line
        danger = offered.line.startswith(_CANNOT_BE_UNDONE)
        return [button(self._ids.action("line"), label, value, danger=danger)]

    def _is_over(self, item: Item) -> bool:
        return item.session.slot.until <= self._state.now


def _menus_last(elements: Sequence[Element]) -> list[Element]:
    return sorted(elements, key=lambda element: element["type"] != "button")
