"""What to say to words that are no command, and to somebody who writes for the first time."""

from bot.arguments import quoted
from bot.command import Context
from bot.commands import by_alias
from bot.document import Block, Reply, Span, Typed, reply, text
from bot.names import How

_SURE = (How.NAME, How.WORDS)
_ALIKE = 0.7


def no_command(line: str, context: Context) -> Reply:
    """One line: the nearest command, or a few to begin with."""
    if not line:
        return reply(text("Ask me what is on: ", Typed("now"), ", ", Typed("next"), " or ",
                          Typed("help"), "."))  # fmt: skip
    near = _nearest(line, context)
    if near is None:
        return reply(text(f"I do not know {quoted(line)}. All commands: ", Typed("help"), "."))
    return reply(text(f"I do not know {quoted(line)}. Did you mean ", Typed(near), "?"))


def greeting(context: Context) -> tuple[Block, ...]:
    """Three things to try, and where to find the rest."""
    tries: list[Span] = [Typed("now")]
    coming = context.schedule.upcoming(context.now)
    if coming:
        rooms = coming[0].slot.rooms
        tries += [", ", Typed(f"next {rooms[0]}" if rooms else "next")]
        tries += [", ", Typed(f"bookmark {coming[0].id}"), " (I remind you before it starts)"]
    else:
        tries += [", ", Typed("agenda"), ", ", Typed("rooms")]
    lead = f"Hello! I know the programme of {context.schedule.event}. Try "
    return (text(lead, *tries, ", or ", Typed("help"), " for all commands."),)


def _nearest(line: str, context: Context) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if line.strip("#[] ").isdigit():
        return f"info {line}"
    first, _, rest = line.partition(" ")
    close = process.extractOne(
        first.casefold(), list(by_alias()), scorer=OSA.normalized_similarity, score_cutoff=_ALIKE
    )
    if close is not None:
        shortened = " ".join(rest.split()[:5])[:40]
        return f"{by_alias()[close[0]].name} {shortened}".rstrip()
    if context.names.rooms.find(line, _SURE):
        return f"next {line}"
    if context.names.people.find(line, _SURE):
        return f"lead {line}"
    return f"find {line}" if context.names.texts.find(line, _SURE) else None
