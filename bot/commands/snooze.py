"""`snooze <id> [minutes]`: be reminded once more."""

from datetime import timedelta

from bot.arguments import minutes_behind, quoted
from bot.bookmarking import bookmarked_sessions, private
from bot.choosing import session_named
from bot.command import Command, Context, Example
from bot.commands import reserved
from bot.document import Item, Reply, Time, Typed, reply, text
from bot.messages import Answer, Snooze
from bot.times import duration

BEFORE_START = timedelta(minutes=2)
"""So long before the start a snooze ends that has no minutes of its own."""


def run(arguments: str, context: Context) -> Answer:
    """Remind again in some minutes, or two minutes before the start; not before the usual time."""
    meant, minutes = minutes_behind(arguments, context)
    mine = [session for session, _ in bookmarked_sessions(context)]
    session = session_named(meant, context, "snooze", reserved(), mine)
    if isinstance(session, Reply):
        return Answer(session, private=True)
    bookmark = context.profile.bookmark(session.id)
    if bookmark is None:
        return private(text(f"You have not bookmarked {quoted(session.title)}. First: ",
                            Typed(f"bookmark {session.id}")))  # fmt: skip
    start = session.slot.start
    again = start - BEFORE_START if not minutes else context.now + timedelta(minutes=minutes)
    if session.cancelled or not context.now < again < start:
        why = "is cancelled" if session.cancelled else "starts too soon, or has started"
        return private(text(f"Not snoozed: {quoted(session.title)} {why}."))
    comes = max(again, start - timedelta(minutes=bookmark.before))
    left = duration(max(1, round((start - comes) / timedelta(minutes=1))))
    said = text("I will remind you again at ", Time(comes), f", {left} before it starts.")
    return Answer(reply(said, Item(session, day=True)), (Snooze(session.id, again),), True)


COMMAND = Command(
    name="snooze",
    usage="<id> [minutes]",
    summary="be reminded again in some minutes, or 2 minutes before the start",
    topic="Your bookmarks",
    aliases=("later", "again"),
    personal=True,
    run=run,
    examples=(
        Example(
            "snooze 12",
            ("You have not bookmarked “Ryu Network Operating System”. First: ‘bookmark 12’",),
        ),
    ),
)
