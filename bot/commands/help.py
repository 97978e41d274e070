"""`help [command]`: what one can ask."""

from collections.abc import Iterable

from bot.arguments import quoted
from bot.command import Command, Context, Example
from bot.document import Block, Reply, Typed, heading, text
from bot.messages import Answer
from bot.organising import refusal

_ORGANISERS = ("organisers", "organiser", "organizers", "organizer")


def run(arguments: str, context: Context) -> Answer:
    """All commands by topic, those of organisers only to them, and first; or one with its
    examples."""
    from bot.commands import every, understood

    theirs = [command for command in every() if command.organising]
    if not arguments:
        others = (command for command in every() if not command.organising)
        return Answer(Reply(tuple(_overview((*(theirs if context.organiser else ()), *others)))))
    if arguments.casefold().removeprefix("for ") in _ORGANISERS:
        return (
            Answer(Reply(tuple(_overview(theirs))))
            if context.organiser
            else refusal(proof=context.proof)
        )
    meant = understood(arguments.removeprefix("!"))
    if meant is None:
        opening = f"There is no command {quoted(arguments)}. All of them: "
        return Answer(Reply((text(opening, Typed("help"), "."),)))
    return Answer(Reply(tuple(_about(meant[0]))))


def _overview(commands: Iterable[Command]) -> list[Block]:
    blocks: list[Block] = []
    topic = ""
    for command in commands:
        if command.topic != topic:
            topic = command.topic
            blocks.append(heading(f"{topic}:"))
        blocks.append(text(Typed(_call(command)), f": {command.summary}"))
    return [*blocks, text("More about one: ", Typed("help next"), ".")]


def _about(command: Command) -> list[Block]:
    examples = (text("For example ", Typed(example.line)) for example in command.examples)
    aliases = [text(f"Also: {', '.join(command.aliases)}.")] if command.aliases else []
    organisers = [text("This is for organisers.")] if command.organising else []
    about = heading(Typed(_call(command)), f": {command.summary}.")
    return [about, *organisers, *examples, *aliases]


def _call(command: Command) -> str:
    return f"{command.name} {command.usage}".rstrip()


COMMAND = Command(
    name="help",
    usage="[command]",
    summary="all commands, or more about one",
    topic="The bot",
    aliases=("commands", "h", "man", "usage", "start"),
    run=run,
    examples=(
        Example(
            "help free",
            ("‘free [room]’: which rooms nobody uses now, and until when.",),
        ),
        Example("help", ("The programme:",)),
    ),
)
