"""What a bookmark's owner has to be told at this moment, and in which words. Pure.

There is no job per reminder: a bookmark remembers what its owner has been told, and `owed`
compares that with the programme of today. Moves, restarts and changed preferences need no code
of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.document import (
    Block,
    Button,
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
    """The session starts soon."""

    session: Session


@dataclass(frozen=True, slots=True)
class Moved:
    """The session is no longer what its owner was last told; `told` is that."""

    session: Session
    told: Facts


Notice = Reminder | Moved


def opens_at(bookmark: Bookmark, slot: Slot) -> datetime:
    """When the reminder for this slot becomes due (UTC)."""
    opens = slot.start - timedelta(minutes=bookmark.before)
    snoozed = bookmark.snoozed_until
    # A session may have moved to before the end of a snooze: then the snooze is void.
    return snoozed if snoozed is not None and opens < snoozed < slot.start else opens


def owed(bookmark: Bookmark, session: Session, now: datetime, opens: datetime) -> Notice | None:
    """What the owner has to be told at `now`, if the reminder's time begins at `opens`.

    A move in doubt (its message may or may not have arrived) stays owed until something settles,
    even when the session is again what the owner had been told before it.
    """
    in_doubt = bookmark.message is not None and bookmark.message_moves
    changed = in_doubt or not session.facts.says_the_same_as(bookmark.told)
    if changed and now < _matters_until(bookmark, session):
        return Moved(session, bookmark.told)
    if session.cancelled or bookmark.muted or bookmark.reminded == session.slot.start:
        return None
    return Reminder(session) if opens <= now < session.slot.start else None


def message_in_doubt(bookmark: Bookmark, notice: Notice) -> str | None:
    """The id of the message that may have arrived, if it says just what is owed now.

    It goes out again under the same id, so that a network that can drop a repeat drops it.
    """
    said = bookmark.message_facts
    same_kind = bookmark.message_moves == isinstance(notice, Moved)
    if said is None or not same_kind or not said.says_the_same_as(notice.session.facts):
        return None
    return bookmark.message


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
    """One message with all of these, as true at `now`; the soonest first."""
    ordered = sorted(notices, key=lambda notice: notice.session.slot.start)
    return reply(*(block for notice in ordered for block in _blocks(notice, now)))


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


def _blocks(notice: Notice, now: datetime) -> list[Block]:
    session = notice.session
    match notice:
        case Reminder():
            lead = heading(f"Starts {in_how_long(session.slot.start, now)}:")
        case Moved(_, told):
            lead = heading(*_change(told, session.facts), *_soon(session, now))
    day = isinstance(notice, Moved)
    buttons = [Button("Remove", f"unbookmark {session.id}")]
    if isinstance(notice, Reminder):
        buttons.insert(0, Button("Snooze", f"snooze {session.id}"))
    return [lead, Item(session, day=day), *buttons]


def _change(told: Facts, today: Facts) -> tuple[Span, ...]:
    if today.cancelled:
        return ("Cancelled, it will not take place:",)
    spans: list[Span] = ["Back on the programme" if told.cancelled else ""]
    if told.title != today.title:
        spans += [_joint(spans), "Renamed, it was called \N{LEFT DOUBLE QUOTATION MARK}"]
        spans += [told.title, "\N{RIGHT DOUBLE QUOTATION MARK}"]
    if (told.slot.start, told.slot.rooms) != (today.slot.start, today.slot.rooms):
        spans += [_joint(spans), "Moved from ", *_place(told.slot), " to ", *_place(today.slot)]
    # Nothing differs where an earlier message is in doubt: then this settles what is true.
    return (*spans, ":") if any(spans) else ("It is as follows:",)


def _joint(spans: Sequence[Span]) -> str:
    return "; " if any(spans) else ""


def _place(slot: Slot) -> tuple[Span, ...]:
    rooms = ", ".join(slot.rooms)
    return (Time(slot.start, Precision.WEEKDAY_AND_CLOCK), f", {rooms}" if rooms else "")


def _soon(session: Session, now: datetime) -> tuple[Span, ...]:
    left = session.slot.start - now
    if session.cancelled or not timedelta() < left <= timedelta(minutes=MOST_BEFORE):
        return ()
    return (f" (starts {in_how_long(session.slot.start, now)})",)
