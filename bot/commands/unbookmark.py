"""`unbookmark <id | title>`: forget a bookmark."""

from collections.abc import Sequence

from bot.arguments import quoted
from bot.bookmarking import bookmarked_sessions, private
from bot.choosing import session_named
from bot.command import Command, Context, Example
from bot.commands import reserved
from bot.document import Block, Item, Reply, Typed, reply, text
from bot.messages import Answer, DropBookmark
from bot.schedule import Session

_EVERY = ("all", "everything", "all bookmarks", "all my bookmarks", "all of them")


def run(arguments: str, context: Context) -> Answer:
    """Drop one bookmark; a title is looked for among the bookmarked sessions first."""
    mine = [session for session, _ in bookmarked_sessions(context)]
    if arguments.casefold() in _EVERY:
        return _one_at_a_time(mine)
    session = session_named(arguments, context, "unbookmark", reserved(), mine)
    if isinstance(session, Reply):
        return Answer(session, private=True)
    hint = _how_to_cancel(session, context)
    if session not in mine:
        none = text("You have not bookmarked ", quoted(session.title), ". Yours: ",
                    Typed("bookmarks"))  # fmt: skip
        return private(none, *hint)
    dropped = text("Bookmark removed, no reminder will come.")
    return Answer(reply(dropped, Item(session, day=True), *hint), (DropBookmark(session.id),), True)


def _how_to_cancel(session: Session, context: Context) -> list[Block]:
    """Organisers who `delete` a session may have meant it for everybody."""
    if not context.organiser or session.cancelled or session.slot.until <= context.now:
        return []
    return [text("The session itself is cancelled with ", Typed(f"cancel {session.id}"), ".")]


def _one_at_a_time(mine: Sequence[Session]) -> Answer:
    if not mine:
        return private(text("You have no bookmarks."))
    return private(
        text("I remove one bookmark at a time, by its number, like ",
             Typed(f"unbookmark {mine[0].id}"), ":"),
        *(Item(session, day=True) for session in mine),
        text("To delete everything about you: ", Typed("forget me")),
    )  # fmt: skip


COMMAND = Command(
    name="unbookmark",
    usage="<id | title>",
    summary="remove a bookmark and its reminder",
    topic="Your bookmarks",
    aliases=("unstar", "remove", "drop", "delete", "unfav", "unsave", "leave"),
    personal=True,
    run=run,
    examples=(
        Example(
            "unbookmark 12",
            ("You have not bookmarked “Ryu Network Operating System”. Yours: ‘bookmarks’",),
        ),
    ),
)
