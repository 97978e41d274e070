"""`where <room>`: how to get there."""

from bot.arguments import listing, quoted
from bot.command import Command, Context, Example
from bot.document import Block, Reply, Typed, heading, reply, text
from bot.messages import Answer
from bot.names import How
from bot.programme import rooms_meant
from bot.schedule import Room


def run(arguments: str, context: Context) -> Answer:
    """The floor and the street address of up to three rooms, as far as the schedule tells; or of
    the sessions of this name."""
    name = arguments.removeprefix("is ").removeprefix("the ").strip()
    if not name:
        return Answer(reply(text("Which room? Give its name, like ", Typed("where Marina"), ".")))
    rooms, trouble = rooms_meant(name, context, "where")
    if not rooms:
        held = _sessions(name, context)
        return Answer(Reply(tuple(held or trouble)))
    return Answer(Reply((*trouble, *(_line(room, context) for room in rooms))))


def _sessions(name: str, context: Context) -> list[Block]:
    """Where the sessions of this name are held, as far as they are not over."""
    found = context.names.titles.find(name, (How.NAME, How.WORDS))
    ahead = [session for session in found if context.now < session.slot.until]
    if not ahead:
        return []
    rooms = context.schedule.rooms
    places = dict.fromkeys(room for session in ahead for room in session.slot.rooms)
    opening = heading(f"No room is called {quoted(name)}. Sessions of this name:")
    return [opening, *listing(ahead, context), *(_line(rooms[place], context) for place in places)]


def _line(room: Room, context: Context) -> Block:
    floor = f"{room.floor}, " if room.floor and room.floor != room.name else ""
    place = room.address or context.schedule.venue
    if not place:
        return text(f"{room.name}: the schedule does not say where it is.")
    return text(f"{room.name}: {floor}{place}")


COMMAND = Command(
    name="where",
    usage="<room>",
    summary="the floor and the street address of a room",
    topic="The programme",
    aliases=("wheres", "map", "directions", "address", "floor"),
    run=run,
    examples=(
        Example("where sens", ("Sens Restaurant: Embarcadero Center, San Francisco",)),
        Example(
            "where Marina",
            ("Marina: Hyatt Regency San Francisco, 5 Embarcadero Center, San Francisco",),
        ),
    ),
)
