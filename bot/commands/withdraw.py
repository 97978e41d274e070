"""`withdraw <id | title>`: take back what was changed live about a session."""

from bot.bookmarking import private
from bot.command import ORGANISING, Command, Context, Example
from bot.commands import reserved
from bot.document import Block, Item, Reply, Span, Typed, reply, text
from bot.live import Added
from bot.messages import Answer, Withdraw
from bot.organising import (
    NOTHING,
    added_and_changed,
    afterwards,
    entry,
    named,
    overview_in,
    place,
    session_for,
    told,
    warnings,
    with_changes,
)
from bot.schedule import Session


def run(arguments: str, context: Context) -> Answer:
    """Take back everything that was changed live about one session; one that was added stays as it
    was added."""
    changed = {c.session_id for c in overview_in(context).live if not isinstance(c.value, Added)}
    likely = [session for session in context.schedule.sessions if session.id in changed]
    meant = session_for(arguments, context, "withdraw", reserved(), likely)
    if isinstance(meant, Reply):
        return Answer(meant, private=True)
    session = afterwards(meant, (), context)
    added, changes = added_and_changed(session.id, context)
    if not changes:
        return private(*_nothing(session, bool(added)))
    after = with_changes(session.id, added, context) or session
    same = after.facts.says_the_same_as(session.facts)
    opening = "As it was added." if added else "As published again."
    news = "" if same else f" {told(session, after, context)}"
    blocks = (text(opening + news), Item(after, day=True), *warnings(after, context, session))
    done = entry(context, f"withdrew what was changed live about {named(session)}: now ",
                 *_now(after))  # fmt: skip
    return Answer(reply(*blocks), (Withdraw(session.id), done), private=True)


def _nothing(session: Session, added: bool) -> tuple[Block, ...]:
    shown = Item(session, day=True)
    if not added:
        return (text(f"{NOTHING}it is as published."), shown)
    off = Typed(f"cancel {session.id}")
    return (text(f"{NOTHING}it was added live and is not published. Off the programme: ", off),
            shown)  # fmt: skip


def _now(session: Session) -> tuple[Span, ...]:
    return (*place(session.slot), ", cancelled" if session.cancelled else "")


COMMAND = Command(
    name="withdraw",
    usage="<id | title>",
    summary="take back what was changed live about a session",
    topic=ORGANISING,
    aliases=("revert",),
    run=run,
    examples=(
        Example(
            "withdraw 42",
            (
                "Nothing was changed: it is as published.",
                "[42] Mon 4:30pm–4:55pm · Jenkins jclouds plugin · Bayview B · Monty Taylor",
            ),
        ),
    ),
)
