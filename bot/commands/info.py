"""`info <id | title>`: all that is known of a session."""

from bot.arguments import item
from bot.choosing import session_meant
from bot.command import Command, Context, Example
from bot.document import Block, Button, Reply, text
from bot.messages import Answer
from bot.organising import place
from bot.schedule import Session

_LONGEST = 600


def run(arguments: str, context: Context) -> Answer:
    """The session with its description, address, links, and what one can do with it."""
    session = session_meant(arguments, context, "info")
    if isinstance(session, Reply):
        return Answer(session)
    return Answer(Reply((item(session, context), *_details(session, context))))


def _details(session: Session, context: Context) -> list[Block]:
    blocks = _published(session, context)
    if session.text:
        blocks.append(text(_shortened(session.text)))
    for name in session.slot.rooms:
        address = context.schedule.rooms[name].address
        if address:
            blocks.append(text(f"{name}: {address}"))
    blocks += [text(link) for link in session.links]
    if not session.cancelled and context.now < session.slot.start:
        blocks.append(Button("Bookmark", f"bookmark {session.id}"))
    return blocks


def _published(session: Session, context: Context) -> list[Block]:
    """Where organisers have had a hand in it, what is published instead."""
    if session.live is None or context.published is None:
        return []
    published = context.published.session(session.id)
    if published is None or published.removed:
        return [text("Not in the published schedule.")]
    cancelled = ", cancelled" if published.cancelled else ""
    return [text("Published: ", *place(published.slot), f"{cancelled}.")]


def _shortened(long: str) -> str:
    if len(long) <= _LONGEST:
        return long
    return long[:_LONGEST].rsplit(" ", 1)[0] + " \N{HORIZONTAL ELLIPSIS}"


COMMAND = Command(
    name="info",
    usage="<id | title>",
    summary="all that is known of a session",
    topic="The programme",
    aliases=("show", "details", "detail", "session", "describe", "what is"),
    run=run,
    examples=(
        Example(
            "info chef",
            ("[56] Tue 9:00am–9:55am · Chef and OpenStack · Bayview B · Matt Ray",),
        ),
        Example(
            "info swift quotas", ("[60] Tue 9:00am–9:55am · Swift Quotas · Marina · Everett Toews",)
        ),
    ),
)
