"""Which keys of a source stand for one session each, and can be told by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.sources.reading.entries import Entry

_LONGEST = 40


def keyed(entries: Sequence[Entry], called: str, warnings: list[str]) -> Iterator[Entry]:
    """The entries without the keys that stand for several things, with a warning for each such key;
    `called` is what the format calls it. Some programs make one for the whole file."""
    titles: dict[str, dict[str, None]] = {}
    for entry in entries:
        if entry.key:
            titles.setdefault(entry.key, {})[entry.title] = None
    shared = {key: list(known) for key, known in titles.items() if len(known) > 1}
    for key, (first, second, *more) in shared.items():
        others = f" and {len(more)} more" if more else ""
        warnings.append(
            f"{first}, {second}{others}: they have one {called} ({key[:_LONGEST]}), so it was not"
            " used."
        )
    for entry in entries:
        yield replace(entry, key="") if entry.key in shared else entry


def unmistakable(keys: Iterable[tuple[str, object]]) -> set[str]:
    """Of keys, each with what it stands for: those that always stand for the same."""
    things: dict[str, set[object]] = {}
    for key, thing in keys:
        things.setdefault(key, set()).add(thing)
    return {key for key, known in things.items() if key and len(known) == 1}
