"""`more`: the rest of a long answer."""

from bot.command import Command, Context, Example
from bot.document import Typed, reply, text
from bot.messages import Answer


def run(arguments: str, context: Context) -> Answer:
    """What the last answer here left out."""
    if context.rest is None:
        return Answer(reply(text("There is nothing more to show. Ask something: ", Typed("help"))))
    return Answer(context.rest)


COMMAND = Command(
    name="more",
    summary="the rest of a long answer",
    topic="The bot",
    aliases=("continue", "rest", "go on", "page"),
    run=run,
    examples=(Example("more", ("There is nothing more to show. Ask something: ‘help’",)),),
)
