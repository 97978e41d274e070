"""`now [room]`: what is on."""

from bot.command import Command, Context, Example
from bot.document import Block, Reply
from bot.messages import Answer
from bot.moments import when_meant
from bot.programme import at_or_on, on_at, rooms_meant

_EVERYWHERE = ("all", "everything", "everywhere", "now", "right now")


def run(arguments: str, context: Context) -> Answer:
    """What is on now, everywhere or in up to three rooms; between sessions, what comes next.
    `on monday` and `whats on at 2pm` ask for another time."""
    if not arguments or arguments.casefold() in _EVERYWHERE:
        return Answer(Reply(tuple(on_at(context.now, context))))
    rooms, trouble = rooms_meant(arguments, context, "now")
    if trouble:
        asked = when_meant(arguments, context)
        if (asked.day is not None or asked.at is not None) and not asked.rest:
            return Answer(Reply(tuple(at_or_on(asked, (), context))))
    blocks: list[Block] = [b for room in rooms for b in on_at(context.now, context, room.name)]
    return Answer(Reply((*trouble, *blocks)))


COMMAND = Command(
    name="now",
    usage="[room]",
    summary="what is on, everywhere or in a room",
    topic="The programme",
    aliases=(
        "on",
        "current",
        "currently",
        "happening",
        "whats on",
        "whats on now",
        "right now",
        "what is on",
        "whats happening",
        "what is happening",
    ),
    run=run,
    examples=(
        Example("now", ("On now:", "[1] 9:00am–9:25am · Welcome · Ballroom")),
        Example("now ballroom", ("On now in Ballroom:", "[1] 9:00am–9:25am · Welcome · Ballroom")),
    ),
)
