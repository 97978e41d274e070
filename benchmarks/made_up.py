"""A made-up event, larger than any that the bot has to serve, and slips of the finger."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from bot.schedule import Schedule, Session, Slot

SESSIONS = 10_000
ROOMS = 60
DAYS = 7
PEOPLE = 2_000
WORDS = 6_000

_OPENS = datetime(2012, 4, 16, 8, tzinfo=ZoneInfo("America/Los_Angeles"))
_LENGTHS = (15, 20, 25, 25, 40, 50)
_PAUSES = (0, 5, 5, 10)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BEGINNINGS = ("b", "br", "c", "ch", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s",
               "st", "t", "tr", "v", "w", "z")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_ENDS = ("", "", "l", "n", "r", "s", "t", "ck", "nd", "x")


def schedule(random: Random) -> Schedule:
    """Every room has one session after the other from 8 in the morning until late."""
    # As at the Folsom summit: the commonest word of four letters or more is in a quarter of the
    # texts, a dozen are in a tenth, and most are in very few.
    vocabulary = _words(random, WORDS)
    weights = list(accumulate(1 / (rank + 50) for rank in range(WORDS)))
    first, last = _words(random, 500), _words(random, 1_500)
    people = sorted({f"{a.title()} {b.title()}" for a, b in _pairs(random, first, last)})[:PEOPLE]
    rooms = [f"{word.title()} {number}" for number, word in enumerate(_words(random, ROOMS))]

    def text(least: int, most: int) -> str:
        return " ".join(
            random.choices(vocabulary, cum_weights=weights, k=random.randint(least, most))
        )

    return Schedule(
        "Made-up Summit",
        ZoneInfo("America/Los_Angeles"),
        (
            Session(
                id=number,
                guid=f"made-up-{number}",
                title=text(3, 8).capitalize(),
                slot=slot,
                leads=tuple(random.sample(people, random.choice((1, 1, 1, 2, 3)))),
                abstract=text(30, 120),
            )
            for number, slot in enumerate(_slots(random, rooms), start=1)
        ),
    )


def moment(random: Random, schedule: Schedule) -> datetime:
    """A random moment at which something is on."""
    slot = random.choice(schedule.sessions).slot
    return slot.start + random.random() * (slot.until - slot.start)


def misspelt(random: Random, words: str) -> str:
    """The words with one slip of the finger in the longest: a letter missing, doubled, wrong, or
    two exchanged."""
    word = max(words.split(), key=len)
    at = random.randrange(1, len(word) - 1)
    before, here, there, after = word[:at], word[at], word[at + 1], word[at + 2 :]
    slips = (
        before + there + after,
        before + here + here + there + after,
        before + random.choice(_LETTERS) + there + after,
        before + there + here + after,
    )
    return words.replace(word, random.choice(slips))


def _slots(random: Random, rooms: list[str]) -> Iterator[Slot]:
    most = SESSIONS // (ROOMS * DAYS)
    left_over = SESSIONS % (ROOMS * DAYS)
    for place in range(ROOMS * DAYS):
        day, room = divmod(place, ROOMS)
        start = (_OPENS + timedelta(days=day)).astimezone(UTC)
        for _ in range(most + (place < left_over)):
            end = start + timedelta(minutes=random.choice(_LENGTHS))
            yield Slot(start, end, (rooms[room],))
            start = end + timedelta(minutes=random.choice(_PAUSES))


def _words(random: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = range(random.choice((2, 2, 3, 3, 4)))
        word = "".join(
            random.choice(_BEGINNINGS) + random.choice(_VOWELS) + random.choice(_ENDS)
            for _ in syllables
        )
        found.setdefault(word)
    return list(found)


def _pairs(random: Random, first: list[str], last: list[str]) -> Iterator[tuple[str, str]]:
    for _ in range(2 * PEOPLE):
        yield random.choice(first), random.choice(last)
