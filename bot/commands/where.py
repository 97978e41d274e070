"""`where <room>`: how to get there."""

from bot.command import Command, Context, Example
from bot.document import Block, Reply, Typed, reply, text
from bot.messages import Answer
from bot.programme import rooms_meant
from bot.schedule import Room


def run(arguments: str, context: Context) -> Answer:
    """The floor and the street address of up to three rooms, as far as the schedule tells."""
    name = arguments.removeprefix("is ").removeprefix("the ").strip()
    if not name:
        return Answer(reply(text("Which room? Give its name, like ", Typed("where Marina"), ".")))
    rooms, trouble = rooms_meant(name, context, "where")
    return Answer(Reply((*trouble, *(_line(room, context) for room in rooms))))


def _line(room: Room, context: Context) -> Block:
    floor = f"{room.floor}, " if room.floor and room.floor != room.name else ""
    place = room.address or context.schedule.venue
    if not place:
        return text(f"{room.name}: the schedule tells no floor and no address.")
    return text(f"{room.name}: {floor}{place}")


COMMAND = Command(
    name="where",
    usage="<room>",
    summary="the floor and the street address of a room",
    topic="The programme",
    aliases=("where is", "wheres", "map", "directions", "address", "floor"),
    run=run,
    examples=(
        Example("where sens", ("Sens Restaurant: Embarcadero Center, San Francisco",)),
        Example(
            "where Marina",
            ("Marina: Hyatt Regency San Francisco, 5 Embarcadero Center, San Francisco",),
        ),
    ),
)
