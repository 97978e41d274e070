"""`rooms`: where sessions are held."""

from collections.abc import Sequence

from bot.command import Command, Context, Example
from bot.document import Block, Reply, Typed, heading, text
from bot.messages import Answer
from bot.programme import holds_talks
from bot.schedule import Room


def run(arguments: str, context: Context) -> Answer:
    """The rooms of the programme with the number of their sessions, then the other places."""
    everything = sorted(context.schedule.rooms.values(), key=lambda room: room.name)
    rooms = [room for room in everything if holds_talks(room, context)]
    places = [room for room in everything if not holds_talks(room, context)]
    blocks: list[Block] = [heading("Rooms:"), *_lines(rooms, context)]
    if places:
        blocks += [heading("Other places:"), *_lines(places, context)]
    blocks.append(text("What comes next in one: ", Typed(f"next {(rooms or places)[0].name}"), "."))
    return Answer(Reply(tuple(blocks)))


def _lines(rooms: Sequence[Room], context: Context) -> list[Block]:
    lines: list[Block] = []
    for room in rooms:
        count = len(context.schedule.in_room(room.name))
        noun = "session" if count == 1 else "sessions"
        address = f", {room.address}" if room.address else ""
        lines.append(text(f"{room.name}{address}: {count} {noun}"))
    return lines


COMMAND = Command(
    name="rooms",
    summary="where sessions are held",
    topic="The programme",
    aliases=("places", "room", "room list", "list rooms", "locations"),
    run=run,
    examples=(Example("rooms", ("Rooms:", "Ballroom: 4 sessions", "Bayview B: 26 sessions")),),
)
