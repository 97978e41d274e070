"""Documents with something wrong in them, and what has to hold of whatever is read of them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from bot.sources import Imported, NotASchedule, read
from bot.sources.fields import Fields
from tests.sources.documents import BERLIN


def read_or_refused(raw: bytes, fields: Fields | None = None) -> Imported | None:
    """What is read, which has to be sound; or nothing, if it is refused with a sentence."""
    refused = ""
    try:
        imported = read(raw, BERLIN, None, fields)
    except NotASchedule as reason:
        refused = str(reason)
    if refused:
        assert refused.isprintable()
        return None
    found = imported.schedule
    ids = [session.id for session in found.sessions]
    assert len(set(ids)) == len(ids)
    assert all(type(number) is int and 0 < number < 10**6 for number in ids)
    texts = [found.event, found.version, found.venue, *imported.warnings]
    for session in found.sessions:
        texts += [session.title, session.guid, *session.leads, *session.slot.rooms, *session.links]
        texts += [session.abstract, session.description]
    assert all(text.isprintable() for text in texts if text.isascii())
    assert all(session.title for session in found.sessions)
    assert all(session.slot.until > session.slot.start for session in found.sessions)
    return imported


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at a place that is still there, or as it was."""
    if not path:
        return value
    copy = deepcopy(document)
    inner = copy
    try:
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    except (KeyError, IndexError, TypeError):
        return document
    return copy


ODD_TEXT = st.sampled_from(
    ["", "\x00\r\n", "\ud800", "America", "/", "0001-01-01", "9999-12-31T23:59:59-14:00",
     "2014-07-05T10:00:00", "99999999999:00:00", "0:-1", "1:1:1:1", "a" * 300, "24:00"]
)  # fmt: skip


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ODD_TEXT


ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
