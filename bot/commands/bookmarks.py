"""`bookmarks`: the sessions that one has bookmarked."""

from bot.bookmarking import bookmarked_sessions, private, what_changed, when_reminded
from bot.command import Command, Context, Example
from bot.document import Item, Span, Typed, heading, reply, text
from bot.messages import Answer, Bookmark
from bot.schedule import Session

NONE_YET = reply(
    text("You have no bookmarks yet. Add one by number or title: ", Typed("bookmark 12"))
)
"""What is said to somebody who has bookmarked nothing."""


def run(arguments: str, context: Context) -> Answer:
    """All bookmarks in order of start, with when the reminder comes and what changed."""
    mine = bookmarked_sessions(context)
    if not mine:
        return Answer(NONE_YET, private=True)
    noun = "bookmark" if len(mine) == 1 else "bookmarks"
    items = (Item(s, day=True, note=_note(s, bookmark, context)) for s, bookmark in mine)
    return private(heading(f"You have {len(mine)} {noun}:"), *items)


def _note(session: Session, bookmark: Bookmark, context: Context) -> tuple[Span, ...]:
    note = when_reminded(session, bookmark, context)
    changed = what_changed(session, bookmark, context)
    if changed:
        note = (*changed, *(("; ", *note) if note else ()))
    failure = bookmark.failure
    return (*note, f" (the last message did not reach you: {failure})") if failure else note


COMMAND = Command(
    name="bookmarks",
    summary="the sessions you have bookmarked",
    topic="Your bookmarks",
    aliases=(
        "mine",
        "my bookmarks",
        "my sessions",
        "my schedule",
        "my agenda",
        "starred",
        "saved",
        "favorites",
        "favourites",
    ),
    personal=True,
    run=run,
    examples=(
        Example(
            "bookmarks",
            ("You have no bookmarks yet. Add one by number or title: ‘bookmark 12’",),
        ),
    ),
)
