"""`at <day> <time>`: what is on at another moment."""

from bot.arguments import quoted, when_meant
from bot.command import Command, Context, Example
from bot.document import Reply, Typed, reply, text
from bot.messages import Answer
from bot.programme import on_at, on_day


def run(arguments: str, context: Context) -> Answer:
    """What is on at a local time of the event; the day is today's, or the first, if not given."""
    when = when_meant(arguments, context)
    if when.at is None and when.day is not None:
        return Answer(Reply(tuple(on_day(when.day, (), context))))
    if when.at is None or when.rest:
        unread = f"I cannot read a time in {quoted(arguments)}. " if arguments else ""
        example = Typed("at Tuesday 14:00")
        return Answer(reply(text(f"{unread}Say a day and a time, like ", example, ".")))
    days = context.schedule.days
    day = when.day or (context.today if context.today in days or not days else days[0])
    moment = context.schedule.moment(day, when.at)
    return Answer(Reply(tuple(on_at(moment, context))))


COMMAND = Command(
    name="at",
    usage="<day> <time>",
    summary="what is on at another time",
    topic="The programme",
    aliases=("when", "on at"),
    run=run,
    examples=(
        Example("at Tuesday 13:00", ("Tuesday 1:00pm:", "[80] 12:30pm–1:30pm · Lunch · 2nd Floor")),
        Example("at wed 7pm", ("Wednesday 7:00pm:",)),
    ),
)
