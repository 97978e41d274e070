"""`conflicts`: bookmarks that overlap."""

from bot.bookmarking import ahead, conflicts, private
from bot.command import Command, Context, Example
from bot.document import Block, Item, Typed, heading, text
from bot.messages import Answer


def run(arguments: str, context: Context) -> Answer:
    """Pairs of bookmarked sessions still to come that nobody can attend both."""
    pairs = list(conflicts([session for session, _ in ahead(context)]))
    if not pairs:
        return private(text("None of your bookmarks overlap."))
    blocks: list[Block] = []
    for number, (one, other) in enumerate(pairs, start=1):
        opening = f"Overlap {number} of {len(pairs)}:" if len(pairs) > 1 else "These two overlap:"
        blocks += [heading(opening), Item(one, day=True), Item(other, day=True)]
    first = pairs[0][0].id
    return private(*blocks, text("To drop one: ", Typed(f"unbookmark {first}")))


COMMAND = Command(
    name="conflicts",
    summary="bookmarks that overlap",
    topic="Your bookmarks",
    aliases=("conflict", "clash", "clashes", "overlap", "overlaps"),
    personal=True,
    run=run,
    examples=(Example("conflicts", ("None of your bookmarks overlap.",)),),
)
