"""What a bookmark's owner has to be told at this moment, and in which words. Pure.

There is no job per reminder: a bookmark remembers what its owner has been told, and `owed`
compares that with the programme of today. Moves, restarts and changed preferences need no code
of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.document import (
    Block,
    Button,
    Heading,
    Item,
    Precision,
    Reply,
    Span,
    Time,
    heading,
    reply,
    text,
)
from bot.messages import Bookmark
from bot.schedule import Facts, Session, Slot
from bot.times import in_how_long

MOST_BEFORE = 120
"""The most minutes that a reminder may come before a session."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """The session starts soon; `early` if it comes before the time its owner chose, because the
    network could not carry all at that time."""

    session: Session
    early: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The session is no longer what its owner was last told; `told` is that."""

    session: Session
    told: Facts


Notice = Reminder | Moved


def opens_at(bookmark: Bookmark, slot: Slot, wave: datetime | None = None) -> datetime:
    """When the reminder for this slot becomes due (UTC); all for one start are due from `wave` on,
    where a network needs longer for them."""
    opens = slot.start - timedelta(minutes=bookmark.before)
    if wave is not None:
        opens = min(opens, wave)
    snoozed = bookmark.snoozed_until
    # A session may have moved to before the end of a snooze: then the snooze is void.
    return snoozed if snoozed is not None and opens < snoozed < slot.start else opens


def owed(
    bookmark: Bookmark,
    session: Session,
    now: datetime,
    opens: datetime,
    news_before: datetime | None = None,
) -> Notice | None:
    """What the owner has to be told at `now`, if the reminder's time begins at `opens`. News about
    what starts at `news_before` or later waits: it is night.

    A move in doubt (its message may or may not have arrived) stays owed until something settles,
    even when the session is again what the owner had been told before it.
    """
    in_doubt = bookmark.message is not None and bookmark.message_moves
    changed = in_doubt or not session.facts.says_the_same_as(bookmark.told)
    if changed and now < _matters_until(bookmark, session):
        starts = min(session.slot.start, bookmark.told.slot.start)
        waits = news_before is not None and starts >= news_before and not in_doubt
        return None if waits else Moved(session, bookmark.told)
    if session.cancelled or bookmark.muted or bookmark.reminded == session.slot.start:
        return None
    if not opens <= now < session.slot.start:
        return None
    return Reminder(session, early=now < opens_at(bookmark, session.slot))


def message_in_doubt(bookmark: Bookmark, notice: Notice) -> str | None:
    """The id of the message that may have arrived, if it says what is owed now.

    It goes out again under the same id, so that a network that can drop a repeat drops it. What a
    reminder says is the start: whatever else is new was told by something else since.
    """
    said, session = bookmark.message_facts, notice.session
    if said is None or bookmark.message_moves != isinstance(notice, Moved):
        return None
    match notice:
        case Reminder():
            same = said.slot.start == session.slot.start
        case Moved():
            same = said.says_the_same_as(session.facts)
    # Empty if that message has gone out again without this.
    return (bookmark.message or None) if same else None


def announces_start(notice: Notice, opens: datetime, now: datetime) -> bool:
    """True if who has read this at `now` needs no further reminder of the start."""
    match notice:
        case Reminder():
            return True
        case Moved(session):
            return not session.cancelled and opens <= now < session.slot.start


def worth_sending_until(notice: Notice, bookmark: Bookmark) -> datetime:
    """From this moment (UTC) on the notice would be of no use."""
    match notice:
        case Reminder(session):
            return session.slot.start
        case Moved(session):
            return _matters_until(bookmark, session)


def written(notices: Sequence[Notice], now: datetime) -> Reply:
    """One message with all of these, as true at `now`; the soonest first. What starts together
    stands under one heading; what to do about it is offered where there is only one."""
    ordered = sorted(notices, key=lambda notice: (notice.session.slot.start, notice.session.id))
    blocks: list[Block] = []
    for opening, together in groupby(ordered, key=lambda notice: _opening(notice, now)):
        blocks.append(opening)
        blocks += (Item(n.session, day=isinstance(n, Moved)) for n in together)
    if len(ordered) == 1:
        blocks += _buttons(ordered[0])
    return Reply(tuple(blocks))


def trial(before: int) -> Reply:
    """What somebody gets who wants to see that reminders arrive."""
    return reply(
        heading("This is a test reminder: it has arrived."),
        text(f"Real ones come {before} minutes before a session that you bookmarked."),
    )


def _matters_until(bookmark: Bookmark, session: Session) -> datetime:
    slots = [session.slot, bookmark.told.slot]
    if bookmark.message_facts is not None:
        slots.append(bookmark.message_facts.slot)
    return max(slot.until for slot in slots)


def _opening(notice: Notice, now: datetime) -> Heading:
    session = notice.session
    match notice:
        case Reminder(early=True):
            # It may wait for its turn on a slow network: a time of day stays true.
            return heading("Starts at ", Time(session.slot.start), ":")
        case Reminder():
            return heading(f"Starts {in_how_long(session.slot.start, now)}:")
        case Moved(_, told):
            return heading(*change(told, session.facts), *_soon(session, now), ":")


def _buttons(notice: Notice) -> list[Button]:
    number = notice.session.id
    remove = Button("Remove", f"unbookmark {number}")
    return (
        [Button("Snooze", f"snooze {number}"), remove] if isinstance(notice, Reminder) else [remove]
    )


def change(told: Facts, today: Facts) -> tuple[Span, ...]:
    """What is otherwise than somebody was told, in a sentence without its full stop."""
    if today.cancelled:
        return ("Cancelled, it will not take place",)
    changes: list[tuple[Span, ...]] = []
    if told.cancelled:
        changes.append(("back on the programme",))
    if told.title != today.title:
        changes.append((f"renamed, it was called {_quoted(told.title)}",))
    if (told.slot.start, told.slot.rooms) != (today.slot.start, today.slot.rooms):
        changes.append(("moved from ", *places(told.slot, today.slot)))
    if not changes:
        # An earlier message is in doubt: this one settles what is true.
        return ("It is as follows",)
    first, *others = changes
    opening = str(first[0])
    spans: tuple[Span, ...] = (opening[0].upper() + opening[1:], *first[1:])
    return sum((("; ", *other) for other in others), spans)


def places(told: Slot, today: Slot) -> tuple[Span, ...]:
    """`Monday 9:00am to Monday 10:00am`, with the rooms where they differ."""
    when = (_when(told), _when(today)) if told.start != today.start else ((), ())
    rooms = (_where(told), _where(today)) if told.rooms != today.rooms else ("", "")
    joint = ", " if when[0] and rooms[0] else ""
    return (*when[0], joint + rooms[0], " to ", *when[1], joint + rooms[1])


def _when(slot: Slot) -> tuple[Span, ...]:
    return (Time(slot.start, Precision.WEEKDAY_AND_CLOCK),)


def _where(slot: Slot) -> str:
    return ", ".join(slot.rooms) or "no room"


def _quoted(title: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{title}\N{RIGHT DOUBLE QUOTATION MARK}"


def _soon(session: Session, now: datetime) -> tuple[Span, ...]:
    left = session.slot.start - now
    if session.cancelled or not timedelta() < left <= timedelta(minutes=MOST_BEFORE):
        return ()
    return (f", starts {in_how_long(session.slot.start, now)}",)
