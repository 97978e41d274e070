"""`find <words>`: search titles, leads and descriptions."""

from bot.arguments import listing, quoted
from bot.command import Command, Context, Example
from bot.document import Reply, Typed, heading, reply, text
from bot.messages import Answer
from bot.names import How


def run(arguments: str, context: Context) -> Answer:
    """All sessions that mention the words; those that have them in the title first."""
    if not arguments:
        return Answer(reply(text("Find what? Give some words, like ", Typed("find quantum"), ".")))
    found = context.names.texts.find(arguments)
    if not found:
        near = context.names.texts.nearest(arguments)
        opening = f"No session mentions {quoted(arguments)}."
        closest = " Closest:" if near else ""
        return Answer(Reply((text(opening, closest), *listing(near, context))))
    titles = context.names.titles.find(arguments, (How.NAME, How.WORDS))
    titled = {session.id for session in titles}
    ordered = sorted(found, key=lambda session: session.id not in titled) if titled else found
    count = "1 session" if len(found) == 1 else f"{len(found)} sessions"
    opening = f"{count} about {quoted(arguments)}:"
    return Answer(Reply((heading(opening), *listing(ordered, context))))


COMMAND = Command(
    name="find",
    usage="<words>",
    summary="search titles, leads and descriptions",
    topic="The programme",
    aliases=("search", "about", "grep", "topic", "lookup", "look for"),
    run=run,
    examples=(
        Example("find statsd", ("2 sessions about “statsd”:",)),
        Example("find ceph", ("1 session about “ceph”:",)),
    ),
)
