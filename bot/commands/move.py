"""`move <id | title> <room, day or time>`: hold a session elsewhere or at another time."""

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.arguments import IN_MARKS, number_meant
from bot.bookmarking import private
from bot.choosing import session_named, surely_named
from bot.command import ORGANISING, Command, Context, Example
from bot.commands import reserved
from bot.document import Block, Item, Precision, Reply, Time, Typed, reply, text
from bot.live import InRooms, LiveChange, Starts
from bot.messages import Answer
from bot.moments import when_meant
from bot.notices import places
from bot.organising import (
    NOTHING,
    afterwards,
    answer_with,
    entry,
    named,
    told,
    warnings,
)
from bot.placing import Wish, length_meant, shift_meant, wish_meant
from bot.schedule import Session

_MOST_WORDS_OF_A_TITLE = 12
_NUMBER = r"[#\[(]*(\d{1,9})[\])]*"
_BEFORE_A_NUMBER = re.compile(
    r"\A(?:(?:please|the|session|talk|number)\s+)+(?=[#\[(]*\d)", re.IGNORECASE
)
_THE = re.compile(r"\Athe\s+", re.IGNORECASE)
_AND = r"\s*(,|;|&|\band\b)\s*"
_SEVERAL = re.compile(
    rf"{_NUMBER}{_AND}{_NUMBER}(?:\s*(?:,|;|&|\band\b)\s*[#\[(]*\d+[\])]*)*(?:\s+(.*))?",
    re.IGNORECASE,
)


def run(arguments: str, context: Context) -> Answer:
    """Move one session to a room, a day and a time, as far as they are named; it lasts as long as
    before. The day is its own where none is named."""
    meant = _meant(arguments, context)
    if isinstance(meant, Reply):
        return Answer(meant, private=True)
    session, words = afterwards(meant[0], (), context), meant[1]
    command = f"move {session.id}"
    if not words:
        asks = "Where to, or to what time? Say it like "
        two = (Typed(f"{command} Marina 14:30"), " or ", Typed(f"{command} Tuesday"))
        return private(text(asks, *two, "."), Item(session, day=True))
    local = session.slot.start.astimezone(context.schedule.timezone)
    day = context.schedule.day_of(session.slot.start)
    wish = _wish(words, day, session, context)
    if not isinstance(wish, Wish):
        return private(*wish)
    start = session.slot.start + wish.by
    if wish.when is not None:
        start = wish.start(context.schedule, day, local.time())
    changes: list[LiveChange] = []
    if start != session.slot.start:
        changes.append(LiveChange(session.id, Starts(start)))
    if wish.rooms and wish.rooms != session.slot.rooms:
        changes.append(LiveChange(session.id, InRooms(wish.rooms)))
    if not changes:
        return private(text(f"{NOTHING}it is there at that time already."), Item(session, day=True))
    after = afterwards(session, changes, context)
    if after.slot.until <= context.now:
        start_time = Time(start, Precision.WEEKDAY_AND_CLOCK)
        over = text(f"{NOTHING}with a start on ", start_time, " it would be over already.")
        return private(over, Item(session, day=True))
    way = places(session.slot, after.slot)
    news = "" if session.cancelled else f" {told(session, after, context)}"
    new = [text(f"No room was called {name} before.") for name in wish.new]
    said: list[Block] = [text("Moved from ", *way, f".{news}"), Item(after, day=True), *new]
    said += warnings(after, context, session)
    done = entry(context, f"moved {named(session)} from ", *way)
    return answer_with(changes, said, done, session, context)


def _meant(arguments: str, context: Context) -> tuple[Session, str] | Reply:
    """The session, and the words beside it; a title is as long as it can be."""
    several = _several(arguments, context)
    if several is not None:
        return several
    first, _, rest = arguments.partition(" ")
    if (in_marks := IN_MARKS.match(arguments)) is not None:
        first, rest = in_marks[1], arguments[in_marks.end() :].strip()
    if in_marks is not None or not first or number_meant(first) is not None:
        session = session_named(first, context, "move", reserved())
        return session if isinstance(session, Reply) else (session, rest)
    # `the` may begin the title, or be none of it.
    ways = dict.fromkeys((arguments, _THE.sub("", arguments)))
    titled = [found for way in ways if (found := _titled(way, context)) is not None]
    if titled:
        return min(titled, key=lambda found: len(found[1]))
    numbered = _BEFORE_A_NUMBER.sub("", arguments)
    if numbered != arguments:
        return _meant(numbered, context)
    when = when_meant(arguments, context)
    likely = session_named(when.rest or arguments, context, "move", reserved())
    return likely if isinstance(likely, Reply) else (likely, when.said)


def _titled(arguments: str, context: Context) -> tuple[Session, str] | None:
    """The session whose title the words begin with, and those behind it."""
    words = arguments.split()
    for count in range(min(len(words), _MOST_WORDS_OF_A_TITLE), 0, -1):
        titled = surely_named(" ".join(words[:count]), context, reserved())
        if titled is not None:
            return titled, " ".join(words[count:])
    return None


def _several(arguments: str, context: Context) -> Reply | None:
    """What to type for `2 and 3 to Marina`; None if it names one session, or a time behind it."""
    numbers = _SEVERAL.fullmatch(arguments)
    if numbers is None:
        return None
    if numbers[2] in {",", ";"}:
        when = when_meant(arguments[numbers.end(2) :], context)
        if when.day is not None or when.clear:
            return None
    rest = f" {numbers[4]}" if numbers[4] else ""
    first, second = (Typed(f"move {number}{rest}") for number in (numbers[1], numbers[3]))
    return reply(text("One session at a time, please: ", first, ", then ", second, "."))


def _wish(words: str, day: date, session: Session, context: Context) -> Wish | list[Block]:
    """Where and when to, or how much later; a length may be said, but it stays."""
    command, slot = f"move {session.id}", session.slot

    def wished(words: str, behind: str = "") -> Wish | list[Block]:
        return wish_meant(words, context, day, lambda place: f"{command} {place}{behind}")

    wish = wished(words)
    if isinstance(wish, Wish):
        return wish
    shift = shift_meant(words)
    if shift is not None:
        by, beside = shift[0] or timedelta(), shift[1]
        wish = wished(beside, f" {by // timedelta(minutes=1):+}m")
        if not isinstance(wish, Wish):
            return wish
        return replace(wish, by=by) if by and wish.when is None else _how_far(command)
    length, rest = length_meant(words, context)
    if length is None:
        return wish
    wish = wished(rest)
    if isinstance(wish, Wish) and length != slot.until - slot.start:
        stays = f"{NOTHING}a session that is moved lasts as long as before. Without a length: "
        return [text(stays, Typed(f"{command} {rest}"))]
    return wish


def _how_far(command: str) -> list[Block]:
    two = (Typed(f"{command} +10m"), " or ", Typed(f"{command} 14:30"))
    return [text("By how much, or to what time? Say it like ", *two, ".")]


COMMAND = Command(
    name="move",
    usage="<id | title> <room, day, time>",
    summary="hold a session elsewhere, or at another time",
    topic=ORGANISING,
    aliases=("reschedule",),
    run=run,
    examples=(
        Example(
            "move 42 Marina 17:30",
            (
                "Moved from Monday 4:30pm, Bayview B to Monday 5:30pm, Marina."
                " Those who bookmarked it are told.",
            ),
        ),
        Example(
            "move 42 +10m",
            ("Moved from Monday 4:30pm to Monday 4:40pm. Those who bookmarked it are told.",),
        ),
        Example(
            "move swift quotas Tuesday 2pm",
            ("Moved from Tuesday 9:00am to Tuesday 2:00pm. Those who bookmarked it are told.",),
        ),
        Example(
            'move 42 "Room 5"',
            ("Moved from Bayview B to Room 5. Those who bookmarked it are told.",),
        ),
    ),
)
