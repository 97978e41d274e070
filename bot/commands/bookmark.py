"""`bookmark <id | title>`: remember a session and be reminded of it."""

from bot.bookmarking import bookmark_meant
from bot.command import Command, Context, Example
from bot.commands import reserved
from bot.messages import Answer


def run(arguments: str, context: Context) -> Answer:
    """Bookmark one session; every bookmark reminds."""
    return bookmark_meant(arguments, context, reserved())


COMMAND = Command(
    name="bookmark",
    usage="<id | title>",
    summary="remember a session; a reminder comes before it starts",
    topic="Your bookmarks",
    aliases=("star", "save", "fav", "favorite", "favourite", "attend", "book", "mark"),
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
