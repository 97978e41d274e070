"""What is owed when, and the words in which it is told."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.messages import Bookmark
from bot.notices import (
    Moved,
    Notice,
    Reminder,
    announces_start,
    message_in_doubt,
    opens_at,
    owed,
    trial,
    worth_sending_until,
    written,
)
from bot.rules import QuietHours, Rules
from bot.schedule import Facts, Session, Slot
from bot.text import lines
from bot.times import Reader

ZONE = ZoneInfo("America/Los_Angeles")
START = datetime(2012, 4, 16, 18, 0, tzinfo=UTC)
"""Monday 11:00am at the event."""


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


SLOT = Slot(START, START + minutes(25), ("Marina",))
SESSION = Session(12, "g12", "Ryu", SLOT, ("Kazutaka Morita",))
LATER = replace(SESSION, slot=Slot(START + minutes(30), START + minutes(55), ("Marina",)))
ELSEWHERE = replace(SESSION, slot=replace(SLOT, rooms=("Seacliff D",)))
RENAMED = replace(SESSION, title="Ryu, again")
CANCELLED = replace(SESSION, cancelled=True)
LONGER = replace(SESSION, slot=replace(SLOT, end=START + minutes(55)))
MARK = Bookmark(12, SESSION.facts, before=5)
MUTED = replace(MARK, muted=True)
REMINDED = replace(MARK, reminded=START)


def knowing(session: Session) -> Bookmark:
    return replace(MARK, told=session.facts)


def in_doubt(facts: Facts, *, moves: bool) -> Bookmark:
    return replace(MARK, message="m", message_facts=facts, message_moves=moves)


OWED: dict[str, tuple[Bookmark, Session, float, Notice | None]] = {
    "nothing before the window": (MARK, SESSION, -5.01, None),
    "a reminder when the window opens": (MARK, SESSION, -5, Reminder(SESSION)),
    "a reminder a moment before the start": (MARK, SESSION, -0.01, Reminder(SESSION)),
    "nothing at the start": (MARK, SESSION, 0, None),
    "nothing after the start": (MARK, SESSION, 1, None),
    "nothing twice": (REMINDED, SESSION, -3, None),
    "a reminder of another start": (
        replace(REMINDED, told=LATER.facts), LATER, 27, Reminder(LATER)),
    "nothing while muted": (MUTED, SESSION, -3, None),
    "a move while muted": (MUTED, LATER, -60, Moved(LATER, SESSION.facts)),
    "a reminder in minutes of one's own": (
        replace(MARK, before=60), SESSION, -60, Reminder(SESSION)),
    "nothing while snoozed": (
        replace(MARK, snoozed_until=START - minutes(2)), SESSION, -3, None),
    "a reminder after the snooze": (
        replace(MARK, snoozed_until=START - minutes(2)), SESSION, -2, Reminder(SESSION)),
    "a reminder of a session that moved before the snooze ends": (
        replace(MARK, snoozed_until=START + minutes(2)), SESSION, -3, Reminder(SESSION)),
    "a new time": (MARK, LATER, -60, Moved(LATER, SESSION.facts)),
    "a new time while the old slot is on": (MARK, LATER, 10, Moved(LATER, SESSION.facts)),
    "an earlier time until the old slot is over": (
        knowing(LATER), SESSION, 54, Moved(SESSION, LATER.facts)),
    "nothing when both slots are over": (knowing(LATER), SESSION, 55, None),
    "a new room": (MARK, ELSEWHERE, -60, Moved(ELSEWHERE, SESSION.facts)),
    "a new room inside the window, once": (MARK, ELSEWHERE, -3, Moved(ELSEWHERE, SESSION.facts)),
    "a new title": (MARK, RENAMED, -60, Moved(RENAMED, SESSION.facts)),
    "nothing for a new end": (MARK, LONGER, -60, None),
    "a cancellation": (MARK, CANCELLED, -60, Moved(CANCELLED, SESSION.facts)),
    "no reminder of what is cancelled": (knowing(CANCELLED), CANCELLED, -3, None),
    "nothing when what is cancelled moves": (
        knowing(CANCELLED), replace(LATER, cancelled=True), -60, None),
    "a return": (knowing(CANCELLED), SESSION, -60, Moved(SESSION, CANCELLED.facts)),
    "a move in doubt": (
        in_doubt(LATER.facts, moves=True), LATER, -60, Moved(LATER, SESSION.facts)),
    "a move in doubt, also when all is as it was": (
        in_doubt(CANCELLED.facts, moves=True), SESSION, -60, Moved(SESSION, SESSION.facts)),
    "a move in doubt until its slot is over": (
        in_doubt(LATER.facts, moves=True), SESSION, 54, Moved(SESSION, SESSION.facts)),
    "nothing in doubt when all slots are over": (
        in_doubt(LATER.facts, moves=True), SESSION, 55, None),
    "a reminder in doubt": (in_doubt(SESSION.facts, moves=False), SESSION, -3, Reminder(SESSION)),
    "no reminder in doubt after the start": (
        in_doubt(SESSION.facts, moves=False), SESSION, 0, None),
}  # fmt: skip


@pytest.mark.parametrize("case", OWED)
def test_owed_is(case: str) -> None:
    bookmark, session, when, notice = OWED[case]
    opens = opens_at(bookmark, session.slot)
    assert owed(bookmark, session, START + minutes(when), opens) == notice


MOVED = Moved(LATER, SESSION.facts)
IDS: dict[str, tuple[Bookmark, Notice, str | None]] = {
    "none where nothing is in doubt": (MARK, MOVED, None),
    "its own for the same move": (in_doubt(LATER.facts, moves=True), MOVED, "m"),
    "its own for the same move with another end": (
        in_doubt(replace(LATER.facts, slot=replace(LATER.slot, end=None)), moves=True),
        MOVED, "m"),
    "none for another move": (in_doubt(ELSEWHERE.facts, moves=True), MOVED, None),
    "none for what was told before it": (
        in_doubt(LATER.facts, moves=True), Moved(SESSION, SESSION.facts), None),
    "its own for the same reminder": (
        in_doubt(SESSION.facts, moves=False), Reminder(SESSION), "m"),
    "its own for a reminder of the same start, whatever the room": (
        in_doubt(ELSEWHERE.facts, moves=False), Reminder(SESSION), "m"),
    "none for a reminder of another start": (
        in_doubt(LATER.facts, moves=False), Reminder(SESSION), None),
    "none for a move in place of a reminder": (
        in_doubt(SESSION.facts, moves=False), Moved(SESSION, LATER.facts), None),
    "none for a reminder in place of a move": (
        in_doubt(SESSION.facts, moves=True), Reminder(SESSION), None),
}  # fmt: skip


@pytest.mark.parametrize("case", IDS)
def test_the_id_of_a_message_in_doubt_is(case: str) -> None:
    bookmark, notice, id = IDS[case]
    assert message_in_doubt(bookmark, notice) == id


@pytest.mark.parametrize(
    ("notice", "when", "announces"),
    [
        (Reminder(SESSION), -3, True),
        (Moved(SESSION, LATER.facts), -5, True),
        (Moved(SESSION, LATER.facts), -5.01, False),
        (Moved(SESSION, LATER.facts), 0, False),
        (Moved(CANCELLED, SESSION.facts), -3, False),
    ],
)
def test_a_move_inside_its_window_is_the_reminder_too(
    notice: Notice, when: float, announces: bool
) -> None:
    now = START + minutes(when)
    assert announces_start(notice, START - minutes(5), now) == announces


def test_a_reminder_is_of_no_use_after_the_start_and_a_move_after_the_last_slot() -> None:
    assert worth_sending_until(Reminder(SESSION), MARK) == START
    assert worth_sending_until(MOVED, MARK) == LATER.slot.until
    assert worth_sending_until(Moved(SESSION, LATER.facts), knowing(LATER)) == LATER.slot.until
    doubtful = in_doubt(LATER.facts, moves=True)
    assert worth_sending_until(Moved(SESSION, SESSION.facts), doubtful) == LATER.slot.until


RYU = "Mon 11:00am–11:25am · Ryu · Marina · Kazutaka Morita"
REMOVE = "Remove: ‘unbookmark 12’"
TEXTS: dict[str, tuple[Notice, float, list[str]]] = {
    "reminder": (
        Reminder(SESSION), -5,
        ["Starts in 5 minutes:", "[12] 11:00am–11:25am · Ryu · Marina · Kazutaka Morita",
         f"Snooze: ‘snooze 12’ · {REMOVE}"]),
    "late reminder": (
        Reminder(SESSION), -1.9,
        ["Starts in 2 minutes:", "[12] 11:00am–11:25am · Ryu · Marina · Kazutaka Morita",
         f"Snooze: ‘snooze 12’ · {REMOVE}"]),
    "moved time": (
        MOVED, -180,
        ["Moved from Monday 11:00am to Monday 11:30am:",
         "[12] Mon 11:30am–11:55am · Ryu · Marina · Kazutaka Morita", REMOVE]),
    "moved time, soon": (
        MOVED, 20,
        ["Moved from Monday 11:00am to Monday 11:30am, starts in 10 minutes:",
         "[12] Mon 11:30am–11:55am · Ryu · Marina · Kazutaka Morita", REMOVE]),
    "moved room": (
        Moved(ELSEWHERE, SESSION.facts), -180,
        ["Moved from Marina to Seacliff D:",
         "[12] Mon 11:00am–11:25am · Ryu · Seacliff D · Kazutaka Morita", REMOVE]),
    "moved time and room": (
        Moved(replace(LATER, slot=replace(LATER.slot, rooms=("Seacliff D",))), SESSION.facts), -180,
        ["Moved from Monday 11:00am, Marina to Monday 11:30am, Seacliff D:",
         "[12] Mon 11:30am–11:55am · Ryu · Seacliff D · Kazutaka Morita", REMOVE]),
    "moved out of its room": (
        Moved(replace(SESSION, slot=replace(SLOT, rooms=())), SESSION.facts), -180,
        ["Moved from Marina to no room:",
         "[12] Mon 11:00am–11:25am · Ryu · Kazutaka Morita", REMOVE]),
    "renamed": (
        Moved(RENAMED, SESSION.facts), -180,
        ["Renamed, it was called “Ryu”:",
         "[12] Mon 11:00am–11:25am · Ryu, again · Marina · Kazutaka Morita", REMOVE]),
    "renamed and moved": (
        Moved(replace(LATER, title="Ryu, again"), SESSION.facts), -180,
        ["Renamed, it was called “Ryu”; moved from Monday 11:00am to Monday 11:30am:",
         "[12] Mon 11:30am–11:55am · Ryu, again · Marina · Kazutaka Morita", REMOVE]),
    "cancelled": (
        Moved(CANCELLED, SESSION.facts), -180,
        ["Cancelled, it will not take place:", f"[12] {RYU} · CANCELLED", REMOVE]),
    "back": (
        Moved(SESSION, CANCELLED.facts), -180,
        ["Back on the programme:", f"[12] {RYU}", REMOVE]),
    "back at another time": (
        Moved(LATER, CANCELLED.facts), -180,
        ["Back on the programme; moved from Monday 11:00am to Monday 11:30am:",
         "[12] Mon 11:30am–11:55am · Ryu · Marina · Kazutaka Morita", REMOVE]),
    "in doubt": (
        Moved(SESSION, SESSION.facts), -180,
        ["It is as follows:", f"[12] {RYU}", REMOVE]),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS)
def test_a_notice_reads(case: str) -> None:
    notice, when, text = TEXTS[case]
    assert lines(written([notice], START + minutes(when)), Reader(ZONE)) == text


def test_several_notices_are_one_message_the_soonest_first_and_together_what_starts_so() -> None:
    other = replace(SESSION, id=11, title="Keynote", leads=())
    moved = replace(LATER, id=13, title="Panel", leads=())
    notices: list[Notice] = [
        Moved(moved, replace(moved, slot=SLOT).facts),
        Reminder(SESSION),
        Reminder(other),
    ]
    assert lines(written(notices, START - minutes(0.2)), Reader(ZONE)) == [
        "Starts in less than a minute:",
        "[11] 11:00am–11:25am · Keynote · Marina",
        "[12] 11:00am–11:25am · Ryu · Marina · Kazutaka Morita",
        "Moved from Monday 11:00am to Monday 11:30am, starts in 30 minutes:",
        "[13] Mon 11:30am–11:55am · Panel · Marina",
    ]


def test_a_trial_says_when_real_reminders_come() -> None:
    assert lines(trial(10), Reader(ZONE)) == [
        "This is a test reminder: it has arrived.",
        "Real ones come 10 minutes before a session that you bookmarked.",
    ]


NIGHT: dict[str, tuple[Bookmark, Session, float, bool]] = {
    "news about what starts in more than two hours": (MARK, ELSEWHERE, -121, True),
    "no news about what starts in two hours": (MARK, ELSEWHERE, -119.9, False),
    "no news about what was to start in two hours": (
        MARK, replace(SESSION, slot=Slot(START + minutes(600), None, ())), -119.9, False),
    "no news about what starts in two hours now": (
        knowing(replace(SESSION, slot=Slot(START + minutes(600), None, ()))),
        SESSION, -119.9, False),
    "no news that may have come already": (
        in_doubt(LATER.facts, moves=True), LATER, -600, False),
    "no reminder": (replace(MARK, before=120), SESSION, -119.9, False),
}  # fmt: skip


@pytest.mark.parametrize("case", NIGHT)
def test_until_the_morning_waits(case: str) -> None:
    bookmark, session, when, waits = NIGHT[case]
    now = START + minutes(when)
    opens = opens_at(bookmark, session.slot)
    assert owed(bookmark, session, now, opens) is not None
    quiet = Rules(quiet=QuietHours(time(0), time(23, 59))).news_before(now, ZONE)
    assert (owed(bookmark, session, now, opens, quiet) is None) == waits


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [
        (time(22), time(8), ["23:00", "00:00", "07:59", "22:00"]),
        (time(0), time(8), ["00:00", "07:59"]),
        (time(8), time(8), []),
    ],
)
def test_quiet_hours_may_last_over_midnight(begin: time, end: time, quiet: list[str]) -> None:
    hours = QuietHours(begin, end)
    asked = ["23:00", "00:00", "07:59", "08:00", "12:00", "21:59", "22:00"]
    assert [clock for clock in asked if hours.hold(time.fromisoformat(clock))] == quiet
