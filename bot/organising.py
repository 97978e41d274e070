"""What organisers' commands share: the session as it will be, what they have to know beside that,
and the sentence that the audit log keeps."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import assert_never

from bot.arguments import numbers_meant
from bot.bookmarking import private
from bot.choosing import session_named, without_little_words
from bot.command import LONGEST_LINE, Context
from bot.document import Block, Button, Item, Precision, Reply, Span, Time, Typed, reply, text
from bot.live import Added, Cancelled, InRooms, LiveChange, Starts, overlaid
from bot.messages import Answer, Audit, ChangeLive, Effect
from bot.overview import Overview
from bot.placing import Wish, wish_meant
from bot.schedule import Schedule, Session, Slot
from bot.text import spans_text
from bot.times import Reader, weekday

_MOST_OVERLAPS = 3
_NUMBER_FIRST = re.compile(
    r"(?:session\s+)?[#\[(]*(\d{1,9})[\])]*[:,.]?\s+(?:(?:because|since)\s+)?(.+)", re.IGNORECASE
)
NOTHING = "Nothing was changed: "


def refusal(instead: Sequence[Span] = (), proof: str = "") -> Answer:
    """What somebody gets who is no organiser; `instead` is what they may have meant, `proof` how
    one shows that one is an organiser."""
    meant = instead or ("What you can ask: ", Typed("help"))
    sorry = "Sorry, only the organisers of the event can do that. "
    return private(text(sorry, *meant, f". {proof}".rstrip()))


def session_for(
    words: str,
    context: Context,
    command: str,
    reserved: Collection[str],
    likely: Sequence[Session] = (),
) -> Session | Reply:
    """The session that is surely meant, among the `likely` first, or what to type. What stands
    behind a number is no title."""
    meant = session_named(words, context, command, reserved, likely, prefer=True)
    begun = _NUMBER_FIRST.fullmatch(words)
    session = context.schedule.session(int(begun[1])) if begun else None
    titled = isinstance(meant, Session) or context.names.titles.find(words)
    if begun is None or session is None or titled or numbers_meant(without_little_words(words)):
        return meant
    why: tuple[Span, ...] = ()
    if command == "cancel" and len(begun[2].split()) > 1:
        why = (" To say why: ", Typed(f"announce {session.id} {begun[2]}"), ".")
    only = "Only a number or a title, please: "
    return reply(text(only, Typed(f"{command} {session.id}"), ".", *why))


def overview_in(context: Context) -> Overview:
    """What organisers see; the engine has it ready for their commands."""
    assert context.overview is not None, "only for commands that are for organisers"
    return context.overview


def named(session: Session) -> str:
    """`[42] “Title”`, the whole of it."""
    title = f"\N{LEFT DOUBLE QUOTATION MARK}{session.title}\N{RIGHT DOUBLE QUOTATION MARK}"
    return f"[{session.id}] {title}"


def place(slot: Slot) -> tuple[Span, ...]:
    """`Monday 2:30pm to 2:55pm, Marina`."""
    end: tuple[Span, ...] = (" to ", Time(slot.end)) if slot.end else ()
    rooms = f", {', '.join(slot.rooms)}" if slot.rooms else ""
    return (Time(slot.start, Precision.WEEKDAY_AND_CLOCK), *end, rooms)


def added_and_changed(
    session_id: int, context: Context
) -> tuple[tuple[LiveChange, ...], tuple[LiveChange, ...]]:
    """What is live about a session: that it was added, and what was changed, each as it is kept."""
    own = tuple(c for c in overview_in(context).live if c.session_id == session_id)
    added = tuple(change for change in own if isinstance(change.value, Added))
    return added, tuple(change for change in own if change not in added)


def with_changes(
    session_id: int, changes: Iterable[LiveChange], context: Context
) -> Session | None:
    """The session as these changes, and no others, make it from what is published."""
    whole = overview_in(context).published
    session = whole.session(session_id)
    alone = Schedule(whole.event, whole.timezone, [session] if session else [])
    return overlaid(alone, tuple(changes)).session(session_id)


def afterwards(session: Session, changes: Sequence[LiveChange], context: Context) -> Session:
    """The session as it will be when these are changed live too."""
    sorts = {type(change.value) for change in changes}
    added, before = added_and_changed(session.id, context)
    others = (change for change in before if type(change.value) not in sorts)
    return with_changes(session.id, (*added, *others, *changes), context) or session


def told(before: Session, after: Session, context: Context) -> str:
    """What becomes of those who bookmarked a session when it changes so: at night, news of what is
    not soon waits."""
    starts = min(before.slot.start, after.slot.start)
    waits = context.news_before is not None and starts >= context.news_before
    return f"Those who bookmarked it are told{' in the morning' if waits else ''}."


def answer_with(
    changes: Sequence[LiveChange],
    said: Sequence[Block],
    done: Audit,
    session: Session,
    context: Context,
) -> Answer:
    """The answer that makes these changes of a session, which is given as it was before, with the
    button that takes them back."""
    effects: tuple[Effect, ...] = (*(ChangeLive(change) for change in changes), done)
    back = undo(session, changes, context)
    buttons = [Button("Undo", back)] if back is not None else []
    return Answer(private(*said, *buttons).reply, effects, private=True)


def undo(session: Session, changes: Sequence[LiveChange], context: Context) -> str | None:
    """The line that takes these changes of a session back, which is given as it was before; None
    if no line would."""
    for change in changes:
        match change.value:
            case Added():
                return f"cancel {session.id}"
            case Cancelled(cancelled):
                return f"{'restore' if cancelled else 'cancel'} {session.id}"
            case Starts() | InRooms():
                pass
            case _:
                assert_never(change.value)
    if not added_and_changed(session.id, context)[1]:
        return f"withdraw {session.id}"
    return _move_back(session, changes, context)


def _move_back(session: Session, changes: Sequence[LiveChange], context: Context) -> str | None:
    """The `move` to where and when a session was, as far as these changes move it."""
    sorts, slot = {type(change.value) for change in changes}, session.slot
    local = slot.start.astimezone(context.schedule.timezone)
    rooms = slot.rooms if InRooms in sorts else ()
    named_day = _weekday_of(session, changes, context) or f"{local:%Y-%m-%d}"
    said = [f"{named_day} {local:%H:%M}"] if Starts in sorts else []
    said += [f'"{room}"' for room in rooms]
    line = f"move {session.id} {' '.join(said)}"
    if (InRooms in sorts and not rooms) or len(line) > LONGEST_LINE or slot.until <= context.now:
        return None
    # Not each name of a room and each moment can be said: one may hold a quotation mark, or come
    # twice in the night when clocks are set back.
    day = context.schedule.day_of(slot.start)
    wish = wish_meant(" ".join(said), context, day, str)
    is_that = (
        isinstance(wish, Wish)
        and wish.rooms == rooms
        and (wish.start(context.schedule, day, local.time()) == slot.start)
    )
    return line if is_that else None


def _weekday_of(session: Session, changes: Iterable[LiveChange], context: Context) -> str | None:
    """The weekday of a session's start, if no other day will be meant by it after the changes."""
    schedule, day = context.schedule, context.schedule.day_of(session.slot.start)
    if session.slot.start.astimezone(schedule.timezone).date() != day:
        return None  # a weekday is the calendar's
    other = any(each.id != session.id for each in schedule.on(day))
    new = (schedule.day_of(c.value.start) for c in changes if isinstance(c.value, Starts))
    alike = {each for each in (*schedule.days, *new) if each.weekday() == day.weekday()}
    return weekday(day) if other and alike == {day} else None


def entry(context: Context, *what: Span) -> Audit:
    """What was done to the programme, for the log and for the channels that hear of changes: its
    times are the event's, whoever reads it."""
    reader = Reader(context.schedule.timezone, hours=context.reader.hours)
    return Audit(spans_text(what, reader), overview_in(context).changes_in)


def warnings(session: Session, context: Context, before: Session | None = None) -> list[Block]:
    """What is odd about where and when a session will be, which is given as it was `before` if it
    has been there."""
    blocks: list[Block] = []
    if session.cancelled:
        blocks.append(
            text("It is cancelled. If it takes place after all: ", Typed(f"restore {session.id}"))
        )
    elif session.slot.start <= context.now < session.slot.until and (
        before is None or before.slot.start != session.slot.start
    ):
        blocks.append(text("That start is in the past: it is on now."))
    days = {*context.schedule.days, *overview_in(context).published.days}
    if days and context.schedule.day_of(session.slot.start) not in days:
        blocks.append(text("So far the event has no programme on that day."))
    return blocks + ([] if session.cancelled else _overlaps(session, context))


def _overlaps(session: Session, context: Context) -> list[Block]:
    """What else is held in one of its rooms at that time."""
    there = {
        other.id: other
        for room in session.slot.rooms
        for other in context.schedule.in_room(room)
        if other.id != session.id and other.slot.overlaps(session.slot)
    }
    if not there:
        return []
    others = sorted(there.values(), key=lambda other: (other.slot.start, other.id))
    more = len(others) - _MOST_OVERLAPS
    opening = text("Beware, it overlaps in this room with:" if len(session.slot.rooms) == 1
                   else "Beware, it overlaps in one of these rooms with:")  # fmt: skip
    shown = (Item(other, day=True) for other in others[:_MOST_OVERLAPS])
    return [opening, *shown, *([text(f"and {more} more.")] if more > 0 else [])]
