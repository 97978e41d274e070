"""What commands about bookmarks share: adding one, overlaps, and how a bookmark reads in a list."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.choosing import session_named
from bot.command import Context
from bot.document import Block, Item, Precision, Reply, Span, Time, Typed, reply, text
from bot.messages import AddBookmark, Answer, Bookmark
from bot.notices import MOST_BEFORE, change, opens_at
from bot.schedule import Session
from bot.times import duration, in_how_long

LIMITS = f"Reminders can come 1 to {MOST_BEFORE} minutes before the start"


def bookmark_answer(session: Session, minutes: int | None, context: Context) -> Answer:
    """Bookmark a session, with minutes of its own or the usual ones, and say what will happen."""
    if minutes is not None and not 1 <= minutes <= MOST_BEFORE:
        return private(text(LIMITS + "."))
    if context.now >= session.slot.until:
        return private(
            text("That session is over; there is nothing to be reminded of."),
            Item(session, day=True),
        )
    had = context.profile.bookmark(session.id)
    own = minutes is not None or (had is not None and had.own_before)
    before = minutes or (had.before if had is not None and had.own_before else context.before)
    effect = AddBookmark(session.facts, session.id, before, own)
    known = had is not None and not had.muted and (had.before, had.own_before) == (before, own)
    opening = "Bookmarked already. " if known else "Bookmarked. "
    blocks: list[Block] = [
        text(opening, *_what_will_come(session, had, before, context)),
        Item(session, day=True),
        *_overlaps(session, context),
        *beware(context),
    ]
    return Answer(reply(*blocks), () if known else (effect,), private=True)


def bookmark_meant(words: str, context: Context, reserved: Collection[str]) -> Answer:
    """Bookmark the session that the words surely mean, or say what to type."""
    session = session_named(words, context, "bookmark", reserved)
    if isinstance(session, Reply):
        return Answer(session, private=True)
    return bookmark_answer(session, None, context)


def beware(context: Context) -> list[Block]:
    """A warning for somebody whom messages may not reach where they are."""
    if context.unreachable is None:
        return []
    return [text(f"Beware: my messages may not reach you here: {context.unreachable}.")]


def private(*blocks: Block) -> Answer:
    """An answer for the asker alone that changes nothing."""
    return Answer(reply(*blocks), private=True)


def bookmarked_sessions(context: Context) -> list[tuple[Session, Bookmark]]:
    """The user's sessions with their bookmarks, in order of start, also those that are over."""
    found = (
        (session, bookmark)
        for bookmark in context.profile.bookmarks
        if (session := context.schedule.session(bookmark.session_id)) is not None
    )
    return sorted(found, key=lambda pair: (pair[0].slot.start, pair[0].id))


def ahead(context: Context) -> list[tuple[Session, Bookmark]]:
    """Those that are not over and not cancelled."""
    return [
        (session, bookmark)
        for session, bookmark in bookmarked_sessions(context)
        if not session.cancelled and context.now < session.slot.until
    ]


def conflicts(sessions: Sequence[Session]) -> Iterator[tuple[Session, Session]]:
    """Pairs that nobody can attend both; blocks that people drop into do not count."""
    real = [s for s in sessions if not s.kind.contains and not s.cancelled]
    real.sort(key=lambda session: session.slot.start)
    for number, one in enumerate(real, start=1):
        for place in range(number, len(real)):
            other = real[place]
            if other.slot.start >= one.slot.until:
                # All that come after it start later still.
                break
            if one.slot.overlaps(other.slot):
                yield one, other


def reminder_moment(session: Session, bookmark: Bookmark, context: Context) -> datetime | None:
    """When the next reminder comes; None if none will."""
    opens = opens_at(bookmark, session.slot)
    told = bookmark.reminded == session.slot.start
    if told or bookmark.muted or session.cancelled or context.now >= session.slot.start:
        return None
    return max(opens, context.now)


def when_reminded(session: Session, bookmark: Bookmark, context: Context) -> tuple[Span, ...]:
    """`reminder at 9:25am`, or why none will come."""
    moment = reminder_moment(session, bookmark, context)
    if moment is not None:
        return ("reminder at ", Time(moment))
    if session.cancelled:
        return ()
    if context.now >= session.slot.until:
        return ("over",)
    if context.now >= session.slot.start:
        return ("on now",)
    return ("reminders off",) if bookmark.muted else ("you have been reminded",)


def what_changed(session: Session, bookmark: Bookmark, context: Context) -> tuple[Span, ...]:
    """`Moved from Monday 9:30am to Monday 10:00am`: what the owner has not been told yet; nothing
    if that is of no use. That it is cancelled is said wherever it is shown."""
    over = context.now >= session.slot.until
    if over or session.cancelled or session.facts.says_the_same_as(bookmark.told):
        return ()
    return change(bookmark.told, session.facts)


def _what_will_come(
    session: Session, had: Bookmark | None, before: int, context: Context
) -> tuple[Span, ...]:
    start = session.slot.start
    if session.cancelled:
        return ("It is cancelled; if it comes back, I will tell you.",)
    if start <= context.now:
        return (
            "It is on already, until ",
            Time(session.slot.until),
            ": no reminder will come.",
        )
    if had is not None and had.reminded == start:
        return (f"It starts {in_how_long(start, context.now)}; you have been reminded.",)
    opens = start - timedelta(minutes=before)
    if had is not None:
        opens = opens_at(replace(had, before=before), session.slot)
    if opens <= context.now:
        return (f"It starts {in_how_long(start, context.now)}: the reminder comes at once.",)
    same = context.schedule.day_of(opens) == context.today
    precision = Precision.CLOCK if same else Precision.WEEKDAY_AND_CLOCK
    left = duration(max(1, round((start - opens) / timedelta(minutes=1))))
    return (f"I will remind you {left} before, at ", Time(opens, precision), ".")


def _overlaps(session: Session, context: Context) -> list[Block]:
    others = [
        f"[{other.id}] {other.title}"
        for other, _ in ahead(context)
        if other.id != session.id and any(conflicts((session, other)))
    ]
    if not others:
        return []
    named = " and ".join(others)
    end = "" if named.endswith(".") else "."
    return [text(f"It overlaps {named}{end} All overlaps: ", Typed("conflicts"))]
