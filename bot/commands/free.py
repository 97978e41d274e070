"""`free [room]`: which rooms nobody uses now."""

from bot.arguments import shortened
from bot.command import Command, Context, Example
from bot.document import Block, Item, Reply, Span, Time, Typed, heading, reply, text
from bot.messages import Answer
from bot.moments import when_meant
from bot.programme import holds_talks, rooms_meant, same_day, state_of_event
from bot.schedule import Room, Session

_ANYWHERE = ("now", "right now", "room", "rooms", "rooms now", "a room", "all")


def run(arguments: str, context: Context) -> Answer:
    """The rooms without a session now and until when; or whether the named ones are free."""
    rooms: list[Room] = []
    if arguments and arguments.casefold() not in _ANYWHERE:
        rooms, trouble = rooms_meant(arguments.removesuffix(" now"), context, "free")
        asked = when_meant(arguments, context)
        if trouble:
            another_time = asked.day is not None or asked.at is not None
            return Answer(reply(_only_now(arguments)) if another_time else Reply(tuple(trouble)))
    state = state_of_event(context)
    if state is not None:
        return Answer(Reply((state,)))
    if rooms:
        return Answer(Reply(tuple(block for room in rooms for block in _of(room, context))))
    everything = sorted(context.schedule.rooms.values(), key=lambda room: room.name)
    free = [r for r in everything if holds_talks(r, context) and not _taken(r, context)]
    if not free:
        return Answer(Reply((text("Every room is taken right now."),)))
    lines = (text(room.name, *_until(room, context)) for room in free)
    return Answer(Reply((heading("Free right now:"), *lines)))


def _only_now(arguments: str) -> Block:
    then = Typed(f"agenda {shortened(arguments)}")
    now = Typed("free")
    return text("I can tell which rooms are free right now: ", now, ". What is on then: ", then)


def _of(room: Room, context: Context) -> list[Block]:
    taken = _taken(room, context)
    if taken:
        return [text(f"{room.name} is taken:"), *(Item(session) for session in taken)]
    return [text(f"{room.name} is free", *_until(room, context), ".")]


def _taken(room: Room, context: Context) -> list[Session]:
    return [s for s in context.schedule.running(context.now) if room.name in s.slot.rooms]


def _until(room: Room, context: Context) -> tuple[Span, ...]:
    group = context.schedule.upcoming(context.now, context.schedule.in_room(room.name))
    if not group or not same_day(group[0].slot.start, context):
        return (" for the rest of the day",)
    return (" until ", Time(group[0].slot.start))


COMMAND = Command(
    name="free",
    usage="[room]",
    summary="which rooms nobody uses now, and until when",
    topic="The programme",
    aliases=("empty", "available", "unused"),
    run=run,
    examples=(
        Example("free", ("Free right now:", "Bayview B until 9:30am")),
        Example("free Marina", ("Marina is free until 9:30am.",)),
    ),
)
