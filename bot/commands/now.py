"""`now [room]`: what is on."""

from bot.command import Command, Context, Example
from bot.document import Block, Reply
from bot.messages import Answer
from bot.programme import on_at, rooms_meant


def run(arguments: str, context: Context) -> Answer:
    """What is on now, everywhere or in up to three rooms; between sessions, what comes next."""
    if not arguments:
        return Answer(Reply(tuple(on_at(context.now, context))))
    rooms, trouble = rooms_meant(arguments, context, "now")
    blocks: list[Block] = [b for room in rooms for b in on_at(context.now, context, room.name)]
    return Answer(Reply((*trouble, *blocks)))


COMMAND = Command(
    name="now",
    usage="[room]",
    summary="what is on, everywhere or in a room",
    topic="The programme",
    aliases=("on", "current", "currently", "happening", "whats on", "whats on now", "right now"),
    run=run,
    examples=(
        Example("now", ("On now:", "[1] 9:00am–9:25am · Welcome · Ballroom")),
        Example("now ballroom", ("On now in Ballroom:", "[1] 9:00am–9:25am · Welcome · Ballroom")),
    ),
)
