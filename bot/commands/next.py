"""`next [room | person | kind | words]`: what comes next."""

import re
from collections.abc import Sequence

from bot.arguments import quoted
from bot.command import Command, Context, Example
from bot.document import Block, Item, Reply, Typed, text
from bot.messages import Answer
from bot.moments import when_meant
from bot.names import How
from bot.programme import MOST_ROOMS, at_or_on, choose_person, choose_room, next_of
from bot.schedule import Kind, Session

_KINDS = {
    "lunch": Kind.LUNCH, "food": Kind.LUNCH,
    "break": Kind.BREAK, "breaks": Kind.BREAK, "coffee": Kind.BREAK, "coffee break": Kind.BREAK,
    "party": Kind.PARTY, "parties": Kind.PARTY,
    "unconference": Kind.UNCONFERENCE, "unconference sessions": Kind.UNCONFERENCE,
    "lightning": Kind.LIGHTNING, "lightning talk": Kind.LIGHTNING,
    "lightning talks": Kind.LIGHTNING,
    "plenary": Kind.PLENARY, "keynote": Kind.PLENARY, "hackathon": Kind.HACKATHON,
    "session": Kind.SESSION, "sessions": Kind.SESSION, "talk": Kind.SESSION, "talks": Kind.SESSION,
}  # fmt: skip


# `next talk by Vish`, `next session in the ballroom`
_BEFORE = re.compile(
    r"(?:(?:sessions?|talks?)\s+)?(?:(?:in|at|by|with|from|about|on|of)\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s+(?:sessions?|talks?)$", re.IGNORECASE)


def run(arguments: str, context: Context) -> Answer:
    """What comes next of what the words mean: all sessions, a room, a person, a kind, a topic."""
    meant = _without_fillers(arguments)
    if not meant or meant.casefold() == "up":
        return Answer(Reply(tuple(next_of(None, "", context))))
    for rule in How:
        for look in (_rooms, _kind, _people, _day, _topic):
            blocks = look(meant, rule, context)
            if blocks:
                return Answer(Reply(tuple(blocks)))
    return Answer(Reply(tuple(_nothing(meant, context))))


def _without_fillers(arguments: str) -> str:
    if arguments.casefold() in _KINDS:
        return arguments
    begun = _BEFORE.sub("", arguments, count=1)
    if begun.casefold() in _KINDS:
        return begun
    return _BEHIND.sub("", begun) or arguments


def _rooms(meant: str, rule: How, context: Context) -> list[Block]:
    found = context.names.rooms.find(meant, (rule,))
    if len(found) > MOST_ROOMS:
        return choose_room(found, meant, "next")
    schedule = context.schedule
    return [
        block
        for room in found
        for block in next_of(schedule.in_room(room.name), f" in {room.name}", context)
    ]


def _kind(meant: str, rule: How, context: Context) -> list[Block]:
    kind = _KINDS.get(meant.casefold()) if rule is How.NAME else None
    if kind is None:
        return []
    among: Sequence[Session] = [s for s in context.schedule.planned if s.kind is kind]
    return next_of(among, f" {kind}", context, f"There are no more {_plural(kind)}")


def _day(meant: str, rule: How, context: Context) -> list[Block]:
    # After the names: Sun and Wed are people too.
    asked = when_meant(meant, context)
    if rule is not How.WORDS or asked.day is None:
        return []
    rooms = context.names.rooms.find(asked.rest, (How.NAME, How.WORDS)) if asked.rest else []
    return at_or_on(asked, rooms, context) if bool(rooms) == bool(asked.rest) else []


def _people(meant: str, rule: How, context: Context) -> list[Block]:
    found = context.names.people.find(meant, (rule,))
    if len(found) > 1:
        return choose_person(found, meant, "next", context)
    schedule = context.schedule
    return [
        block
        for person in found
        for block in next_of(schedule.led_by(person.name), f" with {person.name}", context)
    ]


def _topic(meant: str, rule: How, context: Context) -> list[Block]:
    titled = context.names.titles.find(meant, (rule,))
    coming = [s for s in titled if s.slot.start > context.now]
    found = coming or context.names.texts.find(meant, (rule,))
    return next_of(found, f" about {quoted(meant)}", context) if found else []


def _plural(kind: str) -> str:
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    return kind if kind.endswith("s") else f"{kind}es" if kind.endswith("ch") else f"{kind}s"


def _nothing(meant: str, context: Context) -> list[Block]:
    near = context.names.texts.nearest(meant)
    return [
        text(f"No room, person or topic is called {quoted(meant)}.", " Closest:" if near else ""),
        *(Item(session, day=True) for session in near),
        text("All rooms: ", Typed("rooms"), ". All commands: ", Typed("help"), "."),
    ]


COMMAND = Command(
    name="next",
    usage="[room | person | kind | words]",
    summary="what comes next: anywhere, in a room, with a person, of a kind, about a topic",
    topic="The programme",
    aliases=(
        "upcoming",
        "soon",
        "then",
        "whats next",
        "what is next",
        "up next",
        "when is",
        "whens",
    ),
    run=run,
    examples=(
        Example(
            "next Marina",
            (
                "Next in Marina, at 9:30am, in 10 minutes:",
                "[6] 9:30am–10:25am · Breakout of volume into its own service · Marina"
                " · Vishvananda Ishaya",
            ),
        ),
        Example(
            "next lunch",
            (
                "Next lunch, at 12:30pm, in 3 hours 10 minutes:",
                "[23] 12:30pm–1:30pm · Lunch · 2nd Floor",
            ),
        ),
        Example("next Thierry", ("Next with Thierry Carrez, at 11:00am, in 1 hour 40 minutes:",)),
    ),
)
