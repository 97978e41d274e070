"""What stands unseen in buttons, menus and fields: which one it is, the command line that a press
means, and the card that it is on."""

import re
from collections import Counter

from bot.adapters.slack.cards.characters import length
from bot.cleaning import one_line

LONGEST = 2_000
"""Characters of a button's value (https://docs.slack.dev/reference/block-kit/block-elements)."""
LONGEST_OPTION = 150
"""Characters of an option's value (…/block-kit/composition-objects/option-object)."""
SEARCH = "search"
"""The field whose words are looked for."""

_ACTION = re.compile(r"(?P<what>[a-z]+)(?:-\d+)?(?:~(?P<part>[a-z]*)\d*)?")


def encode(line: str, packed: str | None = None, limit: int = LONGEST) -> str:
    """A command line, and the packed card that its button stands on if both fit into the limit.
    Empty if there is none, or not even the line fits: half a command would be another one."""
    plain = one_line(line)
    if not plain or length(plain) > limit:
        return ""
    whole = f"{plain}\n{packed}" if packed else plain
    return whole if length(whole) <= limit else plain


def decode(value: str) -> tuple[str, str | None]:
    """The command line and the packed card, if there is one, of whatever stands in a value."""
    line, _, packed = value.partition("\n")
    return one_line(line), packed or None


def line_meant(action: str, value: str) -> tuple[str, str | None]:
    """The command line that a press means, and the packed card that was pressed: of a button, of
    an option, or of words entered in a search field. An empty line means nothing."""
    if what(action) != SEARCH:
        return decode(value)
    words = one_line(value)
    return (f"find {words}" if words else ""), None


def what(action: str) -> str:
    """What an action id means, whichever session it is about; empty for one that is not ours."""
    meant = _ACTION.fullmatch(action)
    return meant["what"] if meant else ""


def part(action: str) -> str:
    """In which part of a view the action id stands; empty where parts have no names."""
    meant = _ACTION.fullmatch(action)
    return (meant["part"] or "") if meant else ""


class Ids:
    """The action ids of one message or view, or of a `part` of it that has a name (small letters),
    each used once."""

    def __init__(self, part: str = "") -> None:
        self._part = part
        self._used: Counter[str] = Counter()

    def action(self, what: str, number: int | None = None) -> str:
        """`bookmark-42`; where the same stands twice, `bookmark-42~2`; in a part of the view
        `bookmark-42~found` and `bookmark-42~found2`."""
        id = what if number is None else f"{what}-{number}"
        self._used[id] += 1
        again = str(self._used[id]) if self._used[id] > 1 else ""
        return f"{id}~{self._part}{again}" if self._part or again else id
