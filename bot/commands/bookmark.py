"""`bookmark <id | title>`: remember a session and be reminded of it."""

from bot.bookmarking import bookmark_answer
from bot.choosing import session_named
from bot.command import Command, Context, Example
from bot.commands import reserved
from bot.document import Reply
from bot.messages import Answer


def run(arguments: str, context: Context) -> Answer:
    """Bookmark one session; every bookmark reminds."""
    session = session_named(arguments, context, "bookmark", reserved())
    if isinstance(session, Reply):
        return Answer(session, private=True)
    return bookmark_answer(session, None, context)


COMMAND = Command(
    name="bookmark",
    usage="<id | title>",
    summary="remember a session; a reminder comes before it starts",
    topic="Your bookmarks",
    aliases=("star", "save", "fav", "favorite", "favourite", "add", "attend", "book", "mark"),
    personal=True,
    run=run,
    examples=(
        Example(
            "bookmark 12",
            (
                "Bookmarked. I will remind you 5 minutes before, at 10:55am.",
                "[12] Mon 11:00am–11:25am · Ryu Network Operating System · Bayview B"
                " · Kazutaka Morita",
            ),
        ),
        Example(
            "bookmark swift quotas",
            ("Bookmarked. I will remind you 5 minutes before, at Tuesday 8:55am.",),
        ),
    ),
)
