"""`at <day> <time> [room]`: what is on at another moment."""

from bot.arguments import quoted
from bot.command import Command, Context, Example
from bot.document import Reply, Typed, reply, text
from bot.messages import Answer
from bot.moments import when_meant
from bot.programme import at_or_on, no_such_day, rooms_meant


def run(arguments: str, context: Context) -> Answer:
    """What is on at a local time of the event; the day is today's, or the first, if not given."""
    when = when_meant(arguments, context)
    unknown = no_such_day(when.rest, context)
    if unknown:
        return Answer(Reply(tuple(unknown)))
    if when.at is None and when.day is None:
        unread = f"I cannot read a time in {quoted(arguments)}. " if arguments else ""
        example = Typed("at Tuesday 14:00")
        return Answer(reply(text(f"{unread}Say a day and a time, like ", example, ".")))
    if not when.rest:
        return Answer(Reply(tuple(at_or_on(when, (), context))))
    rooms, trouble = rooms_meant(when.rest, context, "at")
    return Answer(Reply(tuple(trouble or at_or_on(when, rooms, context))))


COMMAND = Command(
    name="at",
    usage="<day> <time> [room]",
    summary="what is on at another time, everywhere or in a room",
    topic="The programme",
    aliases=("when", "on at"),
    run=run,
    examples=(
        Example("at Tuesday 13:00", ("Tuesday 1:00pm:", "[80] 12:30pm–1:30pm · Lunch · 2nd Floor")),
        Example("at wed 7pm", ("Wednesday 7:00pm:",)),
        Example(
            "at tuesday 9am marina",
            (
                "Tuesday 9:00am in Marina:",
                "[60] 9:00am–9:55am · Swift Quotas · Marina · Everett Toews",
            ),
        ),
    ),
)
