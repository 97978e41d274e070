"""`cancel <id | title>`: say that a session does not take place."""

from bot.arguments import shortened
from bot.bookmarking import private
from bot.command import ORGANISING, Command, Context, Example
from bot.commands import reserved
from bot.document import Item, Reply, Typed, text
from bot.live import Cancelled, LiveChange
from bot.messages import Answer
from bot.organising import (
    NOTHING,
    afterwards,
    answer_with,
    entry,
    named,
    refusal,
    session_for,
    told,
)


def run(arguments: str, context: Context) -> Answer:
    """Cancel one session for everybody."""
    meant = session_for(arguments, context, "cancel", reserved())
    if isinstance(meant, Reply):
        return Answer(meant, private=True)
    session = afterwards(meant, (), context)
    shown = Item(session, day=True)
    if session.cancelled:
        back = text("If it takes place after all: ", Typed(f"restore {session.id}"))
        return private(text(f"{NOTHING}it is cancelled already."), shown, back)
    if session.slot.until <= context.now:
        return private(text(f"{NOTHING}that session is over."), shown)
    changes = [LiveChange(session.id, Cancelled(True))]
    after = afterwards(session, changes, context)
    said = text(f"Cancelled. {told(session, after, context)}"), Item(after, day=True)
    done = entry(context, f"cancelled {named(session)}")
    return answer_with(changes, said, done, session, context)


def _otherwise(arguments: str, context: Context) -> Answer:
    """Who is no organiser may have meant a bookmark."""
    remove = Typed(f"unbookmark {shortened(arguments) or 12}")
    return refusal(("A bookmark is removed with ", remove), context.proof)


COMMAND = Command(
    name="cancel",
    usage="<id | title>",
    summary="say that a session does not take place",
    topic=ORGANISING,
    otherwise=_otherwise,
    run=run,
    examples=(
        Example(
            "cancel 42",
            (
                "Cancelled. Those who bookmarked it are told.",
                "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor"
                " · CANCELLED · changed live",
                "Undo: ‘restore 42’",
            ),
        ),
    ),
)
