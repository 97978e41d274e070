"""Answers about the programme that several commands give: what is on, what comes next, who."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.arguments import item, quoted
from bot.command import Context
from bot.document import Block, Heading, Item, Precision, Span, Time, Typed, heading, text
from bot.moments import DAY_NUMBER, When
from bot.schedule import Person, Room, Schedule, Session
from bot.times import in_how_long, long_day

MOST_ROOMS = 3
"""So many rooms are answered one by one; more are listed."""


def shown_once(sessions: Sequence[Session]) -> list[Session]:
    """Without the breaks that are listed again for every room."""
    seen = set[object]()
    shown: list[Session] = []
    for session in sessions:
        if session.kind.pauses:
            key = (session.title, session.slot.start, session.slot.end)
            if key in seen:
                continue
            seen.add(key)
        shown.append(session)
    return shown


def items(sessions: Sequence[Session], day: bool = False) -> list[Item]:
    """The sessions on a line each."""
    return [Item(session, day=day) for session in shown_once(sessions)]


def on_at(moment: datetime, context: Context, room: str | None = None) -> list[Block]:
    """What is on at a moment, or what comes next if nothing is; in one room or everywhere."""
    running = context.schedule.running(moment)
    where = ""
    if room is not None:
        running = [session for session in running if room in session.slot.rooms]
        where = f" in {room}"
    live = moment == context.now
    if running:
        opening = "On now" if live else Time(moment, Precision.WEEKDAY_AND_CLOCK)
        return [heading(opening, f"{where}:"), *items(running)]
    among = context.schedule.in_room(room) if room is not None else None
    group = context.schedule.upcoming(moment, among)
    return [*_nothing_on(moment, context, where, bool(group)), *_and_then(group, moment, context)]


def next_of(
    among: Sequence[Session] | None, subject: str, context: Context, none: str | None = None
) -> list[Block]:
    """All that share the next start among these sessions (of everything if None); where there
    are none, that is said with `none`."""
    group = context.schedule.upcoming(context.now, among)
    if not group:
        return _none_left(among, none or f"Nothing more comes{subject}", context)
    start = group[0].slot.start
    return [
        heading(f"Next{subject}, ", *when(start, context), ":"),
        *items(group, day=not same_day(start, context)),
    ]


def on_day(day: date | None, rooms: Sequence[Room], context: Context) -> list[Block]:
    """The programme of a day, in these rooms or (if none are named) in all. Without a day it is
    today's; before the event and between its days, that of the next day; after it, of the last."""
    schedule = context.schedule
    ahead = [other for other in schedule.days if other >= context.today]
    day = day or next(iter(ahead or schedule.days[-1:]), context.today)
    names = {room.name for room in rooms}
    sessions = [s for s in schedule.on(day) if not names or names & set(s.slot.rooms)]
    where = f" in {' and '.join(room.name for room in rooms)}" if rooms else ""
    if not sessions:
        return [text(f"There is no programme{where} on {long_day(day)}."), _event_days(context)]
    if day != context.today:
        return [heading(f"{long_day(day)}{where}:"), *items(sessions)]
    shown = shown_once(sessions)
    over = sum(not s.cancelled and s.slot.until <= context.now for s in shown)
    count = f" ({over} {'is' if over == 1 else 'are'} over)" if over else ""
    opening = heading(f"Today, {long_day(day)}{where}{count}:")
    return [opening, *(item(session, context, day=False) for session in shown)]


def at_or_on(when: When, rooms: Sequence[Room], context: Context) -> list[Block]:
    """What is on at the moment that is meant, or without a time the programme of the day."""
    if when.at is None:
        return on_day(when.day, rooms, context)
    days = context.schedule.days
    usual = context.today if context.today in days or not days else days[0]
    moment = when.moment(context.schedule, usual)
    return [b for name in _names_or_all(rooms) for b in on_at(moment, context, name)]


def no_such_day(words: str, context: Context) -> list[Block]:
    """What to say to `day 7` of an event of three days; nothing if the words are no day."""
    number = DAY_NUMBER.fullmatch(words)
    return [text(f"There is no day {number[1]}."), _event_days(context)] if number else []


def when(start: datetime, context: Context) -> tuple[Span, ...]:
    """`at 9:30am, in 10 minutes`; when it is not today, `Monday 9:30am, in 20 hours`."""
    soon = in_how_long(start, context.now)
    if same_day(start, context):
        return ("at ", Time(start), ", ", soon)
    return (Time(start, Precision.WEEKDAY_AND_CLOCK), ", ", soon)


def same_day(moment: datetime, context: Context) -> bool:
    """True if this belongs to the day of the event that it is now."""
    return context.schedule.day_of(moment) == context.today


def choose_room(rooms: Sequence[Room], words: str, command: str) -> list[Block]:
    """Too many rooms to answer for each: what to type for one."""
    return [
        text(f"{len(rooms)} rooms match {quoted(words)}:"),
        *(text(room.name, ": ", Typed(f"{command} {room.name}")) for room in rooms),
    ]


def choose_person(
    people: Sequence[Person], words: str, command: str, context: Context
) -> list[Block]:
    """Several people of this name: what to type for one."""
    return [
        text(f"{len(people)} people match {quoted(words)}:"),
        *(
            text(f"{name} ({sessions_of(name, context)}): ", Typed(f"{command} {name}"))
            for name in sorted(person.name for person in people)
        ),
    ]


def sessions_of(name: str, context: Context) -> str:
    """`1 session`, `8 sessions`: how many this person leads."""
    count = len(context.schedule.led_by(name))
    return "1 session" if count == 1 else f"{count} sessions"


def no_room(words: str, context: Context, command: str) -> list[Block]:
    """No such room: the nearest, and where to look."""
    near = context.names.rooms.nearest(words)
    return [
        text(f"No room is called {quoted(words)}.", " Closest:" if near else ""),
        *(text(room.name, ": ", Typed(f"{command} {room.name}")) for room in near),
        text("All of them: ", Typed("rooms"), "."),
    ]


def rooms_meant(words: str, context: Context, command: str) -> "tuple[list[Room], list[Block]]":
    """The rooms that are meant, at most three; or none, and what to say about that."""
    name = words.removeprefix("in ").removeprefix("the ").strip()
    found = context.names.rooms.find(name)
    if not found:
        return [], no_room(name, context, command)
    if len(found) > MOST_ROOMS:
        return [], choose_room(found, name, command)
    return found, []


def holds_talks(room: Room, context: Context) -> bool:
    """True for a room of the programme; false for the foyer, the restaurant, the party."""
    return room.address is None and any(
        not session.kind.pauses for session in context.schedule.in_room(room.name)
    )


def state_of_event(context: Context) -> Heading | None:
    """What to say before the event has begun or after it is over; None while it lasts."""
    schedule = context.schedule
    if schedule.opens is None or schedule.closes is None:
        return heading("The programme is empty.")
    if context.now < schedule.opens:
        day = long_day(schedule.day_of(schedule.opens))
        soon = in_how_long(schedule.opens, context.now)
        return heading(f"{schedule.event} begins on {day} at ", Time(schedule.opens), f", {soon}.")
    if context.now >= schedule.closes:
        return heading(f"{schedule.event} is over; it ended on {last_day(schedule)}.")
    return None


def last_day(schedule: Schedule) -> str:
    """`Wednesday 18 April 2012`; nothing for an empty programme."""
    if schedule.closes is None:
        return ""
    day = schedule.day_of(schedule.closes - timedelta(seconds=1))
    return f"{long_day(day)} {day.year}"


def _names_or_all(rooms: Sequence[Room]) -> "list[str | None]":
    return [room.name for room in rooms] or [None]


def _event_days(context: Context) -> Block:
    days = ", ".join(long_day(other) for other in context.schedule.days)
    return text(f"The event's days: {days}." if days else "The programme is empty.")


def _nothing_on(moment: datetime, context: Context, where: str, more: bool) -> list[Block]:
    if moment == context.now:
        state = state_of_event(context)
        if state is not None:
            return [state]
        if not context.schedule.on(context.today):
            return [text(f"There is no programme today, {long_day(context.today)}.")]
        return [text(f"Nothing is on{where} right now.", "" if more else " Nothing more comes.")]
    said = text(f"Nothing is on{where} at ", Time(moment, Precision.WEEKDAY_AND_CLOCK), ".")
    programme = context.schedule.on(context.schedule.day_of(moment))
    return [said] if programme else [said, _event_days(context)]


def _and_then(group: Sequence[Session], moment: datetime, context: Context) -> list[Block]:
    if not group:
        return []
    start = group[0].slot.start
    today = context.schedule.day_of(start) == context.schedule.day_of(moment)
    if moment == context.now:
        opening = text("Next, ", *when(start, context), ":")
    else:
        opening = text("Next, ", Time(start, Precision.WEEKDAY_AND_CLOCK), ":")
    return [opening, *items(group, day=not today)]


def _none_left(among: Sequence[Session] | None, none: str, context: Context) -> list[Block]:
    running = [s for s in context.schedule.running(context.now) if among is None or s in among]
    if running:
        return [text(f"{none} after this:"), *items(running)]
    return [state_of_event(context) or text(f"{none}.")]
