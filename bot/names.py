"""Finds the room, person, session or word that somebody meant, however they wrote it."""

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from bot.schedule import Kind, Person, Room, Schedule, Session

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
# The letter that begins the next word: `C` in `openCloud`, `R` in `HTTPRequest`.
_CAMEL = re.compile(r"[A-Z](?:(?<=[a-z][A-Z])|(?<=[A-Z]{2})(?=[a-z]))")
_MARKS = re.compile(r"[\u0300-\u036f]")


class How(IntEnum):
    """By which rule something was found, the surest first."""

    NAME = 0
    WORDS = 1
    SUBSTRING = 2
    SPELLING = 3


EVERY_RULE = tuple(How)


class Names(Generic[T]):
    """An index of things by their names, for questions written from memory.

    A thing is found by the first rule that finds anything: the whole name; whole words or
    beginnings of words; parts of words from four letters on; spelling (optimal string alignment
    distance: none below 4 letters, 1 up to 7, 2 from 8). Every word of the question must match.
    Case, accents, spaces and punctuation do not count, and CamelCase is read as two words.
    """

    def __init__(
        self, entries: Iterable[tuple[T, Sequence[str]]], *, plurals: bool = False
    ) -> None:
        """With `plurals`, a plural that finds nothing is asked again in the singular."""
        self._plurals = plurals
        self._things: list[T] = []
        self._whole: dict[str, list[int]] = {}
        # In arrays, which the garbage collector passes over: with a large programme it would have
        # to look through a million numbers now and then, and everybody would wait.
        postings: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for index, (thing, names) in enumerate(entries):
            self._things.append(thing)
            spellings: set[str] = set()
            for name in names:
                tokens = words(name)
                whole = "".join(tokens)
                self._whole.setdefault(whole, []).append(index)
                # The name without its spaces is a word too: people write GoldenGate and SeacliffAB.
                short = (whole,) if len(tokens) <= _FEW else ()
                spellings.update(tokens, _camel_words(name), short)
            spellings.discard("")
            for word in spellings:
                postings[word].append(index)
        self._postings = dict(postings)
        self._vocabulary = sorted(postings)
        self._page = "\n".join(("", *self._vocabulary, ""))
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            self._by_length[len(word)].append(word)

    def find(self, question: str, how: Sequence[How] = EVERY_RULE) -> list[T]:
        """What the question means, in the order of the entries; several if it is ambiguous."""
        for rule in how:
            found = self._by(rule, question)
            if found:
                return [self._things[index] for index in sorted(found)]
        if self._plurals:
            asked = words(question)
            singular = tuple(_singular(word) for word in asked)
            if singular != asked:
                return self.find(" ".join(singular), how)
        return []

    def with_words(self, asked: Sequence[str]) -> list[T]:
        """The entries that have each of these words, whole, in the order of the entries."""
        found = [set(self._postings.get(word, ())) for word in asked]
        return [self._things[i] for i in sorted(set.intersection(*found))] if found else []

    def nearest(self, question: str, limit: int = 3) -> list[T]:
        """The entries whose names look most like the question, likeliest first; for suggestions."""
        from rapidfuzz import fuzz, process

        asked = " ".join(words(question))
        if not asked:
            return []
        close = process.extract(
            asked, self._vocabulary, scorer=fuzz.ratio, score_cutoff=60, limit=4 * limit
        )
        order: dict[int, None] = {}
        for word, _, _ in close:
            if word in _SAYS_NOTHING:
                continue
            order.update(dict.fromkeys(self._postings[word]))
        return [self._things[index] for index in list(order)[:limit]]

    def _by(self, rule: How, question: str) -> set[int]:
        asked = words(question)
        if not asked:
            return set()
        if rule is How.NAME:
            return set(self._whole.get("".join(asked), ()))
        found = self._matching(asked, rule)
        if not found:
            parts = _camel_words(question)
            if parts != asked:
                found = self._matching(parts, rule)
        return found

    def _matching(self, asked: Sequence[str], rule: How) -> set[int]:
        # What is there as it was written is no slip of the finger: the rules before found it.
        if rule is How.SPELLING and all(self._alike(word, How.SUBSTRING) for word in asked):
            return set()
        found: set[int] | None = None
        for word in asked:
            hits: set[int] = set().union(*(self._postings[w] for w in self._alike(word, rule)))
            found = hits if found is None else found & hits
            if not found:
                return set()
        return found or set()

    def _alike(self, asked: str, rule: How) -> Sequence[str]:
        """The words of the vocabulary that this word of a question may stand for."""
        begun = self._beginning_with(asked)
        if begun or rule is How.WORDS:
            return begun
        if len(asked) >= _SUBSTRING_FROM:
            inside = self._containing(asked)
            if inside or rule is How.SUBSTRING:
                return inside
        return self._misspelt(asked) if rule is How.SPELLING else ()

    def _beginning_with(self, asked: str) -> list[str]:
        first = bisect_left(self._vocabulary, asked)
        last = bisect_left(self._vocabulary, asked + "\U0010ffff", lo=first)
        return self._vocabulary[first:last]

    def _containing(self, asked: str) -> list[str]:
        # One search through the whole vocabulary is many times as fast as one in every word.
        page, found = self._page, list[str]()
        at = page.find(asked)
        while at >= 0:
            end = page.index("\n", at)
            found.append(page[page.rindex("\n", 0, at) + 1 : end])
            at = page.find(asked, end)
        return found

    def _misspelt(self, asked: str) -> list[str]:
        allowed = allowed_distance(asked)
        if not allowed:
            return []
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        lengths = range(len(asked) - allowed, len(asked) + allowed + 1)
        choices = [word for length in lengths for word in self._by_length.get(length, ())]
        near = extract(asked, choices, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        return [word for word, _, _ in near if not _goes_on(asked, word)]


class Finder:
    """The names of one schedule, each kind indexed when it is first asked for."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def index(self) -> None:
        """Index all kinds now: of a large schedule that takes a while."""
        for kind in (self.rooms, self.people, self.titles, self.texts):
            assert kind is not None

    @cached_property
    def rooms(self) -> Names[Room]:
        """Rooms by name."""
        return Names((room, (room.name,)) for room in self.schedule.rooms.values())

    @cached_property
    def people(self) -> Names[Person]:
        """People by name, login and other aliases."""
        return Names((p, (p.name, *p.aliases)) for p in self.schedule.people.values())

    @cached_property
    def titles(self) -> Names[Session]:
        """Sessions by title."""
        return Names(((s, (s.title,)) for s in self.schedule.sessions), plurals=True)

    @cached_property
    def texts(self) -> Names[Session]:
        """Sessions by everything that is written about them."""
        return Names(((s, self._text(s)) for s in self.schedule.sessions), plurals=True)

    def _text(self, session: Session) -> tuple[str, ...]:
        people = self.schedule.people
        leads = (name for lead in session.leads for name in (lead, *people[lead].aliases))
        # Nearly everything is a session: the word would find it all.
        kind = "" if session.kind is Kind.SESSION else session.kind
        return (session.title, session.abstract, session.description, kind, *leads)


_FEW = 4
# Nearly everything is one: a name that looks like this word alone is no likely name.
_SAYS_NOTHING = frozenset({"session", "sessions"})
_SUBSTRING_FROM = 4


def allowed_distance(word: str) -> int:
    """How many slips of the finger a word of this length may have."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _goes_on(asked: str, word: str) -> bool:
    """True for `williams` and `princess`, which are other words than `william` and `prince`;
    any other single letter behind a word is a slip of the finger."""
    return asked.startswith(word) and (asked.endswith("s") or len(asked) > len(word) + 1)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SUBSTRING_FROM and re.search("[^s]s$", word) else word


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded: `Café-Bar` is `cafe`, `bar`."""
    return tuple(_WORD.findall(_folded(text)))


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def _camel_words(text: str) -> tuple[str, ...]:
    return words(_CAMEL.sub(r" \g<0>", text))
