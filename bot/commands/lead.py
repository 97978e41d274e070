"""`lead <name> [next]`: which sessions somebody leads."""

from datetime import date

from bot.arguments import listing, quoted
from bot.command import Command, Context, Example
from bot.document import Block, Reply, Typed, heading, reply, text
from bot.messages import Answer
from bot.moments import when_meant
from bot.programme import choose_person, next_of, sessions_of
from bot.schedule import Person
from bot.times import long_day


def run(arguments: str, context: Context) -> Answer:
    """What a person leads, or with `next` only what comes next; several people are listed."""
    name = arguments.removeprefix("is ").strip()
    only_next = name.casefold().endswith(" next")
    name = name[: -len(" next")] if only_next else name
    if not name:
        return Answer(reply(text("Who? Give a name, like ", Typed("lead Thierry"), ".")))
    found, day = context.names.people.find(name), None
    if not found:
        asked = when_meant(name, context)
        if asked.day is not None and asked.rest:
            name, day = asked.rest, asked.day
            found = context.names.people.find(name)
    if not found:
        return Answer(Reply(tuple(_nobody(name, context))))
    if len(found) > 1:
        return Answer(Reply(tuple(choose_person(found, name, "lead", context))))
    if day is not None:
        return Answer(Reply(tuple(_on_day(found[0], day, context))))
    return Answer(Reply(tuple(_sessions(found[0], only_next, context))))


def _sessions(person: Person, only_next: bool, context: Context) -> list[Block]:
    sessions = context.schedule.led_by(person.name)
    if only_next:
        return next_of(sessions, f" with {person.name}", context)
    count = sessions_of(person.name, context)
    return [heading(f"{person.name} leads {count}:"), *listing(sessions, context)]


def _on_day(person: Person, day: date, context: Context) -> list[Block]:
    sessions = context.schedule.led_by(person.name)
    then = [s for s in sessions if context.schedule.day_of(s.slot.start) == day]
    count = {0: "no session", 1: "1 session"}.get(len(then), f"{len(then)} sessions")
    said = f"{person.name} leads {count} on {long_day(day)}"
    if then:
        return [heading(f"{said}:"), *listing(then, context)]
    return [text(f"{said}. All: ", Typed(f"lead {person.name}"))]


def _nobody(name: str, context: Context) -> list[Block]:
    near = context.names.people.nearest(name)
    return [
        text(f"Nobody called {quoted(name)} leads a session.", " Closest:" if near else ""),
        *(text(person.name, ": ", Typed(f"lead {person.name}")) for person in near),
        text("To search everything, type ", Typed(f"find {name}"[:60]), "."),
    ]


COMMAND = Command(
    name="lead",
    usage="<name> [next]",
    summary="the sessions that somebody leads",
    topic="The programme",
    aliases=(
        "leads",
        "who",
        "who is",
        "whos",
        "who leads",
        "speaker",
        "speakers",
        "by",
        "person",
        "presenter",
    ),
    run=run,
    examples=(
        Example(
            "lead Thierry",
            (
                "Thierry Carrez leads 8 sessions:",
                "[11] Mon 11:00am–11:25am · Folsom release schedule · Seacliff AB · Thierry Carrez",
            ),
        ),
        Example(
            "lead Thierry next",
            (
                "Next with Thierry Carrez, at 11:00am, in 1 hour 40 minutes:",
                "[11] 11:00am–11:25am · Folsom release schedule · Seacliff AB · Thierry Carrez",
            ),
        ),
        Example("lead Dan", ("3 people match “Dan”:", "Dan Bode (2 sessions): ‘lead Dan Bode’")),
    ),
)
