"""`add "title" <room, day, time> [length]`: a session that is not published."""

from datetime import timedelta

from bot.arguments import IN_MARKS
from bot.bookmarking import bookmark_meant, private
from bot.cleaning import one_line
from bot.command import ORGANISING, Command, Context, Example
from bot.commands import reserved
from bot.document import Block, Item, Precision, Reply, Time, Typed, reply, text
from bot.live import Added, LiveChange
from bot.messages import Answer
from bot.names import words as words_in
from bot.organising import (
    NOTHING,
    answer_with,
    entry,
    named,
    overview_in,
    place,
    refusal,
    warnings,
    with_changes,
)
from bot.placing import Wish, length_meant, wish_meant
from bot.schedule import USUAL_LENGTH, Slot

_LONGEST = timedelta(hours=24)
_LONGEST_TITLE = 200
_LIKE = 'add "Fire drill" Marina 14:30 25m'


def run(arguments: str, context: Context) -> Answer:
    """Add one session to the programme. Without a title in quotation marks a bookmark is meant."""
    title = IN_MARKS.match(arguments)
    if not arguments:
        return private(text("To add a session: ", Typed(_LIKE), ". To bookmark one: ",
                            Typed("bookmark 12"), "."))  # fmt: skip
    if title is None:
        answer = bookmark_meant(arguments, context, reserved())
        hint = text("A new session has its title in quotation marks: ", Typed(_LIKE))
        return answer if answer.effects else Answer(reply(*answer.reply, hint), private=True)
    name, words = one_line(title[1]), arguments[title.end() :].strip()
    if not words_in(name):
        return private(text("What is it called? Say it like ", Typed(_LIKE), "."))
    if len(name) > _LONGEST_TITLE:
        return private(text(f"{NOTHING}a title has at most {_LONGEST_TITLE} characters."))
    slot = _slot(name, words, context)
    if isinstance(slot, Reply):
        return Answer(slot, private=True)
    trouble = _trouble(name, slot, context)
    return Answer(trouble, private=True) if trouble is not None else _added(name, slot, context)


def _otherwise(arguments: str, context: Context) -> Answer:
    """Who is no organiser means a bookmark, unless they say where and when something is to be."""
    title = IN_MARKS.match(arguments)
    if title is not None and arguments[title.end() :].strip():
        return refusal(proof=context.proof)
    return bookmark_meant(arguments, context, reserved())


def _slot(name: str, words: str, context: Context) -> Slot | Reply:
    schedule = context.schedule
    usual = next((day for day in schedule.days if day >= context.today), context.today)
    length, rest = length_meant(words, context)
    behind = f" {length // timedelta(minutes=1)}m" if length else ""
    wish = wish_meant(rest, context, usual, lambda put: f'add "{name}" {put}{behind}')
    if not isinstance(wish, Wish):
        return reply(*wish)
    if not wish.rooms or wish.when is None or wish.when.at is None:
        lacks = "Where and when" if not wish.rooms and not wish.when else "Where"
        asks = lacks if not wish.rooms else "At what time"
        return reply(text(f"{asks} is it? Say it like ", Typed(_LIKE), "."))
    start = wish.start(schedule, usual, wish.when.at)
    return Slot(start, start + length if length else None, wish.rooms)


def _trouble(name: str, slot: Slot, context: Context) -> Reply | None:
    """Why nothing of this title can be added then."""
    if slot.until <= context.now:
        start = Time(slot.start, Precision.WEEKDAY_AND_CLOCK)
        return reply(text(f"{NOTHING}with a start on ", start, " it would be over already."))
    if slot.end is not None and slot.end - slot.start > _LONGEST:
        return reply(text(f"{NOTHING}a session lasts 24 hours at most, like ", Typed(_LIKE)))
    asked = words_in(name)
    for other in context.schedule.sessions:
        if other.slot.start == slot.start and words_in(other.title) == asked:
            command = "restore" if other.cancelled else "move"
            line = f"{command} {other.id}" if other.cancelled else f"{command} {other.id} Marina"
            back = text("To let it take place: " if other.cancelled else "To hold it elsewhere: ",
                        Typed(line))  # fmt: skip
            there = text(f"{NOTHING}there is a session of this title at that time.")
            return reply(there, Item(other, day=True), back)
    return None


def _added(name: str, slot: Slot, context: Context) -> Answer:
    change = LiveChange(overview_in(context).highest + 1, Added(name, slot))
    session = with_changes(change.session_id, (change,), context)
    assert session is not None, "its number is above all others"
    length = ""
    if slot.end is None:
        length = f" Its length is not said: {USUAL_LENGTH // timedelta(minutes=1)} minutes."
    new = [room for room in slot.rooms if room not in context.schedule.rooms]
    said: list[Block] = [
        text(
            f"Added.{length} Nobody is told of it; to tell people: ",
            Typed(f"announce {session.id} This is new"),
        ),
        Item(session, day=True),
        *(text(f"No room was called {room} before.") for room in new),
    ]
    said += warnings(session, context)
    done = entry(context, f"added {named(session)}: ", *place(slot))
    return answer_with([change], said, done, session, context)


COMMAND = Command(
    name="add",
    usage='"title" <room, day, time> [length]',
    summary="add a session that is not published",
    topic=ORGANISING,
    personal=True,
    otherwise=_otherwise,
    run=run,
    examples=(
        Example(
            'add "Fire drill" Ballroom 14:30 15m',
            (
                "Added. Nobody is told of it; to tell people: ‘announce 160 This is new’",
                "[160] Mon 2:30pm–2:45pm · Fire drill · Ballroom · added live",
                "Undo: ‘cancel 160’",
            ),
        ),
    ),
)
