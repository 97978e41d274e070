"""The card that its buttons carry, in as few characters as it has to be."""

from collections.abc import Iterator
from dataclasses import replace

from bot.adapters.slack.cards.characters import length
from bot.document import Button, Item, Reply
from bot.record import packed


def carried(card: Reply, most: int, *, whole: bool = False) -> str | None:
    """The card packed into at most so many characters; None if that cannot be. All its sessions are
    always there: notes on them are given up first, then, unless it has to be `whole`, headings and
    sentences. What was given up is missing when the card is drawn again."""
    forms = (packed(form) for form in _forms(card, whole))
    return next((form for form in forms if length(form) <= most), None)


def _forms(card: Reply, whole: bool) -> Iterator[Reply]:
    yield card
    blocks = tuple(replace(b, note=()) if isinstance(b, Item) else b for b in card)
    yield Reply(blocks)
    if not whole:
        yield Reply(tuple(b for b in blocks if isinstance(b, Item | Button)))
