"""`agenda [day] [room]`: the programme of a day."""

from bot.command import Command, Context, Example
from bot.document import Reply
from bot.messages import Answer
from bot.moments import when_meant
from bot.programme import at_or_on, no_such_day, rooms_meant


def run(arguments: str, context: Context) -> Answer:
    """Everything on a day, in all rooms or in some; today, or the first day before the event.
    With a time only what is on then."""
    when = when_meant(arguments, context)
    if not when.rest:
        return Answer(Reply(tuple(at_or_on(when, (), context))))
    unknown = no_such_day(when.rest, context)
    if unknown:
        return Answer(Reply(tuple(unknown)))
    rooms, trouble = rooms_meant(when.rest, context, "agenda")
    return Answer(Reply(tuple(trouble or at_or_on(when, rooms, context))))


COMMAND = Command(
    name="agenda",
    usage="[day] [room]",
    summary="the programme of a day, in all rooms or in one",
    topic="The programme",
    aliases=("programme", "program", "schedule", "timetable", "today"),
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
