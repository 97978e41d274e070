"""`agenda [day] [room]`: the programme of a day."""

from bot.arguments import when_meant
from bot.command import Command, Context, Example
from bot.document import Reply
from bot.messages import Answer
from bot.programme import on_day, rooms_meant


def run(arguments: str, context: Context) -> Answer:
    """Everything on a day, in all rooms or in some; today, or the first day before the event."""
    when = when_meant(arguments, context)
    if not when.rest:
        return Answer(Reply(tuple(on_day(when.day, (), context))))
    rooms, trouble = rooms_meant(when.rest, context, "agenda")
    return Answer(Reply(tuple(trouble or on_day(when.day, rooms, context))))


COMMAND = Command(
    name="agenda",
    usage="[day] [room]",
    summary="the programme of a day, in all rooms or in one",
    topic="The programme",
    aliases=("day", "programme", "program", "schedule", "timetable", "today"),
    run=run,
    examples=(
        Example(
            "agenda Wednesday Ballroom",
            (
                "Wednesday 18 April in Ballroom:",
                "[135] 1:30pm–1:55pm · Lightning talks · Ballroom",
            ),
        ),
        Example("agenda", ("Today, Monday 16 April:",)),
    ),
)
