"""A reply as the content of a message: Block Kit for eyes, and the same words as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.adapters.slack.cards.buttons import State
from bot.adapters.slack.cards.fitting import fitted
from bot.adapters.slack.cards.freshness import fresh, kept
from bot.adapters.slack.cards.rows import Making, rows
from bot.adapters.slack.cards.values import Ids
from bot.document import Item, Reply, Text
from bot.times import Reader

_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Content:
    """The top-level text, escaped: what screen readers and notifications say, all that the blocks
    do. Both are empty for a reply that says nothing: then nothing is to be sent."""

    text: str
    blocks: list[dict[str, Any]]


def written(
    reply: Reply,
    reader: Reader,
    *,
    now: datetime,
    prefix: str = "",
    bookmarked: frozenset[int] | None = None,
    alone: bool,
    opening: Reply | None = None,
    done: bool = False,
) -> Content:
    """The reply for this reader at the programme's time `now` (UTC); what is to be typed has the
    prefix of commands in front.

    With `bookmarked`, each session has buttons that show whether it is. If the reader is `alone`
    with the message, each press brings the reply along to be drawn again, as far as it still holds
    then. `opening` is what a press has done: it stands on top, without sessions that the reply
    shows below. A reply that says what was `done` is brought along without its sentences: the next
    press makes them untrue. Nobody may change the blocks: others get them too.
    """
    # Sessions begin and end with whole seconds; were there another one, its card would show that
    # less than a second late.
    second = now.replace(microsecond=0)
    return _written(reply, reader, second, prefix, bookmarked, alone, opening, done)


@lru_cache(_REMEMBERED)
def _written(
    reply: Reply, reader: Reader, now: datetime, prefix: str, bookmarked: frozenset[int] | None,
    alone: bool, opening: Reply | None, done: bool,
) -> Content:  # fmt: skip
    """Drawn once for a crowd that asks the same: in a break everybody does."""
    if opening is not None:
        reply = fresh(reply, opening, bookmarked, now)
    card = kept(_without_sentences(reply) if done else reply)
    own = card if alone and card.blocks else None
    ids, state = Ids(), State(bookmarked, now, own, alone, done)

    def all_rows() -> Iterator[Making]:
        if opening is not None:
            yield from rows(_without(opening, reply), reader, prefix, State(None, now), ids)
        yield from rows(reply, reader, prefix, state, ids)

    drawn = fitted(all_rows())
    spoken = "\n".join(line.text for line in drawn.lines)
    if not spoken.strip() or not drawn.blocks:
        return Content("", [])
    return Content(spoken, drawn.blocks)


def _without_sentences(reply: Reply) -> Reply:
    return Reply(tuple(block for block in reply if not isinstance(block, Text)))


def _without(opening: Reply, reply: Reply) -> Reply:
    """What a press has done, without the sessions that stand below it anyway."""
    below = {session.id for session in reply.sessions()}
    return Reply(tuple(b for b in opening if not (isinstance(b, Item) and b.session.id in below)))
