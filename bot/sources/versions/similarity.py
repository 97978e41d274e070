"""Whether two titles, or two lists of people, are likely to mean the same."""

from collections import Counter
from collections.abc import Iterable

from rapidfuzz import fuzz

from bot.names import words

_SAME_REST = 60
_SAME_NAME = 85
_SHARED = 0.6
_TELLING = 4
_MOST_COMPARED = 400
"""Pairs of people: of larger crowds only those count whose names are the same."""


def folded(text: str) -> str:
    """The text without case, accents, spaces and punctuation; as it is where that leaves nothing
    of it: a title may be one emoji."""
    return " ".join(words(text)) or text


def resemblance(one: str, other: str) -> float:
    """How likely two folded titles mean the same, from 0 to 1; 0 where they are likely to be titles
    of two things: `Signing, Ada Lovelace` and `Signing, Grace Hopper`; `Day 1` and `Day 2`."""
    if one == other:
        return 1.0
    # Whatever is alike by the rules below has as much in common; this takes a microsecond.
    if not fuzz.token_set_ratio(one, other, score_cutoff=_SAME_REST):
        return 0.0
    ours, theirs = one.split(), other.split()
    ours_alone, theirs_alone = _without(ours, theirs), _without(theirs, ours)
    longer = max(_length(ours), _length(theirs))
    share = (_length(ours) - _length(ours_alone)) / longer
    if not ours_alone or not theirs_alone:
        # Words were added, or left out.
        few = ours if not ours_alone else theirs
        return (1 + share) / 2 if any(len(word) >= _TELLING for word in few) else 0.0
    if _has_digit(ours_alone) and _has_digit(theirs_alone):
        return 0.0
    alike = fuzz.ratio(" ".join(ours_alone), " ".join(theirs_alone), score_cutoff=_SAME_REST) / 100
    return share + alike * (1 - share) if alike or share >= _SHARED else 0.0


def strangers(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """True if people are known on both sides, by folded names, and nobody is on both."""
    if not ours or not theirs or ours & theirs:
        return False
    if len(ours) * len(theirs) > _MOST_COMPARED:
        return True
    return not any(_same_person(one, other) for one in ours for other in theirs)


def _same_person(one: str, other: str) -> bool:
    """True for a name that was completed or corrected."""
    ours, theirs = set(one.split()), set(other.split())
    if ours <= theirs or theirs <= ours:
        return True
    if _has_digit((one, other)):
        return False
    return fuzz.ratio(one, other, score_cutoff=_SAME_NAME) > 0


def _without(some: Iterable[str], others: Iterable[str]) -> list[str]:
    left = Counter(others)
    rest = []
    for word in some:
        if left[word]:
            left[word] -= 1
        else:
            rest.append(word)
    return rest


def _length(some: Iterable[str]) -> int:
    return sum(map(len, some))


def _has_digit(some: Iterable[str]) -> bool:
    return any(c.isdigit() for word in some for c in word)
