"""`unbookmark <id | title>`: forget a bookmark."""

from bot.arguments import quoted, session_meant
from bot.bookmarking import bookmarked_sessions, private
from bot.command import Command, Context, Example
from bot.document import Item, Reply, Typed, reply, text
from bot.messages import Answer, DropBookmark
from bot.names import Names


def run(arguments: str, context: Context) -> Answer:
    """Drop one bookmark; a title is looked for among the bookmarked sessions first."""
    mine = [session for session, _ in bookmarked_sessions(context)]
    own = Names((session, (session.title,)) for session in mine).find(arguments)
    session = own[0] if len(own) == 1 else session_meant(arguments, context, "unbookmark")
    if isinstance(session, Reply):
        return Answer(session, private=True)
    if session not in mine:
        return private(
            text("You have not bookmarked ", quoted(session.title), ". Yours: ", Typed("bookmarks"))
        )
    dropped = text("Bookmark removed, no reminder will come.")
    return Answer(reply(dropped, Item(session, day=True)), (DropBookmark(session.id),), True)


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
