"""Where, when and how long something is to be, as organisers write it: `Marina 14:30 25m`,
`Tuesday "Room 5"`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.arguments import IN_MARKS, quoted, shortened
from bot.cleaning import one_line
from bot.command import Context
from bot.document import Block, Typed, text
from bot.moments import When, when_meant
from bot.names import How
from bot.names import words as words_in
from bot.schedule import Room, Schedule

_HOW_LONG = (
    r"(?:(?P<hours>\d{1,2})\s*(?:h|hours?)(?:\s*(?P<rest>\d{1,2})\s*(?:m|mins?|minutes?))?"
    r"|(?P<minutes>\d{1,4})\s*(?:m|mins?|minutes?)|(?P<half>half\s+)?(?P<hour>an\s+hour))"
)
_LENGTH = re.compile(rf"(?<!\S)(?:for\s+)?{_HOW_LONG}(?!\S)", re.IGNORECASE)
_MINUS = "-\N{MINUS SIGN}"
_SHIFT = re.compile(
    rf"(?<!\S)(?P<front>(?:(?:by|later|earlier)\s+|\+\s*|[{_MINUS}])*)"
    rf"(?:{_HOW_LONG}|(?<=\+)\s*(?P<bare>\d{{1,3}}))(?P<behind>\s+(?:later|earlier))?(?!\S)",
    re.IGNORECASE,
)
_VAGUE_SHIFT = re.compile(rf"later|earlier|sooner|(?:in\s+)?{_HOW_LONG}", re.IGNORECASE)
_CLOCK = r"\d{1,2}(?:[:.]\d\d)?(?:\s*[ap]\.?m\.?)?"
_DASH = r"\s*(?:[-\N{EN DASH}\N{EM DASH}]|to|until)\s*"
_FROM_TO = re.compile(rf"(?<!\S)(?:from\s+)?({_CLOCK}){_DASH}({_CLOCK})(?!\S)", re.IGNORECASE)
_PARTS = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?:(?P<half>[ap])\.?m\.?)?", re.IGNORECASE
)
_CLEAR = re.compile(r"(?<!\S)\d{1,2}(?:[:.]\d\d|\s*[ap]\.?m\b)", re.IGNORECASE)
_A_DAY = timedelta(days=1)
_SEVERAL = re.compile(r"\s*[,;&+]\s*|\s+and\s+", re.IGNORECASE)
_SAY_NOTHING = frozenset({"to", "into", "please"})
_TIMES = frozenset(
    {"now", "soon", "later", "earlier", "sooner", "until", "by", "am", "pm", "h", "hour", "hours",
     "m", "min", "mins", "minute", "minutes"}
)  # fmt: skip
_NO_TIME = re.compile(rf"\d+(?:[:.]\d+)?(?:\s*[ap]\.?m\.?)?|{_CLOCK}{_DASH}{_CLOCK}", re.IGNORECASE)
_MOST_WORDS = 12
_MOST_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """Rooms by name and a day and a time, each as far as it was said (no rooms if it was not); the
    `new` rooms are those that the schedule does not know. `by` is how much later it is to be than
    it was, where that was said and no day or time."""

    rooms: tuple[str, ...]
    when: When | None
    new: tuple[str, ...] = ()
    by: timedelta = timedelta()

    def start(self, schedule: Schedule, day: date, at: time) -> datetime:
        """The moment (UTC) that is meant; on this day and at this local time where it was not
        said."""
        if self.when is None or self.when.at is None:
            return schedule.moment((self.when and self.when.day) or day, at)
        return self.when.moment(schedule, day)


def wish_meant(
    words: str, context: Context, usual: date, again: Callable[[str], str]
) -> Wish | list[Block]:
    """What the words say, in any order; or what to type instead, where `again` makes the whole line
    from a place and a time. Rooms are never guessed: their whole name, or whole words of it that
    only one has. One that the schedule does not know has to stand in quotation marks."""
    in_marks = [one_line(name) for name in IN_MARKS.findall(words) if one_line(name)]
    if in_marks:
        beside = _plain(IN_MARKS.sub(" ", words))
        found = _when(beside, context, usual)
        if found is None or found.rest:
            return [text(f"I cannot read {quoted(beside)}. ", *_like(again))]
        return _in_marks(in_marks, found, context)
    tokens = _plain(words).split()
    if len(tokens) > _MOST_WORDS:
        return [text("Those are too many words for a room and a time. ", *_like(again))]
    readings = list(_readings(tokens, context, usual))
    for name, when in sorted(readings, key=lambda reading: -len(reading[0].split())):
        rooms = _surely(name, context)
        if rooms or not name:
            return Wish(rooms, _said(when))
    odd = _odd_beside_a_room(tokens, context, usual, again)
    if odd:
        return odd
    name, when = min(readings, key=lambda reading: len(reading[0].split()))
    return _no_such_room(name, when, context, again)


def length_meant(words: str, context: Context) -> tuple[timedelta | None, str]:
    """How long it lasts, if that is said (`25m`, `1h30m`, `14:30-15:00`, `2-3pm`), and the words
    without that. A time has to be left: `14h` alone is one."""
    # The name of a room says nothing about time.
    nameless = IN_MARKS.sub(lambda marked: "_" * len(marked[0]), words)
    between = _FROM_TO.search(nameless)
    clocks = _clear_clocks(between, context) if between is not None else None
    if between is not None and clocks is not None:
        begin, end = (when_meant(clock, context).at for clock in clocks)
        if begin is not None and end is not None:
            length = (datetime.combine(date.min, end) - datetime.combine(date.min, begin)) % _A_DAY
            # What would last until the next afternoon was to end in the night.
            length -= _A_DAY / 2 if end < begin and length > _A_DAY / 2 else timedelta()
            return length, f"{words[: between.start()]}{clocks[0]}{words[between.end() :]}"
    for said in reversed(list(_LENGTH.finditer(nameless))):
        rest = f"{words[: said.start()]} {words[said.end() :]}".strip()
        if when_meant(rest, context).at is not None:
            return _how_long(said), rest
    return None, words


def shift_meant(words: str) -> tuple[timedelta | None, str] | None:
    """How much later it is to be (`+10m`, `10 minutes earlier`), and the words without that; None
    if the words say nothing of the sort, and no time if they do not say it clearly."""
    nameless = IN_MARKS.sub(lambda marked: "_" * len(marked[0]), words)
    for said in _SHIFT.finditer(nameless):
        way = f"{said['front']}{said['behind'] or ''}".casefold()
        if way:
            back = "earlier" in way or any(minus in way for minus in _MINUS)
            length = timedelta(minutes=int(said["bare"])) if said["bare"] else _how_long(said)
            rest = f"{words[: said.start()]} {words[said.end() :]}".strip()
            return -length if back else length, rest
    return (None, "") if _VAGUE_SHIFT.fullmatch(_plain(words)) else None


def _how_long(said: re.Match[str]) -> timedelta:
    if said["hour"]:
        return timedelta(minutes=30 if said["half"] else 60)
    minutes = int(said["minutes"] or said["rest"] or 0)
    return timedelta(hours=int(said["hours"] or 0), minutes=minutes)


def _plain(words: str) -> str:
    """The words without those that say nothing."""
    kept = (word for word in words.split() if word.casefold().strip(",.!") not in _SAY_NOTHING)
    return " ".join(kept)


def _clear_clocks(between: re.Match[str], context: Context) -> tuple[str, str] | None:
    """From when to when, neither as a mere number; None if both are one, or one is a date's."""
    first, second = between.groups()
    before, behind = between.string[: between.end(1)], between.string[between.start(2) :]
    dated = any(when_meant(words, context).at is None for words in (before, behind))
    one, two = _PARTS.fullmatch(first), _PARTS.fullmatch(second)
    if dated or one is None or two is None or (first.isdigit() and second.isdigit()):
        return None
    if two["half"] and not one["half"] and 1 <= int(one["hour"]) <= 12:
        # `2-3pm` is in one half of the day, `11-1pm` cannot be.
        begin, end = ((int(c["hour"]) % 12, int(c["minute"] or 0)) for c in (one, two))
        same = two["half"].casefold()
        return f"{first}{same if begin < end else 'ap'.replace(same, '')}m", second
    return first + ":00" * first.isdigit(), second + ":00" * second.isdigit()


def _in_marks(names: list[str], when: When, context: Context) -> Wish:
    known = {name: _one(context.names.rooms.find(name, (How.NAME,))) for name in names}
    rooms = tuple(dict.fromkeys(room.name if room else name for name, room in known.items()))
    return Wish(rooms, _said(when), tuple(name for name, room in known.items() if room is None))


def _readings(tokens: list[str], context: Context, usual: date) -> Iterator[tuple[str, When]]:
    """Each way to take some words that stand together for a room, and all others for a day and a
    time."""
    for begin in range(len(tokens) + 1):
        for end in range(begin if begin == 0 else begin + 1, len(tokens) + 1):
            when = _when(" ".join((*tokens[:begin], *tokens[end:])), context, usual)
            if when is not None and not when.rest:
                yield " ".join(tokens[begin:end]), when


def _when(words: str, context: Context, usual: date) -> When | None:
    """None for a mere number: it may be a room or a session as well."""
    when = when_meant(words, context, usual)
    return when if when.at is None or when.clear else None


def _said(when: When) -> When | None:
    return None if when.at is None and when.day is None else when


def _surely(name: str, context: Context) -> tuple[str, ...]:
    """The room that is meant, or the rooms; none if that is not sure."""
    room = _sure(name, context)
    if room is not None:
        return (room.name,)
    rooms = [_sure(part, context) for part in _SEVERAL.split(name)]
    names = tuple(dict.fromkeys(room.name for room in rooms if room is not None))
    return names if len(names) == len(rooms) > 1 else ()


def _sure(name: str, context: Context) -> Room | None:
    rooms = context.names.rooms
    return _one(rooms.find(name, (How.NAME,))) or _one(rooms.with_words(words_in(name)))


def _one(rooms: list[Room]) -> Room | None:
    return rooms[0] if len(rooms) == 1 else None


def _odd_beside_a_room(
    tokens: list[str], context: Context, usual: date, again: Callable[[str], str]
) -> list[Block]:
    """What to say where a room is named, and beside it what was to be a time, or a length, and is
    none; nothing where it may be part of a name."""
    said = " ".join(tokens)
    spans = ((b, e) for b in range(len(tokens)) for e in range(b + 1, len(tokens) + 1))
    for begin, end in sorted(spans, key=lambda span: span[0] - span[1]):
        name = " ".join(tokens[begin:end])
        rooms = _surely(name, context)
        if not rooms:
            continue
        when, odd = _odd([*tokens[:begin], *tokens[end:]], context, usual)
        whole = set(words_in(" ".join(rooms))) <= set(words_in(name))
        beside = f"{name} {odd}" in said or f"{odd} {name}" in said
        timed = _is_about_time(odd) and (whole or not _may_name_a_room(odd))
        if not timed and (beside or when.at is None):
            return []
        if when.at is None:
            return [_no_time(odd)]
        form = ": a length is like 25m or 1h30m" if timed else ""
        without = Typed(again(f"{', '.join(rooms)} {when.said}"))
        return [text(f"I cannot read {quoted(odd)}{form}."), text("Without that: ", without)]
    return []


def _is_about_time(words: str) -> bool:
    return all(
        word.casefold() in _TIMES or any(c.isdigit() for c in word) or not words_in(word)
        for word in words.split()
    )


def _odd(tokens: list[str], context: Context, usual: date) -> tuple[When, str]:
    """The day and the time in these words, and what is neither; so is a mere number."""
    when = when_meant(" ".join(tokens), context, usual)
    if when.at is None or when.clear:
        return when, when.rest
    for index, token in enumerate(tokens):
        others = [*tokens[:index], *tokens[index + 1 :]]
        without = when_meant(" ".join(others), context, usual)
        if token.isdigit() and without.day == when.day and (without.at is None or without.clear):
            return without, f"{token} {without.rest}".strip()
    return when_meant("", context, usual), " ".join(tokens)


def _no_time(words: str) -> Block:
    return text(f"I cannot read {quoted(words)}: a time is like 14:30 or 2:30pm.")


def _no_such_room(
    name: str, when: When, context: Context, again: Callable[[str], str]
) -> list[Block]:
    if _NO_TIME.fullmatch(name):
        return [_no_time(name)]
    found = context.names.rooms.find(name)
    near = (found or context.names.rooms.nearest(name))[:_MOST_OFFERED]
    none = f"No room is called {quoted(name)}."
    opening = f"{len(found)} rooms match {quoted(name)}:" if len(found) > 1 else none
    closest = " Closest:" if near and len(found) < 2 else ""
    new = text("A new room stands in quotation marks: ",
               Typed(again(f'"{shortened(name)}" {when.said}'.rstrip())))  # fmt: skip
    return [
        text(opening, closest),
        *(
            text(room.name, ": ", Typed(again(f"{room.name} {when.said}".rstrip())))
            for room in near
        ),
        new if _may_name_a_room(name) else text(*_like(again)),
    ]


def _may_name_a_room(words: str) -> bool:
    """Not what says when, or how long: that was to be read, and is no name."""
    timed = any(form.search(words) for form in (_CLEAR, _FROM_TO, _LENGTH))
    return bool(words_in(words)) and not timed


def _like(again: Callable[[str], str]) -> tuple[str | Typed, ...]:
    return ("Say it like ", Typed(again("Marina 14:30")), ".")
