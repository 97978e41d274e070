"""Days and times as people write them: `tue 2pm`, `tomorrow`, `16 April`, `day 2`, `noon`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.command import Context
from bot.schedule import Schedule
from bot.times import months, weekdays

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h]?(?P<minute>[0-5]\d))?h?\s*(?:(?P<half>[ap])\.?(?:m\.?)?|\.)?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})\.?")
DAY_NUMBER = re.compile(r"day\s*(\d{1,2})", re.IGNORECASE)
"""`day 2`: the second day of the event."""
_NEAR = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
_FILLERS = {"at", "on", "in", "the", "o'clock", "oclock"}
# Written without am or pm these mean the afternoon, unless the programme begins that early.
_SMALL_HOURS = range(1, 7)
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class When:
    """A day and a local time as far as they were given, and the words that were neither.

    `dated` says that the day was called by its weekday or date, `clear` that the time was no mere
    number of hours; `said` are the words that were day or time.
    """

    day: date | None
    at: time | None
    rest: str
    dated: bool = False
    clear: bool = False
    said: str = ""

    def moment(self, schedule: Schedule, usual: date) -> datetime:
        """The moment (UTC) that is meant; `usual` is the day where none was given.

        `Tuesday 12:30am` is said by the calendar; `tonight 12:30am` by the event, whose day goes
        on until it changes.
        """
        assert self.at is not None
        if self.day is not None and self.dated:
            return datetime.combine(self.day, self.at, schedule.timezone).astimezone(UTC)
        return schedule.moment(self.day or usual, self.at)


@dataclass(frozen=True, slots=True)
class _Day:
    """A day, and how many tokens said it."""

    day: date
    tokens: int
    dated: bool = True


def when_meant(words: str, context: Context, usual: date | None = None) -> When:
    """Find a day and a time in the words, in any order; `usual` is the day where they name none,
    today if that is None."""
    tokens = _joined(words.replace(",", " ").split())
    day, at, clear, rest, said = None, None, False, list[str](), list[str]()
    index = 0
    while index < len(tokens):
        found = _day(tokens[index:], context) if day is None else None
        spoken = _time(tokens[index]) if found is None and at is None else None
        day, at = day or found, at if spoken is None else spoken
        if spoken is not None:
            clear = not tokens[index].isdigit() or len(tokens[index]) > 2
        count = found.tokens if found else 1
        (rest if found is None and spoken is None else said).extend(tokens[index : index + count])
        index += count
    kept = [word for word in rest if word.casefold() not in _FILLERS]
    meant = day.day if day else None
    if at is not None and _afternoon_is_likelier(
        at, tokens, meant or usual or context.today, context
    ):
        at = at.replace(hour=at.hour + 12)
    dated = day is not None and day.dated
    return When(meant, at, " ".join(kept), dated, clear, " ".join(said))


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


def _day(tokens: Sequence[str], context: Context) -> _Day | None:
    """The day that the first tokens name."""
    word, schedule = tokens[0].casefold(), context.schedule
    if word in _NEAR:
        return _Day(context.today + timedelta(days=_NEAR[word]), 1, dated=False)
    numbered = DAY_NUMBER.fullmatch(word)
    if numbered and 1 <= int(numbered[1]) <= len(schedule.days):
        return _Day(schedule.days[int(numbered[1]) - 1], 1, dated=False)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        pass
    else:
        return _Day(day, 1) if day.year in _YEARS else None
    for weekday, name in enumerate(weekdays()):
        if len(word) >= 3 and name.casefold().startswith(word.rstrip(".")):
            calendar = _calendar_day(tokens[1:], context)
            return _Day(_next_weekday(weekday, context), 1 + (calendar.tokens if calendar else 0))
    return _slashed(word, context) or _calendar_day(tokens, context)


def _slashed(word: str, context: Context) -> _Day | None:
    """`4/17` or `17/4`, whichever is a day of the event."""
    match = _SLASHED.fullmatch(word)
    numbers = {int(match[1]), int(match[2])} if match else set[int]()
    days = (day for day in context.schedule.days if {day.month, day.day} == numbers)
    return next((_Day(day, 1) for day in days), None)


def _next_weekday(weekday: int, context: Context) -> date:
    """Of the event's days of this name the first that is not over; else the last of them;
    else, for a day without programme, the first such day from the start of the event on."""
    days = [day for day in context.schedule.days if day.weekday() == weekday]
    ahead = [day for day in days if day >= context.today]
    if days:
        return (ahead or days[-1:])[0]
    first = context.schedule.days[0] if context.schedule.days else context.today
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def _calendar_day(tokens: Sequence[str], context: Context) -> _Day | None:
    """`16 April`, `April 16`, `Apr 16th`; the year is the event's."""
    if len(tokens) < 2:
        return None
    for number, name in (tokens[:2], tokens[1::-1]):
        ordinal, month = _ORDINAL.fullmatch(number.casefold()), _month(name)
        if ordinal and month:
            year = context.schedule.days[0].year if context.schedule.days else context.today.year
            try:
                return _Day(date(year, month, int(ordinal[1])), 2)
            except ValueError:
                return None
    return None


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
