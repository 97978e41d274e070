"""What the server says about our own messages: taken, or not, and why."""

import re
from collections.abc import Callable

from bot.adapters.irc.sending.receipts import Receipts, Refused
from bot.adapters.irc.wire import Heard

# What was sent to the first argument was not delivered, if it was the last thing.
_REFUSALS = frozenset({
    "401", "404", "407", "408", "413", "414", "415", "439", "477", "482", "486", "494", "531",
    "707", "716",
})  # fmt: skip
_TOO_MANY = ("707", "439")
_THROTTLED = re.compile(r"Message to (\S+) (?:was )?throttled", re.IGNORECASE)


class Feedback:
    """Turns what is heard on one connection into receipts."""

    def __init__(self, receipts: Receipts, too_many: Callable[[str], None]) -> None:
        """`too_many` is called with a target where the server says that we write to too many."""
        self._receipts = receipts
        self._too_many = too_many
        self._batches: dict[str, str] = {}

    def hear(self, heard: Heard) -> None:
        """Note what concerns messages of ours."""
        match heard.type:
            case "pong":
                self._receipts.ponged(heard.arguments[-1] if heard.arguments else heard.target)
            case "ack" if "label" in heard.tags:
                self._receipts.answered(heard.tags["label"])
            case "batch":
                self._batch(heard)
            case "417":
                # It names nobody: it answers the first line of which nothing is known.
                refusal = Refused("417", " ".join(heard.arguments[-1:]))
                self._receipts.refused(None, refusal, heard.tags.get("label"))
            case "privnotice" if "!" not in heard.source and heard.arguments:
                throttled = _THROTTLED.search(heard.arguments[0])
                if throttled is not None:
                    self._receipts.refused(throttled[1], Refused("throttled", heard.arguments[0]))
            case code if code in _REFUSALS and heard.arguments:
                target, refusal = heard.arguments[0], Refused(code, heard.arguments[-1])
                refused = self._receipts.refused(target, refusal, heard.tags.get("label"))
                if refused and code in _TOO_MANY:
                    self._too_many(target)
            case _:
                pass

    def _batch(self, heard: Heard) -> None:
        """The answer to a labelled line is complete when its batch ends (IRCv3 specification
        "labeled-response")."""
        sign, reference = heard.target[:1], heard.target[1:]
        if sign == "+" and "label" in heard.tags:
            self._batches[reference] = heard.tags["label"]
        elif sign == "-" and reference in self._batches:
            self._receipts.answered(self._batches.pop(reference))
