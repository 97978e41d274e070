"""`more [privately]`: the rest of a long answer."""

from bot.command import Command, Context, Example
from bot.document import Typed, reply, text
from bot.messages import Answer

_PRIVATELY = frozenset({"privately", "private", "in private", "pm", "dm", "msg", "query", "to me"})


def run(arguments: str, context: Context) -> Answer:
    """What the last answer here left out; to the asker alone if they want that."""
    if context.rest is None:
        return Answer(reply(text("There is nothing more to show. Ask something: ", Typed("help"))))
    return Answer(context.rest, private=arguments.casefold() in _PRIVATELY)


COMMAND = Command(
    name="more",
    usage="[privately]",
    summary="the rest of a long answer, here or in a private message",
    topic="The bot",
    aliases=("continue", "rest", "go on", "page"),
    run=run,
    examples=(Example("more", ("There is nothing more to show. Ask something: ‘help’",)),),
)
