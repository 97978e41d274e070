"""What to say to words that are no command, and to somebody who writes for the first time."""

from bot.arguments import quoted
from bot.command import Context
from bot.commands import by_alias
from bot.document import Block, Reply, Typed, reply, text
from bot.names import How

_SURE = (How.NAME, How.WORDS)


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
    """Three things to try."""
    first = next(iter(context.schedule.planned), None)
    room = first.slot.rooms[0] if first is not None and first.slot.rooms else "Marina"
    number = first.id if first is not None else 1
    return (
        text("Hello! I know the programme of ", context.schedule.event, ". Try ",
             Typed("now"), ", ", Typed(f"next {room}"), ", ", Typed(f"bookmark {number}"),
             " (I remind you before it starts), or ", Typed("help"), "."),
    )  # fmt: skip


def _nearest(line: str, context: Context) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    first, _, rest = line.partition(" ")
    close = process.extractOne(
        first.casefold(), list(by_alias()), scorer=OSA.normalized_similarity, score_cutoff=0.6
    )
    if close is not None:
        shortened = " ".join(rest.split()[:5])[:40]
        return f"{by_alias()[close[0]].name} {shortened}".rstrip()
    if context.names.rooms.find(line, _SURE):
        return f"next {line}"
    if context.names.people.find(line, _SURE):
        return f"lead {line}"
    return f"find {line}" if context.names.texts.find(line, _SURE) else None
