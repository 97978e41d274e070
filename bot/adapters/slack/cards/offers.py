"""What a sentence of a reply tells to type, as a button, where that is the whole command."""

import re

from bot.adapters.slack.cards.characters import ELLIPSIS
from bot.document import Button, Text, Typed

# How the engine says what it has left out.
_LEFT_OUT = re.compile(rf"{ELLIPSIS} (\d+) more (?:sessions|lines): ")
_MEANT = "Did you mean "


def rest_of(text: Text) -> Button | None:
    """What shows the rest of a long answer, if this sentence tells that there is one."""
    match text.spans:
        case (str(said), Typed("more")) if left_out := _LEFT_OUT.fullmatch(said):
            return Button(f"Show {left_out[1]} more", "more")
        case _:
            return None


def meant_by(text: Text) -> Button | None:
    """The command that somebody may have meant, if this sentence asks for that."""
    match text.spans:
        case (str(asks), Typed(line), "?") if asks.endswith(_MEANT):
            return Button(line, line)
        case _:
            return None
