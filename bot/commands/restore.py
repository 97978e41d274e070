"""`restore <id | title>`: say that a cancelled session takes place after all."""

from bot.bookmarking import private
from bot.command import ORGANISING, Command, Context, Example
from bot.commands import reserved
from bot.document import Item, Reply, Typed, text
from bot.live import Cancelled, LiveChange
from bot.messages import Answer
from bot.organising import (
    NOTHING,
    added_and_changed,
    afterwards,
    answer_with,
    entry,
    named,
    overview_in,
    session_for,
    told,
    warnings,
)


def run(arguments: str, context: Context) -> Answer:
    """Let one session take place, whatever is published."""
    cancelled = [session for session in context.schedule.sessions if session.cancelled]
    meant = session_for(arguments, context, "restore", reserved(), cancelled)
    if isinstance(meant, Reply):
        return Answer(meant, private=True)
    session = afterwards(meant, (), context)
    shown = Item(session, day=True)
    if not session.cancelled:
        has_changes = added_and_changed(session.id, context)[1]
        published = overview_in(context).published.session(session.id) is not None
        as_before = "To let what is published hold again" if published else "As it was added"
        back = text(f"{as_before}: ", Typed(f"withdraw {session.id}"))
        said = text(f"{NOTHING}it is not cancelled.")
        return private(said, shown, *([back] if has_changes else []))
    if session.slot.until <= context.now:
        return private(text(f"{NOTHING}that session is over. To another time: ",
                            Typed(f"move {session.id} 14:30")), shown)  # fmt: skip
    changes = [LiveChange(session.id, Cancelled(False))]
    after = afterwards(session, changes, context)
    taking_place = text(f"It takes place after all. {told(session, after, context)}")
    blocks = (taking_place, Item(after, day=True), *warnings(after, context, session))
    done = entry(context, f"restored {named(session)}, which was cancelled")
    return answer_with(changes, blocks, done, session, context)


COMMAND = Command(
    name="restore",
    usage="<id | title>",
    summary="say that a cancelled session takes place after all",
    topic=ORGANISING,
    aliases=("uncancel",),
    run=run,
    examples=(
        Example(
            "restore 42",
            (
                "Nothing was changed: it is not cancelled.",
                "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor",
            ),
        ),
    ),
)
