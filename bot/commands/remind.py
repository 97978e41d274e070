"""`remind …`: reminders with minutes of their own, what is to come, off and on, and a test."""

from bot.arguments import minutes_behind, quoted
from bot.bookmarking import (
    ahead,
    beware,
    bookmark_answer,
    bookmarked_sessions,
    private,
    reminder_moment,
    when_reminded,
)
from bot.choosing import session_named
from bot.command import Command, Context, Example
from bot.commands import reserved
from bot.document import Item, Reply, Typed, heading, reply, text
from bot.messages import Answer, Mute, SendTest

_ALL_OF = {1: "this bookmark", 2: "both bookmarks"}
_FILLERS = ("me", "of", "about", "to", "for", "the")


def run(arguments: str, context: Context) -> Answer:
    """`remind 42 10` bookmarks with minutes; alone it lists; `off`, `on` and `test` are apart."""
    words = arguments.split()
    while words and words[0].casefold() in _FILLERS:
        words = words[1:]
    first = words[0].casefold() if words else ""
    rest = " ".join(words[1:])
    if first in ("", "list"):
        return _to_come(context)
    if first == "test" and not rest:
        soon = text("A test reminder is on its way: it comes like the real ones.")
        return Answer(reply(soon, *beware(context)), (SendTest(),), private=True)
    if first in ("off", "on", "stop"):
        return _muted(rest, first != "on", context)
    meant, minutes = minutes_behind(" ".join(words), context)
    session = session_named(meant, context, "remind", reserved())
    if isinstance(session, Reply):
        return Answer(session, private=True)
    return bookmark_answer(session, minutes, context)


def _to_come(context: Context) -> Answer:
    coming = [(s, b) for s, b in ahead(context) if reminder_moment(s, b, context) is not None]
    if not coming:
        hint = text("No reminders are coming up. Get one: ", Typed("remind 12"),
                    " or, with minutes, ", Typed("remind 12 10"))  # fmt: skip
        return private(hint)
    noun = "reminder is" if len(coming) == 1 else "reminders are"
    items = (Item(s, day=True, note=when_reminded(s, b, context)) for s, b in coming)
    return private(heading(f"{len(coming)} {noun} coming up:"), *items)


def _muted(which: str, muted: bool, context: Context) -> Answer:
    mine = [session for session, _ in bookmarked_sessions(context)]
    if which and which.casefold() != "all":
        session = session_named(
            which, context, "remind off" if muted else "remind on", reserved(), mine
        )
        if isinstance(session, Reply):
            return Answer(session, private=True)
        if session not in mine:
            return private(text(f"You have not bookmarked {quoted(session.title)}."))
        mine = [session]
    if not mine:
        return private(text("You have no bookmarks, so no reminders come anyway."))
    ids = tuple(session.id for session in mine)
    what = _ALL_OF.get(len(mine), f"all {len(mine)} bookmarks")
    if muted:
        said = f"Reminders are off for {what}, but changes of time or room are still told."
    else:
        said = f"Reminders are on for {what}."
    shown = (Item(session, day=True) for session in mine[:1] if len(mine) == 1)
    return Answer(reply(text(said), *shown), (Mute(ids, muted),), private=True)


COMMAND = Command(
    name="remind",
    usage="[<id | title> [minutes] | off [id] | on [id] | test]",
    summary="a reminder with its own minutes; what is to come; off, on, and a test",
    topic="Your bookmarks",
    aliases=("reminder", "reminders", "alert", "notify"),
    personal=True,
    run=run,
    examples=(
        Example(
            "remind 12 10",
            ("Bookmarked. I will remind you 10 minutes before, at 10:50am.",),
        ),
        Example(
            "remind",
            ("No reminders are coming up. Get one: ‘remind 12’ or, with minutes, ‘remind 12 10’",),
        ),
        Example("remind off", ("You have no bookmarks, so no reminders come anyway.",)),
        Example(
            "remind test",
            ("A test reminder is on its way: it comes like the real ones.",),
        ),
    ),
)
