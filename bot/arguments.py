"""What the words behind a command mean: a session, a day, a time, minutes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.cleaning import one_line
from bot.command import Context
from bot.document import Block, Item, Reply, Span, Typed, reply, text
from bot.names import How
from bot.schedule import Schedule, Session
from bot.times import months, weekdays

_NUMBER = re.compile(r"[#\[(]*\s*(\d{1,9})\s*[\])]*[.,!]?")
_MINUTES = re.compile(
    r"(?P<what>.*?)\s*(?:\bin\s+)?\b(?P<minutes>\d{1,6})\s*(?:m|min|mins|minutes?)?(?:\s+before)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>[0-5]\d))?h?\s*(?P<half>[ap])?\.?(?:m\.?)?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})\.?")
_DAY_NUMBER = re.compile(r"day\s*(\d)", re.IGNORECASE)
_ECHO = 40
# Written without am or pm these mean the afternoon, unless the programme begins that early.
_SMALL_HOURS = range(1, 7)
_ON_NOW: tuple[Span, ...] = ("on now",)
_OVER: tuple[Span, ...] = ("over",)


def quoted(words: str) -> str:
    """What somebody wrote, shortened and harmless, in quotation marks."""
    clean = one_line(words)
    short = clean if len(clean) <= _ECHO else clean[: _ECHO - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return f"\N{LEFT DOUBLE QUOTATION MARK}{short}\N{RIGHT DOUBLE QUOTATION MARK}"


def listing(sessions: Sequence[Session], context: Context) -> list[Block]:
    """Sessions one by one, each with its day; what is over or on now says so."""
    return [item(session, context) for session in sessions]


def item(session: Session, context: Context) -> Item:
    """A session with its day, and a note if it is over or on now."""
    if session.cancelled or context.now < session.slot.start:
        return Item(session, day=True)
    return Item(session, day=True, note=_ON_NOW if context.now < session.slot.until else _OVER)


def session_meant(words: str, context: Context, command: str) -> Session | Reply:
    """The session that a number or a title names, or a reply that says what to type instead."""
    if not words.strip():
        return reply(
            text("Which session? Give its number or its title, like ", Typed(f"{command} 12"), ".")
        )
    number = _NUMBER.fullmatch(words.strip())
    if number:
        return _numbered(int(number[1]), context)
    found = context.names.titles.find(words)
    ahead = [s for s in found if s.slot.until > context.now]
    if len(found) == 1 or len(ahead) == 1:
        return (ahead or found)[0]
    if found:
        shown = ahead or found
        return reply(
            text(f"{len(shown)} sessions are called something like {quoted(words)}:"),
            *listing(shown, context),
            text("Say which one by its number, like ", Typed(f"{command} {shown[0].id}"), "."),
        )
    near = context.names.titles.nearest(words)
    return reply(
        text(f"No session is called {quoted(words)}.", " Closest:" if near else ""),
        *listing(near, context),
        text("To search the descriptions too, type ", Typed(f"find {_plain(words)}"), "."),
    )


def minutes_behind(words: str, context: Context) -> tuple[str, int | None]:
    """Split `42 10`, `swift quotas in 10 minutes` into what is meant and the minutes.

    A title may end in a number (`python 3`): words that name a session as they stand are kept.
    """
    if _NUMBER.fullmatch(words.strip()):
        return words, None
    split = _MINUTES.fullmatch(words.strip())
    if split is None or not split["what"]:
        return words, None
    if context.names.titles.find(words, (How.NAME, How.WORDS)):
        return words, None
    return split["what"], int(split["minutes"])


@dataclass(frozen=True, slots=True)
class When:
    """A day and a local time as far as they were given, and the words that were neither."""

    day: date | None
    at: time | None
    rest: str

    def moment(self, schedule: Schedule, default: date, fallback: time) -> datetime:
        """The moment (UTC) that was meant."""
        return schedule.moment(self.day or default, self.at or fallback)


def when_meant(words: str, context: Context) -> When:
    """Find a day and a time in the words, in any order."""
    tokens = _joined(words.replace(",", " ").split())
    day, at, rest = None, None, list[str]()
    index = 0
    while index < len(tokens):
        taken = 0
        if day is None:
            day, taken = _day(tokens[index:], context)
        if not taken and at is None:
            at = _time(tokens[index])
            taken = 1 if at is not None else 0
        if not taken:
            rest.append(tokens[index])
        index += taken or 1
    fillers = {"at", "on", "in", "the", "o'clock", "oclock"}
    kept = [word for word in rest if word.casefold() not in fillers]
    if at is not None and _afternoon_is_likelier(at, tokens, day or context.today, context):
        at = at.replace(hour=at.hour + 12)
    return When(day, at, " ".join(kept))


def _numbered(id: int, context: Context) -> Session | Reply:
    session = context.schedule.session(id)
    if session is not None:
        return session
    return reply(
        text(
            f"There is no session {id}. The numbers stand in front of the titles in ",
            Typed("agenda"),
            ".",
        ),
    )


def _plain(words: str) -> str:
    return quoted(words)[1:-1]


def _joined(tokens: Sequence[str]) -> list[str]:
    """`9 am` and `day 2` as one token each."""
    joined: list[str] = []
    for token in tokens:
        behind_time = token.casefold().rstrip(".") in ("am", "pm", "a.m", "p.m")
        behind_day = bool(joined) and joined[-1].casefold() == "day" and token.isdigit()
        if joined and (behind_day or (behind_time and joined[-1][-1:].isdigit())):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _day(tokens: Sequence[str], context: Context) -> tuple[date | None, int]:
    """The day that the first tokens name, and how many of them."""
    word, schedule = tokens[0].casefold(), context.schedule
    near = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
    if word in near:
        return context.today + timedelta(days=near[word]), 1
    numbered = _DAY_NUMBER.fullmatch(word)
    if numbered and 1 <= int(numbered[1]) <= len(schedule.days):
        return schedule.days[int(numbered[1]) - 1], 1
    try:
        return date.fromisoformat(word), 1
    except ValueError:
        pass
    for weekday, name in enumerate(weekdays()):
        if len(word) >= 3 and name.casefold().startswith(word.rstrip(".")):
            day = _next_weekday(weekday, context)
            _, more = _calendar_day(tokens[1:], context)
            return day, 1 + more
    slashed = _slashed(word, context)
    return (slashed, 1) if slashed else _calendar_day(tokens, context)


def _slashed(word: str, context: Context) -> date | None:
    """`4/17` or `17/4`, whichever is a day of the event."""
    match = _SLASHED.fullmatch(word)
    numbers = {int(match[1]), int(match[2])} if match else set[int]()
    days = (day for day in context.schedule.days if {day.month, day.day} == numbers)
    return next(days, None)


def _next_weekday(weekday: int, context: Context) -> date:
    """Of the event's days of this name the first that is not over; else the last of them;
    else, for a day without programme, the first such day from the start of the event on."""
    days = [day for day in context.schedule.days if day.weekday() == weekday]
    ahead = [day for day in days if day >= context.today]
    if days:
        return (ahead or days[-1:])[0]
    first = context.schedule.days[0] if context.schedule.days else context.today
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def _calendar_day(tokens: Sequence[str], context: Context) -> tuple[date | None, int]:
    """`16 April`, `April 16`, `Apr 16th`; the year is the event's."""
    if len(tokens) < 2:
        return None, 0
    for number, name in (tokens[:2], tokens[1::-1]):
        ordinal, month = _ORDINAL.fullmatch(number.casefold()), _month(name)
        if ordinal and month:
            year = context.schedule.days[0].year if context.schedule.days else context.today.year
            try:
                return date(year, month, int(ordinal[1])), 2
            except ValueError:
                return None, 0
    return None, 0


def _month(word: str) -> int | None:
    for number, name in enumerate(months(), start=1):
        if len(word) >= 3 and name.casefold().startswith(word.casefold().rstrip(".")):
            return number
    return None


def _time(token: str) -> time | None:
    named = {"noon": time(12), "midday": time(12), "midnight": time(0)}
    if token.casefold() in named:
        return named[token.casefold()]
    match = _CLOCK.fullmatch(token)
    if match is None:
        return None
    hour, minute, half = int(match["hour"]), int(match["minute"] or 0), match["half"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    return time(hour, minute) if hour < 24 else None


def _afternoon_is_likelier(at: time, tokens: Sequence[str], day: date, context: Context) -> bool:
    """`at 2:30` on a day that begins at 9 means the afternoon: nobody asks for the night."""
    given = next((t for t in tokens if _time(t) is not None and _CLOCK.fullmatch(t)), "")
    match = _CLOCK.fullmatch(given)
    if match is None or match["half"] or given.startswith("0") or at.hour not in _SMALL_HOURS:
        return False
    zone = context.schedule.timezone
    starts = [s.slot.start.astimezone(zone).time() for s in context.schedule.on(day)]
    return bool(starts) and at.hour < min(starts).hour
