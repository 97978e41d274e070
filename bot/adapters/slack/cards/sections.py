"""A Home tab or a modal from top to bottom: replies one below the other, each within its share of
what Slack takes."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.adapters.slack.cards.buttons import State
from bot.adapters.slack.cards.characters import ELLIPSIS, cut, length
from bot.adapters.slack.cards.elements import LONGEST_HEADER, Block, actions, button, header
from bot.adapters.slack.cards.fitting import fitted
from bot.adapters.slack.cards.lines import Line, line
from bot.adapters.slack.cards.rows import rows
from bot.adapters.slack.cards.values import SEARCH, Ids
from bot.document import Heading, Reply, Text, Typed, text
from bot.times import Reader

_LARGEST_METADATA = 3_000
"""Characters of a view's `private_metadata` (https://docs.slack.dev/reference/views)."""
_LONGEST_WORDS = 150
_LARGEST = 16_000
"""Characters of a section as JSON, but for what nobody sees: five of them, each character of three
bytes, are less than the 250 kilobytes that a view may have."""


class Sections:
    """The blocks of one view, as they come together. Owns their action ids."""

    def __init__(
        self, reader: Reader, prefix: str, bookmarked: frozenset[int], now: datetime
    ) -> None:
        self.blocks: list[Block] = []
        self.ids = Ids()
        self._reader = reader
        self._prefix = prefix
        self._state = State(bookmarked, now)

    def say(
        self, reply: Reply, most: int, see: str | None = None, *, part: str = "",
        headed: bool = True,
    ) -> None:  # fmt: skip
        """A reply in at most so many blocks, its first heading as a header if it may be `headed`;
        `see` is the command that shows what is left out. `part` names it in its action ids."""
        match reply.blocks:
            case (Heading() as first, *others) if headed and self.head(first):
                reply, most = Reply(tuple(others)), most - 1
        drawn = fitted(
            rows(reply, self._reader, self._prefix, self._state, Ids(part) if part else self.ids),
            self._rest(see) if see is not None else None,
            most,
            _LARGEST,
        )
        self.blocks += drawn.blocks

    def head(self, heading: Heading) -> bool:
        """What heads a part; false, and nothing is shown, if Slack would not show all of it."""
        said = line(heading, self._reader, self._prefix)
        title = "".join(element["text"] for element in said.elements).strip().removesuffix(":")
        if not 0 < length(title) <= LONGEST_HEADER:
            return False
        self.blocks.append(header(title))
        return True

    def say_words(self, said: Reply, most: int) -> None:
        """What a press has done, in words: the sessions stand below."""
        words = [block for block in said if isinstance(block, Heading | Text)]
        if words:
            self.say(Reply(tuple(words)), most, headed=False)
            self.blocks.append({"type": "divider"})

    def search(self, label: str, words: str = "", *, dispatched: bool) -> None:
        """A field to look for sessions with, that has these words in it; `dispatched` if Enter is
        a press by itself."""
        field: Block = {
            "type": "plain_text_input",
            "action_id": self.ids.action(SEARCH),
            "max_length": _LONGEST_WORDS,
            "placeholder": {"type": "plain_text", "text": "A title, a name, a subject"},
        }
        if dispatched:
            field["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
        if words:
            field["initial_value"] = cut(words, _LONGEST_WORDS)
        self.blocks.append(
            {
                "type": "input",
                "dispatch_action": dispatched,
                "label": {"type": "plain_text", "text": label},
                "element": field,
            }
        )

    def clear_search(self) -> None:
        """A button that means a search for nothing."""
        self.blocks.append(actions([button(self.ids.action(SEARCH), "Clear the search", "")]))

    def divide(self) -> None:
        """A line across."""
        self.blocks.append({"type": "divider"})

    def _rest(self, see: str) -> Callable[[int], Line]:
        def rest(count: int) -> Line:
            what = f"{ELLIPSIS} {count} more line{'' if count == 1 else 's'}: "
            return line(text(what, Typed(see)), self._reader, self._prefix)

        return rest


def metadata(kept: Mapping[str, Any]) -> str:
    """What a view keeps to be drawn again."""
    written = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return written if len(written) <= _LARGEST_METADATA else ""


def kept_in(metadata: str) -> dict[str, Any]:
    """What `metadata` wrote; nothing of anything else."""
    try:
        kept = json.loads(metadata)
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
