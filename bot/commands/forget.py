"""`forget me`: delete everything that is known of the asker."""

from bot.bookmarking import private
from bot.command import Command, Context, Example
from bot.document import Button, Typed, reply, text
from bot.messages import Answer, Forget


def run(arguments: str, context: Context) -> Answer:
    """Ask once for a confirmation, then delete bookmarks, settings and all traces."""
    words = arguments.casefold().split()
    if words == ["me", "yes"]:
        return Answer(reply(text("Everything about you is deleted.")), (Forget(),), private=True)
    if words != ["me"]:
        return private(
            text("I forget people, not sessions: ", Typed("forget me"), " deletes all about you, ",
                 Typed("unbookmark 12"), " one bookmark.")
        )  # fmt: skip
    count = len(context.profile.bookmarks)
    noun = "bookmark" if count == 1 else "bookmarks"
    return private(
        text(f"This deletes all that is stored about you: {count} {noun}, your settings, and "
             "what you have been told. It cannot be undone."),
        Button("Delete everything", "forget me yes"),
    )  # fmt: skip


COMMAND = Command(
    name="forget",
    usage="me",
    summary="delete everything that is stored about you",
    topic="The bot",
    aliases=("erase", "gdpr"),
    personal=True,
    run=run,
    examples=(
        Example(
            "forget me",
            (
                "This deletes all that is stored about you: 0 bookmarks, your settings, and"
                " what you have been told. It cannot be undone.",
                "Delete everything: ‘forget me yes’",
            ),
        ),
    ),
)
